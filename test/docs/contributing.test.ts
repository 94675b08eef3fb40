/** The worked example of CONTRIBUTING.md, applied step by step to a copy of the sources and put to the laws there. */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, read } from './documents.ts'
import { workshop } from './programs.ts'

const { folder, write, typeErrors, run } = workshop('contributing', '.cache/docs/contributing/src')
const blocks = blocksOf('CONTRIBUTING.md')
const STEP = /^into=(\S+)(?: after="(.*)")?$/

/** Puts a step's code where it belongs: behind the line it names, at the end of the file, or into a new file. */
function apply(into: string, after: string | undefined, code: string): string {
  const path = join(folder, into)
  if (!existsSync(path)) return write(into, code)
  const text = readFileSync(path, 'utf8')
  if (after === undefined) return write(into, `${text}\n${code}`)
  if (text.split(`${after}\n`).length !== 2)
    throw new Error(`${into}: expected one line '${after}' but got none, or more`)
  return write(into, text.replace(`${after}\n`, `${after}\n${code}`))
}

const TRIAL = `
import { cpu64, gradients, mish, sum, tensor } from 'plegrad'
import { checkOp } from 'plegrad/testing'

const { laws } = await checkOp(mish)
const x = tensor([-3, -0.5, 0, 0.5, 3], [5], cpu64)
const [slope] = gradients(sum(mish(x)), [x])
console.log(JSON.stringify({ laws: laws.map(({ law }) => law), slope: Array.from(slope.values) }))
`

describe('the worked example', () => {
  let files: readonly string[] = []
  beforeAll(() => {
    cpSync('src', join(folder, 'src'), { recursive: true })
    files = blocks.flatMap(({ info, code }) => {
      const [, into, after] = STEP.exec(info) ?? []
      return into === undefined ? [] : [apply(into, after, code)]
    })
  })

  it('has the five steps that the page promises, in files that it names', () => {
    expect(files).toHaveLength(5)
    const steps = blocks.flatMap(({ info }) => STEP.exec(info)?.[1] ?? [])
    for (const into of steps) expect(read('CONTRIBUTING.md')).toContain(`\`${into}\``)
  })

  it('type-checks, obeys every law, and has the derivative that the page derives', async () => {
    const trial = write('trial.ts', TRIAL)
    expect(typeErrors([...files, trial])).toEqual([])
    const { laws, slope } = JSON.parse(await run(trial)) as { laws: readonly string[]; slope: readonly number[] }
    expect(laws).toContain('fused equals plain')
    const derivation = blocks.find(({ info }) => info === 'derivative')?.code ?? ''
    const mish = runInNewContext(`${derivation}\n;mish`) as (x: number) => number
    for (const [index, x] of [-3, -0.5, 0, 0.5, 3].entries()) expect(slope[index]).toBeCloseTo(mish(x), 12)
  })

  it('fails where a step is left out or wrong', async () => {
    const [loop, table, op] = files
    const [written, declared, rule] = [loop, table, op].map((file) => readFileSync(file, 'utf8'))
    const unary = 'src/kernels/cpu/unary.ts'
    for (const wrong of [
      written.replace('function mish', 'function mush'),
      written.replace('mish(x: Floats', 'mish(x: string'),
    ]) {
      write(unary, wrong)
      expect(typeErrors(files)).not.toEqual([])
    }
    write(unary, written)
    write('src/kernels/table/elementwise.ts', declared.replace("'mish', UNARY", "'mish', 'x:n -> out<v:n | n'"))
    expect(typeErrors(files)).not.toEqual([])
    write('src/kernels/table/elementwise.ts', declared)
    write('src/autograd/ops/mish.ts', rule.replace('factor: -1', 'factor: -2'))
    await expect(run(write('wrong.ts', TRIAL))).rejects.toThrow('mish: expected "gradient of order 1" to hold')
  })
})
