/** Makes tensors and ids of plain numbers, constants and random streams; refuses ragged arrays and fractional ids. */
import { checkOptions, finite, real } from '../checks/index.ts'
import { cpu, standIn } from '../kernels/index.ts'
import type { Backend, Floats } from '../kernels/index.ts'
import type { Stream } from './random.ts'
import { Ids, Tensor, showShape, sizeOf } from './tensor.ts'
import type { Shape } from './tensor.ts'

/** A number, or arrays of arrays of numbers. */
export type Nested = number | readonly Nested[]

const isFloats = (values: unknown): values is Floats => values instanceof Float32Array || values instanceof Float64Array

const isNested = (values: unknown): values is Nested => typeof values === 'number' || Array.isArray(values)

/** The lengths along the first element of each depth. */
const outline = (nested: Nested): number[] =>
  typeof nested === 'number' ? [] : nested.length === 0 ? [0] : [nested.length, ...outline(nested[0])]

/** Row-major numbers of a nested array of that outline. */
function flatten(who: string, nested: Nested, shape: Shape): number[] {
  const describe = (part: Nested): string => (typeof part === 'number' ? 'a number' : `length ${part.length}`)
  const visit = (part: Nested, depth: number): number[] => {
    const expected = shape[depth]
    if ((typeof part === 'number' ? undefined : part.length) !== expected)
      throw new RangeError(
        `${who}: expected ${expected === undefined ? 'a number' : `length ${expected}`} at depth ${depth} but got ${describe(part)}: ` +
          `because the first elements have shape ${showShape(shape)}`,
      )
    return typeof part === 'number' ? [part] : part.flatMap((child) => visit(child, depth + 1))
  }
  return visit(nested, 0)
}

const checkLength = (who: string, length: number, shape: Shape): void => {
  if (length !== sizeOf(shape))
    throw new RangeError(`${who}: expected ${sizeOf(shape)} values for shape ${showShape(shape)} but got ${length}`)
}

const checkShape = (who: string, shape: Shape): void => {
  if (shape.some((extent) => !Number.isInteger(extent) || extent < 0))
    throw new RangeError(`${who}: expected a shape of non-negative integers but got ${showShape(shape)}`)
}

/**
 * A tensor of flat numbers in row-major order. A typed array of the backend's own dtype is shared, not copied: writing
 * to it writes to the tensor.
 *
 * @throws RangeError if the shape is not of whole numbers, or not of that many values.
 */
export function fromValues(values: ArrayLike<number>, shape: Shape, on: Backend = cpu): Tensor {
  const backend = standIn(on)
  checkShape('tensor', shape)
  checkLength('tensor', values.length, shape)
  const shared = isFloats(values) ? backend.adopt(values) : undefined
  if (shared) return new Tensor(shape, shared, backend)
  const buffer = backend.allocate(values.length)
  backend.write(buffer, values)
  return new Tensor(shape, buffer, backend)
}

/**
 * A tensor of nested arrays, or of flat numbers in row-major order with their shape (by default one axis); typed arrays
 * are shared as in `fromValues`.
 *
 * @throws RangeError if the array is ragged, or its length is not the shape's.
 */
export function tensor(values: Nested | ArrayLike<number>, shape?: Shape, backend: Backend = cpu): Tensor {
  if (!isNested(values)) return fromValues(values, shape ?? [values.length], backend)
  const inferred = outline(values)
  return fromValues(flatten('tensor', values, inferred), shape ?? inferred, backend)
}

/**
 * Integer ids of nested arrays, or of flat integers with their shape; an Int32Array is shared on the CPU.
 *
 * @throws RangeError if an id is negative, fractional or above 2³¹ − 1, naming its position.
 */
export function ids(values: Nested | ArrayLike<number>, shape?: Shape, on: Backend = cpu): Ids {
  const backend = standIn(on)
  const inferred = isNested(values) ? outline(values) : [values.length]
  const flat = isNested(values) ? flatten('ids', values, inferred) : values
  const target = shape ?? inferred
  checkShape('ids', target)
  checkLength('ids', flat.length, target)
  let bound = 0
  for (let index = 0; index < flat.length; index++) {
    const id = flat[index]
    if (!(id >= 0 && id <= 0x7fffffff && Number.isInteger(id)))
      throw new RangeError(`ids: expected integers from 0 to 2147483647 but got ${id} at position ${index}`)
    if (id >= bound) bound = id + 1
  }
  if (flat instanceof Int32Array && backend.viewIds(flat) === flat) return new Ids(target, flat, bound, backend)
  const buffer = backend.allocateIds(flat.length)
  backend.writeIds(buffer, flat)
  return new Ids(target, buffer, bound, backend)
}

const generate = (who: string, shape: Shape, backend: Backend, value: (index: number) => number): Tensor => {
  checkShape(who, shape)
  if (backend.shapesOnly) return new Tensor(shape, backend.allocate(sizeOf(shape)), backend)
  const values = new Float64Array(sizeOf(shape))
  for (let index = 0; index < values.length; index++) values[index] = value(index)
  return fromValues(values, shape, backend)
}

/** A tensor of one repeated value. */
export const full = (shape: Shape, value: number, backend: Backend = cpu): Tensor =>
  generate('full', shape, backend, () => value)

export const zeros = (shape: Shape, backend: Backend = cpu): Tensor => full(shape, 0, backend)

export const ones = (shape: Shape, backend: Backend = cpu): Tensor => full(shape, 1, backend)

/** Independent draws from the normal distribution with the given mean and standard deviation. */
export function normal(
  shape: Shape,
  stream: Stream,
  options: { readonly mean?: number; readonly deviation?: number } = {},
  backend: Backend = cpu,
): Tensor {
  checkOptions('normal', options, { mean: finite, deviation: real('[0, ∞)') })
  const { mean = 0, deviation = 1 } = options
  return generate('normal', shape, backend, (index) => mean + deviation * stream.normal(index))
}

/** Independent draws, uniform in [low, high); of the backend's own numbers, so that float32 too never rounds one up to high. */
export function uniform(
  shape: Shape,
  stream: Stream,
  options: { readonly low?: number; readonly high?: number } = {},
  backend: Backend = cpu,
): Tensor {
  checkOptions('uniform', options, { low: finite, high: finite })
  const { low = 0, high = 1 } = options
  const round = backend.dtype === 'float32' ? Math.fround : Number
  if (!(round(low) < round(high))) throw new RangeError(`uniform: expected low below high but got ${low} and ${high}`)
  /** The numbers right below high are as likely as they ever were; only what rounds up to it is moved down. */
  const below = (step: number): number => (round(high - step) < round(high) ? round(high - step) : below(2 * step))
  return generate('uniform', shape, backend, (index) => {
    const drawn = low + (high - low) * stream.uniform(index)
    return round(drawn) < round(high) ? drawn : below((high - low) * 2 ** -24)
  })
}

/** The same numbers without their history: gradients stop here. Nothing is copied. */
export const detach = (x: Tensor): Tensor => new Tensor(x.shape, x.buffer, x.backend)
