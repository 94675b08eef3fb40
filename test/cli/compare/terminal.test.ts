/** What `npm start` says while it trains, line by line: 80 columns, plain text where nobody watches, any task name. */
import { beforeAll, describe, expect, it } from 'vitest'
import { cut, cutStart, fold, pad, widthOf, wrap } from '../../../cli/terminal/columns.ts'
import { taskLabel } from '../../../cli/compare/labels.ts'
import { lines } from '../../../cli/compare/progress.ts'
import { study } from '../../../cli/compare/study.ts'
import type { Study } from '../../../cli/compare/study.ts'
import { terminalTable } from '../../../cli/compare/table.ts'
import { whyTable } from '../../../cli/compare/whyTable.ts'
import { renamed } from './renamed.ts'
import { tinyFeed } from './tinyFeed.ts'

let two: Study

beforeAll(async () => {
  const models = ['single-task', 'shared-bottom']
  two = await study(tinyFeed(), {
    models,
    strategy: 'fixedWeights',
    seeds: [1, 2],
    epochs: 2,
    batchSize: 64,
    compiled: true,
  })
})

/** All lines of a study in a pipe, as it would have told them. */
function told(done: Study): readonly string[] {
  const written: string[] = []
  const watcher = lines(done.tasks, done.settings, (line) => written.push(line))
  for (const run of done.runs) {
    watcher.onStart?.(run)
    for (const record of run.history.epochs) watcher.onEpoch?.(record)
    watcher.onEnd?.(run)
  }
  return [...written, terminalTable(done), whyTable(done)].join('\n').split('\n')
}

/** Control characters but for the end of a line, and what turns the direction of text. */
const STEERING = /[^\P{Cc}\n]|\u202e/u

describe('columns', () => {
  it('are two of an East Asian sign or an emoji, and one of a letter with its accents', () => {
    expect(['click', '点击', 'クリック', '클릭', '👍🏽', 'é', 'नि', '（'].map(widthOf)).toEqual([5, 4, 8, 4, 2, 1, 1, 2])
  })

  it('are kept to by cutting, whole signs only', () => {
    expect([cut('click', 5), cut('click', 4), cut('点击点击', 6), cut('点击点击', 4)]).toEqual([
      'click',
      'cli…',
      '点击…',
      '点…',
    ])
    expect([cutStart('a.b.c', 4), cutStart('点击点击', 4), pad('点击', 6)]).toEqual(['…b.c', '…击', '点击  '])
  })

  it('are 80: what is more goes to lines of its own', () => {
    expect(fold(['a'.repeat(40), 'b'.repeat(38), 'c'], { indent: 2 })).toBe(`${'a'.repeat(40)}  ${'b'.repeat(38)}\n  c`)
    expect(wrap(`${'word '.repeat(16)}word`)).toBe(`${'word '.repeat(15)}word\nword`)
  })
})

describe('progress in a pipe', () => {
  it('is plain text of at most 80 columns: a line for an epoch of two tasks', () => {
    const all = told(two)
    for (const line of all) expect(widthOf(line), line).toBeLessThanOrEqual(80)
    expect(all.join('\n')).not.toMatch(STEERING)
    expect(all.filter((line) => line.includes('epoch 1/2'))).toHaveLength(4)
    expect(all[1]).toMatch(
      /^ {2}epoch 1\/2 {2}VTR loss 0\.\d{4} AUC 0\.\d{4} {2}VCR loss 0\.\d{4} MSE 0\.\d{4} {2}[\d.]+ s$/,
    )
  })

  it.each([
    [
      'of many letters',
      ['a_task_of_a_very_long_name_that_goes_on_and_on', 'another_one_that_goes_on_for_as_long_as_that'],
    ],
    ['of broad signs', ['点击率点击率点击率点击率', '観看完成率観看完成率観看完成率']],
    ['that steer a terminal', ['\u001b[31mred\u001b[2J', 'two\nlines\r\u202e']],
  ])('keeps to 80 columns with names %s', (_, names) => {
    const all = told(renamed(two, names))
    for (const line of all) expect(widthOf(line), line).toBeLessThanOrEqual(80)
    expect(all.join('\n')).not.toMatch(STEERING)
    expect(all.filter((line) => line.includes('epoch 1/2'))).toHaveLength(4)
  })
})

it('leaves names of any script as they are, but for signs that steer', () => {
  expect(['点击', 'نقر', 'ctr.v2', '<b>"&', 'two\nlines'].map(taskLabel)).toEqual([
    '点击',
    'نقر',
    'ctr.v2',
    '<b>"&',
    'two\ufffdlines',
  ])
})
