/** The package as strangers get it: packed, and installed offline into an empty project, whatever caches or settings say. */
import { execFileSync, execSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const locate = createRequire(import.meta.url)

export interface Project {
  readonly folder: string
  readonly tarball: string
  readonly write: (file: string, text: string) => void
  /** Runs Node there and returns what it printed. */
  readonly node: (...args: readonly string[]) => string
  /** Runs a command of the package there, as `npx` finds it, and returns its exit code and what it printed. */
  readonly npx: (command: string) => { readonly status: number | null; readonly printed: string }
  /** Makes a peer of the repository's one of the project's. */
  readonly bring: (peer: string) => void
  readonly remove: () => void
}

/** A project as `npm init -y` leaves it, with plegrad and nothing else. dist/ must be built. */
export function projectWithPackage(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-'))
  const modules = join(folder, 'node_modules')
  const quiet = { encoding: 'utf8', stdio: 'pipe' } as const
  const npm = (command: string, cwd: string): string => execSync(`npm ${command}`, { ...quiet, cwd })
  npm(`pack --silent --ignore-scripts --pack-destination "${folder}"`, process.cwd())
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack: expected a tarball but got none')
  npm('init -y', folder)
  npm(`install --silent --offline --no-audit --no-fund --ignore-scripts ./${tarball}`, folder)
  const installed = readdirSync(modules).filter((name) => !name.startsWith('.'))
  if (installed.join() !== 'plegrad')
    throw new Error(`node_modules: expected plegrad alone but got ${installed.join(', ')}`)
  return {
    folder,
    tarball,
    write: (file, text) => writeFileSync(join(folder, file), text),
    node: (...args) => execFileSync(process.execPath, args, { ...quiet, cwd: folder }),
    npx: (command) => {
      const { status, stdout, stderr } = spawnSync(`npx --no-install ${command}`, {
        ...quiet,
        cwd: folder,
        shell: true,
      })
      return { status, printed: stdout + stderr }
    },
    bring: (peer) => symlinkSync(dirname(locate.resolve(`${peer}/package.json`)), join(modules, peer), 'junction'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
