/** Training as it happens: one bar per model in a terminal, one line per epoch anywhere else. It draws and decides nothing. */
import type { SingleBar } from 'cli-progress'
import type { EpochRecord, Scores } from '../../src/index.ts'
import { barOf, following } from '../terminal/bar.ts'
import { WIDTH, cut, fold, widthOf } from '../terminal/columns.ts'
import { amount, metric, metricLabel, seconds } from './format.ts'
import { shortLabelOf, taskLabel } from './labels.ts'
import type { Tasks } from './models.ts'
import type { Run, Settings, Watcher } from './study.ts'
import { metricOf } from './metric.ts'

type Print = (line: string) => void

const NAME = 13

/** `VTR AUC 0.7147`, task by task. */
const scores = (of: Scores, tasks: Tasks): readonly string[] =>
  Object.entries(tasks).map(
    ([task, type]) => `${taskLabel(task)} ${metricLabel(metricOf(type))} ${metric(of[task][metricOf(type)])}`,
  )

const showLosses = (losses: Readonly<Record<string, number>>): string =>
  Object.entries(losses)
    .map(([task, loss]) => `${taskLabel(task)} ${metric(loss)}`)
    .join('  ')

const title = ({ model, seed }: Pick<Run, 'model' | 'seed'>, { seeds }: Settings): string =>
  shortLabelOf(model).padEnd(NAME) + (seeds.length > 1 ? ` seed ${seed}` : '')

const closing = (run: Run | undefined, tasks: Tasks, settings: Settings): string =>
  run
    ? fold(
        [
          `${title(run, settings)}  test`,
          ...scores(run.test, tasks),
          `epoch ${run.history.best ?? '–'}`,
          `${seconds(run.seconds)} s`,
        ],
        { indent: NAME + 2 },
      )
    : 'stopped before its first epoch had ended'

const BAR = 22
/** Of epochs, seconds and the blanks between. */
const REST = 14

export function bars(tasks: Tasks, settings: Settings, print: Print): Watcher {
  let bar: SingleBar | undefined
  let name = ''
  let follow = following()
  return {
    onStart: (run) => {
      name = title(run, settings)
      follow = following()
      bar = barOf('{name} {bar} {epoch}/{epochs}  {losses}  {duration_formatted}', BAR)
      bar.start(1, 0, { name, epoch: 1, epochs: settings.epochs, losses: `${amount(run.parameters)} parameters` })
    },
    onBatch: ({ epoch, epochs, batches, step, losses: now }) => {
      const losses = follow(now)
      bar?.setTotal(epochs * batches)
      bar?.update(step, { name, epoch, epochs, losses: cut(showLosses(losses), WIDTH - widthOf(name) - BAR - REST) })
    },
    onEnd: (run) => {
      bar?.stop()
      print(closing(run, tasks, settings))
    },
  }
}

/** `VTR loss 0.6538 AUC 0.7147`: of training rows, then of validation rows. */
const epochOf = ({ losses, validation }: EpochRecord, tasks: Tasks): readonly string[] =>
  Object.entries(tasks).map(([task, type]) => {
    const name = metricOf(type)
    const score = validation ? ` ${metricLabel(name)} ${metric(validation[task][name])}` : ''
    return `${taskLabel(task)} loss ${metric(losses[task])}${score}`
  })

/** Plain text of at most 80 columns, for a file or a pipe. */
export function lines(tasks: Tasks, settings: Settings, print: Print): Watcher {
  return {
    onStart: (run) => print(`${title(run, settings)}  ${amount(run.parameters)} parameters`),
    onEpoch: (record) => {
      const head = `  epoch ${record.epoch}/${settings.epochs}`
      print(fold([head, ...epochOf(record, tasks), `${seconds(record.seconds)} s`], { indent: head.length + 2 }))
    },
    onEnd: (run) => print(closing(run, tasks, settings)),
  }
}
