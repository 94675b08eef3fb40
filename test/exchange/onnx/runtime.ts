/**
 * ONNX Runtime for Node, as far as tests use it. `npm ci --prefix test/onnxruntime` brings it; where it is not there tests
 * that need it are skipped by name, unless $ONNXRUNTIME_REQUIRE is set.
 */
import { createRequire } from 'node:module'

import type { Ort, OrtTensors } from './feeds.ts'

function installed(): Ort | undefined {
  try {
    return createRequire(new URL('../../onnxruntime/package.json', import.meta.url))('onnxruntime-node') as Ort
  } catch (error) {
    if (process.env.ONNXRUNTIME_REQUIRE) throw error
    return undefined
  }
}

export const ort = installed()

export const NO_ORT = ort ? '' : ' (skipped: npm ci --prefix test/onnxruntime brings ONNX Runtime)'

/** What ONNX Runtime makes of a file's inputs. */
export async function ranBy(runtime: Ort, file: Uint8Array, feeds: OrtTensors): Promise<OrtTensors> {
  const session = await runtime.InferenceSession.create(file, { logSeverityLevel: 3, intraOpNumThreads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
