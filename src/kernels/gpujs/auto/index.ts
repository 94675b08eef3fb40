/**
 * The backend that suits some work on this machine: GPU.js on a real GPU where that was measured to be sooner, else
 * WebAssembly, else the CPU. It refuses to choose without saying why.
 */
import { checkOptions, flag, having, listOf, oneOf } from '../../../checks/index.ts'
import { defaultWasm } from '../../wasm/index.ts'
import { MODES, MODULE } from '../library.ts'
import type { GpujsOptions, Library } from '../index.ts'
import { choose } from './choose.ts'
import type { AutoBackend, ChoiceOptions, Memory, Opened } from './choose.ts'

export type { AutoBackend, Choice } from './choose.ts'
export type { Line } from './line.ts'
export type { Measured, Thresholds, Work } from './thresholds.ts'
export type { Tried } from './why.ts'

export interface AutoOptions extends ChoiceOptions {
  /** GPU.js itself. Default `import('gpu.js')`, done only where a GPU may pay. */
  readonly library?: Library
}

declare const performance: { now(): number }

const here: object = globalThis
const memory: Memory = { thresholds: new Map(), otherwise: new Map() }

/** One after the other: two that measure at once would measure each other. */
let turn: Promise<unknown> = Promise.resolve()

/** Chooses a backend for `work`; `open` makes those of GPU.js. */
export async function auto(given: AutoOptions, open: (options: GpujsOptions) => Promise<Opened>): Promise<AutoBackend> {
  checkOptions('auto', given, {
    work: listOf(having('a call', 'verb')),
    modes: listOf(oneOf(...MODES)),
    software: flag,
    thresholds: listOf(having('what an earlier auto measured', 'mode', 'device', 'otherwise', 'verbs')),
    gl: MODULE,
    library: MODULE,
  })
  const { library, ...options } = given
  const chosen = turn.then(() =>
    choose(options, {
      host: here,
      clock: () => performance.now(),
      memory,
      open: (mode) => open({ mode, ...(library && { library }) }),
      wasm: defaultWasm(),
    }),
  )
  turn = chosen.catch(() => undefined)
  return chosen
}
