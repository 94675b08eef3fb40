/** What is walked, as a link says it: an example or a program, the seed, and where one stands. What is wrong is told in words. */
import { EXAMPLES } from './examples.ts'
import type { ExampleName } from './examples.ts'

export interface Walk {
  /** Undefined for a program of one's own. */
  readonly example: ExampleName | undefined
  readonly code: string
  readonly seed: number
  readonly step: number
}

export const FIRST: Walk = { example: 'dense', code: EXAMPLES.dense.code, seed: 1, step: 0 }

const isExample = (name: string): name is ExampleName => Object.hasOwn(EXAMPLES, name)

/** A whole number of at least 0; undefined where the text is none. */
export const wholeIn = (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined)

/** A walk out of the part of a link behind its question mark, and what is wrong with it. */
export function readWalk(query: string): { readonly walk: Walk; readonly complaints: readonly string[] } {
  const parameters = new URLSearchParams(query)
  const complaints: string[] = []
  const number = (name: 'seed' | 'step'): number => {
    const text = parameters.get(name)
    const read = text === null ? FIRST[name] : wholeIn(text)
    if (read === undefined)
      complaints.push(`The link: expected ${name} to be a whole number but got '${text}', so the default stands.`)
    return read ?? FIRST[name]
  }
  const [seed, step] = [number('seed'), number('step')]
  const code = parameters.get('code')
  if (code !== null) return { walk: { example: undefined, code, seed, step }, complaints }
  const name = parameters.get('example') ?? 'dense'
  if (isExample(name)) return { walk: { example: name, code: EXAMPLES[name].code, seed, step }, complaints }
  complaints.push(
    `The link: expected example to be one of ${Object.keys(EXAMPLES).join(', ')} but got '${name}', so the default stands.`,
  )
  return { walk: { ...FIRST, seed, step }, complaints }
}

/** The part of a link that says a walk, with its question mark; empty where all is default. */
export function queryOf({ example, code, seed, step }: Walk): string {
  const parameters = new URLSearchParams()
  if (example === undefined) parameters.set('code', code)
  else if (example !== FIRST.example) parameters.set('example', example)
  if (seed !== FIRST.seed) parameters.set('seed', String(seed))
  if (step !== FIRST.step) parameters.set('step', String(step))
  const query = parameters.toString()
  return query === '' ? '' : `?${query}`
}
