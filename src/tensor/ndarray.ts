/**
 * The door to the `ndarray` package, both ways: contiguous data is shared, strided views are read into order.
 * It knows ndarray by its shape alone and imports nothing, so the package stays optional.
 */
import { callable, checkValue, having } from '../checks/index.ts'
import { cpu } from '../kernels/index.ts'
import type { Backend, Floats } from '../kernels/index.ts'
import { tensor } from './create.ts'
import { sizeOf } from './shape.ts'
import type { Shape } from './shape.ts'
import { checkTensor } from './tensor.ts'
import type { Tensor } from './tensor.ts'

/** What an `ndarray` shows of itself. */
export interface NdarrayLike {
  readonly data: ArrayLike<number> | { get(index: number): number; readonly length: number }
  readonly shape: readonly number[]
  readonly stride: readonly number[]
  readonly offset: number
}

/** Anything that builds an ndarray of flat data: the package's own default export. */
export type NdarrayConstructor<N> = (data: Floats, shape: number[]) => N

const rowMajor = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

const NDARRAY = having('an ndarray', 'data', 'shape', 'stride', 'offset')

/**
 * A tensor of an ndarray. Shares memory, without a copy, when the view is contiguous in row-major order and its
 * data is a typed array of the backend's dtype; reads any other view (transposed, stepped, reversed) into order.
 * @throws RangeError if the view reaches outside its data.
 */
export function fromNdarray(view: NdarrayLike, backend: Backend = cpu): Tensor {
  checkValue('fromNdarray', 'view', view, NDARRAY)
  const { data, shape, stride, offset } = view
  const size = sizeOf(shape)
  const strides = rowMajor(shape)
  const contiguous = shape.every((extent, axis) => extent <= 1 || stride[axis] === strides[axis])
  const reach = (toward: (step: number) => boolean): number =>
    shape.reduce((at, extent, axis) => at + (toward(stride[axis]) ? stride[axis] * (extent - 1) : 0), offset)
  const first = reach((step) => step < 0)
  const last = reach((step) => step > 0)
  if (size > 0 && (first < 0 || last >= data.length))
    throw new RangeError(`fromNdarray: expected a view within ${data.length} values but it spans ${first} … ${last}`)

  if (contiguous && (data instanceof Float32Array || data instanceof Float64Array))
    return tensor(data.subarray(offset, offset + size), shape, backend)
  const at = 'get' in data ? (index: number) => data.get(index) : (index: number) => data[index]
  const values = new Float64Array(size)
  for (let index = 0; index < size; index++) {
    let source = offset
    for (let axis = 0; axis < shape.length; axis++)
      source += (Math.floor(index / strides[axis]) % shape[axis]) * stride[axis]
    values[index] = at(source)
  }
  return tensor(values, shape, backend)
}

/**
 * An ndarray of a tensor, sharing its memory: `toNdarray(x, ndarray)` with the package's own constructor.
 * @throws Error where the numbers are on a device.
 */
export function toNdarray<N>(x: Tensor, ndarray: NdarrayConstructor<N>): N {
  checkTensor('toNdarray', x)
  checkValue('toNdarray', 'ndarray', ndarray, callable)
  return ndarray(x.values, [...x.shape])
}
