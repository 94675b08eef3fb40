/** Folders for files of tests: plain ones, and where one may mount, a disk of a few bytes. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Folder {
  readonly path: string
  readonly remove: () => void
}

export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'plegrad-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

const run = (command: string, ...args: readonly string[]): unknown => execFileSync(command, args, { stdio: 'pipe' })

/** A folder on a disk of its own, of `bytes`; nothing where one may not mount. */
export function smallDisk(bytes: number): (Folder & { readonly lock: () => void }) | undefined {
  const { path, remove } = newFolder()
  const disk = join(path, 'disk')
  mkdirSync(disk)
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk)
  } catch {
    remove()
    return undefined
  }
  return {
    path: disk,
    lock: () => run('mount', '-o', 'remount,ro', disk),
    remove: () => {
      run('umount', disk)
      remove()
    },
  }
}

/** Makes a folder one that nobody writes to: by its permissions, which do not bind root, or else by its disk. */
export function readOnly(bytes = 2 ** 20): (Folder & { readonly lock: () => void }) | undefined {
  if (process.getuid?.() === 0) return smallDisk(bytes)
  if (process.platform === 'win32') return undefined
  const folder = newFolder()
  return {
    path: folder.path,
    lock: () => chmodSync(folder.path, 0o555),
    remove: () => {
      chmodSync(folder.path, 0o755)
      folder.remove()
    },
  }
}
