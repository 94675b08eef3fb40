/** Options of training: none is unknown, none is out of its range, and schedules are held to theirs in every step. */
import { describe, expect, it } from 'vitest'
import { gpujs } from '../../src/gpujs.ts'
import { cpu, wasm, wasmThreads } from '../../src/kernels/index.ts'
import { saveState } from '../../src/models/index.ts'
import { Parameter, tensor } from '../../src/tensor/index.ts'
import {
  adagrad,
  adam,
  adamW,
  auc,
  caGrad,
  calibration,
  crossEntropy,
  decayingWeights,
  dwa,
  evaluate,
  exponentialDecay,
  cosineDecay,
  cosineRestarts,
  fit,
  fitAlternating,
  fixedWeights,
  focalLoss,
  ftrl,
  gainScore,
  gateWeights,
  gradNorm,
  gradientConflicts,
  huber,
  linearDecay,
  logLoss,
  parameterGroups,
  pcGrad,
  predict,
  reconciling,
  sgd,
  stepDecay,
  uncertainty,
  warmUp,
} from '../../src/training/index.ts'
import type { FitOptions, Optimizer } from '../../src/training/index.ts'
import { feed } from '../models/feed.ts'
import { smallPLE } from './strategies/models.ts'

const data = feed(22)
const model = smallPLE()

/** As those who write no types call. */
type Loose = (...given: readonly unknown[]) => unknown
const loose = (f: unknown): Loose => f as Loose

/** Every function that takes options, where they are, and one of them that is misspelt. */
const DOORS: Readonly<Record<string, readonly [(options: unknown) => unknown, string, string]>> = {
  fit: [(options) => fit(model, { data, ...(options as object) }), 'epoch', 'epochs'],
  "fitAlternating, turn 'one'": [
    (options) => fitAlternating(model, { turns: { one: { data, ...(options as object) } } }),
    'batch_size',
    'batchSize',
  ],
  fitAlternating: [
    (options) => fitAlternating(model, { turns: { one: { data } }, ...(options as object) }),
    'stepPerEpoch',
    'stepsPerEpoch',
  ],
  evaluate: [(options) => evaluate(model, data, options as object), 'metric', 'metrics'],
  predict: [(options) => predict(model, data, options as object), 'batchsize', 'batchSize'],
  gateWeights: [(options) => gateWeights(model, data, options as object), 'compile', 'compiled'],
  gradientConflicts: [(options) => gradientConflicts(model, data, options as object), 'batch', 'batches'],
  adam: [loose(adam), 'learning_rate', 'learningRate'],
  adamW: [loose(adamW), 'decays', 'decay'],
  sgd: [loose(sgd), 'momentun', 'momentum'],
  adagrad: [loose(adagrad), 'eps', ''],
  ftrl: [loose(ftrl), 'L1', 'l1'],
  crossEntropy: [loose(crossEntropy), 'labelSmooting', 'labelSmoothing'],
  focalLoss: [loose(focalLoss), 'gama', 'gamma'],
  huber: [loose(huber), 'delte', 'delta'],
  decayingWeights: [(options) => loose(decayingWeights)({ ratio: {}, ...(options as object) }), 'ratios', 'ratio'],
  uncertainty: [loose(uncertainty), 'optimiser', 'optimizer'],
  dwa: [loose(dwa), 'temp', ''],
  gradNorm: [loose(gradNorm), 'alfa', ''],
  pcGrad: [loose(pcGrad), 'sead', 'seed'],
  caGrad: [loose(caGrad), 'C', 'c'],
  reconciling: [(options) => loose(reconciling)('own', () => [], options), 'everwhere', 'everywhere'],
  gainScore: [(options) => loose(gainScore)({ click: { auc: 0.5 } }, options), 'relativ', 'relative'],
  calibration: [(options) => loose(calibration)([0.5], [1], options), 'bin', 'bins'],
  auc: [(options) => loose(auc)([0.5], [1], options), 'weight', 'weights'],
  logLoss: [(options) => loose(logLoss)([0.5], [1], options), 'weight', 'weights'],
  stepDecay: [(options) => loose(stepDecay)(1, { every: 1, ...(options as object) }), 'factors', 'factor'],
  exponentialDecay: [(options) => loose(exponentialDecay)(1, { every: 1, ...(options as object) }), 'evry', 'every'],
  linearDecay: [(options) => loose(linearDecay)(1, { steps: 1, ...(options as object) }), 'finale', 'final'],
  cosineDecay: [(options) => loose(cosineDecay)(1, { steps: 1, ...(options as object) }), 'step', 'steps'],
  cosineRestarts: [(options) => loose(cosineRestarts)(1, { steps: 1, ...(options as object) }), 'grow', 'growth'],
  warmUp: [(options) => loose(warmUp)(1, { steps: 1, ...(options as object) }), 'step', 'steps'],
  'parameterGroups, group 0': [
    (options) => loose(parameterGroups)(model, [{ optimizer: adam(), ...(options as object) }]),
    'path',
    'paths',
  ],
}

describe('an option that nobody knows', () => {
  it.each(Object.entries(DOORS))('is refused with the nearest one: %s', async (who, [call, wrong, near]) => {
    const before = saveState(model)
    const refused = async (): Promise<unknown> => call({ [wrong]: 1 })
    const meant = near === '' ? '' : `, did you mean '${near}'?`
    await expect(refused()).rejects.toThrow(
      new RegExp(`^${who}: expected options among [\\w, ]+ but got '${wrong}'${meant.replace('?', '\\?')}$`),
    )
    expect(saveState(model)).toEqual(before)
  })
})

describe('an optimizer', () => {
  const rates = [-1, NaN, Infinity, 'x', null, '0.1']
  const out: readonly (readonly [string, unknown, readonly unknown[]])[] = [
    ['adam learningRate', adam, rates],
    ['adam beta1', adam, [9, 1, -0.1, NaN, '0.9', null]],
    ['adam beta2', adam, [1, -1, NaN]],
    ['adam epsilon', adam, [-1, 0, NaN, Infinity]],
    ['adamW learningRate', adamW, rates],
    ['adamW decay', adamW, [-1, NaN, Infinity, 'x']],
    ['sgd learningRate', sgd, rates],
    ['sgd momentum', sgd, [-0.1, 1, NaN, 'x']],
    ['sgd nesterov', sgd, [1, 'yes', null]],
    ['adagrad learningRate', adagrad, rates],
    ['adagrad epsilon', adagrad, [-1, 0]],
    ['adagrad initialAccumulator', adagrad, [-1, NaN]],
    ['ftrl learningRate', ftrl, [...rates, 0]],
  ]
  it.each(out)('is refused out of range: %s', (which, make, values) => {
    const [who, option] = which.split(' ')
    for (const value of values)
      expect(() => loose(make)({ [option]: value })).toThrow(
        new RegExp(`^${who}: expected ${option} to be .* but got `),
      )
  })

  it('says what it got: text in quotes', () => {
    expect(() => loose(adam)({ learningRate: 'x' })).toThrow(
      new RangeError("adam: expected learningRate to be a number in [0, ∞) or a function but got 'x'"),
    )
    expect(() => loose(adam)('x')).toThrow(
      new RangeError("adam: expected an object of options, as in { learningRate: … }, but got 'x'"),
    )
  })

  const makers: Readonly<Record<string, (schedule: (step: number) => number) => Optimizer>> = {
    adam: (learningRate) => adam({ learningRate }),
    adamW: (learningRate) => adamW({ learningRate }),
    sgd: (learningRate) => sgd({ learningRate }),
    adagrad: (learningRate) => adagrad({ learningRate }),
    ftrl: (learningRate) => ftrl({ learningRate }),
  }
  it.each(Object.entries(makers))('whose schedule gives no rate moves nothing and counts no step: %s', (who, make) => {
    for (const bad of [NaN, -1, Infinity, '0.1', undefined]) {
      const weights = new Parameter(tensor([1, 2]))
      const optimizer = make((step) => (step < 2 ? 0.1 : (bad as number)))
      for (let step = 0; step < 2; step++) optimizer.step([weights], [tensor([1, 1])])
      const before = weights.values.slice()
      expect(() => {
        optimizer.step([weights], [tensor([1, 1])])
      }).toThrow(`${who}: expected the learningRate of step 3 to be a number in`)
      expect(weights.values).toEqual(before)
      expect(optimizer.steps).toBe(2)
      expect(() => optimizer.learningRate).toThrow('of step 3')
    }
  })
})

const RUNS: Readonly<Record<string, () => Promise<Partial<FitOptions>>>> = {
  'op by op': async () => ({ compiled: false }),
  cpu: async () => ({ backend: cpu }),
  'WASM of plain SIMD': async () => ({ backend: wasm({ variant: 'simd', bytes: 2 ** 24 }) }),
  threads: async () => ({ backend: await wasmThreads({ threads: 2, worthwhile: 0, bytes: 2 ** 24 }) }),
  'a device': async () => ({ backend: await gpujs({ mode: 'webasm' }) }),
}

describe.each(Object.keys(RUNS))('training on %s by a schedule that gives no rate in step 3', (name) => {
  const late = (step: number): number => (step < 2 ? 0.01 : NaN)
  it.each<[string, (of: object) => Partial<FitOptions>]>([
    ['of the optimizer', () => ({ optimizer: adam({ learningRate: late }) })],
    ['of the strategy', () => ({ strategy: uncertainty({ optimizer: adam({ learningRate: late }) }) })],
    [
      'of the second group',
      (own) => ({
        optimizer: parameterGroups(own, [
          { paths: /^towers/, optimizer: sgd() },
          { optimizer: sgd({ learningRate: late }) },
        ]),
      }),
    ],
  ])('leaves parameters, statistics and counts as after step 2: %s', async (_, options) => {
    const own = smallPLE({ dnnUseBn: true })
    const twin = smallPLE({ dnnUseBn: true })
    const given = { data, epochs: 1, batchSize: 5, ...(await RUNS[name]()) }
    const optimizer = sgd()
    await expect(fit(own, { ...given, optimizer, ...options(own) })).rejects.toThrow(
      /expected the learningRate of step 3 to be a number in \[0, ∞\) but got NaN/,
    )
    const signal = { aborted: false }
    const onBatch = ({ step }: { readonly step: number }): void => void (signal.aborted = step === 2)
    await fit(twin, { ...given, optimizer: sgd(), ...options(twin), signal, onBatch })
    expect(saveState(own)).toEqual(saveState(twin))
    expect(optimizer.steps).toBeLessThanOrEqual(2)
  })
})

describe('names', () => {
  it.each(['adam', 'adamW', 'sgd', 'adagrad', 'ftrl'] as const)(
    'stand for optimizers with their defaults: %s',
    async (name) => {
      const made = { adam, adamW, sgd, adagrad, ftrl }[name]()
      const [named, other, turned] = [smallPLE(), smallPLE(), smallPLE()]
      const history = await fit(named, { data, optimizer: name })
      await fit(other, { data, optimizer: made })
      await fitAlternating(turned, { turns: { one: { data, optimizer: name } } })
      expect(history.optimizer).toBe(name)
      expect(saveState(named)).toEqual(saveState(other))
      expect(saveState(turned)).toEqual(saveState(other))
    },
  )

  it('stand for losses of rows', async () => {
    const [named, other] = [smallPLE(), smallPLE()]
    await fit(named, { data, losses: { click: 'focal', click_buy: 'crossEntropy', click_buy_price: 'huber' } })
    const losses = { click: focalLoss(), click_buy: crossEntropy(), click_buy_price: huber() }
    await fit(other, { data, losses })
    expect(saveState(named)).toEqual(saveState(other))
    expect(gradientConflicts(named, data, { losses: { click: 'focal' } })).toEqual(
      gradientConflicts(named, data, { losses: { click: focalLoss() } }),
    )
  })

  it.each([
    ['pcgrad', "'pcgrad': import { pcGrad } from 'plegrad' and pass pcGrad()"],
    ['fixed', "'fixed': import { fixedWeights } from 'plegrad' and pass fixedWeights()"],
    ['uncertainty', "'uncertainty': import { uncertainty } from 'plegrad' and pass uncertainty()"],
    ['dwa', "'dwa': import { dwa } from 'plegrad' and pass dwa()"],
    ['gradnorm', "'gradnorm': import { gradNorm } from 'plegrad' and pass gradNorm()"],
    ['CAGrad', "'CAGrad': import { caGrad } from 'plegrad' and pass caGrad()"],
    ['mgda', "'mgda'"],
    ['', "''"],
    [pcGrad, 'a function: pass what it returns, such as pcGrad()'],
  ])('of strategies are told what to import: %s', async (strategy, told) => {
    await expect(loose(fit)(smallPLE(), { data, strategy })).rejects.toThrow(
      new RangeError(`fit: expected strategy to be a strategy but got ${told}`),
    )
  })
})

describe('what fit is given', () => {
  it.each<[string, readonly unknown[], string]>([
    ['no options', [model], 'fit: expected an object of options, as in { data: … }, but got undefined'],
    [
      'a dataset',
      [model, data],
      'fit: expected an object of options, as in { data: … }, but got a dataset: pass { data: it }',
    ],
    ['no model', [{ epoch: 5 }], 'fit: expected the first argument to be a model but got an object of epoch'],
    ['nothing', [], 'fit: expected the first argument to be a model but got undefined'],
    ['no data', [model, { epochs: 2 }], 'fit: expected data to be a dataset or a stream of one but got undefined'],
    [
      'rows as data',
      [model, { data: [1, 2] }],
      'fit: expected data to be a dataset or a stream of one but got a list of 2',
    ],
    [
      'text for a number',
      [model, { data, epochs: '5' }],
      "fit: expected epochs to be an integer of at least 1 but got '5'",
    ],
    [
      'an unknown optimizer',
      [model, { data, optimizer: 'rmsprop' }],
      "fit: expected optimizer to be an optimizer or 'adam' or 'adamW' or 'sgd' or 'adagrad' or 'ftrl' but got 'rmsprop'",
    ],
    [
      'an unknown loss',
      [model, { data, losses: { click: 'hinge' } }],
      "fit: expected losses to be an object, each of its members to be a function or 'crossEntropy' or 'focal' or 'huber' but got 'hinge' of 'click'",
    ],
    ['a flag that is none', [model, { data, shuffle: 'no' }], "fit: expected shuffle to be true or false but got 'no'"],
  ])('is told in words: %s', async (_, given, message) => {
    await expect(loose(fit)(...given)).rejects.toThrow(new RangeError(message))
  })

  it('is told by fitAlternating too', async () => {
    await expect(loose(fitAlternating)(model)).rejects.toThrow('as in { epochs: … }, but got undefined')
    await expect(loose(fitAlternating)(model, {})).rejects.toThrow('fitAlternating: expected turns to be an object')
    await expect(loose(fitAlternating)()).rejects.toThrow('expected the first argument to be a model but got undefined')
  })

  it.each([
    ['evaluate', evaluate, 'a dataset or a stream of one'],
    ['predict', predict, 'a dataset'],
    ['gateWeights', gateWeights, 'a dataset'],
  ])('is told by %s too', (who, ask, expected) => {
    expect(() => loose(ask)(data, model)).toThrow(
      `${who}: expected the first argument to be a model but got an object of`,
    )
    expect(() => loose(ask)(model)).toThrow(
      new RangeError(`${who}: expected the data to be ${expected} but got undefined`),
    )
  })

  it('weights that are no record are refused', () => {
    expect(() => loose(fixedWeights)(null)).toThrow('fixedWeights: expected weights to be an object')
    expect(() => loose(decayingWeights)({})).toThrow('decayingWeights: expected ratio to be an object')
  })
})
