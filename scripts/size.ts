/** Weighs what a web page downloads, minified and gzipped, against a budget. Reads dist/: build first. */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const KB = 1024
interface Bundle {
  readonly name: string
  readonly code: string
  /** Where it should get to. */
  readonly goal?: number
  /** Holds what is reached, and fails the check when it grows. */
  readonly budget: number
  /** The one package that it may import, and that only when asked for. */
  readonly peer?: string
}

const BUNDLES: readonly Bundle[] = [
  {
    name: 'autodiff',
    code: `export { tensor, matmul, gradients } from './dist/index.js'`,
    goal: 6.7 * KB,
    budget: 10 * KB,
  },
  {
    name: '{ compile, wasm }',
    code: `export { compile, wasm } from './dist/index.js'`,
    goal: 20.5 * KB,
    budget: 24 * KB,
  },
  {
    name: '{ PLE, fit, adam }',
    code: `export { PLE, fit, adam } from './dist/index.js'`,
    goal: 37 * KB,
    budget: 49 * KB,
  },
  { name: 'whole entry', code: `export * from './dist/index.js'`, goal: 45 * KB, budget: 66 * KB },
  {
    name: 'a program on wasm',
    code: `export { loadProgram, wasm } from './dist/serve.js'`,
    goal: 18 * KB,
    budget: 19 * KB,
  },
  {
    name: 'a program on cpu',
    code: `export { loadProgram } from './dist/serve.js'`,
    goal: 10 * KB,
    budget: 10 * KB,
  },
  { name: 'plegrad/gpujs', code: `export * from './dist/gpujs.js'`, budget: 38 * KB, peer: 'gpu.js' },
]
/** Files that nobody downloads who did not ask for the peer. */
const APART = 'dist/kernels/gpujs/'

interface Weight {
  readonly minified: number
  readonly gzipped: number
  /** The files that it was made of. */
  readonly files: readonly string[]
  /** Packages that it imports. */
  readonly packages: readonly string[]
}

/** Bytes of a bundle for browsers. A Node built-in among its imports is an error, and so is a package but the peer. */
async function weigh({ code, peer }: Bundle): Promise<Weight> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: peer === undefined ? [] : [peer],
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const [{ contents }] = outputFiles
  const [{ imports, inputs }] = Object.values(metafile.outputs)
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    files: Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    packages: imports.map(({ path, kind }) => `${path} by ${kind}`),
  }
}

const row = (name: string, ...cells: string[]): string =>
  name.padEnd(20) + cells.map((cell) => cell.padStart(11)).join('')
const kilobytes = (bytes: number): string => `${(bytes / KB).toFixed(2)} KB`

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

console.log(row('bundle', 'minified', 'gzipped', 'budget', 'goal'))
for (const bundle of BUNDLES) {
  const { name, goal, budget, peer } = bundle
  try {
    const { minified, gzipped, files, packages } = await weigh(bundle)
    console.log(row(name, kilobytes(minified), kilobytes(gzipped), kilobytes(budget), goal ? kilobytes(goal) : '–'))
    if (gzipped > budget)
      fail(`${name}: expected at most ${budget} bytes but got ${gzipped}: ${gzipped - budget} over budget`)
    const unasked = files.filter((file) => file.startsWith(APART))
    if (peer === undefined && unasked.length > 0)
      fail(`${name}: expected no file of ${APART} but got ${unasked.join(', ')}: nobody has asked for GPU.js`)
    const expected = peer === undefined ? '' : `${peer} by dynamic-import`
    if (packages.join() !== expected)
      fail(`${name}: expected to import ${expected || 'no package'} but got ${packages.join(', ') || 'none'}`)
  } catch {
    fail(`${name}: does not bundle for browsers, see above`)
  }
}
