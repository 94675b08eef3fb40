/** The command line. It refuses, in one line and before anything is measured, what no run could mean. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { MODES } from '../src/gpujs.ts'
import type { Mode } from '../src/gpujs.ts'
import type { Place } from './gpujs/places.ts'
import { GROUPS } from './gpujs/rungs.ts'

export const LADDERS = ['all', 'kernels', 'browser', 'gpujs'] as const

export interface Options {
  readonly ladder: (typeof LADDERS)[number]
  readonly modes: readonly Mode[]
  readonly hosts: readonly Place[]
  readonly groups: readonly string[]
  /** Of Chromium. */
  readonly flags: readonly string[]
  readonly publish: boolean
}

const HOSTS: readonly Place[] = ['node', 'chromium']
const NAMES = GROUPS.map(({ name }) => name)

const some =
  <T extends string>(known: readonly T[]) =>
  (text: string): readonly T[] => {
    const names = text.split(',').map((name) => name.trim())
    for (const name of names)
      if (!(known as readonly string[]).includes(name))
        throw new InvalidArgumentError(`Expected some of ${known.join(', ')}, with commas between.`)
    return known.filter((name) => names.includes(name))
  }

const choice = (name: string, known: readonly string[]): Option =>
  new Option(`--${name} <names>`, `of GPU.js, some of ${known.join(', ')}`).argParser(some(known)).default(known, 'all')

/** @throws CommanderError with an exit code, its message already printed; of code 0 after help. */
export function parseOptions(argv: readonly string[]): Options {
  const command = new Command('npm run bench --')
    .description(
      'Times kernels, training steps and inference beside peers (kernels) and in Chromium, in vectors of 128 and of 256 bits ' +
        '(browser), and every mode of GPU.js beside plain loops ' +
        'and WebAssembly, in Node and in Chromium, with the sizes from which on one passes another (gpujs).',
    )
    .addArgument(new Argument('[ladder]', 'what to run').choices(LADDERS).default('all'))
    .addOption(choice('modes', MODES))
    .addOption(choice('hosts', HOSTS))
    .addOption(choice('verbs', NAMES))
    .option('--flags <flags>', 'for Chromium, with blanks between, where its GPU needs some', '')
    .option('--publish', 'also write what bench/results/ keeps, and docs/figures/gpujs-*.svg', false)
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv, { from: 'user' })
  const [ladder] = command.processedArgs as [Options['ladder']]
  const { verbs, flags, ...given } = command.opts<
    Pick<Options, 'modes' | 'hosts' | 'publish'> & { verbs: readonly string[]; flags: string }
  >()
  return { ladder, groups: verbs, flags: flags.split(' ').filter(Boolean), ...given }
}
