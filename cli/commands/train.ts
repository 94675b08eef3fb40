/** `train` and `resume`: from plegrad.json to a folder with a model. Ctrl-C keeps where it stands, and says how to go on. */
import { setImmediate } from 'node:timers/promises'
import { countParameters, evaluate, fit } from '../../src/index.ts'
import type { Dataset, Scores } from '../../src/index.ts'
import { writeModel } from '../../src/node.ts'
import { fitOptionsOf, modelOf } from '../config/build.ts'
import { readConfig } from '../config/read.ts'
import { partsOf, withTable } from '../data.ts'
import { begin, checkEmpty, runIn, writeReport } from '../run.ts'
import { interruptible } from '../terminal/interrupt.ts'
import { printing } from '../terminal/print.ts'
import { progress } from '../terminal/progress.ts'
import { scoresTable } from '../terminal/scores.ts'
import { threadsFor } from '../threads.ts'
import { EXIT } from '../told.ts'
import { version } from '../version.ts'

export interface TrainOptions {
  readonly config: string
  readonly run: string
  readonly overwrite?: true
  readonly json?: true
}

const whole = (rows: number): string => rows.toLocaleString('en-GB')

/** The flags that say the same again. */
const again = ({ config, run }: TrainOptions): string =>
  [...(config === 'plegrad.json' ? [] : [` --config ${config}`]), ...(run === 'run' ? [] : [` --run ${run}`])].join('')

async function training(options: TrainOptions, resuming: boolean): Promise<number> {
  const print = printing(options.json === true)
  const file = readConfig(options.config)
  const { config, about } = file
  const run = runIn(options.run)
  // What the file says of training is looked at before a table is read.
  const how = await about('training', () => fitOptionsOf(config))
  if (!resuming && options.overwrite !== true) checkEmpty(run)
  const signal = interruptible()
  const started = performance.now()
  const { features, ...parts } = await withTable(file, [], (table) => partsOf(file, table))
  const data = Object.entries<Dataset>(parts)
  const model = await about('model', () => modelOf(config, features))
  const { training: spec = {} } = config
  print.line(
    `${config.model.kind}: ${Object.keys(model.tasks).join(', ')} from ${features.length} features, ${whole(countParameters(model))} parameters`,
  )
  print.line(`rows: ${data.map(([part, { rows }]) => `${part} ${whole(rows)}`).join(', ')}\n`)
  if (!resuming) begin(run)
  const bar = progress(print, how.epochs ?? 1)
  const backend = await threadsFor(model, spec.threads)
  const history = await about('training', () =>
    fit(model, {
      ...how,
      data: parts.training,
      ...(parts.validation && { validation: parts.validation }),
      ...(backend && { backend }),
      checkpoint: {
        store: run.store,
        ...(spec.checkpointEvery !== undefined && { every: spec.checkpointEvery }),
      },
      ...(resuming && { resume: run.store }),
      signal,
      onBatch(at) {
        bar.onBatch(at)
        // Lets Ctrl-C through: training alone would keep it waiting.
        return setImmediate()
      },
      onEpoch: (record) => bar.onEpoch(record),
    }),
  ).finally(() => {
    bar.end()
    backend?.release()
  })
  const seconds = (performance.now() - started) / 1000
  const told = {
    plegrad: version(),
    node: process.version,
    run: options.run,
    stopped: history.stopped,
    ...(history.best !== undefined && { best: history.best }),
    rows: Object.fromEntries(data.map(([part, { rows }]) => [part, rows])),
    parameters: countParameters(model),
    ran: { backend: history.backend, optimizer: history.optimizer, strategy: history.strategy },
    ...(history.resumed && { resumed: history.resumed }),
    steps: history.steps,
    seconds,
    epochs: history.epochs,
  }
  if (history.stopped === 'aborted') {
    print.line(`\nStopped after ${whole(history.steps)} steps, which are kept. Go on: plegrad resume${again(options)}`)
    print.json(told)
    return EXIT.interrupted
  }
  await writeModel(run.modelFile, model)
  const held = data.filter(([part]) => part !== 'training')
  const scores: Readonly<Record<string, Scores>> = Object.fromEntries(
    (held.length > 0 ? held : data).map(([part, rows]) => [part, evaluate(model, rows)]),
  )
  const report = { ...told, scores, config }
  writeReport(run, report)
  print.line(`\n${scoresTable(scores)}\n`)
  const best = history.best === undefined ? '' : `, the best epoch was ${history.best}`
  print.line(`${history.steps} steps in ${seconds.toFixed(1)} s on ${history.backend}${best}`)
  print.line(`Model, checkpoints and report: ${options.run}`)
  print.json(report)
  return EXIT.done
}

export const train = (options: TrainOptions): Promise<number> => training(options, false)

export const resume = (options: TrainOptions): Promise<number> => training(options, true)
