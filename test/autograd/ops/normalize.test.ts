/** Normalisation, the exact GELU and the squared error: plain expressions, each against its definition. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchNorm, gelu, layerNorm, normalize, squaredError } from '../../../src/autograd/index.ts'
import { tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { shapes, tensors } from '../../../src/testing.ts'
import { holds, smallShapes, valueAt } from '../naive.ts'
import type { Claim } from '../naive.ts'
import { seedOfRun } from '../../laws/everyOp.ts'

const seed = seedOfRun()
const EPSILON = 0.1

/** (x − mean)/√(variance + ε) of x among its peers. */
const standard = (x: number, peers: readonly number[]): number => {
  const centre = peers.reduce((sum, peer) => sum + peer, 0) / peers.length
  const variance = peers.reduce((sum, peer) => sum + (peer - centre) ** 2, 0) / peers.length
  return (x - centre) / Math.sqrt(variance + EPSILON)
}

/** Φ(x) by Simpson's rule from 0, in steps of a thousandth. */
const normalDistribution = (x: number): number => {
  const steps = 2 * Math.ceil(Math.abs(x) * 500) + 2
  const width = x / steps
  let area = 0
  for (let step = 0; step <= steps; step++)
    area += (step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2) * Math.exp(-((step * width) ** 2) / 2)
  return 0.5 + (area * width) / 3 / Math.sqrt(2 * Math.PI)
}

describe('batchNorm', () => {
  it('normalises each column by the whole batch, then scales and shifts it', () => {
    const claim = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }))
      .chain(([b, d]) => fc.tuple(tensors([b, d]), tensors([d]), tensors([d])))
      .map(([x, scale, shift]): Claim => {
        const [b] = x.shape
        const value = ([row, column]: readonly number[]): number => {
          const peers = Array.from({ length: b }, (_, other) => valueAt(x, [other, column]))
          return standard(valueAt(x, [row, column]), peers) * scale.values[column] + shift.values[column]
        }
        const f = (...[moved, by, to]: Tensor[]): Tensor => batchNorm(moved, by, to, { epsilon: EPSILON })
        return { f, inputs: [x, scale, shift], shape: x.shape, value }
      })
    holds(claim, seed)
  })

  it('of one row is the shift alone', () => {
    const [x, scale, shift] = [tensor([[5, -7]]), tensor([2, 2]), tensor([0.5, 0.25])]
    expect([...batchNorm(x, scale, shift).values]).toEqual([0.5, 0.25])
  })
})

describe('layerNorm', () => {
  it('normalises each row by itself, whatever leads', () => {
    const claim = fc
      .tuple(smallShapes(0, 2), fc.integer({ min: 1, max: 7 }))
      .chain(([leading, d]) => fc.tuple(tensors([...leading, d]), tensors([d]), tensors([d])))
      .map(([x, scale, shift]): Claim => {
        const d = scale.size
        const value = (position: readonly number[]): number => {
          const row = position.slice(0, -1)
          const column = position[position.length - 1]
          const peers = Array.from({ length: d }, (_, other) => valueAt(x, [...row, other]))
          return standard(valueAt(x, position), peers) * scale.values[column] + shift.values[column]
        }
        const f = (...[moved, by, to]: Tensor[]): Tensor => layerNorm(moved, by, to, { epsilon: EPSILON })
        return { f, inputs: [x, scale, shift], shape: x.shape, value }
      })
    holds(claim, seed)
  })
})

describe('normalize', () => {
  it('takes statistics from wherever they come', () => {
    const [zero, one] = [tensor([0]), tensor([1])]
    const y = normalize(tensor([[6], [10]]), { mean: tensor([6]), variance: tensor([3]) }, one, zero, { epsilon: 1 })
    expect([...y.values]).toEqual([0, 2])
  })
})

describe('gelu', () => {
  it('is x·Φ(x), and not its tanh approximation', () => {
    const claim = shapes({ maxRank: 2 })
      .chain((shape) => tensors(shape, { min: -3, max: 3 }))
      .filter(({ size }) => size <= 100)
      .map((x): Claim => {
        const value = (position: readonly number[]): number =>
          valueAt(x, position) * normalDistribution(valueAt(x, position))
        return { f: gelu, inputs: [x], shape: x.shape, value }
      })
    holds(claim, seed)
  })
})

describe('squaredError', () => {
  it('is (p − t)², element by element', () => {
    const claim = smallShapes(0, 3)
      .chain((shape) => fc.tuple(tensors(shape), tensors(shape)))
      .map(([p, t]): Claim => ({
        f: squaredError,
        inputs: [p, t],
        shape: p.shape,
        value: (position) => (valueAt(p, position) - valueAt(t, position)) ** 2,
      }))
    holds(claim, seed)
  })
})
