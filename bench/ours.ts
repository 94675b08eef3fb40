/** Our own backends as contestants: what a line of results says ran is what the backend calls itself. */
import * as plegrad from '../src/index.ts'
import type { Backend } from '../src/index.ts'
import type { Missing } from './measure/case.ts'
import { RELAXED } from './measure/relaxed.ts'

export interface WasmOptions {
  readonly bytes?: number
  readonly variant?: 'simd' | 'relaxed'
  readonly threads?: number
}

type MakeWasm = (options?: WasmOptions) => Backend

/** One memory is enough for all cases of a run. */
const made = new Map<string, Backend>()

export function wasmOf(options: WasmOptions): Backend | Missing {
  const make = (plegrad as unknown as { readonly wasm?: MakeWasm }).wasm
  if (!make) return { missing: 'no wasm backend in this version' }
  if (options.variant === 'relaxed' && RELAXED === 'missing') return { missing: 'no relaxed SIMD in this Node' }
  const key = JSON.stringify(options)
  const known = made.get(key)
  if (known) return known
  const backend = make(options)
  made.set(key, backend)
  return backend
}

/** The fastest of ours with one thread on this machine. */
export const BEST: WasmOptions = { variant: RELAXED === 'missing' ? 'simd' : 'relaxed' }
