/** Weighs what a web page downloads, minified and gzipped, against a budget. Reads dist/: build first. */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const KB = 1024
/** The goal is where each should get to; the budget holds what is reached, and fails the check when it grows. */
const BUNDLES = [
  {
    name: '{ PLE, fit, adam }',
    code: `export { PLE, fit, adam } from './dist/index.js'`,
    goal: 15 * KB,
    budget: 40 * KB,
  },
  { name: 'whole entry', code: `export * from './dist/index.js'`, goal: 25 * KB, budget: 67 * KB },
]

/** Bytes of a bundle for browsers. A package or a Node built-in among its imports is an error. */
async function weigh(code: string): Promise<{ readonly minified: number; readonly gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  })
  const [{ contents }] = outputFiles
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length }
}

const row = (name: string, ...cells: string[]): string =>
  name.padEnd(20) + cells.map((cell) => cell.padStart(11)).join('')
const kilobytes = (bytes: number): string => `${(bytes / KB).toFixed(2)} KB`

console.log(row('bundle', 'minified', 'gzipped', 'budget', 'goal'))
for (const { name, code, goal, budget } of BUNDLES) {
  try {
    const { minified, gzipped } = await weigh(code)
    console.log(row(name, kilobytes(minified), kilobytes(gzipped), kilobytes(budget), kilobytes(goal)))
    if (gzipped > budget) {
      console.error(`${name}: expected at most ${budget} bytes but got ${gzipped}: ${gzipped - budget} over budget`)
      process.exitCode = 1
    }
  } catch {
    console.error(`${name}: does not bundle for browsers, see above`)
    process.exitCode = 1
  }
}
