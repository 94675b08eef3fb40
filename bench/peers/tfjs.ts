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
  getBackend(): string
  setWasmPaths(folder: string): void
  env(): { set(flag: string, value: boolean): void }
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
const outfile = `${folder}../.cache/bench/tfjs.cjs`
let bundled: Promise<void> | undefined

async function bundle(): Promise<void> {
  mkdirSync(`${folder}../.cache/bench`, { recursive: true })
  await build({
    stdin: { contents: ENTRY, resolveDir: folder },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Node's own entries of these packages are the ones without gradients.
    mainFields: ['module', 'main'],
    // The library keeps its engine in global names and has one backend at a time: each backend gets a world of its own.
    define: { global: 'world' },
    banner: { js: 'const world = Object.create(globalThis);' },
    outfile,
    logLevel: 'silent',
  })
}

async function start(backend: 'cpu' | 'wasm'): Promise<Tf | Missing> {
  if (versionOf('@tensorflow/tfjs-core') === undefined) return { missing: INSTALL }
  await (bundled ??= bundle())
  const require = createRequire(import.meta.url)
  Reflect.deleteProperty(require.cache, require.resolve(outfile))
  const tf = require(outfile) as Tf
  // In production it neither checks nor advertises its native sister.
  tf.env().set('PROD', true)
  tf.setWasmPaths(`${folder}node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/`)
  const started = await tf.setBackend(backend)
  return started && tf.getBackend() === backend ? tf : { missing: `its backend ${backend} does not start here` }
}

const copies = new Map<string, Promise<Tf | Missing>>()

export function tfjs(backend: 'cpu' | 'wasm'): Promise<Tf | Missing> {
  const copy = copies.get(backend) ?? start(backend)
  copies.set(backend, copy)
  return copy
}

export const tfjsRan = (backend: string): string =>
  `tfjs ${versionOf('@tensorflow/tfjs-core') ?? ''}, backend ${backend}, 1 thread`
