/** Holds the gradient of a whole PLE, parameter by parameter, against finite differences. */
import { gradientErrors } from '../../src/autograd/index.ts'
import type { GradientErrors } from '../../src/autograd/index.ts'
import { batches } from '../../src/data/index.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import { PLE, trainable } from '../../src/models/index.ts'
import type { ActivationName, TaskType } from '../../src/models/index.ts'
import { taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed, stir } from '../models/feed.ts'

/** Three levels, unequal groups, gates with networks, batch normalisation: nothing that PLE can have is missing. */
export const everything = (dnnActivation: ActivationName, taskTypes: readonly TaskType[] = TYPES): PLE =>
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes,
    numLevels: 3,
    sharedExpertNum: 2,
    specificExpertNum: { click: 1, click_buy: 2, click_buy_price: 1 },
    expertDnnHiddenUnits: [3],
    gateDnnHiddenUnits: [3],
    towerDnnHiddenUnits: [3],
    dnnUseBn: true,
    dnnActivation,
    // Embeddings of the usual 1e-4 would hardly be heard.
    initStd: 0.5,
    l2RegEmbedding: 0,
    backend: cpu64,
  })

export interface ModelCheckOptions {
  /** Default 'tanh', which has no kinks. */
  readonly activation?: ActivationName
  /** Whether batch normalisation uses the batch's statistics. Default true. */
  readonly training?: boolean
  /** Default 1. */
  readonly order?: 1 | 2
  /** One parameter in so many. Default 1, all of them. */
  readonly every?: number
  /** Of its three tasks. Default binary, binary and regression. */
  readonly types?: readonly TaskType[]
}

/** The weighted loss of all tasks of that PLE, differentiated by its parameters and compared with its differences. */
export function modelErrors({
  activation = 'tanh',
  training = true,
  order = 1,
  every = 1,
  types = TYPES,
}: ModelCheckOptions = {}): {
  readonly paths: readonly string[]
  readonly errors: GradientErrors
} {
  const model = stir(everything(activation, types))
  const [batch] = batches(feed(6, 1, FEATURES, types), { batchSize: 6, backend: cpu64 })
  const weights = { click: 1, click_buy: 0.7, click_buy_price: 0.4 }
  const loss = () =>
    weightedSum(taskLosses(model.forward(batch, { training, step: 0 }).logits, batch, model.tasks), weights)
  const chosen = Object.entries(trainable(model)).filter((_, index) => index % every === 0)
  const errors = gradientErrors(
    loss,
    chosen.map(([, parameter]) => parameter),
    { name: 'PLE', orders: [order], seed: 1 },
  )
  return { paths: chosen.map(([path]) => path), errors }
}

/** For the report: the worst relative error over all parameters of the training pass, and how many there are. */
export function checkModel(): { readonly worst: number; readonly parameters: number } {
  const { paths, errors } = modelErrors()
  return { worst: errors.orders[0].worst, parameters: paths.length }
}
