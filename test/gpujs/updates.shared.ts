/** What moves and what moves about: optimizers over whole tables and over rows, merged rows, long lists of parts, coins. */
import { describe, expect, it } from 'vitest'
import { cpu, kernelsOf } from '../../src/kernels/index.ts'
import { draw } from './draw.ts'
import type { Given } from './given.ts'

const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1 }
const FTRL = { learningRate: 0.1, l1: 0.01, l2: 0.02, l2Shrinkage: 0.001, beta: 1 }

/** Each optimizer with its options at step t, and how many memories it has. */
const OPTIMIZERS = {
  sgd: { memories: 1, options: () => ({ learningRate: 0.1, momentum: 0, nesterov: false }) },
  'sgd, momentum': { memories: 1, options: () => ({ learningRate: 0.1, momentum: 0.9, nesterov: false }) },
  'sgd, Nesterov': { memories: 1, options: () => ({ learningRate: 0.1, momentum: 0.9, nesterov: true }) },
  adagrad: { memories: 1, options: () => ({ learningRate: 0.1, epsilon: 1e-7 }) },
  adam: {
    memories: 2,
    options: (t: number) => ({ ...ADAM, correction1: 1 - ADAM.beta1 ** t, correction2: 1 - ADAM.beta2 ** t }),
  },
  ftrl: { memories: 2, options: () => ({ ...FTRL, learningRatePower: -0.5 }) },
  'ftrl, power': { memories: 2, options: () => ({ ...FTRL, learningRatePower: -0.3 }) },
} as const

type Kernel = (...args: readonly unknown[]) => void

const STEPS = 20
const [V, D, L2] = [6, 3, 0.01]
/** Of the six rows three move, and one gradient is nobody's. */
const ROWS = Int32Array.of(4, -1, 0, 2)

export const updates = (given: Given): void => {
  const verbOf = (kernels: object, verb: string): Kernel => (kernels as Record<string, Kernel>)[verb]
  const put = (values: Float32Array) => {
    const buffer = given().allocate(values.length)
    given().write(buffer, values)
    return buffer
  }
  const putIds = (values: Int32Array) => {
    const buffer = given().allocateIds(values.length)
    given().writeIds(buffer, values)
    return buffer
  }
  const expectClose = (got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void => {
    expect(got.length).toBe(expected.length)
    Array.from(expected).forEach((value, at) => {
      expect(Math.abs(got[at] - value), `element ${at}: ${got[at]} for ${value}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(value)),
      )
    })
  }

  describe.each(Object.entries(OPTIMIZERS))('%s', (name, { memories, options }) => {
    const [verb] = name.split(',')
    it.each([null, ROWS])(`takes ${STEPS} steps as the CPU does, rows: %s`, async (rows) => {
      const count = rows ? rows.length : V
      const start = verb === 'ftrl' ? 0.1 : 0
      const here = [draw(V * D, 1), ...Array.from({ length: memories }, () => new Float32Array(V * D).fill(start))]
      const there = here.map((values) => put(values))
      const ids = rows && putIds(rows)
      for (let step = 1; step <= STEPS; step++) {
        const gradient = draw(count * D, 10 + step)
        const run = (kernels: object, [parameter, ...state]: readonly unknown[], g: unknown, at: unknown): void => {
          verbOf(kernels, verb)(parameter, g, ...state, at, count, D, L2, options(step))
        }
        run(kernelsOf(cpu), here, gradient, rows)
        run(given().kernels, there, put(gradient), ids)
      }
      for (const [index, values] of here.entries()) expectClose(await given().read(there[index]), values, 2e-5)
      if (rows) expect((await given().read(there[0]))[1 * D]).toBe(draw(V * D, 1)[1 * D])
    })
  })

  it('moving averages follow', async () => {
    const [average, value] = [draw(5, 1), draw(5, 2)]
    const there = put(average)
    given().kernels.movingAverage(there, put(value), 5, 0.001)
    kernelsOf(cpu).movingAverage(average, value, 5, 0.001)
    expectClose(await given().read(there), average, 1e-7)
  })

  it('rows of equal id are merged, from columns of wider rows', async () => {
    const [b, d, stride, start, size] = [7, 2, 5, 1, 16]
    const ids = Int32Array.of(3, 1, 3, -1, 1, 0, -1)
    const rows = draw(b * stride, 1)
    const expected = { merged: new Float32Array(b * d), leaders: new Int32Array(b) }
    const { merged, leaders } = expected
    kernelsOf(cpu).mergeRows(rows, ids, merged, leaders, new Int32Array(size), b, d, stride, start, size)
    const backend = given()
    const [out, first, room] = [backend.allocate(b * d), backend.allocateIds(b), backend.allocateIds(size)]
    backend.kernels.mergeRows(put(rows), putIds(ids), out, first, room, b, d, stride, start, size)
    expectClose(await backend.read(out), merged)
    expect([...(await backend.read(first))]).toEqual([...leaders])
  })

  it('ids of padding become nobody’s', async () => {
    const out = given().allocateIds(4)
    given().kernels.presentIds(putIds(Int32Array.of(3, 0, 7, 0)), out, 4)
    expect([...(await given().read(out))]).toEqual([3, -1, 7, -1])
  })

  it('rows of a table are read by their ids, repeated ones, the last one and none too', async () => {
    const [v, d] = [1000, 9]
    const table = draw(v * d, 1)
    const ids = Int32Array.of(999, 0, -1, 7, 7, 500, 999)
    const expected = new Float32Array(ids.length * d)
    kernelsOf(cpu).gather(table, ids, expected, ids.length, d)
    const out = given().allocate(expected.length)
    given().kernels.gather(put(table), putIds(ids), out, ids.length, d)
    expect(await given().read(out)).toEqual(expected)
  })

  it.each([1, 7, 8, 20])('%i parts become one, wide and narrow and empty ones', async (count) => {
    const widths = Array.from({ length: count }, (_, e) => (e * 3) % 5)
    const parts = widths.map((width, e) => draw(3 * width * 2, e + 1))
    const whole = new Float32Array(3 * widths.reduce((sum, width) => sum + width, 0) * 2)
    kernelsOf(cpu).concat(parts, whole, 3, widths, 2)
    const out = given().allocate(whole.length)
    given().kernels.concat(parts.map(put), out, 3, widths, 2)
    expect(await given().read(out)).toEqual(whole)
  })

  it.each([1, 5, 6, 17])('a gate hears %i experts', async (e) => {
    const [b, d] = [4, 3]
    const weights = draw(b * e, 1)
    const experts = Array.from({ length: e }, (_, index) => draw(b * d, 2 + index))
    const [mixed, dots] = [new Float32Array(b * d), new Float32Array(b * e)]
    kernelsOf(cpu).mix(weights, experts, mixed, b, e, d)
    kernelsOf(cpu).mixDot(mixed, experts, dots, b, e, d)
    const [out, products] = [given().allocate(b * d), given().allocate(b * e)]
    given().kernels.mix(put(weights), experts.map(put), out, b, e, d)
    given().kernels.mixDot(out, experts.map(put), products, b, e, d)
    expectClose(await given().read(out), mixed)
    expectClose(await given().read(products), dots)
  })

  it('coins are those of the CPU', async () => {
    const x = draw(1000, 1)
    const kept = new Float32Array(1000)
    kernelsOf(cpu).dropout(x, kept, 1000, 0.3, 7, 11)
    const out = given().allocate(1000)
    given().kernels.dropout(put(x), out, 1000, 0.3, 7, 11)
    expectClose(await given().read(out), kept, 1e-6)
  })

  it('a long sum is as exact as its pieces', async () => {
    const x = draw(100_000, 1).map((value) => value + 1)
    const out = given().allocate(1)
    given().kernels.sum(put(x), out, 1, 100_000, 1)
    const exact = x.reduce((total, value) => total + value, 0)
    expectClose(await given().read(out), [exact], 1e-6)
  })

  it('an axis of many pieces has its largest, smallest and first largest', async () => {
    const x = draw(3 * 1000 * 2, 5)
    for (const verb of ['max', 'min', 'argmax', 'logSumExp', 'sum']) {
      const expected = verb === 'argmax' ? new Int32Array(6) : new Float32Array(6)
      verbOf(kernelsOf(cpu), verb)(x, expected, 3, 1000, 2)
      const out = given().allocate(6)
      verbOf(given().kernels, verb)(put(x), out, 3, 1000, 2)
      expectClose(await given().read(out), expected, 1e-5)
    }
  })
}
