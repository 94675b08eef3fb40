/** What docs/derivations.md may derive: every op by its signature, and expressions of ops that are given one here. */
import * as ops from '../../src/autograd/index.ts'
import { productLogit } from '../../src/models/index.ts'
import { Ids, cpu64, tensor } from '../../src/index.ts'
import { freeAxes, parse, sizeOf } from '../../src/tensor/index.ts'
import type { Domain, Draw, Stream, Tensor } from '../../src/index.ts'
import type { Argument, Axis, Signature } from '../../src/tensor/index.ts'
import { nest } from './arrays.ts'
import type { Nested } from './arrays.ts'

export type Options = Readonly<Record<string, unknown>>

export interface Subject {
  readonly signature: Signature
  readonly call: (inputs: readonly Argument[], options: Options) => Tensor
  readonly domain?: readonly Domain[]
  readonly attributes?: Options
  readonly draw?: (draw: Draw, sizes: never) => Options
}

type Any = (...args: readonly unknown[]) => Tensor

const calling =
  (f: unknown): Subject['call'] =>
  (inputs, options) =>
    (f as Any)(...inputs, ...(Object.keys(options).length > 0 ? [options] : []))

export const OPS: Readonly<Record<string, Subject>> = Object.fromEntries(
  Object.entries(ops as Readonly<Record<string, unknown>>)
    .filter(([, value]) => typeof value === 'function' && 'signature' in value)
    .map(([name, value]) => {
      const { signature, definition } = value as { signature: Signature; definition: Omit<Subject, 'call'> }
      return [name, { ...definition, signature, call: calling(value) }]
    }),
)

const composed = (signature: string, call: unknown): Subject => ({ signature: parse(signature), call: calling(call) })

export const COMPOSED: Readonly<Record<string, Subject>> = {
  gelu: composed('...n -> ...n', ops.gelu),
  selu: composed('...n -> ...n', ops.selu),
  swish: composed('...n -> ...n', ops.swish),
  softsign: composed('...n -> ...n', ops.softsign),
  squaredError: composed('...n, ...n -> ...n', ops.squaredError),
  productLogit: composed('...n, ...n -> ...n', productLogit),
  mean: composed('m n -> m', (x: Tensor) => ops.mean(x, { axis: 1 })),
  variance: composed('m n -> m', (x: Tensor) => ops.moments(x, { axis: 1 }).variance),
  norm: composed('m n -> m', (x: Tensor) => ops.norm(x, { axis: 1 })),
  batchNorm: composed('b d, d, d -> b d', ops.batchNorm),
  layerNorm: composed('b d, d, d -> b d', ops.layerNorm),
  segmentMean: composed('b d, b<v -> v d', (rows: Tensor, ids: Ids, { v }: { readonly v: number }) =>
    ops.segmentMean(rows, ids, { count: v }),
  ),
}

/** Whether each output element depends on one element of each input, and on nothing else. */
export const isElementwise = ({ inputs, output }: Signature): boolean =>
  [...inputs.map(({ axes }) => axes), output].every(([axis, ...more]) => axis.name === 'n' && more.length === 0)

/** A shape in which leading axes count as one. */
export function merged(axes: readonly Axis[], shape: readonly number[]): number[] {
  const rest = [...shape]
  const leading = shape.length - axes.filter(({ kind }) => kind !== 'leading').length
  return axes.map(({ kind }) => sizeOf(rest.splice(0, kind === 'leading' ? leading : 1)))
}

/** One random call: its arguments, its options, and the same as plain arrays and sizes. */
export interface Case {
  readonly inputs: readonly Argument[]
  readonly options: Options
  readonly plain: readonly Nested[]
  readonly settings: Options
}

/** Draws arguments from a signature. Every other case has its numbers on a grid of halves, where kinks and ties are. */
export function drawCase({ signature, domain, attributes, draw }: Subject, random: Stream): Case {
  let counter = 0
  const real = (min: number, max: number): number => min + (max - min) * random.uniform(counter++)
  const integer = (min: number, max: number): number => Math.floor(real(min, max + 1))
  const onGrid = integer(0, 1) === 0
  const number = ({ min, max }: Domain): number => (onGrid ? integer(2 * min, 2 * max) / 2 : real(min, max))

  const extents = new Map<string, readonly number[]>()
  const extentsOf = ({ name, kind }: Axis): readonly number[] => {
    const drawn = Array.from({ length: kind === 'leading' ? integer(0, 2) : 1 }, () => integer(1, 4))
    const found = kind === 'ragged' ? drawn : (extents.get(name) ?? drawn)
    if (kind !== 'ragged') extents.set(name, found)
    return found
  }
  const extentOf = (name: string): number => extentsOf({ name, kind: 'one' })[0]

  const drawInput = (
    { kind, axes, below = '', count }: Signature['inputs'][number],
    at: number,
  ): [Argument, Nested] => {
    if (kind === 'list') {
      const members = Array.from({ length: count === undefined ? integer(1, 4) : extentOf(count) }, () =>
        drawInput({ kind: 'tensor', axes }, at),
      )
      return [members.map(([member]) => member as Tensor), members.map(([, numbers]) => numbers)]
    }
    const shape = axes.flatMap(extentsOf)
    if (kind === 'tensor') {
      const values = Float64Array.from({ length: sizeOf(shape) }, () => number(domain?.[at] ?? { min: -2, max: 2 }))
      return [tensor(values, shape, cpu64), nest(values, merged(axes, shape))]
    }
    const bound = extentOf(below)
    const values = Int32Array.from({ length: sizeOf(shape) }, () => integer(0, bound - 1))
    return [new Ids(shape, values, bound, cpu64), nest(values, merged(axes, shape))]
  }
  const drawn = signature.inputs.map(drawInput)
  const sizes = Object.fromEntries([...extents].map(([name, found]) => [name, sizeOf(found)]))
  const chosen = draw?.({ real, integer }, sizes as never) ?? {}
  const free = freeAxes(signature).filter(({ name, kind }) => kind === 'one' && !(name in chosen))
  const options = { ...attributes, ...Object.fromEntries(free.map(({ name }) => [name, extentOf(name)])), ...chosen }
  return {
    inputs: drawn.map(([argument]) => argument),
    options,
    plain: drawn.map(([, numbers]) => numbers),
    settings: { ...sizes, ...options },
  }
}
