/** The ladder of matrix products: a naive loop, our reference, WebAssembly plain, relaxed and threaded, and peers beside them. */
import { cpu } from '../../src/index.ts'
import type { Case, Contestant, Entrant } from '../measure/case.ts'
import { LADDER, nameOfWasm, wasmOf } from '../ours.ts'
import { productOnBackend } from './onBackend.ts'
import { bytesOf, exactSample, flopsOf, naive, nameOf, product, sample, scaleOf } from './product.ts'
import type { Extents, Form, Product } from './product.ts'
import { byGpuJs, byJax, byNumpy, byTfjs } from './productPeers.ts'

function byNaiveLoop(problem: Product): Contestant {
  const out = new Float32Array(problem.m * problem.n)
  return { ran: 'JavaScript', run: () => naive(problem, out), prove: () => sample(problem, out) }
}

/** Rungs and peers that would take seconds are left out beyond so many operations. */
const PATIENCE = 2 * 256 ** 3

export function matmulCase(form: Form, extents: Extents): Case {
  const problem = product(form, extents)
  const slow: readonly Entrant[] = [
    { name: 'naive', side: 'yardstick', enter: () => byNaiveLoop(problem) },
    { name: 'gpu.js cpu', side: 'peer', enter: () => byGpuJs(problem, 'cpu') },
    { name: 'gpu.js webasm', side: 'peer', enter: () => byGpuJs(problem, 'webasm') },
    { name: 'tfjs-cpu', side: 'peer', enter: () => byTfjs(problem, 'cpu') },
  ]
  return {
    group: `matmul ${form}`,
    size: nameOf(extents),
    scale: scaleOf(extents),
    flops: flopsOf(extents),
    bytes: bytesOf(extents),
    exact: () => exactSample(problem),
    tolerance: 2e-6,
    entrants: [
      ...(flopsOf(extents) > PATIENCE ? [] : slow),
      { name: 'cpu', side: 'ours', enter: () => productOnBackend(problem, cpu) },
      { name: 'tfjs-wasm', side: 'peer', enter: () => byTfjs(problem, 'wasm') },
      { name: 'jax-js', side: 'peer', enter: () => byJax(problem) },
      { name: 'numpy-ts', side: 'peer', enter: () => byNumpy(problem) },
      ...LADDER.map((options): Entrant => ({
        name: nameOfWasm(options),
        side: 'ours',
        enter: async () => productOnBackend(problem, await wasmOf(options)),
      })),
    ],
  }
}
