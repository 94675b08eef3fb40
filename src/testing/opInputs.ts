/** Inputs for an op, drawn from its signature: shapes and options that fit, and numbers from its domain. */
import * as fc from 'fast-check'
import { cpu64 } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { freeAxes, ids, showShape, sizeOf, stream, tensor } from '../tensor/index.ts'
import type { Argument, Axis, Input, Shape, Stream, Tensor } from '../tensor/index.ts'
import type { Draw } from '../autograd/index.ts'
import { checkIsOp, settingsOf } from './anyOp.ts'
import type { AnyOp, Options } from './anyOp.ts'
import { ANYWHERE, bounded, numbers, sizes, specials } from './arbitraries.ts'

export interface Numbers {
  readonly attempt?: number
  readonly magnitude?: number
  readonly special?: boolean
}

/** Inputs and options that fit an op, to be made on any backend. */
export interface OpCase {
  readonly op: AnyOp
  readonly options: Options
  readonly seed: number
  /**
   * The arguments on a backend, the same numbers on each. Another attempt is other numbers of the same shapes; with a
   * magnitude, many of them are as large as that; special ones come from no domain, and some are NaN, infinite or ±0.
   */
  readonly on: (backend: Backend, numbers?: Numbers) => Argument[]
  /** Shapes, options and, where there are few, numbers: the counterexample that a failing law shows. */
  toString(): string
}

/** What fast-check draws and shrinks: extents of every axis, and of every list its length and ragged widths. */
interface Sketch {
  readonly extents: Readonly<Record<string, readonly number[]>>
  readonly lists: readonly { readonly length: number; readonly widths: readonly number[] }[]
  readonly seed: number
}

const LONGEST_LIST = 4
const MOST_NUMBERS_SHOWN = 12
const MOST_REFUSALS = 1000

/** Every axis of the op with the extents it may have: leading ones any rank to 3, ids below at least one value. */
function sketches({ signature }: AnyOp): fc.Arbitrary<Sketch> {
  const { inputs, output } = signature
  const axes: Record<string, fc.Arbitrary<number[]>> = {}
  for (const { name, kind } of [...output, ...inputs.flatMap((input) => input.axes)])
    axes[name] = kind === 'leading' ? fc.array(sizes(), { maxLength: 3 }) : fc.tuple(sizes())
  for (const { below } of inputs) if (below !== undefined) axes[below] = fc.tuple(sizes())
  for (const { count } of inputs)
    if (count !== undefined) axes[count] = fc.tuple(fc.integer({ min: 1, max: LONGEST_LIST }))
  const list = fc.record({
    length: fc.integer({ min: 1, max: LONGEST_LIST }),
    widths: fc.array(sizes(), { minLength: LONGEST_LIST, maxLength: LONGEST_LIST }),
  })
  return fc
    .record({ extents: fc.record(axes), lists: fc.tuple(...inputs.map(() => list)), seed: fc.nat() })
    .map(({ extents, ...rest }) => ({ extents: fitted(inputs, extents), ...rest }))
}

/** Few enough elements in all, and no ids without a value to have. */
function fitted(inputs: readonly Input[], drawn: Record<string, number[]>): Record<string, number[]> {
  const small = bounded(Object.values(drawn).flat())
  let at = 0
  const extents = Object.fromEntries(
    Object.entries(drawn).map(([name, list]) => [name, small.slice(at, (at += list.length))]),
  )
  for (const { kind, axes, below = '' } of inputs)
    if (kind === 'ids' && extents[below][0] === 0 && sizeOf(axes.flatMap(({ name }) => extents[name])) > 0)
      extents[below] = [1]
  return extents
}

const drawFrom = (random: Stream): Draw => {
  let count = 0
  return {
    integer: (min, max) => (max < min ? min : min + Math.floor(random.uniform(count++) * (max - min + 1))),
    real: (min, max) => min + random.uniform(count++) * (max - min),
  }
}

function caseOf(op: AnyOp, { extents, lists, seed }: Sketch): OpCase {
  const { signature, definition } = op
  const random = stream(seed)
  const shape = (axes: readonly Axis[], width = 0): Shape =>
    axes.flatMap(({ name, kind }) => (kind === 'ragged' ? [Math.min(width, extents[name][0])] : extents[name]))
  const members = ({ count, axes }: Input, index: number): Shape[] =>
    Array.from({ length: count === undefined ? lists[index].length : extents[count][0] }, (_, place) =>
      shape(axes, lists[index].widths[place]),
    )
  const on: OpCase['on'] = (backend, { attempt = 0, magnitude = 0, special = false } = {}) =>
    signature.inputs.map((input, index) => {
      const draws = random.stream(`input ${index} attempt ${attempt}`)
      const make = (target: Shape, from: Stream): Tensor => {
        const size = sizeOf(target)
        const domain = definition.domain?.[index] ?? ANYWHERE
        return tensor(special ? specials(size, from) : numbers(size, domain, from, magnitude), target, backend)
      }
      if (input.kind === 'list') return members(input, index).map((each, place) => make(each, draws.stream(`${place}`)))
      const target = shape(input.axes)
      if (input.kind === 'tensor') return make(target, draws)
      const below = extents[input.below ?? ''][0]
      // Where an id below 0 is nobody's, some are.
      const least = definition.nobody ? -1 : 0
      const drawn = Int32Array.from(
        { length: sizeOf(target) },
        (_, at) => least + Math.floor(draws.uniform(at) * (below - least)),
      )
      const made = ids(
        drawn.map((id) => Math.max(id, 0)),
        target,
        backend,
      )
      backend.writeIds(made.buffer, drawn)
      return made
    })

  const free = Object.fromEntries(
    freeAxes(signature).map(({ name, kind }) => [name, kind === 'leading' ? extents[name] : extents[name][0]]),
  )
  const known = settingsOf(op, on(cpu64), free) as never
  const options = { ...free, ...definition.draw?.(drawFrom(random.stream('draw')), known) }
  return {
    op,
    options,
    seed,
    on,
    toString: () => `${op.op}(${[...on(cpu64).map(show), ...showOptions(options)].join(', ')})`,
  }
}

const show = (argument: Argument): string => {
  if (!('buffer' in argument)) return `[${argument.map(show).join(', ')}]`
  const values = argument.size > MOST_NUMBERS_SHOWN ? '' : ` [${argument.values.join(', ')}]`
  return `${showShape(argument.shape)}${values}`
}

const showOptions = (options: Options): string[] => (Object.keys(options).length > 0 ? [JSON.stringify(options)] : [])

/** Why the op would refuse a case beyond its signature; undefined if it would not. */
const refusal = ({ op, options, on }: OpCase): string | undefined =>
  op.definition.refuse?.(settingsOf(op, on(cpu64), options) as never)

/**
 * Cases for an op. Sizes come from `SIZES`, leading axes have rank 0 to 3, lists 1 to 4 members, and attributes and
 * free axes come from the definition's `draw`; without it free axes are random and attributes have their defaults.
 * @throws Error if a thousand draws running are refused by the definition's `refuse`.
 */
export function opInputs(op: AnyOp): fc.Arbitrary<OpCase> {
  checkIsOp('opInputs', op)
  let refused = 0
  return sketches(op)
    .map((sketch) => caseOf(op, sketch))
    .filter((drawn) => {
      const reason = refusal(drawn)
      refused = reason === undefined ? 0 : refused + 1
      if (refused > MOST_REFUSALS)
        throw new Error(
          `opInputs: expected draws that ${op.op} accepts but got ${refused} refusals: because ${reason}; give it \`draw\``,
        )
      return reason === undefined
    })
}
