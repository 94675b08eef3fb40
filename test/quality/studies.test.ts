/** What studies say of made-up runs: papers' shapes that are there, that are not, and that one seed leaves open. */
import { describe, expect, it } from 'vitest'
import { METRIC_DIRECTIONS } from '../../src/metrics.ts'
import { STUDIES } from '../../bench/quality/studies/index.ts'
import { keyOf } from '../../bench/quality/store.ts'
import type { Run } from '../../bench/quality/setting.ts'
import type { Study } from '../../bench/quality/study.ts'
import { summarize } from '../../bench/quality/summary.ts'
import { every, some } from '../../bench/quality/words.ts'
import { run } from './madeUp.ts'

const study = (name: string): Study => STUDIES.find((one) => one.name === name)!

/** Gains by cell and measure on top of 0.7 for everyone, with a little noise that is alike for all of a seed. */
type Gains = Readonly<Record<string, readonly number[]>>

const runsOf = ({ settings }: Study, gains: Gains, seeds = 3): readonly Run[] =>
  settings.flatMap(({ name, measures, cells }) =>
    cells.flatMap((cell) =>
      Array.from({ length: seeds }, (_, seed) =>
        run(
          name,
          cell.name,
          seed,
          Object.fromEntries(
            measures.map((measure, place) => {
              const gain = (gains[cell.name]?.[place] ?? 0) * (1 + 0.01 * seed)
              return [measure.name, 0.7 + 0.01 * seed + (METRIC_DIRECTIONS[measure.metric] === 'lower' ? -gain : gain)]
            }),
          ),
        ),
      ),
    ),
  )

const says = (name: string, gains: Gains, seeds?: number): string =>
  study(name).finding(summarize(study(name), runsOf(study(name), gains, seeds)))

describe('kuairand', () => {
  it('says that the shape is there', () => {
    const text = says('kuairand', { 'shared-bottom': [-0.01, -0.02], ple: [0.004, 0.001], mmoe: [0.002, 0] })
    expect(text).toContain('The shape of the PLE paper is reproduced: shared-bottom loses')
    expect(text).toContain('On VTR (AUC), MMoE (+0.0020 ±.0000) and PLE (+0.0040 ±.0001) gain;')
    expect(text).toContain('shared-bottom (−0.0101 ±.0002) loses.')
    expect(text).not.toContain('NOT')
  })

  it('says plainly that it is not', () => {
    const text = says('kuairand', { ple: [0.01, -0.01] })
    expect(text).toContain(
      'The shape of the PLE paper is NOT reproduced: it is not so here that shared-bottom loses against single-task ' +
        'learning on at least one task, nor that PLE gains on both tasks or ties within the interval.',
    )
    expect(text).not.toContain('is reproduced')
  })

  it('says which part of it is there', () => {
    const text = says('kuairand', { ple: [0.01, 0] })
    expect(text).toContain('NOT reproduced: it is not so here that shared-bottom loses')
    expect(text).toContain('What is as in the PLE paper: PLE gains on both tasks or ties within the interval.')
  })

  it('concludes nothing from one seed', () => {
    const text = says('kuairand', { 'shared-bottom': [-0.1, -0.1] }, 1)
    expect(text).toMatch(/^It is one seed/)
    expect(text).toContain('Left open by these runs: whether shared-bottom loses')
    expect(text).not.toMatch(/reproduced/)
  })
})

describe('weights', () => {
  it('says that weights of few bits cost next to nothing, and that they do', () => {
    const text = says('weights', { bfloat16: [0.0001, 0], int8: [-0.002, 0] })
    expect(text).toContain('The AUC of VTR in bfloat16 is within 0.0005 of float32: +0.0001 ±.0000.')
    expect(text).toContain('The AUC of VTR in int8 is NOT within 0.0005 of float32: −0.0020 ±.0000.')
  })
})

describe('others', () => {
  it('esmm holds ESMM against BASE', () => {
    expect(says('esmm', { esmm: [0.02, 0.03] })).toContain('The shape of the ESMM paper is reproduced')
    expect(says('esmm', { naive: [0.02, 0.03] })).toContain('The shape of the ESMM paper is NOT reproduced')
  })

  it('census holds PLE and MMoE against their own papers', () => {
    const text = says('census', { ple: [0.008, 0.002], mmoe: [-0.005, 0], 'shared-bottom': [-0.004, -0.002] })
    expect(text).toContain('The shape of the PLE paper is reproduced: PLE gains on both tasks.')
    expect(text).toContain(
      'The shape of the MMoE paper is NOT reproduced: it is not so here that MMoE gains on income. ' +
        'What is as in the MMoE paper: shared-bottom loses on both tasks.',
    )
  })

  it('census3 tells of all three tasks', () => {
    const text = says('census3', { mmoe: [0, 0, 0.002] })
    expect(text).toContain('On college (AUC), MMoE (+0.0020 ±.0000) gains')
    expect(text).toContain('NOT reproduced: it is not so here that shared-bottom loses on college')
  })

  it('education tells of the task of classes by each of its metrics', () => {
    const text = says('education', { ple: [0, 0, 0.002, 0.001, 0.003], 'shared-bottom': [-0.002, 0, 0, 0, 0] })
    expect(text).toContain('On education (AUC), PLE (+0.0020 ±.0000) gains')
    expect(text).toContain('On education (accuracy), PLE')
    expect(text).toContain('The shape of the PLE paper is reproduced: PLE loses on no task')
    expect(says('education', { ple: [0, 0, 0, 0, -0.003] })).toContain('it is not so here that PLE loses on no task')
  })

  it('seesaw tells of both data sets', () => {
    const there = says('seesaw', { mmoe: [0.01, -0.01], ple: [0.01, 0.01] })
    expect(there.match(/figure is reproduced/g)).toHaveLength(2)
    expect(says('seesaw', { ple: [0.01, 0.01] }).match(/NOT reproduced/g)).toHaveLength(2)
  })
})

describe('every and some', () => {
  it('know as soon as one verdict decides, and else not before all are known', () => {
    const gains = (verdict: string): boolean => verdict === 'gains'
    expect([every(['gains', undefined], gains), every(['loses', undefined], gains)]).toEqual([undefined, false])
    expect([some(['gains', undefined], gains), some(['loses', undefined], gains)]).toEqual([true, undefined])
    expect([every(['gains'], gains), some(['ties'], gains)]).toEqual([true, false])
  })
})

describe.each(STUDIES.map((one) => [one.name, one] as const))('%s', (_, { settings, asks, name }) => {
  it('has names that are unique, twins that are there and labels that fit', () => {
    expect(asks.length).toBeLessThan(110)
    expect(name).toMatch(/^[\w-]{1,11}$/)
    expect(new Set(settings.map((one) => one.name)).size).toBe(settings.length)
    for (const { cells, measures, published = [] } of settings) {
      const names = cells.map((cell) => cell.name)
      expect(new Set(names).size).toBe(names.length)
      expect(new Set(cells.map((cell) => keyOf('', cell, 1))).size).toBe(cells.length)
      for (const { label } of cells) expect(label.length).toBeLessThanOrEqual(14)
      for (const { label, twin } of measures) {
        expect(label.length).toBeLessThanOrEqual(13)
        expect(names).toContain(twin)
      }
      for (const paper of published) {
        expect(paper.name.length).toBeLessThanOrEqual(12)
        expect(names).toEqual(expect.arrayContaining(Object.keys(paper.figures)))
      }
    }
  })
})
