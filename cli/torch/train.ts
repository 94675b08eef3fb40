/**
 * `train` and `resume` by PyTorch: the package and its shards are written, started and followed; what is learned comes back
 * and is evaluated here.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { countParameters, evaluate } from '../../src/index.ts'
import type { EpochRecord, SavableModel, Scores } from '../../src/index.ts'
import { readModel, writeModel } from '../../src/node.ts'
import { fitOptionsOf, modelOf } from '../config/build.ts'
import { readConfig } from '../config/read.ts'
import type { ConfigFile, Named } from '../config/read.ts'
import { withTable } from '../data.ts'
import type { Rows } from '../data.ts'
import { begin, checkEmpty, runIn, writeReport } from '../run.ts'
import { withRows } from '../streams.ts'
import { interruptible } from '../terminal/interrupt.ts'
import { printing } from '../terminal/print.ts'
import type { Print } from '../terminal/print.ts'
import { progress } from '../terminal/progress.ts'
import { scoresTable } from '../terminal/scores.ts'
import { EXIT, told } from '../told.ts'
import { version } from '../version.ts'
import { follow, ranksBefore } from './engine.ts'
import type { EpochTold, Told } from './engine.ts'
import { packageOf, renewSettings, writePackage } from './package.ts'
import { pythonFor } from './python.ts'
import type { Engine } from './python.ts'
import { readingFor, writeShards } from './shards.ts'

export interface TorchOptions {
  readonly config: string
  readonly run: string
  readonly engine: Engine
  readonly ranks?: number
  readonly overwrite?: true
  readonly json?: true
  /** The flags that say the same again. */
  readonly again: string
}

const whole = (rows: number): string => rows.toLocaleString('en-GB')
const nameOf = (named: Named | undefined, other: string): string =>
  named === undefined ? other : typeof named === 'string' ? named : named.kind

const recordOf = (epoch: EpochTold): EpochRecord => {
  const losses = Object.fromEntries(
    Object.entries<number | null>(epoch.losses).map(([task, loss]) => [task, loss ?? NaN]),
  )
  return { ...epoch, losses, weights: {} }
}

/** Shows what is told, as a training here would. */
function showing(print: Print, epochs: number) {
  const bar = progress(print, epochs)
  return {
    onTold: (one: Told): void => {
      if (one.event === 'step') bar.onBatch({ ...one, weights: {} })
      else if (one.event === 'epoch') bar.onEpoch(recordOf(one))
      else if (one.event === 'began') {
        for (const passed of one.resumed?.passedOver ?? []) print.note(`passed over: ${passed}`)
        if (one.idle > 0) print.note(`${one.idle} ranks have no rows: because there are fewer files of them than ranks`)
      } else if (one.event === 'failed' && !one.refused) print.note(`rank ${one.rank}: ${one.message}`)
    },
    end: () => bar.end(),
  }
}

/** The model's scores on what was held out, or on all rows where nothing was, as `evaluate` has them. */
async function scoresOf(
  file: ConfigFile,
  model: SavableModel,
  parts: readonly string[],
): Promise<Readonly<Record<string, Scores>>> {
  const scores: Record<string, Scores> = {}
  for (const part of parts)
    scores[part] = await withRows(file, [], part as Rows, model.features, async (data) => evaluate(model, data))
  return scores
}

export async function trainByTorch(options: TorchOptions, resuming: boolean): Promise<number> {
  const print = printing(options.json === true)
  const file = readConfig(options.config)
  const { config, about } = file
  const run = runIn(options.run)
  const { epochs = 1 } = await about('training', () => fitOptionsOf(config))
  const python = pythonFor(options.engine)
  if (!resuming && options.overwrite !== true) checkEmpty(run)
  const signal = interruptible()
  const started = performance.now()
  if (resuming) {
    if (!existsSync(run.torch))
      throw told(
        'failed',
        `expected a training by PyTorch in '${options.run}' but got none: because 'plegrad train --engine ${options.engine}' makes one`,
      )
    renewSettings(run.torch, config)
  } else {
    await withTable(file, [], async (table) => {
      const { reading, rows } = await readingFor(file, table)
      const model = await about('model', () => modelOf(config, reading.features))
      const files = await about('model', () => packageOf(model, config))
      print.line(
        `${config.model.kind}: ${Object.keys(model.tasks).join(', ')} from ${reading.features.length} features, ${whole(countParameters(model))} parameters`,
      )
      print.line(
        `rows: ${Object.entries(rows)
          .map(([part, count]) => `${part} ${whole(count)}`)
          .join(', ')}\n`,
      )
      // Whatever is refused was, before another training is taken away.
      begin(run)
      writePackage(run.torch, files)
      await writeShards(reading, rows, join(run.torch, 'data'))
    })
  }
  const shown = showing(print, epochs)
  const { engine, ranks = ranksBefore(run.torch) ?? 1 } = options
  const ended = await follow({ python, engine, ranks, folder: run.torch, signal, onTold: shown.onTold }).finally(() =>
    shown.end(),
  )
  const common = { plegrad: version(), node: process.version, run: options.run }
  if (ended.event === 'stopped') {
    print.line(`\nStopped after ${whole(ended.steps)} steps, which are kept. Go on: plegrad resume${options.again}`)
    print.json({ ...common, stopped: 'aborted', steps: ended.steps })
    return EXIT.interrupted
  }
  const { event: _, scores: torch, ...done } = ended
  const model = await readModel(join(run.torch, 'out', 'model.safetensors'))
  await writeModel(run.modelFile, model)
  const scores = await scoresOf(file, model, Object.keys(torch))
  const seconds = (performance.now() - started) / 1000
  const { optimizer, strategy } = config.training ?? {}
  const ran = { ...done.ran, optimizer: nameOf(optimizer, 'adam'), strategy: nameOf(strategy, 'fixedWeights') }
  const report = { ...common, ...done, ran, seconds, scores, torch: { scores: torch }, config }
  writeReport(run, report)
  print.line(`\n${scoresTable(scores)}\n`)
  const best = done.best === undefined ? '' : `, the best epoch was ${done.best}`
  print.line(`${done.steps} steps in ${seconds.toFixed(1)} s on ${done.ran.backend}${best}`)
  print.line(`Model, package and report: ${options.run}`)
  print.json(report)
  return EXIT.done
}
