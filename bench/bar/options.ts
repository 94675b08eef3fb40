/** The command line of the bar, and the Node that it runs under. It refuses, before anything is measured, what no run could mean. */
import { spawnSync } from 'node:child_process'
import { Command, InvalidArgumentError } from 'commander'

export interface Options {
  /** Leave vectors at 128 bits. */
  readonly narrow: boolean
  /** Only lines in whose names this is found. */
  readonly only: string
  /** A version of Node to run under, by npx. */
  readonly node?: string
}

function version(text: string): string {
  if (!/^\d+(\.\d+)*$/.test(text)) throw new InvalidArgumentError('Expected a version, such as 24.')
  return text
}

/** @throws CommanderError with an exit code, its message already printed; of code 0 after help. */
export const parseOptions = (argv: readonly string[]): Options =>
  new Command('npm run bench:bar --')
    .description('A line for each thing that must hold, beside whoever else does it; exits 1 if one falls short.')
    .option('--node <version>', 'run under this Node, which npx brings', version)
    .option('--narrow', 'do not ask V8 for vectors of 256 bits', false)
    .option('--only <text>', 'only lines in whose names this is found', '')
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv, { from: 'user' })
    .opts()

/** The command that runs the bar under another Node. */
export const underNode = (node: string, { narrow, only }: Options, script: string): readonly string[] => [
  ...['npx', '-y', `node@${node}`, '--import', 'tsx', script],
  ...(narrow ? ['--narrow'] : []),
  ...(only ? ['--only', only] : []),
]

/** Runs it to its end, here. */
export function rerun([command, ...args]: readonly string[]): number {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) throw error
  return status ?? 1
}
