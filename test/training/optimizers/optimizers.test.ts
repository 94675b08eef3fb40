/** Optimizers against literal transcriptions of their papers' updates, in float64 and over many steps. */
import { describe, expect, it } from 'vitest'
import { cpu64, recordOn } from '../../../src/kernels/index.ts'
import type { Held, Recorder } from '../../../src/kernels/index.ts'
import { RowSparse } from '../../../src/autograd/index.ts'
import { Parameter, ids, stream, tensor } from '../../../src/tensor/index.ts'
import type { ParameterOptions } from '../../../src/tensor/index.ts'
import { adagrad, adam, adamW, exponentialDecay, ftrl, sgd } from '../../../src/training/index.ts'
import type { Optimizer } from '../../../src/training/index.ts'

/** One number and what an optimizer remembers of it. */
interface Cell {
  w: number
  m: number
  v: number
}

/** What a paper does to one number in step t, from 1. */
type Update = (cell: Cell, g: number, t: number) => void

interface Case {
  readonly make: () => Optimizer
  readonly start?: number
  readonly update: Update
}

const CASES: Readonly<Record<string, Case>> = {
  'sgd is plain descent': {
    make: () => sgd({ learningRate: 0.1 }),
    update: (cell, g) => (cell.w -= 0.1 * g),
  },
  'sgd gathers velocity (Polyak 1964)': {
    make: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
    update: (cell, g) => {
      cell.v = 0.9 * cell.v + g
      cell.w -= 0.1 * cell.v
    },
  },
  'sgd looks ahead along its velocity (Sutskever et al. 2013, as PyTorch writes it)': {
    make: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    update: (cell, g) => {
      cell.v = 0.9 * cell.v + g
      cell.w -= 0.1 * (g + 0.9 * cell.v)
    },
  },
  'adagrad divides by the root of all squares (Duchi et al. 2011)': {
    make: () => adagrad({ learningRate: 0.1 }),
    update: (cell, g) => {
      cell.v += g * g
      cell.w -= (0.1 * g) / (Math.sqrt(cell.v) + 1e-10)
    },
  },
  "adagrad may start from TensorFlow's accumulator": {
    make: () => adagrad({ learningRate: 0.1, initialAccumulator: 0.1, epsilon: 1e-7 }),
    start: 0.1,
    update: (cell, g) => {
      cell.v += g * g
      cell.w -= (0.1 * g) / (Math.sqrt(cell.v) + 1e-7)
    },
  },
  'adam corrects its moments for their start (Kingma and Ba 2015, Algorithm 1)': {
    make: () => adam({ learningRate: 0.01 }),
    update: (cell, g, t) => {
      cell.m = 0.9 * cell.m + (1 - 0.9) * g
      cell.v = 0.999 * cell.v + (1 - 0.999) * g * g
      cell.w -= (0.01 * (cell.m / (1 - 0.9 ** t))) / (Math.sqrt(cell.v / (1 - 0.999 ** t)) + 1e-8)
    },
  },
  'adam takes other betas and epsilon': {
    make: () => adam({ learningRate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 0.1 }),
    update: (cell, g, t) => {
      cell.m = 0.5 * cell.m + 0.5 * g
      cell.v = 0.9 * cell.v + (1 - 0.9) * g * g
      cell.w -= (0.01 * (cell.m / (1 - 0.5 ** t))) / (Math.sqrt(cell.v / (1 - 0.9 ** t)) + 0.1)
    },
  },
  'adamW decays beside the gradient (Loshchilov and Hutter 2019, Algorithm 2)': {
    make: () => adamW({ learningRate: 0.01, decay: 0.2 }),
    update: (cell, g, t) => {
      cell.m = 0.9 * cell.m + (1 - 0.9) * g
      cell.v = 0.999 * cell.v + (1 - 0.999) * g * g
      const step = cell.m / (1 - 0.9 ** t) / (Math.sqrt(cell.v / (1 - 0.999 ** t)) + 1e-8)
      cell.w -= 0.01 * step + 0.01 * 0.2 * cell.w
    },
  },
  'ftrl follows the regularised leader (McMahan et al. 2013, Algorithm 1)': {
    make: () => ftrl({ learningRate: 0.1, l1: 0.5, l2: 0.25, beta: 1 }),
    start: 0.1,
    update: (cell, g) => {
      const sigma = (Math.sqrt(cell.v + g * g) - Math.sqrt(cell.v)) / 0.1
      cell.m += g - sigma * cell.w
      cell.v += g * g
      const strength = (1 + Math.sqrt(cell.v)) / 0.1 + 0.5
      cell.w = Math.abs(cell.m) <= 0.5 ? 0 : -(cell.m - Math.sign(cell.m) * 0.5) / strength
    },
  },
  'adam follows a schedule, one step at a time': {
    make: () => adam({ learningRate: exponentialDecay(0.1, { every: 10, factor: 0.5 }) }),
    update: (cell, g, t) => {
      cell.m = 0.9 * cell.m + (1 - 0.9) * g
      cell.v = 0.999 * cell.v + (1 - 0.999) * g * g
      const rate = 0.1 * 0.5 ** ((t - 1) / 10)
      cell.w -= (rate * (cell.m / (1 - 0.9 ** t))) / (Math.sqrt(cell.v / (1 - 0.999 ** t)) + 1e-8)
    },
  },
}

const ROWS = 6
const WIDTH = 3
const STEPS = 60

const random = stream(11)
const draw = (size: number, name: string): Float64Array =>
  Float64Array.from({ length: size }, (_, at) => random.stream(name).normal(at))

const tableOf = (options: ParameterOptions = {}): Parameter =>
  new Parameter(tensor(draw(ROWS * WIDTH, 'start'), [ROWS, WIDTH], cpu64), options)

const cellsOf = ({ values }: Parameter, start = 0): Cell[] => Array.from(values, (w) => ({ w, m: 0, v: start }))

const expectEqual = (parameter: Parameter, cells: readonly Cell[]): void => {
  cells.forEach(({ w }, at) => {
    expect(Math.abs(parameter.values[at] - w), `element ${at}`).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(w)))
  })
}

/** Rows of a step, with duplicates: never row 5, and row 4 in the first and last step only. */
const touched = (step: number): number[] =>
  step === 0 || step === STEPS - 1
    ? [4, 0, 4]
    : Array.from({ length: 4 }, (_, at) => Math.floor(random.stream(`rows ${step}`).uniform(at) * 4))

describe.each(Object.entries(CASES))('%s', (_, { make, start, update }) => {
  it.each([0, 0.05])('over many steps, with an l2 of %d', (l2) => {
    const parameter = tableOf({ l2 })
    const cells = cellsOf(parameter, start)
    const optimizer = make()
    for (let step = 0; step < STEPS; step++) {
      const gradient = draw(ROWS * WIDTH, `gradient ${step}`)
      optimizer.step([parameter], [tensor(gradient, [ROWS, WIDTH], cpu64)])
      cells.forEach((cell, at) => update(cell, gradient[at] + 2 * l2 * cell.w, step + 1))
      expectEqual(parameter, cells)
    }
    expect(optimizer.steps).toBe(STEPS)
  })

  it.each([0, 0.05])('on the rows that a sparse gradient names and on no other, with an l2 of %d', (l2) => {
    const parameter = tableOf({ l2 })
    const cells = cellsOf(parameter, start)
    const optimizer = make()
    for (let step = 0; step < STEPS; step++) {
      const named = touched(step)
      const gradient = draw(named.length * WIDTH, `gradient ${step}`)
      const sums = new Map<number, number[]>()
      named.forEach((row, at) => {
        const sum = sums.get(row) ?? [0, 0, 0]
        sums.set(
          row,
          sum.map((value, column) => value + gradient[at * WIDTH + column]),
        )
      })
      const before = parameter.values.slice()
      const rows = tensor(gradient, [named.length, WIDTH], cpu64)
      optimizer.step([parameter], [new RowSparse(rows, ids(named, undefined, cpu64), ROWS)])
      for (const [row, sum] of sums)
        sum.forEach((g, column) => {
          const cell = cells[row * WIDTH + column]
          update(cell, g + 2 * l2 * cell.w, step + 1)
        })
      // What a row's state was when it is named again shows in its next step, so state is compared here, too.
      expectEqual(parameter, cells)
      parameter.values.forEach((value, at) => {
        if (!sums.has(Math.floor(at / WIDTH))) expect(value).toBe(before[at])
      })
    }
  })

  it('the same on all rows, whether the gradient that names them all is sparse or dense', () => {
    const [dense, sparse] = [tableOf(), tableOf()]
    const [first, second] = [make(), make()]
    for (let step = 0; step < 10; step++) {
      const gradient = tensor(draw(ROWS * WIDTH, `gradient ${step}`), [ROWS, WIDTH], cpu64)
      first.step([dense], [gradient])
      second.step([sparse], [new RowSparse(gradient, ids([0, 1, 2, 3, 4, 5], undefined, cpu64), ROWS)])
    }
    expect(sparse.values).toEqual(dense.values)
  })
})

describe('an optimizer', () => {
  const rate = (optimizer: Optimizer): number => optimizer.learningRate

  it('has a name, and the learning rate of its next step', () => {
    const all = [sgd(), adagrad(), adam(), adamW(), ftrl()]
    expect(all.map(({ name }) => name)).toEqual(['sgd', 'adagrad', 'adam', 'adamW', 'ftrl'])
    expect(all.map(rate)).toEqual([0.01, 0.01, 0.001, 0.001, 0.001])
    const scheduled = sgd({ learningRate: (step) => 1 / (step + 1) })
    const parameter = new Parameter(tensor([1], undefined, cpu64))
    expect(rate(scheduled)).toBe(1)
    scheduled.step([parameter], [tensor([0.5], undefined, cpu64)])
    expect(parameter.item()).toBe(0.5)
    expect(rate(scheduled)).toBe(1 / 2)
  })

  it('keeps the state of each parameter apart, in whatever order they come', () => {
    const [a, b, alone] = [tableOf(), tableOf(), tableOf()]
    const [optimizer, other] = [adam(), adam()]
    const gradient = (step: number, name: string) => tensor(draw(ROWS * WIDTH, `${name} ${step}`), [ROWS, WIDTH], cpu64)
    for (let step = 0; step < 6; step++) {
      if (step % 2 === 0) optimizer.step([a, b], [gradient(step, 'a'), gradient(step, 'b')])
      else optimizer.step([b, a], [gradient(step, 'b'), gradient(step, 'a')])
      other.step([alone], [gradient(step, 'a')])
    }
    expect(a.values).toEqual(alone.values)
    expect(b.values).not.toEqual(a.values)
  })

  it.each([
    ['too few gradients', [], 'sgd: expected 1 gradients but got 0'],
    [
      'a gradient of another shape',
      [tensor([[1, 2, 3]], undefined, cpu64)],
      'sgd: expected gradient 0 of shape (6×3) but got (1×3)',
    ],
    [
      'a sparse gradient of another table',
      [new RowSparse(tensor([[1, 2, 3]], undefined, cpu64), ids([0], undefined, cpu64), 7)],
      'sgd: expected gradient 0 of shape (6×3) but got (7×3)',
    ],
  ])('refuses %s, and moves nothing', (_, gradients, message) => {
    const parameter = tableOf()
    const before = parameter.values.slice()
    const optimizer = sgd({ learningRate: 1 })
    expect(() => optimizer.step([parameter], gradients)).toThrow(new RangeError(message))
    expect(parameter.values).toEqual(before)
    expect(optimizer.steps).toBe(0)
  })

  it('refuses before anything moves, though the first gradient fits', () => {
    const [first, second] = [tableOf(), tableOf()]
    const fits = tensor(draw(ROWS * WIDTH, 'g'), [ROWS, WIDTH], cpu64)
    expect(() => adam().step([first, second], [fits, tensor([1], undefined, cpu64)])).toThrow(RangeError)
    expect(first.values).toEqual(tableOf().values)
  })

  it('counts a step that is recorded each time it runs, and keeps state that outlives the recording', () => {
    const runs: (() => void)[] = []
    const captured: Held[] = []
    const recorder: Recorder = {
      ...cpu64,
      name: 'recorder',
      kernels: { adam: () => undefined },
      capture(held) {
        captured.push(held)
        return held.buffer
      },
      eachRun: (run) => runs.push(run),
      below: () => undefined,
      within: () => undefined,
    }
    const parameter = tableOf()
    const before = parameter.values.slice()
    const optimizer = adam({ learningRate: (step) => 1 / (step + 1) })
    const gradient = tensor(draw(ROWS * WIDTH, 'g'), [ROWS, WIDTH], cpu64)
    recordOn(recorder, () => {
      optimizer.step([parameter], [gradient])
    })
    expect(parameter.values).toEqual(before)
    expect([optimizer.steps, rate(optimizer), runs.length]).toEqual([0, 1, 1])
    runs[0]()
    runs[0]()
    expect([optimizer.steps, rate(optimizer)]).toEqual([2, 1 / 3])
    const state = captured.filter((held) => held !== parameter && held !== gradient)
    expect(state.map((held) => held instanceof Parameter && held.trainable)).toEqual([false, false])
    for (const { backend, buffer } of state) expect([backend, buffer.length]).toEqual([cpu64, ROWS * WIDTH])
    // The step after the recording, which is the third one, finds the same state.
    optimizer.step([parameter], [gradient])
    const expected = gradient.values.map((g, at) => {
      const [m, v] = [(0.1 * g) / (1 - 0.9 ** 3), (0.001 * g * g) / (1 - 0.999 ** 3)]
      return before[at] - (1 / 3) * (m / (Math.sqrt(v) + 1e-8))
    })
    parameter.values.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 10))
    expect(state[0].buffer).toEqual(gradient.values.map((g) => (1 - 0.9) * g))
  })
})
