/**
 * Tries what nobody thought of: `npm run fuzz -- --minutes 10`. It prints a table of targets and, for each fault, the
 * shrunk case and how to see it again, and exits with 1 if there is one.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { SEEDS } from '../test/fuzz/fuzz.ts'
import { TARGETS } from '../test/fuzz/index.ts'
import { tryTarget } from '../test/fuzz/try.ts'
import type { Tried } from '../test/fuzz/try.ts'

const NAMES = Object.keys(TARGETS)
const WIDTH = 80

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('Expected a number above 0.')
  return value
}
const seedOf = (text: string): number => {
  const value = Number(text)
  if (!(Number.isInteger(value) && value >= 0 && value < SEEDS))
    throw new InvalidArgumentError(`Expected an integer from 0 to ${SEEDS - 1}.`)
  return value
}
const targetsOf = (text: string): readonly string[] => {
  const names = text.split(',').map((name) => name.trim())
  for (const name of names)
    if (!NAMES.includes(name)) throw new InvalidArgumentError(`Expected some of ${NAMES.join(', ')}.`)
  return names
}

interface Options {
  readonly minutes: number
  readonly seconds?: number
  readonly seed: number
  readonly target: readonly string[]
}

const options = new Command('npm run fuzz --')
  .description('Random cases against what must always hold, target after target, for as long as you have.')
  .addOption(new Option('--minutes <number>', 'for all targets together').argParser(positive).default(1))
  .addOption(new Option('--seconds <number>', 'the same, shorter').argParser(positive))
  .addOption(
    new Option('--seed <integer>', 'where to begin')
      .argParser(seedOf)
      .default(Math.floor(Math.random() * SEEDS), 'another each time'),
  )
  .addOption(new Option('--target <names>', NAMES.join(', ')).argParser(targetsOf).default(NAMES, 'all'))
  .allowExcessArguments(false)
  .parse()
  .opts<Options>()

const { seed, target: names } = options
const seconds = (options.seconds ?? options.minutes * 60) / names.length

/** Lines of at most 80 characters, broken at blanks. */
function wrapped(text: string, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== '' && `${indent}${last} ${word}`.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.map((line) => indent + line).join('\n')
}

const row = (name: string, cases: string, taken: string, faults: string): string =>
  `${name.padEnd(12)}${cases.padStart(10)}${taken.padStart(9)}${faults.padStart(8)}`

console.log(`fuzz: seed ${seed}, ${names.length} targets of ${seconds.toFixed(1)} s each`)
console.log(`${row('target', 'cases', 's', 'faults')}\n${'─'.repeat(39)}`)
const all: (readonly [string, Tried])[] = []
for (const name of names) {
  const tried = await tryTarget(name, { seed, seconds })
  all.push([name, tried])
  console.log(row(name, `${tried.cases}`, tried.seconds.toFixed(1), tried.fault ? '1' : '0'))
}
for (const [name, { notes }] of all) for (const note of notes) console.log(wrapped(`${name}: ${note}`, ''))
for (const [name, { fault }] of all) {
  if (!fault) continue
  console.log(`\nfault in ${name}, seed ${fault.seed}, shrunk to\n  ${fault.example}\n${fault.reason}`)
  console.log(`again: npm run fuzz -- --target ${name} --seed ${fault.seed}`)
}
const faults = all.filter(([, { fault }]) => fault).length
console.log(
  `\n${faults === 0 ? 'no fault' : `${faults} faults`} in ${all.reduce((sum, [, { cases }]) => sum + cases, 0)} cases, seed ${seed}`,
)
process.exitCode = faults === 0 ? 0 : 1
