/** Integer ids and their shape. What they may be is said where they are made, and by the ops that trust them. */
import { cpu } from '../kernels/index.ts'
import type { Backend, Buffer } from '../kernels/index.ts'
import { format } from './format.ts'
import { checkLength } from './shape.ts'
import type { Shape } from './shape.ts'

/**
 * Integer ids, each in [0, bound), or below 0 where it is nobody's: rows of a table, segments, categories. They carry no
 * gradient.
 */
export class Ids {
  readonly shape: Shape
  readonly backend: Backend
  readonly buffer: Buffer
  /** One more than the largest id there was when they were made, for which steps are recorded. 0 when there is none. */
  readonly bound: number

  constructor(shape: Shape, buffer: Buffer, bound: number, backend: Backend = cpu) {
    checkLength('Ids', buffer.length, shape, 'ids')
    this.shape = shape
    this.buffer = buffer
    this.bound = bound
    this.backend = backend
  }

  get size(): number {
    return this.buffer.length
  }

  get values(): Int32Array {
    const values = this.backend.viewIds(this.buffer)
    if (!values) throw new Error(`Ids.values: expected memory at hand but it is on ${this.backend.name}`)
    return values
  }

  toString(): string {
    return format('Ids', this.shape, 'int32', this.backend.viewIds(this.buffer))
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
