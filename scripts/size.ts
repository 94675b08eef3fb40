/**
 * Weighs what a web page downloads, minified and gzipped, against a budget: as esbuild bundles it, and as rollup does.
 * Reads dist/: build first.
 */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'
import type { Plugin as EsbuildPlugin } from 'esbuild'
import { rollup } from 'rollup'
import type { Plugin as RollupPlugin } from 'rollup'
import { BUNDLES, KB } from './bundles.ts'
import type { Bundle } from './bundles.ts'

/** Files that nobody downloads who did not ask for the peer. */
const APART = 'dist/kernels/gpujs/'

/** What stands in the place of the WebAssembly backend where a bundle is weighed without it. */
const WASM = 'kernels/wasm/index.js'
const WITHOUT_WASM = 'export const wasm = undefined, defaultWasm = wasm, VARIANT = wasm'

interface Weight {
  readonly minified: number
  readonly gzipped: number
  /** The files that it was made of. */
  readonly files: readonly string[]
  /** Packages that it imports. */
  readonly packages: readonly string[]
}

const weightOf = (code: string | Uint8Array): Pick<Weight, 'minified' | 'gzipped'> => ({
  minified: Buffer.byteLength(code),
  gzipped: gzipSync(code, { level: 9 }).length,
})

const stubbed: EsbuildPlugin = {
  name: 'without WebAssembly',
  setup: (build) => {
    build.onLoad({ filter: new RegExp(`${WASM}$`) }, () => ({ contents: WITHOUT_WASM }))
  },
}

/** What a bundle may import. */
const externalOf = ({ peer, needsNode = false }: Bundle): string[] => [
  ...(peer === undefined ? [] : [peer]),
  ...(needsNode ? ['node:fs', 'node:fs/promises', 'node:path'] : []),
]

/** Bytes of a bundle for browsers. A Node built-in among its imports is an error, and so is a package but the peer. */
async function byEsbuild(bundled: Bundle): Promise<Weight> {
  const { code, withoutWasm = false } = bundled
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: externalOf(bundled),
    plugins: withoutWasm ? [stubbed] : [],
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const [{ contents }] = outputFiles
  const [{ imports, inputs }] = Object.values(metafile.outputs)
  return {
    ...weightOf(contents),
    files: Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    packages: imports.map(({ path }) => path),
  }
}

/** The same by rollup; its output is minified by esbuild, so that the two differ in what they keep. */
async function byRollup(bundled: Bundle): Promise<Weight> {
  const { code, withoutWasm = false } = bundled
  const entry = join(process.cwd(), 'entry.js')
  const given: RollupPlugin = {
    name: 'given',
    resolveId: (id) => (id === entry ? id : null),
    load: (id) => (id === entry ? code : withoutWasm && id.endsWith(WASM) ? WITHOUT_WASM : null),
  }
  const bundle = await rollup({
    input: entry,
    plugins: [given],
    external: externalOf(bundled),
    // As package.json says of the files, which rollup does not ask.
    treeshake: { moduleSideEffects: (id) => id === entry },
    onLog: (_, { message }) => {
      throw new Error(message)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  const [chunk] = output
  const minified = await transform(chunk.code, { minify: true, format: 'esm', target: 'es2022' })
  return {
    ...weightOf(minified.code),
    files: Object.entries(chunk.modules).flatMap(([file, { renderedLength }]) =>
      renderedLength > 0 ? [file.replace(`${process.cwd()}/`, '')] : [],
    ),
    packages: [...chunk.imports, ...chunk.dynamicImports],
  }
}

const row = (name: string, ...cells: string[]): string =>
  name.padEnd(40) + cells.map((cell) => cell.padStart(10)).join('')
const kilobytes = (bytes: number): string => (bytes / KB).toFixed(2)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function check(bundle: Bundle, { gzipped, files, packages }: Weight, by: string): void {
  const { name, budget, peer } = bundle
  const allowed = externalOf(bundle)
  const over = gzipped - budget
  if (over > 0) fail(`${name}: expected at most ${budget} bytes but got ${gzipped} by ${by}: ${over} over budget`)
  const unasked = files.filter((file) => file.startsWith(APART))
  if (peer !== 'gpu.js' && unasked.length > 0)
    fail(`${name}: expected no file of ${APART} but got ${unasked.join(', ')}: nobody has asked for GPU.js`)
  if (packages.some((each) => !allowed.includes(each)) || (peer !== undefined && packages.length === 0))
    fail(
      `${name}: expected to import ${allowed.join(', ') || 'no package'} but got ${packages.join(', ') || 'none'} by ${by}`,
    )
}

console.log(row('KB of', 'minified', 'esbuild', 'rollup', 'budget', 'goal'))
for (const bundle of BUNDLES) {
  const { name, goal, budget } = bundle
  try {
    const [esbuild, rolled] = await Promise.all([byEsbuild(bundle), byRollup(bundle)])
    const sizes = [esbuild.minified, esbuild.gzipped, rolled.gzipped, budget]
    console.log(row(name, ...sizes.map(kilobytes), goal === undefined ? '–' : kilobytes(goal)))
    check(bundle, esbuild, 'esbuild')
    check(bundle, rolled, 'rollup')
  } catch (error) {
    fail(`${name}: does not bundle for browsers: ${String(error)}`)
  }
}
