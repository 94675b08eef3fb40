/** Our own backends as contestants: what a line of results says ran is what the backend calls itself. */
import { wasm } from '../src/index.ts'
import type { Backend, WasmOptions as Options } from '../src/index.ts'
import type { Missing } from './measure/case.ts'
import { RELAXED } from './measure/relaxed.ts'

export interface WasmOptions extends Options {
  /** Default 1. */
  readonly threads?: number
}

/** One memory is enough for all cases of a run. */
const made = new Map<string, Backend>()

export function wasmOf(options: WasmOptions): Backend | Missing {
  if (options.variant === 'relaxed' && RELAXED === 'missing') return { missing: 'no relaxed SIMD in this Node' }
  const key = JSON.stringify(options)
  const known = made.get(key)
  if (known) return known
  if ((options.threads ?? 1) > 1) return { missing: 'no threads in this version' }
  const backend = wasm(options)
  made.set(key, backend)
  return backend
}

/** The fastest of ours with one thread on this machine. */
export const BEST: WasmOptions = { variant: RELAXED === 'missing' ? 'simd' : 'relaxed' }
