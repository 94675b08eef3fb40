/** Which backend runs a model: that of its parameters or, where these are at the CPU's hand, one that is faster. */
import { flag } from '../checks/index.ts'
import { cpu, defaultWasm } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { trainable } from '../models/index.ts'
import type { Model } from '../models/index.ts'
import type { CompilesAsync } from '../program/index.ts'
import { BACKEND } from '../tensor/index.ts'

/** How training and scoring run. */
export interface RunOptions {
  /**
   * What runs. Default: WebAssembly for a model on the CPU in float32, where the host has it; else the model's own. On a
   * device parameters are old until an epoch ends.
   */
  readonly backend?: Backend
  /** False runs every op by itself, on the model's own backend: for models that look at numbers. Default true. */
  readonly compiled?: boolean
}

export const RUN = { backend: BACKEND, compiled: flag }

export const backendOf = (model: Model): Backend => Object.values(trainable(model))[0].backend

/** The backend that runs a model under these options. */
export function runsOn(model: Model, { backend, compiled = true }: RunOptions): Backend {
  const own = backendOf(model)
  if (!compiled) return own
  return backend ?? (own === cpu ? (defaultWasm() ?? cpu) : own)
}

/** The backend as one that compiles for itself and answers by promise, if it is one. */
export const deviceIn = (backend: Backend | undefined): CompilesAsync | undefined =>
  backend && 'compile' in backend ? (backend as CompilesAsync) : undefined

/** The same options for what must answer at once: a device's part is done where the parameters are at hand. */
export const atOnce = ({ backend, compiled }: RunOptions): RunOptions => ({
  ...(backend && !deviceIn(backend) && { backend }),
  ...(compiled !== undefined && { compiled }),
})

/** What ran, in words: also where models were scored, where that is elsewhere. */
export function ranOn(model: Model, options: RunOptions, scored: boolean): string {
  const [trained, scores] = [runsOn(model, options).name, runsOn(model, atOnce(options)).name]
  return scored && scores !== trained ? `${trained}, scored on ${scores}` : trained
}
