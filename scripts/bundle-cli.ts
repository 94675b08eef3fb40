/** Bundles the command line into one file, its libraries with it. It refuses to leave an import but Node's own and DuckDB's. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { schemaFile } from '../cli/config/schema.ts'

/** CommonJS among the libraries asks for Node's modules by `require`. */
const REQUIRE = `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`

const LICENCES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENSE-MIT', 'LICENSE-MIT.txt', 'license']

/**
 * Writes cli.js, the program of its threads beside it, what editors know of plegrad.json, and the licences of what is in it.
 * Returns the bundle's bytes.
 */
export async function bundleCli(folder: string): Promise<number> {
  const file = join(folder, 'cli.js')
  const { metafile } = await build({
    entryPoints: { cli: 'cli/main.ts', tableThread: 'src/tables/tableThread.ts' },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['@duckdb/node-api'],
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  })
  chmodSync(file, 0o755)
  writeFileSync(join(folder, 'plegrad.schema.json'), schemaFile())
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  )
  const licences = [...packages].sort().map((name) => {
    const root = join('node_modules', name)
    const found = LICENCES.find((each) => existsSync(join(root, each)))
    if (found === undefined) throw new Error(`bundle: expected a licence of ${name} but got none in ${root}`)
    return `${name}\n\n${readFileSync(join(root, found), 'utf8').trim()}\n`
  })
  writeFileSync(join(folder, 'cli.LICENSES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`))
  return statSync(file).size
}
