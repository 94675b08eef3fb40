/** Text in a terminal of 80 columns, in any script: how wide it is, where it is cut and where it is folded. */

export const WIDTH = 80

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Signs that take two columns: East Asian ones and emoji. */
const BROAD =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u

const signs = (text: string): readonly string[] => Array.from(letters.segment(text), ({ segment }) => segment)

const columns = (sign: string): number => (BROAD.test(sign) ? 2 : 1)

export const widthOf = (text: string): number => signs(text).reduce((total, sign) => total + columns(sign), 0)

/** The first of some signs, as many as have room. */
function fitting(all: readonly string[], room: number): number {
  let taken = 0
  for (const [index, sign] of all.entries()) {
    taken += columns(sign)
    if (taken > room) return index
  }
  return all.length
}

/** Its start, with an ellipsis, where all of it has no room. */
export const cut = (text: string, room: number): string => {
  if (widthOf(text) <= room) return text
  const all = signs(text)
  return `${all.slice(0, fitting(all, room - 1)).join('')}…`
}

/** Its end: of a path, that tells more. */
export const cutStart = (text: string, room: number): string => {
  if (widthOf(text) <= room) return text
  const all = [...signs(text)].reverse()
  return `…${all
    .slice(0, fitting(all, room - 1))
    .reverse()
    .join('')}`
}

export const pad = (text: string, room: number): string => text + ' '.repeat(Math.max(0, room - widthOf(text)))

interface Folds {
  /** Blanks between two parts. */
  readonly gap?: number
  /** Blanks before every line but the first. */
  readonly indent?: number
  /** Columns of a line. */
  readonly width?: number
}

/** Parts beside each other, broken between two of them where a line would be too wide. */
export function fold(parts: readonly string[], { gap = 2, indent = 0, width = WIDTH }: Folds = {}): string {
  const lines: string[] = []
  for (const part of parts) {
    const line = lines.at(-1)
    const joined = line === undefined ? part : `${line}${' '.repeat(gap)}${part}`
    if (line === undefined || widthOf(joined) > width)
      lines.push(lines.length === 0 ? part : ' '.repeat(indent) + cut(part, width - indent))
    else lines[lines.length - 1] = joined
  }
  return lines.join('\n')
}

/** Prose, broken between words. */
export const wrap = (text: string): string => fold(text.split(' '), { gap: 1 })
