/** What becomes of NaN, zeros, infinities and numbers at the ends of float32, on every backend that needs no device. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  abs,
  argmax,
  binaryCrossEntropy,
  clip,
  cpu,
  cpu64,
  denseRelu,
  elu,
  gelu,
  gradients,
  ids,
  leakyRelu,
  logSumExp,
  max,
  maximum,
  min,
  minimum,
  norm,
  relu,
  reshape,
  scatterAdd,
  segmentMax,
  softplus,
  stream,
  sum,
  tensor,
  uniform,
} from '../../../src/index.ts'
import type { Backend, Tensor } from '../../../src/index.ts'
import { gpujs } from '../../../src/gpujs.ts'
import type { GpujsBackend } from '../../../src/gpujs.ts'
import { everyVariant } from '../../kernels/wasm/variants.ts'

const [simd, relaxed] = everyVariant()
const AT_HAND = { cpu, cpu64, simd, relaxed } as const
const devices: Partial<Record<'gpujs cpu' | 'gpujs webasm', GpujsBackend>> = {}

beforeAll(async () => {
  devices['gpujs cpu'] = await gpujs({ mode: 'cpu' })
  devices['gpujs webasm'] = await gpujs({ mode: 'webasm' })
})
afterAll(() => Promise.all(Object.values(devices).map((device) => device.release())))

type Name = keyof typeof AT_HAND | keyof typeof devices
const NAMES: readonly Name[] = ['cpu', 'cpu64', 'simd', 'relaxed', 'gpujs cpu', 'gpujs webasm']
const backendOf = (name: Name): Backend => ({ ...AT_HAND, ...devices })[name]!

/** The gradient of Σf at these numbers. */
const slopes = async (f: (x: Tensor) => Tensor, numbers: readonly number[], on: Backend): Promise<number[]> => {
  const x = tensor([...numbers], [numbers.length], on)
  return [...(await gradients(sum(f(x)), [x])[0].read())]
}

const beside = (on: Backend, ...numbers: number[]): Tensor => tensor(numbers, [numbers.length], on)

describe.each(NAMES)('on %s', (name) => {
  const on = (): Backend => backendOf(name)

  it.each<[string, (x: Tensor) => Tensor]>([
    ['abs', abs],
    ['relu', relu],
    ['leakyRelu', leakyRelu],
    ['elu', elu],
    ['gelu', gelu],
    ['softplus', softplus],
    ['clip', (x) => clip(x, { min: -1, max: 1 })],
    ['maximum', (x) => maximum(x, 0)],
    ['minimum', (x) => minimum(x, 0)],
    ['max', (x) => max(x)],
    ['min', (x) => min(x)],
    ['logSumExp', logSumExp],
    ['norm', norm],
    ['segmentMax', (x) => segmentMax(reshape(x, [1, 1]), ids([0], [1], x.backend), { v: 1 })],
  ])('%s of NaN is NaN, and no rule makes its gradient 0', async (_, f) => {
    const y = f(beside(on(), NaN))
    expect((await y.read())[0]).toBeNaN()
    expect((await slopes(f, [NaN], on()))[0]).not.toBe(0)
  })

  it('a layer’s unit that is NaN is not a unit that is off', async () => {
    const x = tensor([[NaN, 1]], undefined, on())
    const w = tensor([[1], [1]], undefined, on())
    const y = denseRelu(x, w, beside(on(), 0))
    expect([...(await gradients(sum(y), [x])[0].read())]).toEqual([1, 1])
  })

  it('relu is 0 at either zero, and so is its gradient', async () => {
    const y = [...(await relu(beside(on(), -0, 0)).read())]
    expect(y.map((value) => 1 / value)).toEqual([Infinity, Infinity])
    expect(await slopes(relu, [-0, 0], on())).toEqual([0, 0])
  })

  it('argmax finds the first NaN, and else the first of the largest', async () => {
    const rows = [
      [1, NaN, 3, NaN],
      [NaN, 1, 2, 3],
      [1, 3, 3, 2],
      [-Infinity, -Infinity, -Infinity, -Infinity],
    ]
    const found = argmax(tensor(rows, undefined, on()))
    expect([...(await found.backend.read(found.buffer))]).toEqual([1, 0, 1, 0])
  })

  it('the gradient of logSumExp adds up to 1 however large its inputs, and is 0 over −∞ alone', async () => {
    for (const [numbers, expected] of [
      [[1e5, 1e5, 1e5], 1 / 3],
      [[1e7, 1e7], 1 / 2],
      [[-1e30, -1e30], 1 / 2],
      [[-Infinity, -Infinity], 0],
    ] as const)
      for (const slope of await slopes(logSumExp, numbers, on())) expect(slope).toBeCloseTo(expected, 6)
    expect(await slopes(logSumExp, [-Infinity, 0], on())).toEqual([0, 1])
  })

  it('an infinite logit costs nothing where it is right, and everything where it is wrong', async () => {
    const z = beside(on(), Infinity, Infinity, -Infinity, -Infinity, Infinity)
    const t = beside(on(), 0, 1, 1, 0, 0.5)
    expect([...(await binaryCrossEntropy(z, t).read())]).toEqual([Infinity, 0, Infinity, 0, Infinity])
    const [byLogit] = gradients(sum(binaryCrossEntropy(z, t)), [z])
    expect([...(await byLogit.read())]).toEqual([1, 0, -1, 0, 0.5])
  })

  it.each([1e20, 1, 1e-25, 1e-30])('norm neither overflows nor vanishes at %s', async (scale) => {
    const x = beside(on(), 3 * scale, 4 * scale)
    expect((await norm(x).read())[0] / scale).toBeCloseTo(5, 5)
    const [along, across] = await slopes(norm, [3 * scale, 4 * scale], on())
    expect(along).toBeCloseTo(0.6, 6)
    expect(across).toBeCloseTo(0.8, 6)
  })

  it('norm is 0 at 0, with gradient 0', async () => {
    expect([...(await norm(beside(on(), 0, 0)).read())]).toEqual([0])
    expect(await slopes(norm, [0, 0], on())).toEqual([0, 0])
  })

  it('a uniform draw stays below its upper end', async () => {
    const last = (await uniform([906426], stream(36), {}, on()).read())[906425]
    expect(last).toBeLessThan(1)
    expect(last).toBeGreaterThanOrEqual(1 - 2 ** -24)
  })

  it('a sum of n rows into one is off by no more than n roundings of it', async () => {
    const n = 50_000
    const rows = tensor(new Float32Array(n).fill(0.1), [n, 1], on())
    const total = (await scatterAdd(rows, ids(new Int32Array(n), [n], on()), { v: 1 }).read())[0]
    const exact = n * Math.fround(0.1)
    expect(Math.abs(total - exact)).toBeLessThanOrEqual(n * 2 ** -24 * exact)
  })
})
