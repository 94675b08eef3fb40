/** The seesaw figure on both data sets. Its runs are those of the studies `kuairand` and `census`: none is made twice. */
import type { Study } from '../study.ts'
import type { Block, Summary } from '../summary.ts'
import { deeds, every, shape, verdictOf } from '../words.ts'
import type { Claim } from '../words.ts'
import { CENSUS } from './census.ts'
import { KUAIRAND } from './kuairand.ts'

/** Gains on one task and loses on the other; undefined where a verdict is open. */
function seesaws(block: Block, cell: string): boolean | undefined {
  const verdicts = block.setting.measures.map(({ name }) => verdictOf(block, cell, name))
  if (verdicts.includes(undefined)) return undefined
  return verdicts.includes('gains') && verdicts.includes('loses')
}

function claimsOf(block: Block): readonly Claim[] {
  const others = block.setting.cells.filter(({ name }) => name !== 'single-task' && name !== 'ple')
  const known = others.map(({ name }) => seesaws(block, name))
  const ple = block.setting.measures.map(({ name }) => verdictOf(block, 'ple', name))
  return [
    {
      says: 'some model raises one task at the cost of the other',
      holds: known.includes(true) ? true : known.includes(undefined) ? undefined : false,
    },
    {
      says: 'PLE gains on both tasks or ties within the interval',
      holds: every(ple, (verdict) => verdict !== 'loses'),
    },
  ]
}

const finding = ({ blocks }: Summary): string =>
  blocks
    .map((block) => `${block.setting.name}: ${deeds(block)} ${shape('the PLE paper’s seesaw figure', claimsOf(block))}`)
    .join(' ')

export const seesaw: Study = {
  name: 'seesaw',
  title: 'The seesaw: what one task gains, and what it costs the other',
  asks: 'Where do all models stand, both tasks’ gains over single-task learning, on both data sets?',
  minutes: 5,
  seeds: 5,
  settings: [KUAIRAND, CENSUS],
  finding,
  figures: async ({ blocks }) => {
    const { seesawFigure } = await import('../figures/seesaw.ts')
    return blocks.flatMap((block) => seesawFigure(block) ?? [])
  },
  notes: [
    'Runs are shared with the studies ‘kuairand’ and ‘census’, where the data are told of.',
    'A model in the lower right or the upper left is on the seesaw: it raises one task by lowering the other.',
  ],
}
