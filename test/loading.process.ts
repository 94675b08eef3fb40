/**
 * Loads each source file below a folder as the first of all, with modules that no other has touched, and prints what
 * throws as JSON. Files are compiled as tsx compiles them. Needs `--experimental-vm-modules`.
 */
import { build } from 'esbuild'
import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SourceTextModule, SyntheticModule } from 'node:vm'
import type { Module } from 'node:vm'

const root = resolve(process.argv[2])
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  // What lies in assembly/ is another language.
  .filter((path) => path.endsWith('.ts') && !/[/\\]assembly[/\\]/.test(path))
const { outputFiles } = await build({
  entryPoints: files.map((path) => join(root, path)),
  outdir: root,
  outExtension: { '.js': '.ts' },
  allowOverwrite: true,
  write: false,
  keepNames: true,
})
const texts = new Map(outputFiles.map(({ path, text }) => [path, text]))

async function packageModule(name: string): Promise<Module> {
  const exports = (await import(name)) as Record<string, unknown>
  return new SyntheticModule(Object.keys(exports), function () {
    for (const key of Object.keys(exports)) this.setExport(key, exports[key])
  })
}

async function load(first: string): Promise<void> {
  const modules = new Map<string, SourceTextModule>()
  const moduleAt = (path: string): SourceTextModule => {
    const module = modules.get(path) ?? new SourceTextModule(texts.get(path)!, { identifier: path })
    modules.set(path, module)
    return module
  }
  const module = moduleAt(first)
  await module.link((specifier, { identifier }) =>
    specifier.startsWith('.') ? moduleAt(resolve(dirname(identifier), specifier)) : packageModule(specifier),
  )
  await module.evaluate()
}

const failures: string[] = []
for (const path of texts.keys())
  await load(path).catch((error: unknown) => failures.push(`${path.slice(root.length + 1)}: ${String(error)}`))
process.stdout.write(JSON.stringify({ loaded: texts.size, failures }))
