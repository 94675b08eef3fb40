/** The command line. It refuses, in one line and before anything is read or trained, what no run could mean. */
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { whole } from '../../cli/arguments.ts'
import type { Study } from './study.ts'

export interface Options {
  /** Undefined where the studies are to be listed. */
  readonly study?: Study
  /** The study's own, where not given. */
  readonly seeds?: number
  readonly seed: number
  readonly jobs: number
  readonly fresh: boolean
  /** Beside the cache, where not given. */
  readonly out?: string
}

/** @throws CommanderError with an exit code, its message already printed; of code 0 after help. */
export function parseOptions(argv: readonly string[], studies: readonly Study[]): Options {
  const find = (name: string): Study => {
    const study = studies.find((one) => one.name === name)
    if (!study) throw new InvalidArgumentError(`Expected one of ${studies.map((one) => one.name).join(', ')}.`)
    return study
  }
  const command = new Command('npm run study --')
    .description('Runs one study, or what is missing of it; without a name it lists them.')
    .argument('[name]', 'which study', find)
    .option('--seeds <number>', 'how many seeds (default: the study’s own)', whole(1))
    .option('--seed <number>', 'the first of them', whole(0), 1)
    .option('--jobs <number>', 'how many runs at a time', whole(1), Math.min(2, availableParallelism()))
    .option('--fresh', 'run all of it, whatever has been run before', false)
    .option('--out <folder>', 'where report and numbers go (default: beside the cache)')
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv, { from: 'user' })
  const [study] = command.processedArgs as [Study | undefined]
  return { ...command.opts<Omit<Options, 'study'>>(), ...(study && { study }) }
}
