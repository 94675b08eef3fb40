/** The ladder of matrix products: a naive loop, our reference, WebAssembly plain, relaxed and threaded, and peers beside them. */
import { cpu, kernelsOf } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Case, Contestant, Entrant, Missing } from '../measure/case.ts'
import { LADDER, nameOfWasm, wasmOf } from '../ours.ts'
import { bytesOf, exactSample, flopsOf, naive, nameOf, product, sample, scaleOf } from './product.ts'
import type { Extents, Form, Product } from './product.ts'
import { byGpuJs, byJax, byNumpy, byTfjs } from './productPeers.ts'

export function onBackend(problem: Product, backend: Backend | Missing): Contestant | Missing {
  if (isMissing(backend)) return backend
  const { form, m, k, n } = problem
  const [a, b, out] = [problem.a, problem.b, m * n].map((given) => {
    const buffer = backend.allocate(typeof given === 'number' ? given : given.length)
    if (typeof given !== 'number') backend.write(buffer, given)
    return buffer
  })
  const kernels = kernelsOf(backend)
  const run = {
    'A·B': () => kernels.matmul(a, b, out, m, k, n),
    'A·Bᵀ': () => kernels.matmulNT(a, b, out, m, k, n),
    'Aᵀ·B': () => kernels.matmulTN(a, b, out, m, k, n),
  }[form]
  return {
    ran: backend.name,
    run,
    prove: () => sample(problem, backend.view(out) ?? []),
    close: () => {
      for (const buffer of [a, b, out]) backend.releaseBuffer?.(buffer)
    },
  }
}

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
      { name: 'cpu', side: 'ours', enter: () => onBackend(problem, cpu) },
      { name: 'tfjs-wasm', side: 'peer', enter: () => byTfjs(problem, 'wasm') },
      { name: 'jax-js', side: 'peer', enter: () => byJax(problem) },
      { name: 'numpy-ts', side: 'peer', enter: () => byNumpy(problem) },
      ...LADDER.map((options): Entrant => ({
        name: nameOfWasm(options),
        side: 'ours',
        enter: async () => onBackend(problem, await wasmOf(options)),
      })),
    ],
  }
}
