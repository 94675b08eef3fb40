/** Training as it happens: one bar per model in a terminal, one line per epoch anywhere else. It draws and decides nothing. */
import { SingleBar } from 'cli-progress'
import type { Scores } from '../../src/index.ts'
import { amount, metric, metricLabel, seconds } from './format.ts'
import { labelOf, taskLabel } from './labels.ts'
import type { Tasks } from './models.ts'
import type { Run, Settings, Watcher } from './study.ts'
import { metricOf } from './summary.ts'

type Print = (line: string) => void

const NAME = 13

/** `vtr AUC 0.7147  vcr MSE 0.1092` */
const showScores = (scores: Scores, tasks: Tasks): string =>
  Object.entries(tasks)
    .map(([task, type]) => `${taskLabel(task)} ${metricLabel(metricOf(type))} ${metric(scores[task][metricOf(type)])}`)
    .join('  ')

const showLosses = (losses: Readonly<Record<string, number>>): string =>
  Object.entries(losses)
    .map(([task, loss]) => `${taskLabel(task)} ${metric(loss)}`)
    .join('  ')

const title = ({ model, seed }: Pick<Run, 'model' | 'seed'>, { seeds }: Settings): string =>
  labelOf(model).padEnd(NAME) + (seeds.length > 1 ? ` seed ${seed}` : '')

const closing = (run: Run | undefined, tasks: Tasks, settings: Settings): string =>
  run
    ? `${title(run, settings)}  test ${showScores(run.test, tasks)}  epoch ${run.history.best ?? '–'}  ${seconds(run.seconds)} s`
    : 'stopped before its first epoch had ended'

/** Batch losses jump; what is shown follows them slowly. */
const follow = (shown: number | undefined, loss: number): number =>
  shown === undefined ? loss : 0.9 * shown + 0.1 * loss

export function bars(tasks: Tasks, settings: Settings, print: Print): Watcher {
  let bar: SingleBar | undefined
  let name = ''
  let losses: Record<string, number> = {}
  return {
    onStart: (run) => {
      name = title(run, settings)
      losses = {}
      bar = new SingleBar({
        format: '{name} {bar} {epoch}/{epochs}  {losses}  {duration_formatted}',
        barsize: 22,
        barCompleteChar: '━',
        barIncompleteChar: '─',
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        fps: 12,
        stream: process.stdout,
      })
      bar.start(1, 0, { name, epoch: 1, epochs: settings.epochs, losses: `${amount(run.parameters)} parameters` })
    },
    onBatch: ({ epoch, epochs, batches, step, losses: now }) => {
      for (const [task, loss] of Object.entries(now)) losses[task] = follow(losses[task], loss)
      bar?.setTotal(epochs * batches)
      bar?.update(step, { name, epoch, epochs, losses: showLosses(losses) })
    },
    onEnd: (run) => {
      bar?.stop()
      print(closing(run, tasks, settings))
    },
  }
}

export function lines(tasks: Tasks, settings: Settings, print: Print): Watcher {
  return {
    onStart: (run) => print(`${title(run, settings)}  ${amount(run.parameters)} parameters`),
    onEpoch: ({ epoch, losses, validation, seconds: took }) =>
      print(
        `  epoch ${epoch}/${settings.epochs}  loss ${showLosses(losses)}  ` +
          `${validation ? `validation ${showScores(validation, tasks)}  ` : ''}${seconds(took)} s`,
      ),
    onEnd: (run) => print(closing(run, tasks, settings)),
  }
}
