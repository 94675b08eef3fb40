/** The five models that are compared, at the widths of the reference figures; no other knob is turned between them. */
import { PLE, SharedBottom, SingleTask, cgc, mmoe } from '../../src/index.ts'
import type { Feature, Model, ModelOptions, TaskType } from '../../src/index.ts'

export type Tasks = Readonly<Record<string, TaskType>>

export type Build = (features: readonly Feature[], tasks: Tasks, seed: number) => Model

/** What all of them share: embeddings of the features' own width, L2 1e-5 on these, towers of one layer of 32. */
export const settingsOf = (features: readonly Feature[], tasks: Tasks, seed: number): ModelOptions => ({
  features,
  taskNames: Object.keys(tasks),
  taskTypes: Object.values(tasks),
  towerDnnHiddenUnits: [32],
  l2RegEmbedding: 1e-5,
  seed,
})

/** One hidden layer to an expert; gates without a network in front of them. */
export const EXPERTS = { expertDnnHiddenUnits: [64], gateDnnHiddenUnits: [] }

/** By the name that `--models` takes, in the order of the report. Gains are over the first. */
export const MODELS: Readonly<Record<string, Build>> = {
  'single-task': (...given) => new SingleTask({ ...settingsOf(...given), bottomDnnHiddenUnits: [64] }),
  'shared-bottom': (...given) => new SharedBottom({ ...settingsOf(...given), bottomDnnHiddenUnits: [128, 64] }),
  mmoe: (...given) => mmoe({ ...settingsOf(...given), ...EXPERTS, numExperts: 3 }),
  cgc: (...given) => cgc({ ...settingsOf(...given), ...EXPERTS, sharedExpertNum: 1, specificExpertNum: 1 }),
  ple: (...given) =>
    new PLE({ ...settingsOf(...given), ...EXPERTS, sharedExpertNum: 1, specificExpertNum: 1, numLevels: 2 }),
}
