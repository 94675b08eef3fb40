/** ONNX Runtime in Node on the CPU. It infers and does not learn. */
import { isMissing } from '../measure/case.ts'
import type { Missing } from '../measure/case.ts'
import { load, versioned } from './load.ts'

interface OnnxTensor {
  readonly data: ArrayLike<number>
}

interface Session {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>
  release(): Promise<void>
}

interface Onnx {
  readonly Tensor: new (type: string, values: Int32Array, shape: readonly number[]) => OnnxTensor
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
}

export interface OnnxModel {
  readonly ran: string
  /** Probabilities (rows tasks) for ids (rows features). */
  readonly predict: (ids: Int32Array, rows: number) => Promise<ArrayLike<number>>
  readonly close: () => void
}

export async function onnx(bytes: Uint8Array, threads: number): Promise<OnnxModel | Missing> {
  const runtime = await load<Onnx>('onnxruntime-node')
  if (isMissing(runtime)) return runtime
  const { Tensor, InferenceSession } = runtime
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  return {
    ran: `${versioned('onnxruntime-node')}, cpu, ${threads} thread${threads > 1 ? 's' : ''}`,
    predict: async (ids, rows) => {
      const { probabilities } = await session.run({ ids: new Tensor('int32', ids, [rows, ids.length / rows]) })
      return probabilities.data
    },
    close: () => void session.release(),
  }
}
