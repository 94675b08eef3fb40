/** Models drawn at random beside the package that toPyTorch writes: what it encodes, predicts, differentiates and learns. */
import { describe, expect, it } from 'vitest'
import { add, gradients, sum, toDense, usedBy } from '../../../src/autograd/index.ts'
import { batches } from '../../../src/data/index.ts'
import type { Batch } from '../../../src/data/index.ts'
import { outputsOf, restoreModel, saveModel, saveState, trainable } from '../../../src/models/index.ts'
import type { Model, SavableModel, TaskType } from '../../../src/models/index.ts'
import { adagrad, adam, adamW, caGrad, dwa, fixedWeights, ftrl } from '../../../src/index.ts'
import { compile, gradNorm, pcGrad, sgd, stream, uncertainty } from '../../../src/index.ts'
import { cpu, cpu64 } from '../../../src/index.ts'
import type { Backend, Optimizer, RowLossName, Strategy } from '../../../src/index.ts'
import { taskLosses } from '../../../src/training/losses/taskLosses.ts'
import { taskGradients } from '../../../src/training/strategies/taskGradients.ts'
import { trainingStep } from '../../../src/training/step/trainingStep.ts'
import { predict } from '../../../src/training/index.ts'
import { ZOO } from '../onnx/drawn.ts'
import { NO_TORCH, askTorch } from '../../torch.ts'
import { drawn, numbersOf } from './drawn.ts'
import type { Drawn, Rows } from './drawn.ts'

type Numbers = Readonly<Record<string, readonly number[]>>

interface Answer {
  readonly ids: Numbers
  readonly numbers: Numbers
  readonly masks: Numbers
  readonly predictions: Numbers
  readonly losses: Numbers
  readonly gradients: Numbers
  readonly balanced: Readonly<Record<string, Numbers>>
  readonly buffers: Numbers
  /** By strategy, the losses of each step. */
  readonly taken: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>
  readonly state: Numbers
  readonly file: string
}

const MODELS = 96
const LEARNING = 24
const STEPS = 100
const BATCH = 20
/** In float64, of losses of steps: what looks for its weights until their value is within 1e-12 has found them within 1e-6. */
const TIGHT: Readonly<Record<string, number>> = { caGrad: 1e-6 }
/** How much further PyTorch's rounding, which is at every number, may lead than one of the weights alone. */
const GROWTH = 10

const OPTIMIZERS: Readonly<Record<string, (rate: number) => Optimizer>> = {
  adam: (learningRate) => adam({ learningRate }),
  adamW: (learningRate) => adamW({ learningRate }),
  sgd: (learningRate) => sgd({ learningRate }),
  adagrad: (learningRate) => adagrad({ learningRate }),
  ftrl: (learningRate) => ftrl({ learningRate }),
}

/** Strategies that look at the tasks' gradients. */
const RECONCILING: Readonly<Record<string, () => Strategy>> = { pcGrad, gradNorm, caGrad }
const WEIGHING: Readonly<Record<string, () => Strategy>> = { fixed: fixedWeights, uncertainty, dwa }
const STRATEGIES = { ...WEIGHING, ...RECONCILING }

interface Case extends Drawn {
  readonly seed: number
  readonly backend: Backend
  readonly drawnRows: Rows
  readonly batch: Batch
  readonly steps: number
  readonly optimizer: string
  /** Under which it is trained, each time from the beginning. */
  readonly strategies: readonly string[]
  readonly rate: number
  readonly clipNorm?: number
  readonly losses: Readonly<Record<string, RowLossName>>
}

/** Every kind of the zoo in float32, then twice in float64. */
const inFloat64 = (seed: number): boolean => seed % 24 >= 8

/** Of a gradient, a squared length below is rounding, in float32. */
const FAINT = 1e-14

/**
 * What two orders of summing leave between numbers, as a share of the largest. What divides by deviations of a few rows makes
 * more of it.
 */
const close = ({ seed, model }: Case, single: number, double = 1e-9): number => {
  const { dnnUseBn, dnnActivation } = model.options
  return inFloat64(seed) ? double : dnnUseBn || dnnActivation === 'dice' ? 10 * single : single
}

const one = <T>(of: readonly T[], seed: number): T => of[seed % of.length]

/** Of each task a loss of rows by name that is not its kind's own, where there is one. */
function namedLosses({ tasks }: Model): Readonly<Record<string, RowLossName>> {
  const nameFor = (type: TaskType, at: number): RowLossName | undefined =>
    type === 'regression' ? 'huber' : type === 'binary' ? one(['focal', 'crossEntropy'] as const, at) : undefined
  const named = Object.entries(tasks).map(([task, type], at) => [task, nameFor(type, at)] as const)
  return Object.fromEntries(named.filter((each): each is [string, RowLossName] => each[1] !== undefined))
}

function caseOf(seed: number): Case {
  const backend = inFloat64(seed) ? cpu64 : cpu
  const model = drawn(seed, backend)
  const learns = seed < LEARNING
  const rows = model.rows(learns ? 3 * BATCH : 2 + (seed % 9), seed + 1)
  const [batch] = batches(rows.data, { batchSize: rows.data.rows, backend })
  // Adam for each of the zoo first, then others.
  const optimizer = seed < 8 ? 'adam' : one(Object.keys(OPTIMIZERS), seed)
  return {
    ...model,
    ...{ seed, backend, drawnRows: rows, batch, steps: learns ? STEPS : 0, optimizer, rate: 0.01 },
    strategies: learns ? [one(Object.keys(WEIGHING), seed), one(Object.keys(RECONCILING), seed)] : [],
    ...(seed % 3 === 1 && { clipNorm: 0.5 }),
    losses: seed % 4 === 3 ? namedLosses(model.model) : {},
  }
}

const askedOf = ({ model, drawnRows: { columns, labels, sampleWeights }, ...rest }: Case): object => {
  const { steps, optimizer, strategies, rate, clipNorm = null, losses: named } = rest
  const numbers = (values: unknown): unknown =>
    Array.isArray(values) ? values.map(numbers) : ArrayBuffer.isView(values) ? [...(values as Float32Array)] : values
  const given = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, numbers(column)]))
  const file = Buffer.from(saveModel(model)).toString('base64')
  return {
    model: file,
    columns: given,
    labels,
    sampleWeights,
    steps,
    optimizer,
    strategies,
    losses: named,
    rate,
    clipNorm,
    batchSize: BATCH,
    balanced: Object.keys(RECONCILING),
  }
}

/** How far numbers are apart, as a share of the largest of all. */
function apart(found: Numbers, expected: Readonly<Record<string, ArrayLike<number>>>): number {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  let [most, off] = [1e-6, 0]
  for (const [name, values] of Object.entries(expected)) {
    if (found[name].length !== values.length) return Infinity
    found[name].forEach((each, at) => {
      most = Math.max(most, Math.abs(values[at]))
      off = Math.max(off, Number.isNaN(each) ? Infinity : Math.abs(each - values[at]))
    })
  }
  return off / most
}

/** The losses of a model's steps under a strategy, of its tasks in their order. */
function learned(each: Case, name: string, start: SavableModel): readonly (readonly number[])[] {
  const { backend, drawnRows, optimizer, rate, clipNorm, losses: named } = each
  const model = restoreModel(saveModel(start), { backend })
  const parts = [...batches(drawnRows.data, { batchSize: BATCH, backend })]
  const strategy = STRATEGIES[name as keyof typeof STRATEGIES]()
  const options = {
    ...{ optimizer: OPTIMIZERS[optimizer](rate), strategy, losses: named },
    ...(clipNorm !== undefined && { clipNorm }),
  }
  const step = compile(
    trainingStep(model, options, () => undefined),
    { backend },
  )
  return Array.from({ length: STEPS }, (_, at) => {
    const [{ losses }] = step([parts[at % parts.length]])
    const told = Object.entries(losses).map(([task, loss]) => [task, loss.item()] as const)
    if (at === STEPS / 2 - 1) strategy.epochEnded?.(Object.fromEntries(told))
    return told.map(([, loss]) => loss)
  })
}

/** The model with every weight moved by its last bit, up or down by chance. */
function nudged({ model, backend, seed }: Case): SavableModel {
  const copy = restoreModel(saveModel(model), { backend })
  const last = inFloat64(seed) ? 2 ** -52 : 2 ** -23
  const random = stream(seed)
  for (const [path, parameter] of Object.entries(trainable(copy))) {
    const own = random.stream(path)
    parameter.assign([...parameter.values].map((value, at) => value * (1 + (own.uniform(at) < 0.5 ? last : -last))))
  }
  return copy
}

/** Of each task the predictions of all outputs, row by row. */
function predictionsOf({ model, drawnRows: { data } }: Case): Readonly<Record<string, ArrayLike<number>>> {
  const predicted = predict(model, data, { compiled: false })
  const names = [...Object.keys(model.tasks), ...Object.keys(model.derived ?? {})]
  return Object.fromEntries(
    names.map((task) => {
      const columns = outputsOf(task, model.tasks[task]).map((output) => predicted[output])
      return [task, Array.from({ length: data.rows }, (_, row) => columns.map((column) => column[row])).flat()]
    }),
  )
}

describe.skipIf(NO_TORCH)(`beside PyTorch${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const cases = NO_TORCH ? [] : Array.from({ length: MODELS }, (_, seed) => caseOf(seed))
  const script = new URL('oracle.py', import.meta.url)
  const answers = NO_TORCH ? [] : (askTorch(script, cases.map(askedOf), ['python']) as readonly Answer[])
  const both = cases.map((each, at) => [each, answers[at]] as const)
  const named = Object.keys(ZOO)

  it.each(named)('features and labels of %s are encoded as here, bit for bit', (kind) => {
    for (const [each, answer] of both.filter(([{ kind: own }]) => own === kind)) {
      const { ids, numbers } = each.drawnRows.data
      const bits = (of: Readonly<Record<string, ArrayLike<number>>>) =>
        Object.fromEntries(Object.entries(of).map(([name, values]) => [name, Array.from(values)]))
      expect(answer.ids, `seed ${each.seed}`).toEqual(bits(ids))
      expect(answer.numbers, `seed ${each.seed}`).toEqual(bits(numbers))
      expect(answer.masks, `seed ${each.seed}`).toEqual(
        Object.fromEntries(Object.entries(each.batch.masks).map(([task, { values }]) => [task, [...values]])),
      )
    }
  })

  it.each(named)('%s predicts what it predicts here', (kind) => {
    for (const [each, answer] of both.filter(([{ kind: own }]) => own === kind))
      expect(apart(answer.predictions, predictionsOf(each)), `seed ${each.seed}`).toBeLessThan(1e-6)
  })

  it.each(named)('%s has the losses, also those by name, gradients and running statistics that it has here', (kind) => {
    for (const [each, answer] of both.filter(([{ kind: own }]) => own === kind)) {
      const { model, batch, seed, backend } = each
      const before = saveState(model)
      const copy = restoreModel(saveModel(model), { backend })
      const { logits } = copy.forward(batch, { training: true, step: 0 })
      const losses = taskLosses(logits, batch, copy.tasks, each.losses)
      const learned = Object.entries(trainable(copy))
      const total = Object.values(losses).reduce((sum, loss) => add(sum, loss))
      const found = gradients(
        total,
        learned.map(([, parameter]) => parameter),
      )
      const expected = Object.fromEntries(learned.map(([path], at) => [path, found[at].values]))
      expect(
        apart(answer.losses, Object.fromEntries(Object.entries(losses).map(([task, { values }]) => [task, values]))),
        `seed ${seed}`,
      ).toBeLessThan(close(each, 1e-5))
      expect(apart(answer.gradients, expected), `seed ${seed}`).toBeLessThan(close(each, 1e-5))
      const recorded = Object.fromEntries(Object.entries(numbersOf(copy)).filter(([path]) => path in answer.buffers))
      expect(apart(answer.buffers, recorded), `seed ${seed}`).toBeLessThan(close(each, 1e-5))
      expect(saveState(model)).toEqual(before)
    }
  })

  it.each(Object.entries(RECONCILING))(
    '%s makes of the tasks’ gradients what it makes of them here',
    (name, strategyOf) => {
      const faint: number[] = []
      for (const [each, answer] of both) {
        const { model, batch, seed, backend } = each
        const copy = restoreModel(saveModel(model), { backend })
        const { logits } = copy.forward(batch, { training: true, step: 0 })
        const losses = taskLosses(logits, batch, copy.tasks, each.losses)
        const total = Object.values(losses).reduce((all, loss) => add(all, loss))
        const paths = Object.entries(trainable(copy))
        const learned = usedBy(
          total,
          paths.map(([, parameter]) => parameter),
        )
        const rows = Object.fromEntries(Object.keys(losses).map((task) => [task, sum(batch.masks[task])]))
        const strategy = strategyOf()
        const balance = () => strategy.balance({ losses, rows, tasks: copy.tasks, learned }).gradients
        // Lengths of what is but rounding say nothing.
        const { length } = Object.keys(losses)
        const squared = taskGradients({ losses, learned })
          .gram()
          .values.filter((_, at) => at % (length + 1) === 0)
        if (squared.some((each) => each > 0 && each < FAINT)) {
          faint.push(seed)
          continue
        }
        balance()
        const found = balance().map((gradient) => toDense(gradient).values)
        const expected = Object.fromEntries(
          paths.flatMap(([path, parameter]) =>
            learned.includes(parameter) ? [[path, found[learned.indexOf(parameter)]]] : [],
          ),
        )
        expect(apart(answer.balanced[name], expected), `seed ${seed}`).toBeLessThan(close(each, 1e-5))
      }
      expect(faint.length, String(faint)).toBeLessThan(MODELS / 16)
    },
  )

  it.each(Object.keys(STRATEGIES))(
    `losses of ${STEPS} steps under %s are those of here, but for what rounding grows to`,
    (name) => {
      const grown: string[] = []
      for (const [each, { taken }] of both.filter(([{ strategies }]) => strategies.includes(name))) {
        const tasks = Object.keys(each.model.tasks)
        const theirs = taken[name].map((losses) => tasks.map((task) => losses[task]))
        const own = learned(each, name, each.model)
        const off = own.map((losses, at) => apart({ losses: theirs[at] }, { losses }))
        if (Math.max(...off) < (inFloat64(each.seed) ? (TIGHT[name] ?? 1e-9) : 1e-4)) continue
        // Or as far apart as trainings here are whose weights differ in their last bit.
        const beside = learned(each, name, nudged(each))
        const growth = own.map((losses, at) => apart({ losses: beside[at] }, { losses }))
        const told = `seed ${each.seed}, ${each.optimizer}, ${name}: ${Math.max(...off)} beside ${Math.max(...growth)}`
        expect(Math.max(...off), told).toBeLessThan(GROWTH * Math.max(...growth))
        grown.push(told)
      }
      expect(grown.length, grown.join('; ')).toBeLessThanOrEqual(2)
    },
  )

  it('weights come back bit for bit, and so does all else', () => {
    for (const [{ model, backend, strategies }, { file, state }] of both) {
      const bytes = Uint8Array.from(Buffer.from(file, 'base64'))
      const back = restoreModel(bytes, { backend })
      expect(numbersOf(back)).toEqual(state)
      expect(back.features.map(({ name }) => name)).toEqual(model.features.map(({ name }) => name))
      if (strategies.length > 0) expect(saveState(back)).not.toEqual(saveState(restoreModel(saveModel(model))))
    }
  })
})
