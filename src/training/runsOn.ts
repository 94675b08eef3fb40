/** Which backend runs a model: that of its parameters or, where these are at the CPU's hand, one that is faster. */
import { cpu, defaultWasm } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { trainable } from '../models/index.ts'
import type { Model } from '../models/index.ts'

/** How training and scoring run. */
export interface RunOptions {
  /** What runs. Default: WebAssembly for a model on the CPU in float32, where the host has it; else the model's own. */
  readonly backend?: Backend
  /** False runs every op by itself, on the model's own backend: for models that look at numbers. Default true. */
  readonly compiled?: boolean
}

/** The backend that a model's parameters live on. */
export const backendOf = (model: Model): Backend => Object.values(trainable(model))[0].backend

/** The backend that runs a model under these options. */
export function runsOn(model: Model, { backend, compiled = true }: RunOptions): Backend {
  const own = backendOf(model)
  if (!compiled) return own
  return backend ?? (own === cpu ? (defaultWasm() ?? cpu) : own)
}
