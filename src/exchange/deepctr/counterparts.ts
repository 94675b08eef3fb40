/**
 * Tensors of another library by name, and the parameters that their numbers are in here. What is missing, unknown or of
 * another shape is listed and refused before anything changes, as is what has no place there.
 */
import { checkValue, isRecord, recordOf } from '../../checks/index.ts'
import { checkState, checkWhole, fill, parameters } from '../../models/index.ts'
import type { SavableModel } from '../../models/index.ts'
import type { Parameter } from '../../tensor/index.ts'

/** Numbers in row-major order, and their shape. Integers of 64 bits, in which PyTorch counts batches, may be BigInt. */
export interface DeepCTRTensor {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number | bigint>
}

/** Tensors by the names that the other library has for them. */
export type DeepCTRTensors = Readonly<Record<string, DeepCTRTensor>>

/** Tensors as they are written: in float32. */
export type WrittenTensors = Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>

/** One tensor there, and how its numbers become those of parameters here. */
export interface Counterpart {
  readonly name: string
  readonly shape: readonly number[]
  /** Where its numbers are here, the same in each; nowhere for what no prediction there depends on. */
  readonly held: readonly Parameter[]
  /** Theirs as they lie in each of `held`. */
  readonly here: (values: ArrayLike<number>) => ArrayLike<number>
  /** Ours as they lie there; a reason where they differ and must be one number there. */
  readonly there: () => Float32Array | string
}

const plain = (values: ArrayLike<number>): ArrayLike<number> => values

/** A tensor that lies there as it lies here. */
export const same = (name: string, held: Parameter): Counterpart => ({
  name,
  shape: held.shape,
  held: [held],
  here: plain,
  there: () => Float32Array.from(held.values),
})

/** The transpose (columns rows) of a matrix (rows columns). */
const transpose = (values: ArrayLike<number>, rows: number, columns: number): readonly number[] =>
  Array.from({ length: rows * columns }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)])

/** A weight (in, out) here that is (out, in) there. */
export function transposed(name: string, held: Parameter): Counterpart {
  const [inputs, outputs] = held.shape
  return {
    name,
    shape: [outputs, inputs],
    held: [held],
    here: (values) => transpose(values, outputs, inputs),
    there: () => Float32Array.from(transpose(held.values, inputs, outputs)),
  }
}

/** One number there that is each of several here. They are all of one size. */
export const oneForAll = (name: string, held: readonly Parameter[]): Counterpart => ({
  name,
  shape: [1],
  held,
  here: (values) => Array.from({ length: held[0].size }, () => values[0]),
  there: () => {
    const numbers = held.flatMap(({ values }) => [...values])
    const other = numbers.find((number) => number !== numbers[0])
    return other === undefined
      ? Float32Array.of(numbers[0])
      : `${name} is one number there and here both ${numbers[0]} and ${other}`
  },
})

/** What is there but no prediction depends on: nothing is read of it, and 0 written. */
export const unread = ({ name, shape }: Pick<Counterpart, 'name' | 'shape'>): Counterpart => ({
  name,
  shape,
  held: [],
  here: plain,
  there: () => new Float32Array(sizeOf(shape)),
})

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1)
const showShape = (shape: readonly number[]): string => `(${shape.join('×')})`

/** What of a tensor does not fit its counterpart, in words, or nothing. */
function misfitOf(name: string, { shape, values }: DeepCTRTensor, counterpart?: Counterpart): readonly string[] {
  if (!counterpart) return [`${name} is unknown`]
  if (showShape(shape) !== showShape(counterpart.shape))
    return [`${name} is ${showShape(shape)}, not ${showShape(counterpart.shape)}`]
  return values.length === sizeOf(shape)
    ? []
    : [`${name} has ${values.length} values, not ${sizeOf(shape)} for ${showShape(shape)}`]
}

const TENSORS = recordOf({
  expected: 'to be a shape and values',
  fits: (value) =>
    isRecord(value) && Array.isArray(value.shape) && (Array.isArray(value.values) || ArrayBuffer.isView(value.values)),
})

/** Throws a RangeError unless these are tensors by name, whatever they are called. */
export const checkTensors = (who: string, tensors: DeepCTRTensors): void => {
  checkValue(who, 'tensors', tensors, TENSORS)
}

const TOLD = 8

/** Throws a RangeError in the name of `who` unless there is a tensor for each counterpart, and no other. */
function checkAll(who: string, whose: string, tensors: DeepCTRTensors, parts: readonly Counterpart[]): void {
  const known = new Map(parts.map((part) => [part.name, part]))
  const problems = [
    ...parts.filter(({ name }) => !Object.hasOwn(tensors, name)).map(({ name }) => `${name} is missing`),
    ...Object.entries(tensors).flatMap(([name, tensor]) => misfitOf(name, tensor, known.get(name))),
  ]
  if (problems.length === 0) return
  const more = problems.length > TOLD ? `; and ${problems.length - TOLD} more` : ''
  throw new RangeError(
    `${who}: expected the ${parts.length} tensors of ${whose} but got: ${problems.slice(0, TOLD).join('; ')}${more}`,
  )
}

/**
 * Fills a model from the tensors of its counterparts. What has none, because it is always the same there, stays.
 * @throws RangeError listing what does not fit; nothing is changed then.
 */
export function readTensors(
  who: string,
  whose: string,
  model: SavableModel,
  tensors: DeepCTRTensors,
  parts: readonly Counterpart[],
): void {
  checkWhole(who, model)
  checkAll(who, whose, tensors, parts)
  const given = new Map(
    parts.flatMap(({ name, held, here }) => {
      // What is no number, such as BigInt, is found where the state is checked.
      const numbers = here(tensors[name].values as ArrayLike<number>)
      return held.map((parameter) => [parameter, numbers] as const)
    }),
  )
  const state = Object.fromEntries(
    Object.entries(parameters(model)).map(([path, parameter]) => [path, given.get(parameter) ?? parameter.values]),
  )
  checkState(who, model, state)
  fill(model, state)
}

/** What of numbers to be written is not finite, in words, or nothing. */
function strangeIn(name: string, values: Float32Array): string | undefined {
  const strange = values.find((value) => !Number.isFinite(value))
  return strange === undefined ? undefined : `${name} would have ${strange}`
}

/**
 * The tensors of a model's counterparts.
 * @throws RangeError if numbers that differ here would have to be one there, or are not finite in float32.
 */
export function writeTensors(who: string, model: SavableModel, parts: readonly Counterpart[]): WrittenTensors {
  checkWhole(who, model)
  return Object.fromEntries(
    parts.map(({ name, shape, there }) => {
      const values = there()
      const reason = typeof values === 'string' ? values : strangeIn(name, values)
      if (reason !== undefined) throw new RangeError(`${who}: expected a model that fits but got one where ${reason}`)
      return [name, { shape: [...shape], values: values as Float32Array }]
    }),
  )
}
