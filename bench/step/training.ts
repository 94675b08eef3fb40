/** The training step of PLE by us, by PyTorch and JAX in Python, and by the libraries in JavaScript that can take its gradients. */
import { cpu } from '../../src/index.ts'
import type { Case, Entrant } from '../measure/case.ts'
import { nameOfWasm, wasmOf } from '../ours.ts'
import type { WasmOptions } from '../ours.ts'
import { compiledStep, eagerStep } from './ours.ts'
import { jaxStep } from './pleJax.ts'
import { pythonSteps } from './plePython.ts'
import { tfjsStep } from './pleTfjs.ts'
import { flopsOf, tell } from './told.ts'
import type { Size } from './workload.ts'

/** Batches that a contestant learns from in turns. */
const BATCHES = 4

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
