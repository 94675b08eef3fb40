/** `train` and `resume`: from plegrad.json to a folder with a model. Ctrl-C keeps where it stands, and says how to go on. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { countParameters, evaluate, fit } from '../../src/index.ts'
import type { Scores } from '../../src/index.ts'
import { writeModel } from '../../src/node.ts'
import type { Data } from '../../src/streams.ts'
import { fitOptionsOf, modelOf } from '../config/build.ts'
import { readConfig } from '../config/read.ts'
import type { ConfigFile } from '../config/read.ts'
import { begin, checkEmpty, runIn, writeReport } from '../run.ts'
import type { Run } from '../run.ts'
import { withTraining } from '../streams.ts'
import type { TrainingRows } from '../streams.ts'
import { interruptible } from '../terminal/interrupt.ts'
import { trainByTorch } from '../torch/train.ts'
import type { Engine } from '../torch/python.ts'
import { printing } from '../terminal/print.ts'
import { progress } from '../terminal/progress.ts'
import { scoresTable } from '../terminal/scores.ts'
import { threadsFor } from '../threads.ts'
import { EXIT, told } from '../told.ts'
import { version } from '../version.ts'

export interface TrainOptions {
  readonly config: string
  readonly run: string
  readonly engine?: Engine | 'plegrad'
  readonly ranks?: number
  readonly overwrite?: true
  readonly json?: true
}

const whole = (rows: number): string => rows.toLocaleString('en-GB')

/** The flags that say the same again. */
const again = ({ config, run }: TrainOptions): string =>
  [...(config === 'plegrad.json' ? [] : [` --config ${config}`]), ...(run === 'run' ? [] : [` --run ${run}`])].join('')

/** What a training is, before a table is read. */
interface Asked {
  readonly options: TrainOptions
  readonly resuming: boolean
  readonly file: ConfigFile
  readonly run: Run
  readonly how: ReturnType<typeof fitOptionsOf>
  readonly signal: AbortSignal
  readonly started: number
}

async function trainedOn(
  { features, ...parts }: TrainingRows,
  readBy: string | undefined,
  { options, resuming, file, run, how, signal, started }: Asked,
): Promise<number> {
  const print = printing(options.json === true)
  const { config, about } = file
  const data = Object.entries<Data>(parts)
  const model = await about('model', () => modelOf(config, features))
  const { training: spec = {} } = config
  print.line(
    `${config.model.kind}: ${Object.keys(model.tasks).join(', ')} from ${features.length} features, ${whole(countParameters(model))} parameters`,
  )
  print.line(`rows: ${data.map(([part, { rows }]) => `${part} ${whole(rows)}`).join(', ')}`)
  if (readBy !== undefined) print.line(`streamed, read by ${readBy}`)
  print.line()
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
  const report = {
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
    ...(readBy !== undefined && { readBy }),
    epochs: history.epochs,
  }
  if (history.stopped === 'aborted') {
    print.line(`\nStopped after ${whole(history.steps)} steps, which are kept. Go on: plegrad resume${again(options)}`)
    print.json(report)
    return EXIT.interrupted
  }
  await writeModel(run.modelFile, model)
  const held = data.filter(([part]) => part !== 'training')
  const scores: Record<string, Scores> = {}
  for (const [part, rows] of held.length > 0 ? held : data) scores[part] = await evaluate(model, rows)
  writeReport(run, { ...report, scores, config })
  print.line(`\n${scoresTable(scores)}\n`)
  const best = history.best === undefined ? '' : `, the best epoch was ${history.best}`
  print.line(`${history.steps} steps in ${seconds.toFixed(1)} s on ${history.backend}${best}`)
  print.line(`Model, checkpoints and report: ${options.run}`)
  print.json({ ...report, scores, config })
  return EXIT.done
}

async function training(options: TrainOptions, resuming: boolean): Promise<number> {
  const file = readConfig(options.config)
  const run = runIn(options.run)
  // What the file says of training is looked at before a table is read.
  const how = await file.about('training', () => fitOptionsOf(file.config))
  if (!resuming && options.overwrite !== true) checkEmpty(run)
  const asked = { options, resuming, file, run, how, signal: interruptible(), started: performance.now() }
  return withTraining(file, (rows, readBy) => trainedOn(rows, readBy, asked))
}

/** What trains: what is asked for, or of a training that goes on what it began with. */
function engineOf({ engine, run }: TrainOptions, resuming: boolean): Engine | 'plegrad' {
  const { torch } = runIn(run)
  if (engine !== undefined || !resuming || !existsSync(torch)) return engine ?? 'plegrad'
  return existsSync(join(torch, 'out', 'ray')) ? 'ray' : 'torch'
}

async function trained(options: TrainOptions, resuming: boolean): Promise<number> {
  const engine = engineOf(options, resuming)
  if (engine !== 'plegrad') return trainByTorch({ ...options, engine, again: again(options) }, resuming)
  if (options.ranks !== undefined)
    throw told(
      'usage',
      `expected --engine torch or ray beside --ranks ${options.ranks} but got none: because plegrad trains in one process, with the threads that plegrad.json says`,
    )
  return training(options, resuming)
}

export const train = (options: TrainOptions): Promise<number> => trained(options, false)

export const resume = (options: TrainOptions): Promise<number> => trained(options, true)
