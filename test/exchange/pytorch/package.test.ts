/** The package that toPyTorch writes: which files there are, that its own tests pass, and what is refused in words. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { WRITTEN, textOf } from '../../../scripts/build-python.ts'
import { relu } from '../../../src/autograd/index.ts'
import { denseFeature } from '../../../src/data/index.ts'
import { PLE, restoreModel, saveModel, saveState } from '../../../src/models/index.ts'
import type { PLEOptions } from '../../../src/models/index.ts'
import { toPyTorch } from '../../../src/pytorch.ts'
import { count } from '../../../src/tasks.ts'
import { FEATURES, TASKS, TYPES, stir } from '../../models/feed.ts'
import { NO_TORCH } from '../../torch.ts'

const PYTHON = process.env.PYTHON ?? 'python3'
const folder = mkdtempSync(join(tmpdir(), 'pytorch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const modelWith = (options: Partial<PLEOptions> = {}): PLE =>
  stir(
    new PLE({
      ...{ features: FEATURES, taskNames: [...TASKS], taskTypes: [...TYPES] },
      ...{ expertDnnHiddenUnits: [8], towerDnnHiddenUnits: [4], ...options },
    }),
  )

it('what src has of python/ is what is there', () => {
  expect(readFileSync(WRITTEN, 'utf8') === textOf(), 'npm run build:python').toBe(true)
})

it('is the code, the declaration and the weights, which restoreModel takes', () => {
  const model = modelWith()
  const files = toPyTorch(model)
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['README.md', 'model.json', 'plegrad_torch/models.py', 'pyproject.toml']),
  )
  const { kind, options, features, ...format } = JSON.parse(files['model.json'] as string) as Record<string, unknown>
  expect([kind, format]).toEqual(['PLE', { format: 'plegrad', version: '2' }])
  expect(options).toMatchObject({ taskNames: TASKS, expertDnnHiddenUnits: [8] })
  expect(features).toHaveLength(FEATURES.length)
  expect(files['weights.safetensors']).toEqual(saveModel(model))
  expect(saveState(restoreModel(files['weights.safetensors'] as Uint8Array))).toEqual(saveState(model))
})

describe('refuses, before there is a file,', () => {
  it.each([
    [
      'a transform',
      { features: [denseFeature('age', { transform: Math.log })] },
      "toPyTorch: expected no transform of 'age' but got one: because Python does not run functions of JavaScript",
    ],
    [
      'an activation of one’s own',
      { dnnActivation: relu },
      'toPyTorch: expected dnnActivation to be no function but got',
    ],
    [
      'a kind of task of one’s own',
      { taskTypes: [{ ...count(), kind: 'rank' }, 'binary', 'binary'] },
      "toPyTorch: expected a kind of plegrad/tasks for task 'click' but got 'rank'",
    ],
  ] as const)('%s', (_, options, message) => {
    expect(() => toPyTorch(modelWith(options as Partial<PLEOptions>))).toThrow(message)
  })

  it('a number that is not finite', () => {
    const model = modelWith()
    model.towers.click.bias.assign([NaN])
    expect(() => toPyTorch(model)).toThrow(
      /^toPyTorch: expected \d+ parameters that fit but got: towers\.click\.bias has NaN/,
    )
  })
})

const has = (module: string): boolean => spawnSync(PYTHON, ['-m', module, '--version']).status === 0

describe.skipIf(NO_TORCH)(`written${NO_TORCH ? `: skipped, ${NO_TORCH}` : ''}`, () => {
  const write = (): void => {
    for (const [path, content] of Object.entries(toPyTorch(modelWith()))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
  }
  const run = (...asked: readonly string[]) => {
    write()
    const { status, stdout, stderr } = spawnSync(PYTHON, ['-B', '-m', ...asked], { cwd: folder, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
  }

  it.skipIf(!has('pytest'))('it passes its own tests', () => run('pytest', '-q', '-p', 'no:cacheprovider'), 900_000)
  it.skipIf(!has('ruff'))('ruff has nothing to say', () => {
    run('ruff', 'check', '--no-cache', '.')
    run('ruff', 'format', '--no-cache', '--check', '.')
  })
  it.skipIf(!has('pyright'))('pyright has nothing to say', () => run('pyright', '--pythonpath', PYTHON), 600_000)
})
