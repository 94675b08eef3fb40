/**
 * A program as text of 80 columns: what runs in which order, on what and at what cost, and what each pass changed. It
 * runs nothing; `profile` does.
 */
import { checkOptions, whole } from '../checks/index.ts'
import type { Program, Stage } from './program.ts'
import { costOf } from './cost.ts'
import { NAMES, naming, showCall, showExtents } from './names.ts'
import type { Naming, Paths } from './names.ts'
import { isHost, reads, updates, writes } from './slot.ts'
import type { Call, Listing, Slot } from './slot.ts'
import { cut, printable, thousands, wrap } from './text.ts'

/** What `explain` takes. */
export interface ExplainOptions {
  /** Parameters by path, as `parameters(model)` gives them. Without it they are numbered. */
  readonly names?: Paths
  /** How many lines are shown of those that a pass took out, and of those that it put in. Default 3. */
  readonly changes?: number
}

/** What there is to know of a program without running it. */
export type Explained = Pick<Program, 'backend' | 'stages' | 'arena' | 'keeps'>

const WIDTH = 80
const VERB = 12
/** The table's columns, from the second on: call, shape, KB and kFLOP. */
const [CALL, ...NUMBERS] = [50, 10, 8, 8]

/** What runs: the listing after the last pass. */
export const finalOf = ({ stages }: Pick<Program, 'stages'>): Listing => stages[stages.length - 1].listing

/** Names that stay the same from the recording to the last pass. */
export const namesIn = ({ stages }: Pick<Program, 'stages'>, paths?: Paths): Naming =>
  naming(
    stages.map(({ listing }) => listing),
    paths,
  )

export const floatBytes = ({ backend }: Pick<Program, 'backend'>): number => (backend.dtype === 'float64' ? 8 : 4)

const listed = (words: readonly string[]): readonly string[] =>
  words.map((word, index) => (index < words.length - 1 ? `${word},` : word))

/** `verb inputs → outputs`, and the op that it came from where that has another name. */
export function wordsOf(call: Call, name: Naming): readonly string[] {
  const inputs = [...(isHost(call) ? call.args.slice(0, 1) : []), ...reads(call)].map(name)
  const outputs = writes(call).map(name)
  return [
    call.kernel.verb.padEnd(VERB),
    ...listed(inputs),
    ...outputs.map((output, index) => (index === 0 ? `→ ${output}` : `and ${output}`)),
    ...(call.op === call.kernel.verb || call.op === '' ? [] : [`(${printable(call.op)})`]),
  ]
}

const row = (number: string, call: string, numbers: readonly string[]): string =>
  `${number.padStart(3)} ${call.padEnd(CALL)}${numbers.map((text, at) => text.padStart(NUMBERS[at])).join('')}`.trimEnd()

function table(program: Explained, name: Naming): readonly string[] {
  const lines = finalOf(program).calls.flatMap((call, index) => {
    const { bytes, flops } = costOf(call, floatBytes(program))
    const [made] = [...writes(call), ...updates(call)] as readonly (Slot | undefined)[]
    const [first, ...rest] = wrap(wordsOf(call, name), CALL, 2)
    const numbers = [made ? showExtents(made) : '', thousands(bytes), thousands(flops)]
    return [row(String(index + 1), first, numbers), ...rest.map((line) => row('', line, []))]
  })
  return [row('#', 'call, inputs → output (op)', ['shape', 'KB', 'kFLOP']), ...lines]
}

function header(program: Explained, name: Naming): readonly string[] {
  const { stages, arena, backend, keeps } = program
  const { calls, outputs } = finalOf(program)
  const width = floatBytes(program)
  const costs = calls.map((call) => costOf(call, width))
  const results = calls.flatMap(writes)
  const apart = results.reduce((total, { kind, length }) => total + length * (kind === 'ids' ? 4 : width), 0)
  const sum = (of: 'flops' | 'bytes'): string => thousands(costs.reduce((total, cost) => total + cost[of], 0))
  return [
    `${calls.length} calls on ${backend.name}, of ${stages[0].listing.calls.length} that were recorded`,
    `one run: ${sum('flops')} kFLOP, ${sum('bytes')} KB moved`,
    `${results.length} results in ${thousands(arena.floats * width + arena.ids * 4)} KB; apart: ${thousands(apart)} KB`,
    `its step keeps the ${keeps} programs that it called last`,
    ...wrap(['returns', ...listed(outputs.map((slot) => `${name(slot)} (${showExtents(slot)})`))], WIDTH, 2),
  ]
}

/** Lines of `these` that are not among `those`, each as often as it comes. */
function without(these: readonly string[], those: readonly string[]): readonly string[] {
  const left = new Map<string, number>()
  for (const line of those) left.set(line, (left.get(line) ?? 0) + 1)
  return these.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

/** Calls that a pass took out, and calls that it put in, as lines; undefined where it left all as it was. */
export function changed(
  before: Stage,
  after: Stage,
  name: Naming,
): { readonly gone: readonly string[]; readonly made: readonly string[] } | undefined {
  const [old, now] = [before, after].map(({ listing }) => listing.calls.map((call) => showCall(call, name)))
  return old.join('\n') === now.join('\n') ? undefined : { gone: without(old, now), made: without(now, old) }
}

/** What a pass changed; nothing if it left all as it was. */
function changesOf(before: Stage, after: Stage, name: Naming, most: number): readonly string[] {
  const change = changed(before, after, name)
  if (!change) return []
  const { gone, made } = change
  const [old, now] = [before, after].map(({ listing }) => listing.calls.length)
  const result = gone.length + made.length > 0 ? `${old} → ${now} calls` : 'only their order'
  const show = (mark: string, lines: readonly string[]): readonly string[] => [
    ...lines.slice(0, most).map((line) => cut(`    ${mark} ${line}`, WIDTH)),
    ...(lines.length > most ? [`    ${mark} … ${lines.length - most} more`] : []),
  ]
  const title = `  ${after.name}, ${result}: ${after.does}`
  return [...wrap(title.split(/(?<=\S) /), WIDTH, 4), ...show('−', gone), ...show('+', made)]
}

/** Explains a program to whoever reads it. @throws RangeError where an option is unknown or out of its range. */
export function explain(program: Explained, options: ExplainOptions = {}): string {
  checkOptions('explain', options, { names: NAMES, changes: whole(0) })
  const { names, changes = 3 } = options
  const [recorded, ...stages] = program.stages
  const name = namesIn(program, names)
  const passes = stages.map((stage, index) => ({
    title: stage.name,
    lines: changesOf([recorded, ...stages][index], stage, name, changes),
  }))
  const idle = passes.filter(({ lines }) => lines.length === 0).map(({ title }) => title)
  return [
    ...header(program, name),
    '',
    ...table(program, name),
    '',
    'what each pass changed:',
    ...passes.flatMap(({ lines }) => lines),
    ...(idle.length > 0 ? wrap(`  nothing: ${idle.join(', ')}`.split(/(?<=\S) /), WIDTH, 4) : []),
  ].join('\n')
}
