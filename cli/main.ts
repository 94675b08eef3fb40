#!/usr/bin/env node
/** plegrad on the command line: its commands, and what becomes of their errors. It refuses options that it does not know. */
import { Command, CommanderError, Option } from 'commander'
import type { Argument } from 'commander'
import { enableVectors } from '../src/vectors.ts'
import { fileToWrite, names, someOf, whole } from './arguments.ts'
import { compare } from './commands/compare.ts'
import { evaluate } from './commands/evaluate.ts'
import { exportModel } from './commands/export.ts'
import { init } from './commands/init.ts'
import { inspect } from './commands/inspect.ts'
import { predict } from './commands/predict.ts'
import { resume, train } from './commands/train.ts'
import { NAMES } from './compare/models.ts'
import { STRATEGIES } from './config/schema.ts'
import { asJSON } from './terminal/print.ts'
import { EXIT, isTold, lineFor } from './told.ts'
import { version } from './version.ts'

const CONFIG = ['--config <file>', 'what is read, learned and how', 'plegrad.json'] as const
const RUN = ['--run <folder>', 'where a training is kept', 'run'] as const
const JSON_FLAG = ['--json', 'one JSON document on stdout, for programs'] as const
const ENGINES = ['plegrad', 'torch', 'ray']
const PARTS = ['training', 'validation', 'test', 'all']

const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]
const MODELS = Object.values(NAMES)
/** Strategies that need no options. */
const UNDER = STRATEGIES.flatMap(({ required = [], properties }) =>
  required.length === 1 ? properties!.kind.const! : [],
)

/** `<file>`, or `[files...]` where there may be none. */
const argumentOf = (argument: Argument): string => {
  const name = argument.name() + (argument.variadic ? '...' : '')
  return argument.required ? `<${name}>` : `[${name}]`
}

const EXITS = `
Exit codes: 0 done, 1 failed, 2 the command line or plegrad.json is wrong,
130 interrupted by Ctrl-C.`

function programOf(done: (code: number) => void): Command {
  const program = new Command('plegrad')
    .description('Multi-task models from a table to predictions.')
    .version(version())
    .addHelpText('after', `${EXITS}\n\nFirst: plegrad init data.parquet && plegrad train && plegrad predict`)
    .configureHelp({ subcommandTerm: (each) => [each.name(), ...each.registeredArguments.map(argumentOf)].join(' ') })
    .exitOverride()
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).allowExcessArguments(false).exitOverride()
  const acting =
    <A extends readonly unknown[]>(act: (...given: A) => Promise<number>) =>
    async (...given: A): Promise<void> =>
      done(await act(...given))

  command('init', 'proposes a plegrad.json for a table, with reasons')
    .argument('<files...>', 'Parquet, CSV, JSON or a DuckDB file; patterns too')
    .option('--label <column>', 'a label, as in liked or visits:count; again for more', several)
    .option('--except <columns>', 'no features, such as what is known afterwards', names)
    .option('--sql <query>', 'the table as a query of data, which is the files')
    .option('--table <name>', 'of a DuckDB file with several')
    .option('--config <file>', 'what is written', 'plegrad.json')
    .option('--overwrite', 'replaces a file that is there')
    .option(...JSON_FLAG)
    .action(acting(init))
  command('train', 'trains a model, and keeps checkpoints and a report')
    .option(...CONFIG)
    .option(...RUN)
    .addOption(new Option('--engine <name>', 'or PyTorch: by torchrun, or by Ray').choices(ENGINES).default('plegrad'))
    .option('--ranks <number>', 'of PyTorch: processes that train together', whole(1))
    .option('--overwrite', 'replaces a training that is there')
    .option(...JSON_FLAG)
    .action(acting(train))
  command('resume', 'goes on where a training stopped, to the same bits')
    .option(...CONFIG)
    .option(...RUN)
    .addOption(new Option('--engine <name>', 'default that which it began with').choices(ENGINES))
    .option('--ranks <number>', 'of PyTorch: processes that train together', whole(1))
    .option(...JSON_FLAG)
    .action(acting(resume))
  command('compare', 'trains the zoo over seeds, and reports what tasks gain')
    .option(...CONFIG)
    .option('--models <names>', `in place of what tasks allow: ${MODELS.join(', ')}`, someOf(MODELS))
    .option('--strategies <names>', `one’s own model under others, too: ${UNDER.join(', ')}`, someOf(UNDER))
    .option('--seeds <number>', 'how many to average over', whole(1), 3)
    .option('--epochs <number>', 'at most so many, instead of plegrad.json’s', whole(1))
    .option('--report <file>', 'where the page goes', fileToWrite, 'report.html')
    .option(...JSON_FLAG)
    .action(acting(compare))
  command('evaluate', 'measures a trained model on rows with labels')
    .argument('[files...]', 'another table of the same columns')
    .option(...CONFIG)
    .option(...RUN)
    .addOption(new Option('--part <rows>', 'default test, or all of another table').choices(PARTS))
    .option(...JSON_FLAG)
    .action(acting(evaluate))
  command('predict', 'writes what a model says of each row')
    .argument('[files...]', 'another table; labels need not be in it')
    .option(...CONFIG)
    .option(...RUN)
    .option('--to <file>', 'Parquet or CSV, by its ending', 'predictions.parquet')
    .option('--keep <columns>', "columns beside predictions, or '*' for all", names)
    .addOption(new Option('--part <rows>', 'which rows').choices(PARTS).default('all'))
    .option(...JSON_FLAG)
    .action(acting(predict))
  command('export', 'writes a model as safetensors, ONNX, a program or PyTorch')
    .argument('<file>', 'ends in .safetensors, .onnx or .pleg; of PyTorch a folder')
    .option(...RUN)
    .addOption(new Option('--to <format>', 'default as the file ends').choices(['torch']))
    .option('--rows <number>', 'of a program: rows at a time', whole(1), 1)
    .addOption(
      new Option('--weights <kind>', 'of a program').choices(['float32', 'bfloat16', 'int8']).default('float32'),
    )
    .option('--ids', 'of ONNX: takes ids and numbers, as a dataset has them')
    .option(...JSON_FLAG)
    .action(
      acting((file: string, options: Omit<Parameters<typeof exportModel>[0], 'file'>) =>
        exportModel({ ...options, file }),
      ),
    )
  command('inspect', 'tells what is in a file')
    .argument('<file>', 'a model, a checkpoint, a program or other safetensors')
    .option(...JSON_FLAG)
    .action(acting(inspect))
  return program
}

function failed(error: unknown, json: boolean): number {
  // A wrong option has told its line already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  // What the library refuses says who, what and why; anything else is a bug, and is told with its stack.
  const known = isTold(error) || (error instanceof Error && error.message.includes(': expected '))
  if (!known) {
    console.error(error)
    return EXIT.failed
  }
  const told = isTold(error)
    ? error
    : Object.assign(error, { exit: error instanceof RangeError ? EXIT.usage : EXIT.failed, place: undefined })
  const { message, place, exit } = told
  console.error(lineFor(told))
  if (json) console.log(asJSON({ error: { message, ...place }, exit }))
  return exit
}

// Vectors as wide as this host has them, before anything compiles.
enableVectors()
// Whoever reads no further (`| head`) ends it quietly.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') throw new Error(`stdout: ${code}`)
})
const argv = process.argv.slice(2)
try {
  if (argv.length === 0) argv.push('--help')
  await programOf((code) => {
    process.exitCode = code
  }).parseAsync(argv, { from: 'user' })
} catch (error) {
  process.exitCode = failed(error, argv.includes('--json'))
}
