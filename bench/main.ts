/** `npm run bench`: the ladders of kernels, steps and inference, and that of GPU.js, as lines, as JSON and as pages. */
import './measure/relaxed.ts'
import { CommanderError } from 'commander'
import { climbAll } from './gpujs/run.ts'
import { climbKernels } from './ladders.ts'
import { askForWide } from './measure/wide.ts'
import { parseOptions } from './options.ts'

const FOLDER = '.cache/bench'

try {
  const options = parseOptions(process.argv.slice(2))
  askForWide()
  const well = [
    options.ladder === 'gpujs' || (await climbKernels(FOLDER)),
    options.ladder === 'kernels' || (await climbAll(options, FOLDER)),
  ]
  // Wrong numbers of ours are no benchmark but a bug.
  if (well.includes(false)) process.exitCode = 1
} catch (error) {
  // A wrong option has told its line already; anything else is a bug.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode
}
