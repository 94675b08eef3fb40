/** The problems that are measured: what makes their proofs proofs. */
import { describe, expect, it } from 'vitest'
import { FORMS, exactSample, naive, product, sample } from '../../bench/kernels/product.ts'
import { exactVerb, prepareVerb } from '../../bench/kernels/verb.ts'
import { VERBS } from '../../bench/kernels/verbs.ts'
import { agreement } from '../../bench/measure/agreement.ts'
import { STEPS, compiledStep, eagerStep, referenceOf } from '../../bench/step/ours.ts'
import { flopsOf, tell } from '../../bench/step/told.ts'
import { FEATURES, TASKS, compact, drawRows, model } from '../../bench/step/workload.ts'
import type { Size } from '../../bench/step/workload.ts'
import { cpu } from '../../src/index.ts'

const TINY: Size = { vocabulary: 50, dimension: 2, expert: [4], tower: [3], levels: 2 }

describe('a matrix product', () => {
  it('is the same in all three forms', () => {
    const extents = { m: 7, k: 5, n: 11 }
    const [plain, ...others] = FORMS.map((form) => exactSample(product(form, extents)))
    for (const other of others) expect([...other]).toEqual([...plain])
  })

  it('is proved by the naive loop in every form', () => {
    for (const form of FORMS) {
      const problem = product(form, { m: 7, k: 5, n: 11 })
      const out = new Float32Array(7 * 11)
      naive(problem, out)
      expect(agreement(sample(problem, out), exactSample(problem), 1e-6).wrong).toBeUndefined()
    }
  })

  it('notices one wrong element in a corner', () => {
    const problem = product('A·B', { m: 100, k: 3, n: 90 })
    const out = new Float32Array(100 * 90)
    naive(problem, out)
    out[out.length - 1] += 1
    expect(agreement(sample(problem, out), exactSample(problem), 1e-6).wrong).toBeDefined()
  })
})

it('every verb agrees with its reference on the CPU', () => {
  for (const verb of VERBS.filter(({ scale }) => scale <= 2 ** 14)) {
    const { run, read } = prepareVerb(verb, cpu)
    run()
    expect([verb.name, agreement(read(), exactVerb(verb), 2e-6).wrong]).toEqual([verb.name, undefined])
  }
})

describe('the model of the step', () => {
  const rows = drawRows(8, TINY.vocabulary, 0)

  it('is drawn the same each time', () => {
    expect(drawRows(8, 50, 0)).toEqual(rows)
    expect(drawRows(8, 50, 1).ids).not.toEqual(rows.ids)
    expect(rows.ids).toHaveLength(8 * FEATURES.length)
    expect(rows.labels).toHaveLength(8 * TASKS.length)
  })

  it('has a compact reference that predicts what the whole model does', () => {
    const whole = model(TINY)
    const { model: small, rows: renamed } = compact(whole, TINY, rows)
    expect(Math.max(...renamed.ids)).toBeLessThan(8)
    expect(small.embedding.tables.f0.shape).toEqual([8, 2])
  })

  it('learns compiled and eager as the reference does', async () => {
    const { told, reference } = tell(TINY, 8, 2)
    for (const contestant of [eagerStep(told, cpu), compiledStep(told, cpu)]) {
      if ('missing' in contestant) throw new Error(contestant.missing)
      expect(agreement(await contestant.prove(), reference().losses, 1e-6).wrong).toBeUndefined()
      contestant.close?.()
    }
    expect(reference().losses).toHaveLength(STEPS * TASKS.length)
  })

  it('has a reference that learns: its losses fall', () => {
    const { losses } = referenceOf(model(TINY), TINY, rows)
    expect(losses[4]).toBeLessThan(losses[0])
  })

  it('counts the operations of its products by hand', () => {
    // Level 1: 3 experts of 32×4, gates of 2, 2 and 3 × 32, and mixtures of as many × 4; level 2: 3 of 4×4, gates 2 and 2.
    const products = 3 * 32 * 4 + 7 * 32 + 7 * 4 + (3 * 4 * 4 + 4 * 4 + 4 * 4) + 2 * (4 * 3 + 3)
    expect(flopsOf(TINY, 10)).toBe(2 * 10 * products)
  })
})
