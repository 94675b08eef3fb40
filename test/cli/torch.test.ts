/** Training by PyTorch from the command line: what comes back, what is kept when it is broken off, and what is refused in words. */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Scores } from '../../src/index.ts'
import { NO_TORCH } from '../torch.ts'
import { FEED, built, folderOf, run, sql } from './built.ts'

let cli = ''
const folder = folderOf('torch')
const plegrad = (...argv: string[]) => run(cli, folder, argv)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

interface Report {
  readonly ranks: number
  readonly steps: number
  readonly stopped: string
  readonly resumed?: { readonly step: number }
  readonly epochs: readonly { readonly losses: Readonly<Record<string, number>>; readonly validation: Scores }[]
  readonly scores: Readonly<Record<string, Scores>>
  readonly torch: { readonly scores: Readonly<Record<string, Scores>> }
}
const reportOf = (name: string): Report => JSON.parse(read(`${name}/report.json`)) as Report

const flat = (scores: Report['scores']): readonly number[] =>
  Object.values(scores).flatMap((tasks) => Object.values(tasks).flatMap((metrics) => Object.values(metrics)))

/** Scores agree as numbers of float32 do. */
function agree(one: Report['scores'], other: Report['scores'], within = 5): void {
  expect(Object.keys(one)).toEqual(Object.keys(other))
  flat(one).forEach((score, at) => expect(score).toBeCloseTo(flat(other)[at], within))
}

beforeAll(async () => {
  cli = await built()
  await sql(`COPY (${FEED}) TO '${folder}/feed.parquet'`)
  await plegrad('init', 'feed.parquet')
  write('plegrad.json', read('plegrad.json').replace('"epochs": 10', '"epochs": 3'))
})

describe('without Python', () => {
  const other = (name: string, prints: string): void => {
    write(name, `#!/bin/sh\necho '${prints}'\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const by = async (python: string, ...argv: string[]) => {
    const before = process.env.PYTHON
    process.env.PYTHON = python
    try {
      return await plegrad(...argv)
    } finally {
      if (before === undefined) delete process.env.PYTHON
      else process.env.PYTHON = before
    }
  }

  it('it says which one was looked for, and how another is named', async () => {
    expect(await by('./no-python', 'train', '--engine', 'torch', '--run', 'none')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        "error: expected Python as './no-python' but got none: because it does not run; PYTHON names another one\n",
    })
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })

  it('it says which package is missing, and how it is installed', async () => {
    other('half-python', 'True torch ray pydantic')
    expect(await by('./half-python', 'train', '--engine', 'ray', '--run', 'none')).toMatchObject({
      status: 1,
      stderr:
        "error: expected torch, ray, pydantic in './half-python' but got none: because a model is trained there by it; install it by: " +
        "./half-python -m pip install 'torch' 'ray[train]'. Or PYTHON names another one\n",
    })
    other('old-python', 'False')
    const { stderr } = await by('./old-python', 'train', '--engine', 'torch', '--run', 'none')
    expect(stderr).toBe(
      "error: expected Python from 3.11 as './old-python' but got an older one; PYTHON names another one\n",
    )
  })

  it('ranks are refused where plegrad trains', async () => {
    expect(await plegrad('train', '--ranks', '2', '--run', 'none')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected --engine torch or ray beside --ranks 2 but got none') as string,
    })
  })

  it('a package is exported, with the plegrad.json that the model was trained by', async () => {
    expect(await plegrad('train', '--run', 'own')).toMatchObject({ status: 0 })
    expect(await plegrad('export', 'feed-torch', '--to', 'torch', '--run', 'own')).toMatchObject({ status: 0 })
    expect(readdirSync(join(folder, 'feed-torch'))).toEqual(
      expect.arrayContaining(['model.json', 'plegrad.json', 'plegrad_torch', 'ray_train.py', 'train.py']),
    )
    expect(JSON.parse(read('feed-torch/plegrad.json'))).toEqual(JSON.parse(read('plegrad.json')))
    expect(await plegrad('export', 'feed-torch', '--to', 'torch', '--run', 'own')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("expected no folder 'feed-torch', or an empty one, but got files") as string,
    })
  })
})

const PYTHON = process.env.PYTHON ?? 'python3'
const NO_RAY = NO_TORCH ?? (spawnSync(PYTHON, ['-c', 'import ray.train']).status === 0 ? undefined : 'no ray')

describe.skipIf(NO_TORCH)(`by torchrun${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  it('two ranks train a model that comes back, is scored alike and predicts', async () => {
    const trained = await plegrad('train', '--engine', 'torch', '--ranks', '2')
    expect(trained).toMatchObject({ status: 0, stderr: '' })
    expect(trained.stdout).toMatch(
      /rows: training 1,200, validation 150, test 150\n\nepoch 1\/3 {2}liked loss 0\.\d+ auc/,
    )
    const report = reportOf('run')
    expect(report).toMatchObject({ ranks: 2, steps: 3 * Math.ceil(1200 / 32), stopped: 'finished' })
    agree(report.scores, report.torch.scores)
    expect(report.epochs[2].losses.rating).toBeLessThan(report.epochs[0].losses.rating)
    const evaluated = await plegrad('evaluate', '--json')
    expect((JSON.parse(evaluated.stdout) as { scores: Scores }).scores).toEqual(report.scores.test)
    expect(await plegrad('predict')).toMatchObject({ status: 0 })
    const [{ rows, spread }] = await sql(
      `SELECT count(*)::INT AS rows, stddev(predicted_liked) AS spread FROM '${folder}/predictions.parquet'`,
    )
    expect(rows).toBe(1500)
    expect(spread).toBeGreaterThan(0)
    expect(await plegrad('train', '--engine', 'torch')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("expected 'run' without a training but got one") as string,
    })
  }, 240_000)

  it('a model that PyTorch trained is scored part by part where plegrad.json says stream', async () => {
    const config = { ...(JSON.parse(read('plegrad.json')) as { training: object }), stream: { buffer: 500 } }
    write('stream.json', JSON.stringify({ ...config, training: { ...config.training, epochs: 1 } }))
    const flags = ['--config', 'stream.json', '--run', 'stream']
    expect(await plegrad('train', '--engine', 'torch', ...flags)).toMatchObject({ status: 0, stderr: '' })
    const { scores, torch } = reportOf('stream')
    agree(scores, torch.scores)
  }, 120_000)

  it('Ctrl-C keeps where it stands, a bad shard loses nothing of it, and other ranks go on to the end', async () => {
    const long = (epochs: number): string =>
      read('plegrad.json').replace('"epochs": 3', `"epochs": ${epochs}`).replace('"patience": 2', '"patience": 1000')
    // More than any machine could end before it is interrupted.
    write('long.json', long(10_000))
    const flags = ['--config', 'long.json', '--run', 'long']
    let asked = false
    const command = ['train', '--engine', 'torch', '--ranks', '2', ...flags]
    const stopped = await run(cli, folder, command, (printed, interrupt) => {
      // Twice would end it at once.
      if (!asked && (asked = printed.includes('epoch 1/'))) interrupt()
    })
    expect(stopped).toMatchObject({ status: 130, stderr: '' })
    const [, told] = /Stopped after ([\d,]+) steps, which are kept\. Go on: plegrad resume/.exec(stopped.stdout)!
    const steps = Number(told.replaceAll(',', ''))
    const some = long(1 + Math.ceil(steps / 38))
    expect(stopped.stdout).toMatch(/plegrad resume --config long\.json --run long\n$/)
    expect(existsSync(join(folder, 'long/model.safetensors'))).toBe(false)

    // A bad shard is refused by name, other rows or features by theirs; nothing is lost.
    const [shard] = readdirSync(join(folder, 'long/torch/data/training')).sort()
    const [from, aside] = [join(folder, 'long/torch/data/training', shard), join(folder, 'shard.aside')]
    copyFileSync(from, aside)
    writeFileSync(from, readFileSync(from).subarray(0, 200))
    const bad = await plegrad('resume', ...flags)
    expect(bad.status).toBe(1)
    expect(bad.stderr).toMatch(
      /^error: shards: expected Parquet in '.*0000\.parquet' but got an error: because .*is kept: plegrad resume/,
    )
    copyFileSync(aside, from)
    write('long.json', some.replace('"numLevels": 2', '"numLevels": 3'))
    expect(await plegrad('resume', ...flags)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected the model that this training began with but got another') as string,
    })
    write('long.json', some)

    expect(await plegrad('resume', '--ranks', '1', ...flags)).toMatchObject({ status: 0, stderr: '' })
    const resumed = reportOf('long')
    expect(resumed).toMatchObject({ ranks: 1, resumed: { step: steps } })
    expect(resumed.epochs).toHaveLength(1 + Math.ceil(steps / 38))
    agree(resumed.scores, resumed.torch.scores)
    // The first epochs are those of the training that was not interrupted.
    agree({ validation: resumed.epochs[0].validation }, { validation: reportOf('run').epochs[0].validation }, 3)
  }, 400_000)
})

describe.skipIf(NO_RAY)(`by Ray${NO_RAY ? `: skipped, ${NO_RAY}` : ''}`, () => {
  it('two workers train what two ranks of torchrun do', async () => {
    write('ray.json', read('plegrad.json').replace('"epochs": 3', '"epochs": 1'))
    const flags = ['--config', 'ray.json', '--run', 'ray']
    const trained = await plegrad('train', '--engine', 'ray', '--ranks', '2', ...flags)
    expect(trained).toMatchObject({ status: 0, stderr: '' })
    const report = reportOf('ray')
    agree(report.scores, report.torch.scores)
    agree({ validation: report.scores.validation }, { validation: reportOf('run').epochs[0].validation }, 3)
    // And Ray goes on from its checkpoint.
    write('ray.json', read('plegrad.json'))
    expect(await plegrad('resume', ...flags)).toMatchObject({ status: 0, stderr: '' })
    expect(reportOf('ray')).toMatchObject({ ranks: 2, resumed: { step: report.steps } })
    agree(reportOf('ray').scores, reportOf('run').scores, 3)
  }, 300_000)
})
