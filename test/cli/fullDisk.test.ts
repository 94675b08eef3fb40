/** A disk that is full: an error that says so, nothing half-written, and a training that goes on once there is room. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FEED, built, folderOf, run, sql } from './built.ts'

const folder = folderOf('full')
const disk = join(folder, 'disk')
mkdirSync(disk)
const mounted =
  process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'plegrad', disk]).status === 0

/** Leaves this many bytes on the disk, in whole pages. */
function leave(bytes: number): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(join(disk, 'filler'), Buffer.alloc((bavail - Math.ceil(bytes / bsize)) * bsize))
}
const makeRoom = () => rmSync(join(disk, 'filler'))
const bytes = (name: string): Buffer => readFileSync(join(folder, name))
/** All files of the run on the disk. */
const contents = (): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(join(disk, 'run'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]),
  )

afterAll(() => {
  if (mounted) spawnSync('umount', [disk])
})

describe.skipIf(!mounted)('a disk of four megabytes, which root alone may mount', () => {
  let cli = ''
  const plegrad = (...argv: string[]) => run(cli, folder, argv)
  /** A config beside the table that trains for so many epochs. */
  const config = (epochs: number): void => {
    const proposed = JSON.parse(bytes('plegrad.json').toString()) as { training: object; stream?: object }
    const training = { ...proposed.training, epochs, batchSize: 64, patience: undefined, restoreBest: false }
    writeFileSync(join(folder, 'short.json'), JSON.stringify({ ...proposed, stream: { buffer: 300 }, training }))
  }
  const kept = (name: string) => ['--config', 'short.json', '--run', name]

  beforeAll(async () => {
    cli = await built()
    await sql(`COPY (${FEED}) TO '${folder}/feed.parquet' (ROW_GROUP_SIZE 2048)`)
    await plegrad('init', 'feed.parquet')
  })

  it('ends a training with its last checkpoint whole, from which it goes on to the bits of one that was never stopped', async () => {
    config(1)
    expect(await plegrad('train', ...kept('disk/run'))).toMatchObject({ status: 0, stderr: '' })
    const before = contents()
    config(3)
    leave(8192)
    const full = await plegrad('resume', ...kept('disk/run'))
    expect(full.status).toBe(1)
    expect(full.stderr).toMatch(/disk\/run\/\S*.*ENOSPC|ENOSPC.*disk\/run/)
    expect(contents()).toEqual(before)
    makeRoom()
    expect(await plegrad('resume', ...kept('disk/run'))).toMatchObject({ status: 0, stderr: '' })
    expect(await plegrad('train', ...kept('whole'))).toMatchObject({ status: 0, stderr: '' })
    expect(bytes('disk/run/model.safetensors')).toEqual(bytes('whole/model.safetensors'))
  })

  it.each(['csv', 'parquet'])('leaves no half of predictions behind: %s', async (kind) => {
    leave(4096)
    const { status, stderr } = await plegrad('predict', ...kept('disk/run'), '--to', `disk/scores.${kind}`)
    makeRoom()
    expect(status).toBe(1)
    expect(stderr).toContain(`disk/scores.${kind}`)
    expect(stderr).toMatch(/No space left|ENOSPC/)
    expect(readdirSync(disk)).toEqual(['run'])
  })
})
