/** What all contestants of a step or of inference are told. It needs nothing of Node. */
import type { PLE } from '../../src/index.ts'
import { referenceOf } from './ours.ts'
import type { Reference, Told } from './ours.ts'
import { FEATURES, drawRows, model } from './workload.ts'
import type { Rows, Size } from './workload.ts'

/** Multiplications and additions of one pass forward through the dense layers, gates and mixtures. */
export function flopsOf({ dimension, expert, tower, levels }: Size, rows: number): number {
  const [width] = expert
  const groups = 3
  let products = 0
  for (let level = 0; level < levels; level++) {
    const inputs = level === 0 ? FEATURES.length * dimension : width
    const heard = level === levels - 1 ? 4 : 7
    products += groups * inputs * width + heard * inputs + heard * width
  }
  products += 2 * (width * tower[0] + tower[0])
  return 2 * rows * products
}

/** What all contestants of a case are told, and the reference that the first of them makes possible. */
export function tell(size: Size, rows: number, count: number): { told: Told; reference: () => Reference } {
  const batches: readonly Rows[] = Array.from({ length: count }, (_, at) => drawRows(rows, size.vocabulary, at))
  let reference: Reference | undefined
  const meet = (ple: PLE): void => {
    reference ??= referenceOf(ple, size, batches[0])
  }
  return {
    told: { size, batches, meet },
    reference: () => (reference ??= referenceOf(model(size), size, batches[0])),
  }
}
