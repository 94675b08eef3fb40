/** The fuzz can find: each target is shown a fault that it must see. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { graphs } from '../program/graphs.ts'
import { fuzz } from './fuzz.ts'
import { checkProgram } from './programs.ts'
import { attempt } from './refusal.ts'
import { target } from './target.ts'
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
    const { cases, seconds, fault } = await fuzz(below(Infinity), { seed: 1, seconds: 0.05 })
    expect(fault).toBeUndefined()
    expect(seconds).toBeGreaterThan(0.05)
    expect(cases % 50).toBe(0)
    expect(cases).toBeGreaterThan(50)
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
      ...cpu.kernels,
      tanh: (x: never, out: Float32Array, n: number) => {
        cpu.kernels.tanh(x, out, n)
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
