/** The training step of PLE by us, by PyTorch and JAX in Python, and by the libraries in JavaScript that can take its gradients. */
import { cpu } from '../../src/index.ts'
import type { PLE } from '../../src/index.ts'
import type { Case, Entrant } from '../measure/case.ts'
import { nameOfWasm, wasmOf } from '../ours.ts'
import type { WasmOptions } from '../ours.ts'
import { compiledStep, eagerStep, referenceOf } from './ours.ts'
import type { Reference, Told } from './ours.ts'
import { jaxStep } from './pleJax.ts'
import { pythonSteps } from './plePython.ts'
import { tfjsStep } from './pleTfjs.ts'
import { FEATURES, drawRows, model } from './workload.ts'
import type { Rows, Size } from './workload.ts'

/** Batches that a contestant learns from in turns. */
const BATCHES = 4

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

export interface Field {
  readonly wasms: readonly WasmOptions[]
  /** Everyone who can, not only the fastest. */
  readonly everyone: boolean
}

export function trainingCase(size: Size, rows: number, { wasms, everyone }: Field): Case {
  const { told, reference } = tell(size, rows, BATCHES)
  const others: readonly Entrant[] = [
    { name: 'tfjs-cpu', side: 'peer', enter: () => tfjsStep(told) },
    { name: 'jax-js', side: 'peer', enter: () => jaxStep(told) },
    { name: 'eager cpu', side: 'ours', enter: () => eagerStep(told, cpu) },
    { name: 'compiled cpu', side: 'ours', enter: () => compiledStep(told, cpu) },
  ]
  return {
    group: 'PLE training step',
    size: `batch ${rows}${size.vocabulary === 1000 ? '' : `, vocabulary ${size.vocabulary}`}`,
    scale: rows,
    // Backward is twice forward.
    flops: 3 * flopsOf(size, rows),
    exact: () => reference().losses,
    tolerance: 2e-5,
    entrants: [
      ...pythonSteps(told),
      ...(everyone ? others : []),
      ...wasms.map((options): Entrant => ({
        name: nameOfWasm(options),
        side: 'ours',
        enter: async () => compiledStep(told, await wasmOf(options)),
      })),
    ],
  }
}
