/**
 * TensorFlow.js on its cpu or wasm backend. Node cannot import its modules as they are published, and what it can import
 * registers no gradients: so it is bundled first, as its users do.
 */
import { build } from 'esbuild'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Missing } from '../measure/case.ts'
import { versionOf } from '../measure/machine.ts'
import { INSTALL } from './load.ts'

export interface TfTensor {
  readonly shape: readonly number[]
  dataSync(): Float32Array | Int32Array
  dispose(): void
}

export interface TfVariable extends TfTensor {
  assign(value: TfTensor): void
}

interface TfOptimizer {
  applyGradients(gradients: Readonly<Record<string, TfTensor>>): void
  dispose(): void
}

type Binary = (a: TfTensor, b: TfTensor) => TfTensor
type Unary = (x: TfTensor) => TfTensor

/** What of it is used here. */
export interface Tf {
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  getBackend(): string
  setWasmPaths(folder: string): void
  env(): { getAsync(flag: string): Promise<boolean | number>; set(flag: string, value: boolean): void }
  tidy<T>(work: () => T): T
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: 'float32' | 'int32'): TfTensor
  variable(value: TfTensor, trainable?: boolean, name?: string): TfVariable
  variableGrads(loss: () => TfTensor): {
    readonly value: TfTensor
    readonly grads: Readonly<Record<string, TfTensor>>
  }
  readonly train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): TfOptimizer }
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor
  readonly add: Binary
  readonly sub: Binary
  readonly mul: Binary
  readonly relu: Unary
  readonly sigmoid: Unary
  readonly softplus: Unary
  readonly exp: Unary
  readonly mean: Unary
  softmax(x: TfTensor, axis?: number): TfTensor
  sum(x: TfTensor, axis?: number): TfTensor
  stack(xs: readonly TfTensor[], axis?: number): TfTensor
  concat(xs: readonly TfTensor[], axis?: number): TfTensor
  gather(table: TfTensor, ids: TfTensor): TfTensor
  reshape(x: TfTensor, shape: readonly number[]): TfTensor
}

const ENTRY = `
export * from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import '@tensorflow/tfjs-backend-cpu'
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
`

const folder = fileURLToPath(new URL('..', import.meta.url))
let bundled: Promise<Tf> | undefined

async function bundle(): Promise<Tf> {
  const outfile = `${folder}../.cache/bench/tfjs.cjs`
  mkdirSync(`${folder}../.cache/bench`, { recursive: true })
  await build({
    stdin: { contents: ENTRY, resolveDir: folder },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Node's own entries of these packages are the ones without gradients.
    mainFields: ['module', 'main'],
    outfile,
    logLevel: 'silent',
  })
  // It greets with an advertisement for its native sister.
  const { warn } = console
  console.warn = () => undefined
  try {
    const tf = createRequire(import.meta.url)(outfile) as Tf
    tf.setWasmPaths(`${folder}node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/`)
    await tf.setBackend('cpu')
    return tf
  } finally {
    console.warn = warn
  }
}

/** The library on that backend, which stays its backend until someone asks for the other. */
export async function tfjs(backend: 'cpu' | 'wasm'): Promise<Tf | Missing> {
  if (versionOf('@tensorflow/tfjs-core') === undefined) return { missing: INSTALL }
  const tf = await (bundled ??= bundle())
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend)
    return { missing: `its backend ${backend} does not start here` }
  return tf
}

export const tfjsRan = (backend: string): string =>
  `tfjs ${versionOf('@tensorflow/tfjs-core') ?? ''}, backend ${backend}, 1 thread`


