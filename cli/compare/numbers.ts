/** A study as files of numbers: all of it as JSON, what a spreadsheet takes as CSV. They refuse to round. */
import { METRIC_DIRECTIONS, multiTaskGain } from '../../src/metrics.ts'
import type { MetricName } from '../../src/index.ts'
import { BASELINE } from './labels.ts'
import type { Origin } from './origin.ts'
import type { Run, Study } from './study.ts'

type Cell = string | number | undefined

/** By RFC 4180; what is not a number is empty. */
const cell = (value: Cell): string => {
  if (typeof value !== 'string') return Number.isFinite(value) ? String(value) : ''
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

const csv = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

const metricsOf = (scores: object): readonly (readonly [MetricName, number])[] =>
  (Object.entries(scores) as [MetricName, number][]).filter(([name]) => Object.hasOwn(METRIC_DIRECTIONS, name))

function gainOf({ runs }: Study, { model, seed, test }: Run, task: string, name: MetricName): number | undefined {
  const single = runs.find((run) => run.model === BASELINE && run.seed === seed)
  if (!single || model === BASELINE) return undefined
  return multiTaskGain(test[task][name] ?? NaN, single.test[task][name] ?? NaN, name)
}

/** A row for each model, seed, task and metric on test rows. */
export const resultsCsv = (study: Study): string =>
  csv(
    ['model', 'seed', 'task', 'metric', 'value', 'gain', 'epoch', 'parameters', 'seconds'],
    study.runs.flatMap((run) =>
      Object.keys(study.tasks).flatMap((task) =>
        metricsOf(run.test[task]).map(([name, value]) => [
          ...[run.model, run.seed, task, name, value, gainOf(study, run, task, name)],
          ...[run.history.best, run.parameters, run.seconds],
        ]),
      ),
    ),
  )

/** A row for each model, seed, epoch, task and measure: training loss and the metrics on validation rows. */
export const epochsCsv = ({ runs, tasks }: Study): string =>
  csv(
    ['model', 'seed', 'epoch', 'task', 'measure', 'value'],
    runs.flatMap(({ model, seed, history }) =>
      history.epochs.flatMap(({ epoch, losses, validation }) =>
        Object.keys(tasks).flatMap((task) => [
          [model, seed, epoch, task, 'training loss', losses[task]],
          ...metricsOf(validation?.[task] ?? {}).map(([name, value]) => [
            ...[model, seed, epoch, task, `validation ${name}`, value],
          ]),
        ]),
      ),
    ),
  )

/** What is not a number is null, since JSON has no word for it. */
export const studyJson = (study: Study, origin: Origin, indent = 0): string =>
  JSON.stringify({ origin, ...study }, null, indent)

/** A link's address that is the file itself. */
export const addressOf = (type: string, text: string): string =>
  `data:${type};charset=utf-8;base64,${Buffer.from(text, 'utf8').toString('base64')}`
