/** Random models under random ways of training, run op by op or compiled, and what float64 says of the losses. */
import * as fc from 'fast-check'
import { batches } from '../../src/data/index.ts'
import type { Batch, Feature } from '../../src/data/index.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { PLE, SharedBottom, SingleTask, WideDeep, cgc, mlMmoe, mmoe, parameters } from '../../src/models/index.ts'
import type { Model, ModelOptions, TaskType } from '../../src/models/index.ts'
import { write } from '../../src/program/compile.ts'
import { compile } from '../../src/program/index.ts'
import type { Program } from '../../src/program/index.ts'
import {
  adagrad,
  adam,
  adamW,
  caGrad,
  decayingWeights,
  dwa,
  exponentialDecay,
  fixedWeights,
  ftrl,
  gradNorm,
  pcGrad,
  sgd,
  uncertainty,
} from '../../src/training/index.ts'
import type { Optimizer, Strategy } from '../../src/training/index.ts'
import { trainingStep } from '../../src/training/step/trainingStep.ts'
import { FEATURES, KINDS, TASKS, TYPES, feed } from '../models/feed.ts'
import { roundingByChance } from './rounding.ts'

const MODELS: Readonly<Record<string, (options: ModelOptions, units: readonly number[]) => Model>> = {
  sharedBottom: (options, units) => new SharedBottom({ ...options, bottomDnnHiddenUnits: units }),
  singleTask: (options, units) => new SingleTask({ ...options, bottomDnnHiddenUnits: units }),
  mmoe: (options, units) => mmoe({ ...options, expertDnnHiddenUnits: units }),
  cgc: (options, units) => cgc({ ...options, expertDnnHiddenUnits: units, specificExpertNum: 2 }),
  ple: (options, units) => new PLE({ ...options, expertDnnHiddenUnits: units, gateDnnHiddenUnits: [4] }),
  mlMmoe: (options, units) => mlMmoe({ ...options, expertDnnHiddenUnits: units, numExperts: 2 }),
  wideDeep: ({ features, ...options }, units) =>
    new WideDeep({ ...options, wideFeatures: features, deepFeatures: features, bottomDnnHiddenUnits: units }),
}

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  fixedWeights: () => fixedWeights({ click: 2 }),
  decayingWeights: () => decayingWeights({ ratio: { click: 0.9 } }),
  uncertainty: () => uncertainty(),
  dwa: () => dwa(),
  gradNorm: () => gradNorm(),
  pcGrad: () => pcGrad(),
  caGrad: () => caGrad(),
}

const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ learningRate: 0.05 }),
  momentum: () => sgd({ learningRate: exponentialDecay(0.05, { every: 5 }), momentum: 0.9, nesterov: true }),
  adagrad: () => adagrad({ learningRate: 0.05 }),
  adam: () => adam({ learningRate: 0.01 }),
  adamW: () => adamW({ learningRate: 0.01, decay: 0.1 }),
  ftrl: () => ftrl({ learningRate: 0.05, l1: 1e-3, l2: 1e-3 }),
}

/** A model, its data, and how it learns. */
export interface Training {
  readonly model: string
  readonly strategy: string
  readonly optimizer: string
  /** Whether tasks are of classes, of labels and of counts, and not two binary ones and a regression. */
  readonly kinds: boolean
  readonly features: readonly string[]
  readonly units: readonly number[]
  readonly tower: readonly number[]
  readonly activation: NonNullable<ModelOptions['dnnActivation']>
  readonly batchNorm: boolean
  readonly dropout: number
  readonly l2: number
  /** Deviation of what embeddings start from. */
  readonly initStd: number
  readonly clipNorm: number | null
  readonly rows: number
  readonly batchSize: number
  readonly steps: number
  readonly seed: number
}

const layers = fc.array(fc.constantFrom(4, 3, 8, 17), { minLength: 1, maxLength: 2 })

/** They shrink to few features, small layers and plain training. */
export const trainings = (): fc.Arbitrary<Training> =>
  fc.record({
    model: fc.constantFrom(...Object.keys(MODELS)),
    strategy: fc.constantFrom(...Object.keys(STRATEGIES)),
    optimizer: fc.constantFrom(...Object.keys(OPTIMIZERS)),
    kinds: fc.boolean(),
    features: fc.subarray(
      FEATURES.map(({ name }) => name),
      { minLength: 1 },
    ),
    units: layers,
    tower: layers,
    activation: fc.constantFrom('relu', 'linear', 'leakyRelu', 'elu', 'gelu', 'sigmoid', 'tanh', 'prelu', 'dice'),
    batchNorm: fc.boolean(),
    dropout: fc.constantFrom(0, 0.3),
    l2: fc.constantFrom(0, 1e-3),
    initStd: fc.constantFrom(0.3, 0.01),
    clipNorm: fc.constantFrom(null, 0.5),
    rows: fc.constantFrom(8, 16, 33, 64),
    batchSize: fc.constantFrom(8, 16, 3),
    steps: fc.constantFrom(5, 20),
    seed: fc.nat(2 ** 20),
  })

const typesOf = ({ kinds }: Training): readonly TaskType[] => (kinds ? KINDS : TYPES)

/** In single task models a click is all there is. */
function tasksOf(training: Training): Pick<ModelOptions, 'taskNames' | 'taskTypes'> {
  const count = training.model === 'singleTask' ? 1 : TASKS.length
  return { taskNames: TASKS.slice(0, count), taskTypes: typesOf(training).slice(0, count) }
}

const chosen = ({ features }: Training): readonly Feature[] => FEATURES.filter(({ name }) => features.includes(name))

function modelOf(training: Training, backend: Backend): Model {
  const { model, units, tower, activation, batchNorm, dropout, l2, initStd, seed } = training
  return MODELS[model](
    {
      features: chosen(training),
      ...tasksOf(training),
      towerDnnHiddenUnits: tower,
      dnnActivation: activation,
      dnnUseBn: batchNorm,
      dnnDropout: dropout,
      l2RegDnn: l2,
      initStd,
      seed,
      backend,
    },
    units,
  )
}

export interface Way {
  /** Where the model lives; it starts from the same float32 numbers anywhere. */
  readonly backend: Backend
  /** Where its step runs as a program; op by op on `backend` without. */
  readonly compiled?: Backend
  /** Runs the program, where one wants to look. */
  readonly run?: (program: Program) => void
}

/** The losses of each task at each step. */
export type LossCurve = readonly (readonly number[])[]

const runOf = (program: Program): void => {
  program.run()
}

/** Trains. `onStep` is called after each. */
export function lossCurve(training: Training, way: Way, onStep?: (step: number) => void): LossCurve {
  const { backend, compiled, run = runOf } = way
  const model = modelOf(training, backend)
  if (backend.dtype === 'float64') {
    const start = parameters(modelOf(training, cpu))
    for (const [path, parameter] of Object.entries(parameters(model))) parameter.assign(start[path].values)
  }
  const { strategy, optimizer, clipNorm, rows, batchSize, steps, seed } = training
  const settings = { optimizer: OPTIMIZERS[optimizer](), strategy: STRATEGIES[strategy]() }
  const step = trainingStep(model, { ...settings, ...(clipNorm !== null && { clipNorm }) }, () => undefined)
  const data = feed(rows, seed, chosen(training), typesOf(training))
  const { taskNames } = tasksOf(training)
  const programs = compiled && compile(step, { backend: compiled })
  const take = (input: readonly Batch[]): ReturnType<typeof step> => {
    if (!programs) return step(input)
    const program = programs.program(input)
    write(input, program.inputs)
    run(program)
    return program.outputs
  }
  const parts: readonly Batch[] = [...batches(data, { batchSize, backend })]
  const losses = Array.from({ length: steps }, (_, at) => {
    const [taken] = take([parts[at % parts.length]])
    onStep?.(at)
    return taskNames.map((task) => taken.losses[task].item())
  })
  programs?.release()
  return losses
}

/** The largest difference of two courses up to each step, relative where losses are above 1. */
export function apart(a: LossCurve, b: LossCurve): readonly number[] {
  let most = 0
  return a.map((losses, step) => {
    losses.forEach((loss, task) => {
      const off = Math.abs(loss - b[step][task]) / Math.max(1, Math.abs(loss))
      most = Math.max(
        most,
        Number.isNaN(off) ? (Number.isNaN(loss) && Number.isNaN(b[step][task]) ? 0 : Infinity) : off,
      )
    })
    return most
  })
}

/** The arbiter. */
export const exact = (training: Training): LossCurve => lossCurve(training, { backend: cpu64 })

/** What float32 may make of it: `seed` decides how each result is rounded. */
export const rounded = (training: Training, seed: number): LossCurve =>
  lossCurve(training, { backend: roundingByChance(seed) })
