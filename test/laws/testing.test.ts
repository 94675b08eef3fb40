/** What `plegrad/testing` draws and reports: cases that fit, failures that shrink, and backends of any kind. */
import { kernelsOf } from '../../src/kernels/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  cpu,
  cpu64,
  gather,
  matmul,
  mix,
  mul,
  op,
  relu,
  scatterAdd,
  segmentMax,
  sigmoid,
  sub,
} from '../../src/index.ts'
import { concatMiddle, mixScale, repeat } from '../../src/autograd/index.ts'
import { sizeOf } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/index.ts'
import type { Buffer } from '../../src/kernels.ts'
import type { Argument } from '../../src/tensor/index.ts'
import { checkOp, examineOp, law, opInputs, poisoned, shapes, sizes, tensors } from '../../src/testing.ts'
import type { AnyOp } from '../../src/testing.ts'
import { device } from './device.ts'
import { everyOp, seedOfRun } from './everyOp.ts'

const seed = seedOfRun()
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns = 500): T[] => fc.sample(arbitrary, { seed, numRuns })

/** The bare shapes of arguments. */
const shapeOf = (argument: Argument): unknown => ('shape' in argument ? argument.shape : argument.map(shapeOf))

describe('sizes', () => {
  it('are those that vectorised loops stumble over, and sometimes 0', () => {
    expect([...new Set(sample(sizes(), 2000))].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33])
  })
})

describe('shapes', () => {
  it('have ranks within bounds, and few enough elements', () => {
    const drawn = sample(shapes({ minRank: 1, maxRank: 4 }))
    expect(new Set(drawn.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]))
    for (const shape of drawn) expect(sizeOf(shape)).toBeLessThanOrEqual(4096)
  })
})

describe('tensors', () => {
  it('lie in their domain, away from its kinks, and are exact in float32', () => {
    for (const { values } of sample(tensors([17], { min: -2, max: 2, away: [0, 1] }), 100))
      for (const x of values) {
        expect(Math.abs(x)).toBeLessThanOrEqual(2)
        expect(Math.min(Math.abs(x), Math.abs(x - 1))).toBeGreaterThanOrEqual(0.05)
        expect(Math.fround(x)).toBe(x)
      }
  })
})

describe('opInputs', () => {
  it.each(everyOp.map((any) => [any.op, any] as const))('draws what %s accepts', (_, any) => {
    const call = any as unknown as (...args: readonly unknown[]) => Tensor
    for (const { options, on } of sample(opInputs(any), 50))
      call(...on(cpu64), ...(Object.keys(options).length > 0 ? [options] : []))
  })

  it('draws equal axes equal, lists of one to four, and ids below their bound', () => {
    for (const { on } of sample(opInputs(mix))) {
      const [weights, experts] = on(cpu64) as [Tensor, Tensor[]]
      expect(experts.length).toBe(weights.shape[1])
      expect(experts.length).toBeGreaterThanOrEqual(1)
      expect(experts.length).toBeLessThanOrEqual(4)
    }
    for (const { on, options } of sample(opInputs(segmentMax)))
      expect((on(cpu64)[1] as Ids).bound).toBeLessThanOrEqual(options.v as number)
    const tables = sample(opInputs(gather), 3000).map(({ on }) => on(cpu64) as [Tensor, Ids])
    expect(tables.some(([table]) => table.shape[0] === 0)).toBe(true)
    for (const [table, names] of tables) expect(names.size === 0 || table.shape[0] > 0).toBe(true)
    expect(new Set(tables.map(([, names]) => names.shape.length))).toEqual(new Set([0, 1, 2, 3]))
  })

  it('draws ragged lists, free axes and attributes', () => {
    const ragged = sample(opInputs(concatMiddle)).map(({ on }) => on(cpu64)[0] as Tensor[])
    expect(ragged.some((list) => new Set(list.map(({ shape }) => shape[1])).size > 1)).toBe(true)
    expect(new Set(sample(opInputs(repeat)).map(({ options }) => options.m)).size).toBeGreaterThan(5)
    expect(new Set(sample(opInputs(mixScale)).map(({ options }) => options.index)).size).toBeGreaterThan(3)
  })

  it('gives every backend the same numbers, and other ones at another attempt', () => {
    for (const { on } of sample(opInputs(matmul), 50)) {
      const [here, there, again] = [on(cpu64), on(cpu), on(cpu64, { attempt: 1 })] as Tensor[][]
      expect([...there[0].values]).toEqual([...here[0].values])
      expect(again.map(shapeOf)).toEqual(here.map(shapeOf))
      if (here[0].size > 0) expect(again[0].values).not.toEqual(here[0].values)
    }
  })

  it('gives up on an op that refuses everything, with its reason', () => {
    const never = op('never', 'n -> n', { refuse: () => 'expected nothing at all', vjp: (g) => [() => g] })
    expect(() => sample(opInputs(never))).toThrow(
      'opInputs: expected draws that never accepts but got 1001 refusals: because expected nothing at all; give it `draw`',
    )
  })

  it('shows a small case in full', () => {
    const [small] = sample(
      opInputs(scatterAdd).filter(({ on }) => shapeOf(on(cpu64)[0])?.toString() === '2,1'),
      1,
    )
    expect(String(small)).toMatch(/^scatterAdd\(\(2×1\) \[[-\d.]+, [-\d.]+\], \(2\) \[-?\d+, -?\d+\], \{"v":\d+\}\)$/)
  })
})

describe('poisoned', () => {
  it('fills with NaN what it allocates, and ids out of range', () => {
    expect([...poisoned(cpu).allocate(2)]).toEqual([NaN, NaN])
    expect([...poisoned(cpu).allocateIds(2)]).toEqual([2 ** 24 - 1, 2 ** 24 - 1])
  })
})

describe('checkOp', () => {
  const swish = op('swish', '...n -> ...n', {
    means: (x) => mul(x, sigmoid(x)),
    forward: (call, [x], y, { n }) => {
      call(kernels.sigmoid, x, y, n)
      for (let j = 0; j < n; j++) (y as Float64Array)[j] *= (x as Float64Array)[j]
    },
    // σ + y·(1 − σ), with σ = sigmoid(x)
    vjp: (g, [x], y) => [() => mul(g, add(sigmoid(x), mul(y, sub(1, sigmoid(x)))))],
  })

  it('accepts an op of one’s own, and reports every law', async () => {
    const { laws, seed: used, ok } = await checkOp(swish, { cases: 30, seed })
    expect([ok, used]).toEqual([true, seed])
    expect(laws.map(({ law }) => law)).toEqual([
      'gradient of order 1',
      'gradient of order 2',
      'fused equals plain',
      'backends agree',
      'writes all of its output',
      'large inputs stay finite',
      'a wrong shape is refused',
    ])
    for (const { cases, failure } of laws) expect([cases, failure]).toEqual([30, undefined])
  })

  it('holds backends whose memory is out of reach to the reference', async () => {
    for (const any of [matmul, mix, gather, relu, concatMiddle] as AnyOp[])
      await checkOp(any, { cases: 20, seed, backends: [cpu, device] })
  })

  it('catches the fault of such a backend by its name', async () => {
    const tired = {
      ...device,
      name: 'tired',
      kernels: { ...device.kernels, relu: (x: Buffer, y: Buffer, n: number) => kernelsOf(device).neg(x, y, n) },
    }
    await expect(checkOp(relu, { seed, backends: [cpu, tired] })).rejects.toThrow(/"backends agree" .* tired is off by/)
  })

  it('refuses what is no op, what would check nothing, and options that it does not know', async () => {
    const check = checkOp as unknown as (...args: readonly unknown[]) => Promise<unknown>
    for (const [args, message] of [
      [[Math.sin], 'checkOp: expected op to be an op, as `op` declares it but got a function'],
      [[relu, { cases: 0 }], 'checkOp: expected cases to be an integer of at least 1 but got 0'],
      [[relu, { backends: [] }], 'checkOp: expected backends to be a list of at least 1'],
      [[relu, { backends: ['cpu'] }], "but got 'cpu' at position 0"],
      [[relu, { backend: cpu }], "but got 'backend', did you mean 'backends'?"],
      [[relu, { slack: 0 }], 'checkOp: expected slack to be a number in (0, ∞) but got 0'],
      [[relu, { seed: 'x' }], "checkOp: expected seed to be an integer but got 'x'"],
      [[relu, 100], 'checkOp: expected an object of options'],
    ] as const)
      await expect(check(...args)).rejects.toThrow(message)
    await expect(examineOp(relu, { laws: [] })).rejects.toThrow('checkOp: expected laws to be a list of at least 1')
  })

  it('and what it is made of refuses the like', () => {
    const [drawn, made, of, stated] = [shapes, tensors, opInputs, law] as unknown as ((...args: unknown[]) => unknown)[]
    expect(() => drawn({ minRank: -1 })).toThrow('shapes: expected minRank to be an integer of at least 0 but got -1')
    expect(() => drawn({ minRank: 2, maxRank: 1 })).toThrow('shapes: expected minRank ≤ maxRank but got 2 and 1')
    expect(() => drawn({ rank: 1 })).toThrow("shapes: expected options among minRank, maxRank but got 'rank'")
    expect(() => made([2], { low: 0, high: 1 })).toThrow("tensors: expected options among min, max, away but got 'low'")
    expect(() => made([2], { min: 0 })).toThrow('tensors: expected max to be a finite number but got undefined')
    expect(() => made(2)).toThrow('zeros: expected a shape')
    expect(() => of(Math.sin)).toThrow('opInputs: expected op to be an op')
    expect(() => stated('a law')).toThrow('law: expected check to be a function but got undefined')
    expect(sample(shapes({ minRank: 4 }), 5).every(({ length }) => length === 4)).toBe(true)
  })

  it('says of an op that knows no smooth point that it needs a domain', async () => {
    const step = op('step', '...n -> ...n', {
      domain: [{ min: 0, max: 0 }],
      forward: (call, [x], y, { n }) => call(kernels.relu, x, y, n),
      vjp: (g) => [() => g],
    })
    await expect(checkOp(step, { seed })).rejects.toThrow('all of 5 draws lie at a kink; give the op a domain')
  })
})

describe('law', () => {
  it('makes another law of any check, which runs with the others', async () => {
    const small = law('outputs are small', ({ op: any, on }) => {
      const [x] = on(cpu64) as Tensor[]
      if ((any as unknown as typeof relu)(x).values.some((y: number) => y > 1)) throw new Error('one is above 1')
    })
    const { ok, laws } = await examineOp(relu, { laws: [small], seed })
    expect(ok).toBe(false)
    expect(laws[0].failure).toMatch(
      /^relu: expected "outputs are small" to hold but it broke in case \d+ \(seed \d+\), shrunk to relu\(.*\): because one is above 1$/,
    )
  })
})
