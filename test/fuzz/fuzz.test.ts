/** The fuzz can find: each target is shown a fault that it must see. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu, kernelsOf } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { graphs } from '../program/graphs.ts'
import { checkDataset } from './datasets.ts'
import { fuzz } from './fuzz.ts'
import { checkProgram } from './programs.ts'
import { judgeOf } from './models.ts'
import { attempt } from './refusal.ts'
import { checkRow, servedModel } from './score.ts'
import { target } from './target.ts'
import type { Training } from './training.ts'
import { tryTarget } from './try.ts'

const below = (limit: number) =>
  target({
    name: 'below',
    holds: `below ${limit}`,
    cases: 50,
    drawn: fc.nat(10_000),
    check: (n) => {
      if (n >= limit) throw new Error(`${n} is not below ${limit}`)
    },
  })

describe('a target', () => {
  it('that never fails is tried round after round, until the time is up', async () => {
    const seeds: number[] = []
    const onRound = (seed: number): number => seeds.push(seed)
    const { cases, seconds, fault } = await fuzz(below(Infinity), { seed: 7, seconds: 0.05, onRound })
    expect(fault).toBeUndefined()
    expect(seconds).toBeGreaterThan(0.05)
    expect(cases).toBe(50 * seeds.length)
    expect(seeds).toEqual(seeds.map((_, round) => 7 + round))
  })

  it('that fails ends with its smallest case, and a seed that gives it again at once', async () => {
    const { fault } = await fuzz(below(9_990), { seed: 1, seconds: 60 })
    expect(fault?.example).toBe('9990')
    expect(fault?.reason).toContain('9990 is not below 9990')
    expect((await below(9_990).round(fault!.seed)).fault?.example).toBe('9990')
  })

  it('runs in a process of its own, whose silence is a fault', async () => {
    const { fault } = await tryTarget('columns', { seed: 7, seconds: 1, silence: 1 })
    expect(fault).toMatchObject({ seed: 7, reason: 'nothing was heard for 0.001 s' })
  })
})

describe('a refusal', () => {
  it('is one in words; all else is an accident', () => {
    expect(attempt(() => 1)).toEqual({ value: 1 })
    const refuse = (message: string) => () =>
      attempt(() => {
        throw new TypeError(message)
      })
    expect(refuse('f: expected a number but got null')()).toEqual({ refused: 'f: expected a number but got null' })
    expect(refuse("Cannot read properties of undefined (reading 'x')")).toThrow('Cannot read')
  })
})

it('a program whose kernel is wrong by a thousandth is seen', async () => {
  const wrong = {
    ...cpu,
    kernels: {
      tanh: (x: never, out: Float32Array, n: number) => {
        kernelsOf(cpu).tanh(x, out, n)
        for (let at = 0; at < n; at++) out[at] *= 1.001
      },
    },
  }
  const place = {
    backend: wrong,
    on: <I, O>(step: (input: I) => O) => compile(step, { backend: wrong }),
    close: () => 0,
  }
  const property = fc.asyncProperty(graphs(['relu', 'neg', 'tanh'], ['sgd']), async (graph) => {
    await checkProgram(graph, new Map([['wrong', place]]))
  })
  const { failed, counterexample } = await fc.check(property, { seed: 1 })
  expect(failed).toBe(true)
  expect(counterexample?.[0].nodes).toHaveLength(1)
})

describe('a model', () => {
  const plain: Training = {
    model: 'sharedBottom',
    kinds: false,
    strategy: 'fixedWeights',
    optimizer: 'sgd',
    features: ['age', 'item'],
    units: [8],
    tower: [4],
    activation: 'relu',
    batchNorm: true,
    dropout: 0,
    l2: 0,
    initStd: 0.3,
    clipNorm: null,
    rows: 16,
    batchSize: 8,
    steps: 5,
    seed: 3,
  }

  it('that trains as float64 does is honest without more ado', () => {
    expect(judgeOf(plain)({ backend: cpu })).toMatchObject({ chances: [], honest: true })
  })

  it('that leaves float64 for a kernel is wrong is told from one that float32 does not determine', () => {
    const wrong: Backend = {
      ...cpu,
      kernels: { relu: (x, out, n) => kernelsOf(cpu).leakyRelu(x as never, out as never, n, 0.05) },
    }
    const verdict = judgeOf(plain, 4)({ backend: cpu, compiled: wrong })
    expect(verdict.off).toBeGreaterThan(1e-3)
    expect(verdict.chances).toHaveLength(4)
    expect(Math.max(...verdict.chances)).toBeLessThan(1e-5)
    expect(verdict.honest).toBe(false)
  })

  it('whose rounding grows from step to step is honest however far off', () => {
    // Three rows to normalise over, and steps of Adagrad that are as long however small the gradient.
    const chaotic = { strategy: 'pcGrad', optimizer: 'adagrad', l2: 1e-3, clipNorm: 0.5, rows: 8, batchSize: 3 }
    const verdict = judgeOf({ ...plain, ...chaotic, steps: 20, seed: 856086 })({ backend: cpu })
    expect(verdict.off).toBeGreaterThan(1e-3)
    expect(verdict.honest).toBe(true)
  })
})

describe('a row', () => {
  const { model, predictors } = servedModel()
  const row = {
    ...{ user: 1, country: 'DE', size: 3, device: 'x', tab: 2, age: 3, place: [1, 2] },
    ...{ height: null, box: [NaN, 7], price: 9.99 },
    ...{ history: [1, 2], tags: ['a'], tagWeights: [0.5] },
  }

  it('that a dataset takes is scored alike, and one that it refuses is refused', () => {
    expect(checkRow(row, model, predictors)).toBe(false)
    expect(checkRow({ ...row, user: 9 }, model, predictors)).toBe(true)
    expect(checkRow({ ...row, age: null }, model, predictors)).toBe(true)
    expect(checkRow(null, model, predictors)).toBe(true)
  })

  it('that only serving takes, or that serving scores otherwise, is seen', () => {
    const [good] = predictors
    const open = { ...good, score: () => ({ click: 0.5, price: 1 }) }
    expect(() => checkRow({ ...row, user: 9 }, model, [open])).toThrow(
      'score on cpu: taken, but by a dataset: dataset:',
    )
    expect(() => checkRow(row, model, [open])).toThrow('score on cpu: click is 0.5, but in a dataset')
    const broken = { ...good, score: () => ({ ...good.score(row), price: NaN }) }
    expect(() => checkRow(row, model, [broken])).toThrow('price is NaN')
  })
})

it('a dataset that is wrong in one place is one that must be refused', () => {
  const plain = {
    ...{ features: ['age', 'user', 'height', 'box'], chosen: [1, 1, 0], batchSize: 2 },
    columns: {
      ...{ age: [1, 2], user: [0, 4] },
      ...{
        height: [null, -20],
        box: [
          [1, 9],
          [null, 2],
        ],
      },
    },
    labels: { click: [0, NaN], click_buy: [1, 0], click_buy_price: [0.5, NaN] },
  }
  for (const wrong of ['a column lacks', 'a label is no class', 'an id has no row']) checkDataset({ ...plain, wrong })
  expect(() => {
    checkDataset({ ...plain, columns: { ...plain.columns, user: [0, 5] }, wrong: 'a column lacks' })
  }).toThrow('integer ids from 0 to 4')
})
