/** docs/onnx.md against the code: its table is that of the ops, and those who run its file print what it says. */
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NO_ORT, ort } from '../exchange/onnx/runtime.ts'
import { opTable } from '../exchange/onnx/table.ts'
import { blocksOf, read } from './documents.ts'
import { programsOf, workshop } from './programs.ts'

const PAGE = 'docs/onnx.md'
const PYTHON = process.env.PYTHON ?? 'python3'
const hasRuntime = spawnSync(PYTHON, ['-c', 'import onnxruntime']).status === 0
const NO_RUNTIME = hasRuntime ? '' : ' (skipped: $PYTHON has no onnxruntime)'

const { folder, write, run } = workshop('onnx', 'src')
const blocks = blocksOf(PAGE)
/** The code in a language, and what is printed by it. */
const shown = (language: string): readonly [code: string, prints: string] => {
  const at = blocks.findIndex((block) => block.language === language)
  return [blocks[at].code, blocks[at + 1].code]
}
/** The file of the page's first program, beside which others are run. */
const exported = run(write('export.ts', programsOf(blocks)[0].code))
const printed = async (program: string, file: string, cwd: string): Promise<string> =>
  (await promisify(execFile)(program, [file], { cwd })).stdout

it('lists every op, and what it becomes', () => {
  const lines = read(PAGE)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/ +/g, ' '))
  expect(lines.slice(-opTable().length)).toEqual(opTable())
  expect(lines.filter((line) => /^\| `\w+` \| [A-Z]/.test(line)).length).toBeGreaterThan(60)
})

describe.skipIf(!ort)(`in Node${NO_ORT}`, () => {
  it('its program prints what the page says', async () => {
    await exported
    const beside = resolve('test/onnxruntime/node_modules/.cache')
    mkdirSync(beside, { recursive: true })
    cpSync(join(folder, 'model.onnx'), join(beside, 'model.onnx'))
    const [code, prints] = shown('js')
    cpSync(write('run.mjs', code), join(beside, 'run.mjs'))
    expect(await printed(process.execPath, 'run.mjs', beside)).toBe(prints)
  })
})

describe.skipIf(!hasRuntime)(`in Python${NO_RUNTIME}`, () => {
  it('its program prints what the page says', async () => {
    await exported
    const [code, prints] = shown('py')
    expect(await printed(PYTHON, write('run.py', code), folder)).toBe(prints)
  })
})
