/** A study in a few numbers: each model's test metrics and gains, as means over seeds with their spread. */
import { multiTaskGain } from '../../src/metrics.ts'
import type { MetricName, TaskType } from '../../src/index.ts'
import { BASELINE } from './labels.ts'
import { metricOf } from './metric.ts'
import { spread } from './spread.ts'
import type { Spread } from './spread.ts'
import type { Run, Study } from './study.ts'

export interface Outcome {
  readonly metric: Spread
  /** Over the single-task model of the same seed (Eq. 11); undefined for that model, and where none ran. */
  readonly gain?: Spread
  /** The same, seed by seed. */
  readonly gains?: readonly number[]
}

export interface Line {
  readonly model: string
  readonly parameters: number
  readonly seconds: Spread
  /** True where a run of it was stopped before its last epoch. */
  readonly short: boolean
  readonly tasks: Readonly<Record<string, Outcome>>
}

/** Whether no other line is better at a task by what four digits show. */
export const isBest = (line: Line, lines: readonly Line[], task: string, type: TaskType): boolean => {
  const own = line.tasks[task].metric.mean
  return lines.every(({ tasks }) => !(multiTaskGain(own, tasks[task].metric.mean, metricOf(type)) < -5e-5))
}

function outcome(task: string, metric: MetricName, own: readonly Run[], baseline: readonly Run[]): Outcome {
  const gains = own.flatMap(({ seed, test }) => {
    const single = baseline.find((run) => run.seed === seed)
    return single ? [multiTaskGain(test[task][metric], single.test[task][metric], metric)] : []
  })
  return {
    metric: spread(own.map(({ test }) => test[task][metric])),
    ...(gains.length > 0 && own !== baseline && { gain: spread(gains), gains }),
  }
}

/** A line for each model that ran, in the order asked for. */
export function summarize({ runs, tasks, settings }: Study): readonly Line[] {
  const of = Object.fromEntries(settings.models.map((model) => [model, runs.filter((run) => run.model === model)]))
  return settings.models
    .filter((model) => of[model].length > 0)
    .map((model) => ({
      model,
      parameters: of[model][0].parameters,
      seconds: spread(of[model].map(({ seconds }) => seconds)),
      short: of[model].some(({ history }) => history.stopped === 'aborted'),
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([task, type]) => [
          task,
          outcome(task, metricOf(type), of[model], of[BASELINE] ?? []),
        ]),
      ),
    }))
}
