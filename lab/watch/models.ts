/** What a side asks for by name, as the library makes it: its model, optimizer and strategy, and what they run on. */
import {
  PLE,
  SharedBottom,
  SingleTask,
  adagrad,
  adam,
  adamW,
  caGrad,
  cgc,
  cpu,
  dwa,
  fixedWeights,
  ftrl,
  gradNorm,
  mmoe,
  pcGrad,
  sgd,
  uncertainty,
  wasm,
} from '../../src/index.ts'
import type { Backend, Optimizer, SavableModel, Strategy } from '../../src/index.ts'
import type { Prepared } from './data.ts'
import type { Side } from './settings.ts'

/** The same bits on every machine: relaxed SIMD would round otherwise where there is some. */
export function backendHere(): { readonly backend: Backend; readonly instead?: string } {
  try {
    return { backend: wasm({ variant: 'simd', bytes: 2 ** 28 }) }
  } catch (error) {
    return { backend: cpu, instead: error instanceof Error ? error.message : String(error) }
  }
}

/** The model that a side asks for. */
export function modelOf({ tasks, train: { features } }: Prepared, seed: number, side: Side): SavableModel {
  const { kind, levels, shared, own, width } = side
  const towers = { towerDnnHiddenUnits: [width] }
  const all = { features, taskNames: Object.keys(tasks), taskTypes: Object.values(tasks), seed, ...towers }
  const experts = { expertDnnHiddenUnits: [width] }
  if (kind === 'single') return new SingleTask({ ...all, bottomDnnHiddenUnits: [width] })
  if (kind === 'bottom') return new SharedBottom({ ...all, bottomDnnHiddenUnits: [width] })
  if (kind === 'mmoe') return mmoe({ ...all, ...experts, numExperts: shared })
  const counts = { sharedExpertNum: shared, specificExpertNum: own }
  return kind === 'cgc'
    ? cgc({ ...all, ...experts, ...counts })
    : new PLE({ ...all, ...experts, ...counts, numLevels: levels })
}

/** By the name that links have. */
export const OPTIMIZER: Readonly<Record<Side['optimizer'], (options: { readonly learningRate: number }) => Optimizer>> =
  {
    adam,
    adamw: adamW,
    adagrad,
    ftrl,
    sgd,
  }

/** By the name that links have; each training has its own. */
export const STRATEGY: Readonly<Record<Side['strategy'], () => Strategy>> = {
  fixed: () => fixedWeights(),
  uncertainty: () => uncertainty(),
  dwa: () => dwa(),
  gradnorm: () => gradNorm(),
  pcgrad: () => pcGrad(),
  cagrad: () => caGrad(),
}
