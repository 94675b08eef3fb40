/** Makes tensors and ids of plain numbers, constants and random streams; refuses ragged arrays and fractional ids. */
import { checkOptions, checkValue, finite, having, integer, isWhole, real, show } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { cpu, standIn } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { checkNumbers, flatten, isFloats, isTyped, outline } from './numbers.ts'
import type { Nested } from './numbers.ts'
import type { Stream } from './random.ts'
import { checkLength, checkShape, checkSize, sizeOf } from './shape.ts'
import type { Shape } from './shape.ts'
import { Ids } from './ids.ts'
import { Tensor, checkTensor } from './tensor.ts'

/** What may stand where a backend is expected. */
export const BACKEND: Check = having('a backend', 'kernels', 'allocate')

const STREAM: Check = {
  ...having('a random stream', 'key', 'uniform', 'normal'),
  got: (value) => show(value) + (integer.fits(value) ? `: pass stream(${value as number})` : ''),
}

/**
 * A tensor of flat numbers in row-major order. A typed array of the backend's own dtype is shared, not copied: writing
 * to it writes to the tensor.
 * @throws RangeError if the shape is not of whole numbers, or not of that many values, or one of them is no number.
 */
export function fromValues(values: ArrayLike<number>, shape: Shape, on: Backend = cpu): Tensor {
  checkNumbers('tensor', values)
  checkShape('tensor', shape)
  checkValue('tensor', 'backend', on, BACKEND)
  const backend = standIn(on)
  checkLength('tensor', values.length, shape)
  const shared = isFloats(values) ? backend.adopt(values) : undefined
  if (shared) return new Tensor(shape, shared, backend)
  const buffer = backend.allocate(values.length)
  backend.write(buffer, values)
  return new Tensor(shape, buffer, backend)
}

/**
 * A tensor of nested arrays, the rows of which may be typed ones, or of flat numbers in row-major order with their shape
 * (by default one axis); one typed array is shared as in `fromValues`.
 * @throws RangeError if the array is ragged, its length is not the shape's, or anything in it is no number: strings, flags
 * and big integers are not converted.
 */
export function tensor(values: Nested, shape?: Shape, backend: Backend = cpu): Tensor {
  if (isTyped(values)) return fromValues(values, shape ?? [values.length], backend)
  const inferred = outline('tensor', values)
  return fromValues(flatten('tensor', values, inferred), shape ?? inferred, backend)
}

/**
 * Integer ids of nested arrays, or of flat integers with their shape; an Int32Array is shared on the CPU. Big integers are
 * taken, as in a BigInt64Array.
 * @throws RangeError if an id is negative, fractional or above 2³¹ − 1, naming its position.
 */
export function ids(values: Nested<number | bigint>, shape?: Shape, on: Backend = cpu): Ids {
  const inferred = outline('ids', values)
  const flat = isTyped(values) ? values : flatten('ids', values, inferred, true)
  const target = shape ?? inferred
  checkShape('ids', target)
  checkValue('ids', 'backend', on, BACKEND)
  const backend = standIn(on)
  checkLength('ids', flat.length, target)
  let bound = 0
  for (let index = 0; index < flat.length; index++) {
    const id = flat[index]
    if (!isWhole(id, 0, 0x7fffffff))
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
  checkValue(who, 'backend', backend, BACKEND)
  if (backend.shapesOnly) return new Tensor(shape, backend.allocate(sizeOf(shape)), backend)
  const values = new (backend.dtype === 'float32' ? Float32Array : Float64Array)(checkSize(who, shape))
  for (let index = 0; index < values.length; index++) values[index] = value(index)
  return fromValues(values, shape, backend)
}

/** A tensor of one repeated value. */
export function full(shape: Shape, value: number, backend: Backend = cpu): Tensor {
  if (typeof value !== 'number') throw new RangeError(`full: expected value to be a number but got ${show(value)}`)
  return generate('full', shape, backend, () => value)
}

/** A tensor of zeros. Throws a RangeError for a shape that is none. */
export const zeros = (shape: Shape, backend: Backend = cpu): Tensor => generate('zeros', shape, backend, () => 0)

/** A tensor of ones. Throws a RangeError for a shape that is none. */
export const ones = (shape: Shape, backend: Backend = cpu): Tensor => generate('ones', shape, backend, () => 1)

let drawing = true

/** Runs `build` without drawing: what would be random holds whatever its memory does, for whoever overwrites all of it. */
export function undrawn<T>(build: () => T): T {
  const before = drawing
  drawing = false
  try {
    return build()
  } finally {
    drawing = before
  }
}

const draw = (who: string, shape: Shape, backend: Backend, value: (index: number) => number): Tensor => {
  if (drawing || backend.shapesOnly) return generate(who, shape, backend, value)
  const buffer = backend.allocate(checkSize(who, shape))
  // A device has nothing at hand that it could hold.
  return backend.view(buffer) ? new Tensor(shape, buffer, backend) : generate(who, shape, backend, () => 0)
}

/** Independent draws from the normal distribution with the given mean and standard deviation. */
export function normal(
  shape: Shape,
  stream: Stream,
  options: { readonly mean?: number; readonly deviation?: number } = {},
  backend: Backend = cpu,
): Tensor {
  checkValue('normal', 'stream', stream, STREAM)
  checkOptions('normal', options, { mean: finite, deviation: real('[0, ∞)') })
  const { mean = 0, deviation = 1 } = options
  return draw('normal', shape, backend, (index) => mean + deviation * stream.normal(index))
}

/** Independent draws, uniform in [low, high); of the backend's own numbers, so that float32 too never rounds one up to high. */
export function uniform(
  shape: Shape,
  stream: Stream,
  options: { readonly low?: number; readonly high?: number } = {},
  backend: Backend = cpu,
): Tensor {
  checkValue('uniform', 'stream', stream, STREAM)
  checkOptions('uniform', options, { low: finite, high: finite })
  checkValue('uniform', 'backend', backend, BACKEND)
  const { low = 0, high = 1 } = options
  const round = backend.dtype === 'float32' ? Math.fround : Number
  if (!(round(low) < round(high) && Number.isFinite(round(high) - round(low))))
    throw new RangeError(
      `uniform: expected low below high, and ${backend.dtype} between them, but got ${low} and ${high}`,
    )
  /** The numbers right below high are as likely as they ever were; only what rounds up to it is moved down. */
  const below = (step: number): number => (round(high - step) < round(high) ? round(high - step) : below(2 * step))
  return draw('uniform', shape, backend, (index) => {
    const drawn = low + (high - low) * stream.uniform(index)
    return round(drawn) < round(high) ? drawn : below((high - low) * 2 ** -24)
  })
}

/** The same numbers without their history: gradients stop here. Nothing is copied. */
export function detach(x: Tensor): Tensor {
  checkTensor('detach', x)
  return new Tensor(x.shape, x.buffer, x.backend)
}
