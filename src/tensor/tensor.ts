/**
 * A tensor: numbers in row-major order with a shape, and how they came to be. It never changes once made (parameters
 * apart, which optimizers write, and what shares their memory by `reshape` or `detach`) and refuses to do maths: that
 * is what ops are for.
 */
import { checkOptions, flag, real, show } from '../checks/index.ts'
import { cpu, run } from '../kernels/index.ts'
import type { Backend, Buffer, Floats, Held } from '../kernels/index.ts'
import { repeat } from '../kernels/table/index.ts'
import { format } from './format.ts'
import type { Ids } from './ids.ts'
import { changing, claimMemory, nextMoment, noteChange } from './memory.ts'
import type { Memory } from './memory.ts'
import { checkNumbers } from './numbers.ts'
import { checkLength, checkShape, showShape } from './shape.ts'
import type { Shape } from './shape.ts'

/** Computes one input's share of the gradient when asked; a thunk, so that a gradient nobody wants costs nothing. */
export type Thunk = () => Cotangent

/** How a tensor came to be: what `gradients` walks. */
export interface Origin {
  readonly op: string
  readonly inputs: readonly Tensor[]
  /** One thunk per input, or null where no gradient flows. */
  readonly pullback: (g: Tensor, y: Tensor) => readonly (Thunk | null)[]
}

/** A gradient on its way: dense, or the few rows of a table that it touches. */
export type Cotangent = Tensor | SparseRows

/** Rows to be added to a table of zeros, by whoever makes them: see `RowSparse`. */
export interface SparseRows {
  readonly rows: Tensor
  readonly ids: Ids
  /** The extent of the table. */
  readonly count: number
  /** Whether no id comes twice. Rows that were merged into another are zeros then, and have the id −1. */
  readonly distinct: boolean
  /** The whole table. */
  dense(): Tensor
  /** Both of one table. */
  joined(other: SparseRows): SparseRows
  /** The same without its history. */
  detached(): SparseRows
}

/** Numbers of a shape on a backend, and how they were computed, for gradients. They do not change. */
export class Tensor {
  readonly shape: Shape
  readonly backend: Backend
  readonly buffer: Buffer
  readonly origin: Origin | undefined
  /** Numbered at birth, so inputs are always older than what is made of them: a topological order for free. */
  readonly birth: number = nextMoment()

  constructor(shape: Shape, buffer: Buffer, backend: Backend = cpu, origin?: Origin) {
    checkShape('Tensor', shape)
    checkLength('Tensor', buffer.length, shape)
    this.shape = shape
    this.buffer = buffer
    this.backend = backend
    this.origin = origin
  }

  get size(): number {
    return this.buffer.length
  }

  /** The numbers themselves, row-major, shared and not copied. Throws where they live on a device: use `read`. */
  get values(): Floats {
    const values = this.backend.view(this.buffer)
    if (!values)
      throw new Error(`Tensor.values: expected memory at hand but it is on ${this.backend.name}: await read()`)
    return values
  }

  /** A copy of the numbers, from wherever they are. */
  read(): Promise<Floats> {
    return this.backend.read(this.buffer)
  }

  /** The one number of a tensor of size 1. */
  item(): number {
    if (this.size !== 1) throw new RangeError(`Tensor.item: expected one value but got shape ${showShape(this.shape)}`)
    return this.values[0]
  }

  toString(): string {
    return format(this.constructor.name, this.shape, this.backend.dtype, this.backend.view(this.buffer))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Throws a RangeError unless this is a tensor. */
export function checkTensor(who: string, x: Tensor): void {
  if (!((x as unknown) instanceof Tensor)) throw new RangeError(`${who}: expected a tensor but got ${show(x)}`)
}

/** What `Parameter` takes beside its first numbers. */
export interface ParameterOptions {
  /** Adds l2·Σw² to the loss, by way of the optimizer: 2·l2·w joins the gradient. Default 0. */
  readonly l2?: number
  /** False for state that is saved with a model but not learned, such as a running mean. Default true. */
  readonly trainable?: boolean
  /** No number may be loaded that is below, as a variance may not be below 0. Default −∞. */
  readonly least?: number
  /** False takes over the memory of the initial tensor, which nobody else may have. Default true: it has its own. */
  readonly copy?: boolean
}

/** Other memory with the same numbers. */
function copyOf({ buffer, backend, size }: Tensor): Buffer {
  if (backend.shapesOnly) return buffer
  const copy = backend.allocate(size)
  run(backend, repeat, buffer, copy, 1, 1, size)
  return copy
}

/**
 * A tensor that belongs to a model: the one kind whose numbers change, by an optimizer or by loading. Gradients of what was
 * computed before such a change are refused where they need the numbers that were there.
 */
export class Parameter extends Tensor {
  readonly l2: number
  readonly trainable: boolean
  readonly least: number
  readonly #memory: Memory = { changed: 0 }

  /** @throws RangeError if the first is no tensor, or an option is unknown or out of its range. */
  constructor(initial: Tensor, options: ParameterOptions = {}) {
    checkTensor('Parameter', initial)
    checkOptions('Parameter', options, { l2: real('[0, ∞)'), trainable: flag, least: real('[-∞, ∞)'), copy: flag })
    const { l2 = 0, trainable = true, least = -Infinity, copy = true } = options
    super(initial.shape, copy ? copyOf(initial) : initial.buffer, initial.backend)
    claimMemory(this.buffer, this.#memory)
    this.l2 = l2
    this.trainable = trainable
    this.least = least
  }

  /** Takes up other memory that holds the same numbers and that the backend sees just as well. */
  move(buffer: Buffer): void {
    ;(this as { buffer: Buffer }).buffer = buffer
    claimMemory(buffer, this.#memory)
  }

  /** Says that a kernel has changed the numbers, for whoever calls one: `gradients` has to know. */
  changed(): void {
    changing(this.#memory)
  }

  /** Overwrites the numbers. Throws a RangeError, before any is written, unless there are exactly `size` of them. */
  assign(values: ArrayLike<number>): void {
    checkNumbers('Parameter.assign', values)
    checkLength('Parameter.assign', values.length, this.shape)
    this.backend.write(this.buffer, values)
    noteChange(this.#memory)
  }
}

/** Told by what it has: with the class of parameters, whoever has none would download it all the same. */
export const isParameter = (held: Held): held is Parameter => 'trainable' in held
