/** A file that is there whole or as it was, whatever goes wrong meanwhile. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PARTIAL, writeWhole } from '../../src/node/index.ts'
import { newFolder, readOnly, smallDisk } from './folders.ts'
import type { Folder } from './folders.ts'

let folder: Folder
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => {
  folder.remove()
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (path: string): string => readFileSync(path, 'utf8')

it('writes the parts one after the other, and nothing else into the folder', async () => {
  const path = join(folder.path, 'a')
  await writeWhole('test', path, [bytes('one '), bytes(''), bytes('two')])
  expect(textOf(path)).toBe('one two')
  expect(readdirSync(folder.path)).toEqual(['a'])
})

it('writes an empty file of no parts', async () => {
  await writeWhole('test', join(folder.path, 'a'), [])
  expect(textOf(join(folder.path, 'a'))).toBe('')
})

it('has written all parts before it returns, so that what changes later is not in the file', async () => {
  const parts = [bytes('before'), bytes(' and before')]
  const done = writeWhole('test', join(folder.path, 'a'), parts)
  for (const part of parts) part.fill(0)
  await done
  expect(textOf(join(folder.path, 'a'))).toBe('before and before')
})

it('writes memory that threads share', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3))
  shared.set([104, 101, 121])
  await writeWhole('test', join(folder.path, 'a'), [shared])
  expect(textOf(join(folder.path, 'a'))).toBe('hey')
})

it('replaces a file, whose permissions stay', async () => {
  const path = join(folder.path, 'a')
  writeFileSync(path, 'a long text that was there before')
  chmodSync(path, 0o640)
  await writeWhole('test', path, [bytes('new')])
  expect(textOf(path)).toBe('new')
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

it('replaces what a link leads to, and the link stays one', async () => {
  mkdirSync(join(folder.path, 'data'))
  const [real, link] = [join(folder.path, 'data', 'real'), join(folder.path, 'link')]
  writeFileSync(real, 'old')
  symlinkSync(real, link)
  await writeWhole('test', link, [bytes('new')])
  expect(textOf(real)).toBe('new')
  expect(textOf(link)).toBe('new')
  expect(readdirSync(folder.path).sort()).toEqual(['data', 'link'])
})

it('lets many write one file, which is then one of theirs', async () => {
  const path = join(folder.path, 'a')
  const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000))
  await Promise.all(texts.map((text) => writeWhole('test', path, [bytes(text)])))
  expect(texts).toContain(textOf(path))
  expect(readdirSync(folder.path)).toEqual(['a'])
})

describe('when it cannot write, the error says so with the path and the cause, and nothing has changed', () => {
  const refusal = async (path: string, size = 3): Promise<Error> => {
    const error = await writeWhole('test', path, [new Uint8Array(size)]).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    const { message, cause } = error as Error
    expect(message).toContain(`test: expected to write ${size} bytes to '${path}' but got an error: because `)
    expect(message).toContain((cause as Error).message)
    expect(message).toMatch(/; what was there is as it was$/)
    return error as Error
  }

  it('a folder that is not there', async () => {
    expect((await refusal(join(folder.path, 'nowhere', 'a'))).message).toContain('ENOENT')
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('a file as a folder', async () => {
    writeFileSync(join(folder.path, 'a'), 'old')
    await refusal(join(folder.path, 'a', 'b'))
    expect(textOf(join(folder.path, 'a'))).toBe('old')
  })

  it('a folder in the place of the file', async () => {
    mkdirSync(join(folder.path, 'a'))
    expect((await refusal(join(folder.path, 'a'))).message).toContain('because what is there is no file;')
    expect(readdirSync(folder.path)).toEqual(['a'])
  })

  it.runIf(existsSync('/dev/null'))('a device in the place of the file', async () => {
    await refusal('/dev/null')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('a name that is too long', async () => {
    await refusal(join(folder.path, 'a'.repeat(300)))
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('a folder that may not be written to', async ({ skip }) => {
    const locked = readOnly()
    if (!locked) return skip('needs a user whom permissions bind, or one who may mount')
    try {
      writeFileSync(join(locked.path, 'a'), 'old')
      locked.lock()
      expect((await refusal(join(locked.path, 'a'))).message).toMatch(/EROFS|EACCES/)
      expect(textOf(join(locked.path, 'a'))).toBe('old')
      expect(readdirSync(locked.path)).toEqual(['a'])
    } finally {
      locked.remove()
    }
  })

  it('a disk that is full', async ({ skip }) => {
    const disk = smallDisk(2 ** 20)
    if (!disk) return skip('needs a user who may mount')
    try {
      writeFileSync(join(disk.path, 'a'), 'old')
      expect((await refusal(join(disk.path, 'a'), 2 ** 21)).message).toContain('ENOSPC')
      expect(textOf(join(disk.path, 'a'))).toBe('old')
      expect(readdirSync(disk.path)).toEqual(['a'])
      await writeWhole('test', join(disk.path, 'a'), [new Uint8Array(2 ** 19)])
      expect(statSync(join(disk.path, 'a')).size).toBe(2 ** 19)
    } finally {
      disk.remove()
    }
  })
})

describe('who is killed while writing', () => {
  const SIZE = 2 ** 22
  const isWhole = (path: string): boolean => {
    const file = readFileSync(path)
    return file.length === SIZE && (file[0] === 1 || file[0] === 2) && file.every((byte) => byte === file[0])
  }

  /** Starts a program that writes, kills it some time later, and says whether its file is whole. */
  async function isWholeAfterKill(program: string, how: 'whole' | 'in place', milliseconds: number): Promise<boolean> {
    const path = join(folder.path, 'file')
    const child = spawn(process.execPath, [program, path, how, String(SIZE)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    child.kill('SIGKILL')
    await ended
    return isWhole(path)
  }

  function build(): string {
    const outfile = join(folder.path, 'writing.mjs')
    buildSync({ entryPoints: ['test/node/writing.process.ts'], outfile, bundle: true, platform: 'node', format: 'esm' })
    return outfile
  }

  it('leaves the old file or the new one, 20 times', async () => {
    const program = build()
    for (let time = 0; time < 20; time++) expect(await isWholeAfterKill(program, 'whole', 2.3 * time)).toBe(true)
    // What was not whole yet lies beside it under a name that tells, and is in nobody's way.
    const others = readdirSync(folder.path).filter((name) => name !== 'file' && name !== 'writing.mjs')
    expect(others.length).toBeGreaterThan(0)
    for (const name of others) expect(name).toMatch(new RegExp(`^file\\..*\\${PARTIAL}$`))
    await writeWhole('test', join(folder.path, 'file'), [bytes('after')])
    expect(textOf(join(folder.path, 'file'))).toBe('after')
  })

  it('or the test sees it', async () => {
    const program = build()
    let torn = 0
    for (let time = 0; time < 100 && torn === 0; time++)
      if (!(await isWholeAfterKill(program, 'in place', (2.3 * time) % 23))) torn++
    expect(torn).toBe(1)
  })
})
