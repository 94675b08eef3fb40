/**
 * What the text of a header says beyond what JSON.parse tells. It refuses a name that stands twice, of which that keeps the
 * last, and numbers such as 1e3 and 2.0, which other readers take for no whole ones.
 */
import { show } from '../checks/index.ts'
import type { Refuse } from './refuse.ts'

/** Whether each half of a pair of surrogates has its other: one that has not cannot be written in UTF-8. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text)

const [QUOTE, BACKSLASH, OPEN, CLOSE, COLON, POINT, MINUS, E] = Array.from('"\\{}:.-e', (character) =>
  character.charCodeAt(0),
)
const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** Where the string that begins there ends: behind its closing quote. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  for (let code = json.charCodeAt(at); code !== QUOTE; code = json.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1
  return at + 1
}

/** What a string of JSON says. */
const said = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, quoted.length - 1)

/** Throws for a name that an object has twice, and for a number that is not written as a whole one. */
export function checkText(refuse: Refuse, json: string): void {
  // Names of the outermost object and of the one in it that is open. What is deeper has been replaced by a name that
  // stands twice, for what is left was found to be as it should.
  const names = [new Set<string>(), new Set<string>()]
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(json, at)
      let next = end
      while (isBlank(json.charCodeAt(next))) next++
      if (json.charCodeAt(next) === COLON && depth <= 2) {
        const name = said(json.slice(at, end))
        const known = names[depth - 1]
        if (known.has(name)) refuse('each name once', `${show(name)} twice`, 'only one of the two could be read')
        known.add(name)
      }
      at = end - 1
    } else if (code === OPEN) {
      if (++depth === 2) names[1].clear()
    } else if (code === CLOSE) depth--
    else if (code === POINT || code === MINUS || ((code | 0x20) === E && isDigit(json.charCodeAt(at - 1))))
      refuse('whole numbers, of digits alone', `'${json[at]}' in one`, 'it is a shape’s or a place’s')
  }
}
