/** The command line. It refuses, in one line and before anything is read or trained, what no run could mean. */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { MODELS } from '../../cli/compare/models.ts'
import { FEEDS } from './feeds.ts'
import { STRATEGIES } from '../../cli/compare/strategies.ts'

export interface Options {
  readonly data: string
  readonly models: readonly string[]
  readonly strategy: string
  readonly seed: number
  readonly seeds: number
  /** The data's own, where not given. */
  readonly epochs?: number
  /** The data's own, where not given. */
  readonly batch?: number
  /** Runs op by op on the CPU, to compare with. */
  readonly eager?: true
  readonly report: string
  readonly json?: string
}

export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
    return value
  }

function models(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase())
  for (const name of names)
    if (!Object.hasOwn(MODELS, name))
      throw new InvalidArgumentError(`Expected some of ${Object.keys(MODELS).join(', ')}, with commas between.`)
  return Object.keys(MODELS).filter((name) => names.includes(name))
}

/** A file that can be written once all is trained: better to learn now that it cannot. */
function file(path: string): string {
  const folder = dirname(resolve(path))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`There is no folder '${folder}'.`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new InvalidArgumentError('That is a folder.')
  return path
}

/** @throws CommanderError with an exit code, its message already printed; of code 0 after help. */
export const parseOptions = (argv: readonly string[]): Options =>
  new Command('npm start --')
    .description('Trains multi-task models and their single-task twins on a video feed, and reports what each gains.')
    .addOption(new Option('--data <name>', 'what to train on').choices(Object.keys(FEEDS)).default('synthetic'))
    .addOption(
      new Option('--models <names>', `some of ${Object.keys(MODELS).join(', ')}`)
        .argParser(models)
        .default(Object.keys(MODELS), 'all'),
    )
    .addOption(
      new Option('--strategy <name>', 'how tasks are trained together')
        .choices(Object.keys(STRATEGIES))
        .default('fixed'),
    )
    .option('--epochs <number>', 'at most so many; the best on validation is kept (default: the data’s own)', whole(1))
    .option('--batch <rows>', 'rows in a batch (default: the data’s own)', whole(1))
    .option('--seeds <number>', 'how many seeds to average over', whole(1), 1)
    .option('--seed <number>', 'the first of them', whole(0), 1)
    .option('--eager', 'run op by op on the CPU instead of compiled, to compare with')
    .option('--report <file>', 'where the report goes', file, 'report.html')
    .option('--json <file>', 'where the numbers go', file)
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv, { from: 'user' })
    .opts<Options>()
