/** The command line. It refuses, in one line and before anything is read or trained, what no run could mean. */
import { Command, Option } from 'commander'
import { fileToWrite, someOf, whole } from '../../cli/arguments.ts'
import { FIVE } from '../../cli/compare/models.ts'
import { FEEDS } from './feeds.ts'
import { STRATEGIES } from './strategies.ts'

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

/** @throws CommanderError with an exit code, its message already printed; of code 0 after help. */
export const parseOptions = (argv: readonly string[]): Options =>
  new Command('npm start --')
    .description('Trains multi-task models and their single-task twins on a video feed, and reports what each gains.')
    .addOption(new Option('--data <name>', 'what to train on').choices(Object.keys(FEEDS)).default('synthetic'))
    .addOption(
      new Option('--models <names>', `some of ${FIVE.join(', ')}`).argParser(someOf(FIVE)).default([...FIVE], 'all'),
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
    .option('--report <file>', 'where the report goes', fileToWrite, 'report.html')
    .option('--json <file>', 'where the numbers go', fileToWrite)
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv, { from: 'user' })
    .opts<Options>()
