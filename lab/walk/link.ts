/** What is walked, as a link says it: an example or a program, the seed, and where one stands. What is wrong is told in words. */
import { EXAMPLES } from './examples.ts'
import type { ExampleName } from './examples.ts'

/** What a program can be compiled for, by the name that links have, and what that is. */
export const TARGETS = { cpu: 'plain loops', wasm: 'WebAssembly with SIMD' } as const
export type Target = keyof typeof TARGETS

export interface Walk {
  /** Undefined for a program of one's own. */
  readonly example: ExampleName | undefined
  readonly code: string
  readonly seed: number
  /** The given value whose gradient is walked, too; undefined for a walk of first order. */
  readonly by: string | undefined
  readonly step: number
  /** Undefined where nothing is compiled. */
  readonly target: Target | undefined
  /** The pass that is looked at; undefined for the first that changed something. */
  readonly pass: string | undefined
}

export const FIRST: Walk = {
  example: 'dense',
  code: EXAMPLES.dense.code,
  seed: 1,
  by: undefined,
  step: 0,
  target: undefined,
  pass: undefined,
}

export const isTarget = (name: string): name is Target => Object.hasOwn(TARGETS, name)
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
  /** One of a few names; undefined where there is none, or where it is none of them. */
  const among = <T extends string>(name: string, fits: (text: string) => text is T, all: object): T | undefined => {
    const text = parameters.get(name)
    if (text === null || fits(text)) return text ?? undefined
    complaints.push(
      `The link: expected ${name} to be one of ${Object.keys(all).join(', ')} but got '${text}', so the default stands.`,
    )
    return undefined
  }
  const walk = {
    seed: number('seed'),
    step: number('step'),
    by: parameters.get('by') ?? undefined,
    target: among('compile', isTarget, TARGETS),
    pass: parameters.get('pass') ?? undefined,
  }
  const code = parameters.get('code')
  if (code !== null) return { walk: { ...walk, example: undefined, code }, complaints }
  const example = among('example', isExample, EXAMPLES) ?? 'dense'
  return { walk: { ...walk, example, code: EXAMPLES[example].code }, complaints }
}

/** The part of a link that says a walk, with its question mark; empty where all is default. */
export function queryOf({ example, code, seed, by, step, target, pass }: Walk): string {
  const parameters = new URLSearchParams()
  if (example === undefined) parameters.set('code', code)
  else if (example !== FIRST.example) parameters.set('example', example)
  if (seed !== FIRST.seed) parameters.set('seed', String(seed))
  if (by !== undefined) parameters.set('by', by)
  if (step !== FIRST.step) parameters.set('step', String(step))
  if (target !== undefined) parameters.set('compile', target)
  if (pass !== undefined) parameters.set('pass', pass)
  const query = parameters.toString()
  return query === '' ? '' : `?${query}`
}
