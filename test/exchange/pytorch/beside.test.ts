/** Models drawn at random beside the package that toPyTorch writes: what it encodes, predicts, differentiates and learns. */
import { describe, expect, it } from 'vitest'
import { add, gradients } from '../../../src/autograd/index.ts'
import { batches } from '../../../src/data/index.ts'
import type { Batch } from '../../../src/data/index.ts'
import { outputsOf, restoreModel, saveModel, saveState, trainable } from '../../../src/models/index.ts'
import { adagrad, adam, adamW, dwa, fixedWeights, ftrl, sgd, uncertainty } from '../../../src/index.ts'
import { cpu, cpu64 } from '../../../src/index.ts'
import type { Backend, Optimizer, Strategy } from '../../../src/index.ts'
import { taskLosses } from '../../../src/training/losses/taskLosses.ts'
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
  readonly buffers: Numbers
  readonly taken: readonly Readonly<Record<string, number>>[]
  readonly state: Numbers
  readonly file: string
}

const MODELS = 96
const LEARNING = 24
const STEPS = 100
const BATCH = 20

const OPTIMIZERS: Readonly<Record<string, (rate: number) => Optimizer>> = {
  adam: (learningRate) => adam({ learningRate }),
  adamW: (learningRate) => adamW({ learningRate }),
  sgd: (learningRate) => sgd({ learningRate }),
  adagrad: (learningRate) => adagrad({ learningRate }),
  ftrl: (learningRate) => ftrl({ learningRate }),
}

const STRATEGIES: Readonly<Record<string, () => Strategy>> = { fixed: fixedWeights, uncertainty, dwa }

interface Case extends Drawn {
  readonly seed: number
  readonly backend: Backend
  readonly drawnRows: Rows
  readonly batch: Batch
  readonly steps: number
  readonly optimizer: string
  readonly strategy: string
  readonly rate: number
  readonly clipNorm?: number
}

/** Every kind of the zoo in float32, then twice in float64. */
const inFloat64 = (seed: number): boolean => seed % 24 >= 8

/**
 * What two orders of summing leave between numbers, as a share of the largest. What divides by deviations of a few rows makes
 * more of it.
 */
const close = ({ seed, model }: Case, single: number, double = 1e-9): number => {
  const { dnnUseBn, dnnActivation } = model.options
  return inFloat64(seed) ? double : dnnUseBn || dnnActivation === 'dice' ? 10 * single : single
}

const one = <T>(of: readonly T[], seed: number): T => of[seed % of.length]

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
    strategy: one(Object.keys(STRATEGIES), seed),
    ...(seed % 3 === 1 && { clipNorm: 0.5 }),
  }
}

const askedOf = ({ model, drawnRows: { columns, labels, sampleWeights }, ...rest }: Case): object => {
  const { steps, optimizer, strategy, rate, clipNorm = null } = rest
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
    strategy,
    rate,
    clipNorm,
    batchSize: BATCH,
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

  it.each(named)('%s has the losses, gradients and running statistics that it has here', (kind) => {
    for (const [each, answer] of both.filter(([{ kind: own }]) => own === kind)) {
      const { model, batch, seed, backend } = each
      const before = saveState(model)
      const copy = restoreModel(saveModel(model), { backend })
      const { logits } = copy.forward(batch, { training: true, step: 0 })
      const losses = taskLosses(logits, batch, copy.tasks)
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

  it(`losses of ${STEPS} steps are those of here, under every optimizer and strategy`, () => {
    for (const [each, { taken }] of both.filter(([{ steps }]) => steps > 0)) {
      const { model, backend, drawnRows, optimizer, rate, strategy: name, clipNorm } = each
      const parts = [...batches(drawnRows.data, { batchSize: BATCH, backend })]
      const strategy = STRATEGIES[name]()
      const step = trainingStep(
        model,
        { optimizer: OPTIMIZERS[optimizer](rate), strategy, ...(clipNorm !== undefined && { clipNorm }) },
        () => undefined,
      )
      const tasks = Object.keys(model.tasks)
      for (let at = 0; at < STEPS; at++) {
        if (at === STEPS / 2) strategy.epochEnded?.(taken[at - 1])
        const [{ losses }] = step([parts[at % parts.length]])
        const own = tasks.map((task) => losses[task].item())
        expect(
          apart({ losses: tasks.map((task) => taken[at][task]) }, { losses: own }),
          `seed ${each.seed}, ${optimizer}, ${name}, step ${at}`,
        ).toBeLessThan(close(each, 1e-4, 1e-5))
      }
    }
  })

  it('weights come back bit for bit, and so does all else', () => {
    for (const [{ model, backend }, { file, state, taken }] of both) {
      const bytes = Uint8Array.from(Buffer.from(file, 'base64'))
      const back = restoreModel(bytes, { backend })
      expect(numbersOf(back)).toEqual(state)
      expect(back.features.map(({ name }) => name)).toEqual(model.features.map(({ name }) => name))
      if (taken.length > 0) expect(saveState(back)).not.toEqual(saveState(restoreModel(saveModel(model))))
    }
  })
})
