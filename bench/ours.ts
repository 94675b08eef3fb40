/** Our own backends as contestants: what a line of results says ran is what the backend calls itself. */
import { wasm } from '../src/index.ts'
import { wasmThreads } from '../src/threads.ts'
import type { Backend } from '../src/index.ts'
import type { Missing } from './measure/case.ts'
import { RELAXED } from './measure/relaxed.ts'

export interface WasmOptions {
  readonly variant: 'simd' | 'relaxed'
  /** Default 1. */
  readonly threads?: number
  /** Of memory. Default what the backend itself takes. */
  readonly bytes?: number
}

/** One memory is enough for all cases of a run. */
const made = new Map<string, Promise<Backend>>()
const closing: (() => void)[] = []

async function make({ threads = 1, ...options }: WasmOptions): Promise<Backend> {
  if (threads === 1) return wasm(options)
  const backend = await wasmThreads({ ...options, threads })
  closing.push(backend.release)
  return backend
}

export async function wasmOf(options: WasmOptions): Promise<Backend | Missing> {
  if (options.variant === 'relaxed' && RELAXED === 'missing') return { missing: 'no relaxed SIMD in this Node' }
  const key = JSON.stringify(options)
  const backend = made.get(key) ?? make(options)
  made.set(key, backend)
  return backend
}

/** Ends the threads, so that Node can end. */
export function closeThreads(): void {
  for (const close of closing.splice(0)) close()
}

/** The fastest of ours with one thread on this machine. */
export const BEST: WasmOptions = { variant: RELAXED === 'missing' ? 'simd' : 'relaxed' }

/** The rungs of every ladder. */
export const LADDER: readonly WasmOptions[] = [{ variant: 'simd' }, { variant: 'relaxed' }, { ...BEST, threads: 2 }]

export const nameOfWasm = ({ variant, threads = 1 }: WasmOptions): string =>
  `wasm ${variant}${threads > 1 ? ` ×${threads}` : ''}`
