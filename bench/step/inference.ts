/** Probabilities of PLE by us and by whoever else can infer, from ids in memory to numbers in memory. */
import { cpu } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Case, Contestant, Entrant, Missing } from '../measure/case.ts'
import { BEST, nameOfWasm, wasmOf } from '../ours.ts'
import { onnx } from '../peers/onnx.ts'
import { pleGraph } from '../peers/onnxGraph.ts'
import type { Reading } from '../peers/onnxGraph.ts'
import { compiledInference } from './ours.ts'
import type { Told } from './ours.ts'
import { jaxInference } from './pleJax.ts'
import { numpyInference } from './pleNumpy.ts'
import { pythonInferences } from './plePython.ts'
import { tfjsInference } from './pleTfjs.ts'
import { flopsOf, tell } from './told.ts'
import { model } from './workload.ts'
import type { Size } from './workload.ts'

async function onnxInference(
  { size, batches, meet }: Told,
  reading: Reading,
  threads: number,
): Promise<Contestant | Missing> {
  const ple = model(size)
  meet(ple)
  const session = await onnx(pleGraph(ple, reading), threads)
  if (isMissing(session)) return session
  const [{ ids, rows }] = batches
  const predict = (): Promise<ArrayLike<number>> => session.predict(ids, rows)
  return { ran: `${session.ran}, gather in ${reading}`, run: predict, prove: predict, close: session.close }
}

export function inferenceCase(name: string, size: Size, rows: number, everyone: boolean): Case {
  const { told, reference } = tell(size, rows, 1)
  const others: readonly Entrant[] = [
    { name: 'tfjs-cpu', side: 'peer', enter: () => tfjsInference(told, 'cpu') },
    { name: 'tfjs-wasm', side: 'peer', enter: () => tfjsInference(told, 'wasm') },
    { name: 'jax-js', side: 'peer', enter: () => jaxInference(told) },
    { name: 'numpy-ts', side: 'peer', enter: () => numpyInference(told) },
    { name: 'compiled cpu', side: 'ours', enter: () => compiledInference(told, cpu) },
  ]
  // The best of its settings is what it is judged by.
  const settings = [
    ['each', 1],
    ['each', 2],
    ['one', 1],
    ['one', 2],
  ] as const
  return {
    group: `PLE inference, ${name}`,
    size: rows === 1 ? 'one row' : `${rows} rows`,
    scale: rows,
    flops: flopsOf(size, rows),
    exact: () => reference().predictions,
    tolerance: 2e-6,
    entrants: [
      ...settings.map(([reading, threads]): Entrant => ({
        name: `ONNX ${reading} ×${threads}`,
        side: 'peer',
        enter: () => onnxInference(told, reading, threads),
      })),
      ...pythonInferences(told),
      ...(everyone ? others : []),
      { name: nameOfWasm(BEST), side: 'ours', enter: async () => compiledInference(told, await wasmOf(BEST)) },
    ],
  }
}

/** How far numbers between 0 and 1 may be from those of float32. */
const NEAR = { bfloat16: 2e-4, int8: 5e-4 }

/** One row by us with weights in fewer bits, which nobody else has. */
export function roundedCase(name: string, size: Size, weights: keyof typeof NEAR): Case {
  const { told, reference } = tell(size, 1, 1)
  return {
    group: `PLE inference, ${name}`,
    size: `one row, ${weights}`,
    scale: 1,
    flops: flopsOf(size, 1),
    exact: () => reference().predictions,
    tolerance: NEAR[weights],
    entrants: [
      {
        name: `${nameOfWasm(BEST)} ${weights}`,
        side: 'ours',
        enter: async () => compiledInference(told, await wasmOf(BEST), weights),
      },
    ],
  }
}
