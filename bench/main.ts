/** `npm run bench`: the ladders of kernels, steps and inference, in Node and in Chromium, and that of GPU.js, as lines, as JSON and as pages. */
import './measure/relaxed.ts'
import { CommanderError } from 'commander'
import { enableVectors } from '../src/vectors.ts'
import { climbBrowser } from './browser/run.ts'
import { climbAll } from './gpujs/run.ts'
import { climbKernels } from './ladders.ts'
import { parseOptions } from './options.ts'

const FOLDER = '.cache/bench'

try {
  const options = parseOptions(process.argv.slice(2))
  enableVectors()
  const has = (ladder: string): boolean => [ladder, 'all'].includes(options.ladder)
  if (has('browser')) await climbBrowser(FOLDER, options.publish)
  const well = [!has('kernels') || (await climbKernels(FOLDER)), !has('gpujs') || (await climbAll(options, FOLDER))]
  // Wrong numbers of ours are no benchmark but a bug.
  if (well.includes(false)) process.exitCode = 1
} catch (error) {
  // A wrong option has told its line already; anything else is a bug.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode
}
