/** Gradients task by task: what they are, what they cost, and what becomes of what only one task reaches. */
import { describe, expect, it } from 'vitest'
import {
  RowSparse,
  add,
  gather,
  gradients,
  matmul,
  mean,
  mul,
  scaleShift,
  square,
  sum,
  toDense,
} from '../../../src/autograd/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { compile } from '../../../src/program/index.ts'
import type { Program } from '../../../src/program/index.ts'
import { emptyBatch } from '../../../src/data/index.ts'
import { SharedBottom } from '../../../src/models/index.ts'
import { dataset, sparseFeature } from '../../../src/data/index.ts'
import { Parameter, fromValues, ids, ones, stream } from '../../../src/tensor/index.ts'
import type { SparseRows, Tensor } from '../../../src/tensor/index.ts'
import { fixedWeights, pcGrad, sgd, taskGradients } from '../../../src/training/index.ts'
import type { Strategy } from '../../../src/training/index.ts'
import { trainingStep } from '../../../src/training/step/trainingStep.ts'

const random = stream(5)
const drawn = (name: string, ...shape: readonly number[]): Tensor => {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return fromValues(
    Float64Array.from({ length: size }, (_, at) => random.stream(name).normal(at)),
    shape,
    cpu64,
  )
}
const parameter = (name: string, ...shape: readonly number[]): Parameter => new Parameter(drawn(name, ...shape))

/** Three tasks of tables and weights that all, two or one of them reach, in every way a table can be read. */
function scene() {
  const [both, mixed, other] = [parameter('both', 6, 2), parameter('mixed', 5, 2), parameter('other', 4, 2)]
  const [bottom, two, own, idle] = [
    parameter('w', 2, 3),
    parameter('two', 3, 1),
    parameter('own', 3, 1),
    parameter('idle', 2),
  ]
  const rows = (table: Parameter, ...picked: readonly number[]): Tensor => gather(table, ids(picked, undefined, cpu64))
  // Two features share the table `both`, and name one row three times.
  const input = add(rows(both, 1, 1, 4, 0), rows(both, 4, 1, 2, 0))
  const x = add(input, add(rows(mixed, 0, 3, 3, 3), rows(other, 2, 2, 2, 0)))
  const h = matmul(x, bottom)
  const losses = {
    a: mean(square(matmul(h, two))),
    b: add(mean(matmul(mul(h, h), two)), scaleShift(sum(square(mixed)), { factor: 0.1 })),
    c: add(mean(square(matmul(matmul(rows(both, 5, 1, 1, 2), bottom), own))), sum(rows(other, 3))),
  }
  return { losses, learned: [both, mixed, other, bottom, two, own, idle] as const }
}

const numbersOf = (given: Tensor | SparseRows): number[] => Array.from(toDense(given).values)
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(actual).toHaveLength(expected.length)
  for (let at = 0; at < expected.length; at++) expect(actual[at]).toBeCloseTo(expected[at], 10)
}

describe('gradients of each task', () => {
  const { losses, learned } = scene()
  const found = taskGradients({ losses, learned })
  const [both, mixed, other, bottom, two, own, idle] = learned
  const byTask = Object.values(losses).map((loss) => gradients(loss, learned).map((each) => Array.from(each.values)))
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((total, value, at) => total + value * b[at], 0)

  it('meet where at least two tasks come from: tables, layers, and what two of three read', () => {
    expect(found.shared).toEqual([both, mixed, other, bottom, two])
  })

  it('have the inner products of dense vectors, parameter by parameter', () => {
    for (const each of found.shared) {
      const at = learned.indexOf(each)
      close(
        found.gramOf(each).values,
        byTask.flatMap((a) => byTask.map((b) => dot(a[at], b[at]))),
      )
    }
  })

  it('have the inner products of all that is shared together', () => {
    const flat = byTask.map((each) => each.filter((_, at) => found.shared.includes(learned[at])).flat())
    close(
      found.gram().values,
      flat.flatMap((a) => flat.map((b) => dot(a, b))),
    )
  })

  it('combine to each task’s own, for a coefficient of 1 and else 0', () => {
    byTask.forEach((expected, task) => {
      const unit = fromValues(
        [0, 1, 2].map((at) => (at === task ? 1 : 0)),
        [1, 3],
        cpu64,
      )
      found.combine(unit).forEach((gradient, at) => {
        if (found.shared.includes(learned[at])) close(numbersOf(gradient), expected[at])
      })
    })
  })

  it('combine by ones to the gradient of the sum, in the same order and of the same shapes', () => {
    const total = Object.values(losses).reduce((one, next) => add(one, next))
    const whole = gradients(total, learned)
    found.combine(ones([1, 3], cpu64)).forEach((gradient, at) => {
      close(numbersOf(gradient), whole[at].values)
      expect(toDense(gradient).shape).toEqual(learned[at].shape)
    })
  })

  it('of one task alone are its own, times its weight where there is one', () => {
    const coefficients = fromValues([5, 6, 7], [1, 3], cpu64)
    const at = learned.indexOf(own)
    close(numbersOf(found.combine(coefficients)[at]), byTask[2][at])
    const weighed = found.combine(coefficients, { c: fromValues([3], [], cpu64) })
    close(
      numbersOf(weighed[at]),
      byTask[2][at].map((value) => 3 * value),
    )
    expect(numbersOf(weighed[learned.indexOf(idle)])).toEqual([0, 0])
  })

  it('stay row-sparse for a table that is only gathered from, with every row named once', () => {
    const combined = found.combine(ones([1, 3], cpu64))
    expect(combined.map((gradient) => gradient instanceof RowSparse)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
      false,
    ])
    const [table] = combined as [SparseRows]
    expect(table.distinct).toBe(true)
  })

  it('are refused for a parameter that tasks do not share', () => {
    expect(() => found.gramOf(own)).toThrow(
      new RangeError('taskGradients: expected a parameter that tasks share but got another one'),
    )
  })
})

const TASKS = ['a', 'b', 'c'] as const
const ROWS = 32

/** The program of one step of a model with one table of `vocabularySize` rows and a wide hidden layer. */
function programOf(strategy: Strategy, vocabularySize: number, table = true): Program {
  const features = [sparseFeature('user', { vocabularySize, dimension: 4 })]
  const users = Int32Array.from({ length: ROWS }, (_, row) => row % 7)
  const labels = Object.fromEntries(TASKS.map((task) => [task, new Float32Array(ROWS)]))
  const data = dataset({ features, columns: { user: users }, labels })
  const model = new SharedBottom({
    features,
    taskNames: TASKS,
    taskTypes: ['regression', 'regression', 'regression'],
    bottomDnnHiddenUnits: [16, 8],
    towerDnnHiddenUnits: [],
    l2RegEmbedding: 0,
  })
  const optimizer = sgd()
  const moves = table ? {} : { moves: (path: string): boolean => !path.includes('embedding') }
  const step = compile(trainingStep(model, { optimizer, strategy, ...moves }, () => undefined))
  return step.program([emptyBatch(data, ROWS)])
}
const countOf = (program: Program, verb: string): number =>
  program.stages[0].listing.calls.filter((call) => call.kernel.verb === verb).length

describe('a step that looks at each task’s gradient', () => {
  it('runs the forward pass once, and the backward pass once per task', () => {
    const [one, each] = [programOf(fixedWeights(), 50), programOf(pcGrad(), 50)]
    // Forward: two layers and three heads. Backward by weights: two layers, or two for each task, and three heads.
    for (const verb of ['gather', 'matmul']) expect([verb, countOf(each, verb)]).toEqual([verb, countOf(one, verb)])
    expect(countOf(one, 'matmulTN')).toBe(2 + 3)
    expect(countOf(each, 'matmulTN')).toBe(3 * 2 + 3)
  })

  it('needs room for each task’s gradients, and never for a copy of the model', () => {
    const gradientFloats = 4 * 16 + 16 + 16 * 8 + 8 + ROWS * 4
    const more = programOf(pcGrad(), 50).arena.floats - programOf(fixedWeights(), 50).arena.floats
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThan(TASKS.length * gradientFloats)
  })

  it('needs no more room for a table of a million rows', () => {
    const [small, large] = [programOf(pcGrad(), 50), programOf(pcGrad(), 1_000_000)]
    expect(large.arena).toEqual(small.arena)
  })
})
