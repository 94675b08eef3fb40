/** Findings about strategies, of made-up numbers: what a strategy earned itself, and whether turns come near. */
import { describe, expect, it } from 'vitest'
import { strategies } from '../../bench/quality/studies/strategies.ts'
import { wideDeep } from '../../bench/quality/studies/wideDeep.ts'
import type { Study } from '../../bench/quality/study.ts'
import { summarize } from '../../bench/quality/summary.ts'
import { run } from './madeUp.ts'

/** What a study says where cells differ from their twin by so much in a measure, and by a little more or less with the seed. */
const says = (study: Study, shifts: Readonly<Record<string, number>>): string => {
  const runs = study.settings.flatMap(({ name, measures, cells }) =>
    cells.flatMap((cell) =>
      [1, 2, 3].map((seed) => {
        const metrics = measures.map((measure) => {
          const shift =
            (shifts[`${cell.name}, ${measure.label}`] ?? 0) + (cell.name === measure.twin ? 0 : 1e-5 * (seed - 2))
          return [measure.name, 0.5 + (measure.metric === 'mse' ? -shift : shift)] as const
        })
        return run(name, cell.name, seed, Object.fromEntries(metrics))
      }),
    ),
  )
  return study.finding(summarize(study, runs))
}

describe('a strategy', () => {
  it('earns what the same model under fixed weights does not gain', () => {
    const text = says(strategies, { 'ple-cagrad, VTR': 0.01, 'shared-bottom-uncertainty, VCR': 0.01 })
    expect(text).toContain(
      'Gains that the same model under fixed weights does not have: SB UWL on VCR and PLE CAGrad on VTR.',
    )
    expect(text).toContain('census-income: ')
    expect(text).toContain('No strategy gains where its model under fixed weights does not.')
  })

  it('earns nothing where the model gains without it', () => {
    const text = says(strategies, { 'ple-cagrad, VTR': 0.01, 'ple, VTR': 0.01 })
    expect(text).not.toContain('Gains that the same model')
  })
})

describe('training in turns', () => {
  it.each([
    [-0.0019, 'reaches the joint run’s AUC of VTR within 0.002: −0.0019'],
    [-0.0021, 'does NOT reach the joint run’s AUC of VTR within 0.002: −0.0021'],
  ])('that differs by %d', (shift, words) => {
    expect(says(wideDeep, { 'wide-deep-turns, VTR': shift })).toContain(words)
  })
})
