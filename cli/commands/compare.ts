/** `compare`: the zoo, and strategies, over seeds on the table of plegrad.json, with a report. It refuses rows that are not held out. */
import { basename } from 'node:path'
import { fitOptionsOf, tasksOf } from '../config/build.ts'
import { readConfig } from '../config/read.ts'
import type { Config } from '../config/read.ts'
import { compared } from '../compare/compared.ts'
import type { Feed } from '../compare/feed.ts'
import { BASELINE, UNDER } from '../compare/labels.ts'
import { FIVE, entrantOf, zooOf } from '../compare/models.ts'
import { originOf } from '../compare/origin.ts'
import type { Settings } from '../compare/study.ts'
import { partsOf, withTable } from '../data.ts'
import { interruptible } from '../terminal/interrupt.ts'
import { printing } from '../terminal/print.ts'
import { EXIT } from '../told.ts'

export interface CompareOptions {
  readonly config: string
  readonly models?: readonly string[]
  readonly strategies?: readonly string[]
  readonly seeds: number
  readonly epochs?: number
  readonly report: string
  readonly json?: true
}

/** What the table is called in a report. */
function nameOf({ from }: Config): string {
  const files = typeof from === 'string' ? [from] : Array.isArray(from) ? from : Object.keys(from ?? {})
  const [first, ...more] = files.map((file) => basename(String(file)))
  return first === undefined ? 'a query' : more.length === 0 ? first : `${first} and ${more.length} more`
}

/** All parts of the table, as a comparison needs them. */
async function feedOf(file: ReturnType<typeof readConfig>): Promise<Feed> {
  const { config, about } = file
  const tasks = tasksOf(config)
  await about('tasks', () => {
    if (Object.keys(tasks).length < 2)
      throw new RangeError(
        'compare: expected tasks of at least two but got one: because it tells what tasks gain from each other',
      )
  })
  const { features, training, validation, test } = await withTable(file, [], (table) => partsOf(file, table))
  return about('split', () => {
    if (!validation || !test)
      throw new RangeError(
        `compare: expected split with rows for validation and test but got none for ${validation ? 'test' : 'validation'}: because epochs are chosen on the ones, and models compared on the others`,
      )
    return { name: nameOf(config), tasks, features, train: training, validation, test }
  })
}

/** Whether the second task happens only where the first does, as ESMM has it. */
function isFunnel({ tasks, train, validation, test }: Feed): boolean {
  const [first, second] = Object.keys(tasks)
  return (
    Object.values(tasks).length === 2 &&
    Object.values(tasks).every((type) => type === 'binary') &&
    [train, validation, test].every(({ labels }) => labels[second].every((label, row) => !(label > labels[first][row])))
  )
}

/** Who competes: the models and, of plegrad.json's own or else the last of them, every strategy that is asked for. */
function settingsOf({ model, training = {} }: Config, feed: Feed, options: CompareOptions): Settings {
  const { strategy = 'fixedWeights', seed = 1, epochs = 1, batchSize = 256 } = training
  const zoo = zooOf(model, Object.keys(feed.tasks).length)
  const own = entrantOf(model)
  const usual = [...FIVE, own, ...(isFunnel(feed) ? ['esmm'] : [])]
  const models = options.models ?? Object.keys(zoo).filter((name) => usual.includes(name))
  const under = own !== BASELINE && models.includes(own) ? own : models[models.length - 1]
  const others = (options.strategies ?? []).filter(
    (name) => name !== (typeof strategy === 'string' ? strategy : strategy.kind),
  )
  const entrants = {
    ...Object.fromEntries(models.map((name) => [name, zoo[name]])),
    ...Object.fromEntries(others.map((name) => [`${under}${UNDER}${name}`, { ...zoo[under], strategy: name }])),
  }
  return {
    models: Object.keys(entrants),
    entrants,
    strategy,
    seeds: Array.from({ length: options.seeds }, (_, index) => seed + index),
    epochs: options.epochs ?? epochs,
    batchSize,
    compiled: true,
    training,
  }
}

export async function compare(options: CompareOptions): Promise<number> {
  const print = printing(options.json === true)
  const file = readConfig(options.config)
  // What the file says of training is looked at before a table is read.
  await file.about('training', () => fitOptionsOf(file.config))
  const signal = interruptible()
  const feed = await feedOf(file)
  const settings = settingsOf(file.config, feed, options)
  const origin = originOf(['plegrad', ...process.argv.slice(2)])
  const { report } = options
  const done = await file.about('model', () => compared(feed, settings, { print, origin, report, signal }))
  print.json({ ...(done.runs.length > 0 && { report }), origin, ...done })
  return done.aborted ? EXIT.interrupted : EXIT.done
}
