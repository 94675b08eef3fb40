/**
 * A training of each model gives the bits that it gave when it was recorded, on the CPU and on both variants of WASM.
 * JavaScript says of Math.exp and its kin only that they are near enough, and WebAssembly of relaxed multiply-adds only
 * that they round once or twice: so bits are held where the engine's functions are the recorded ones and multiply-adds
 * round once, which V8 from Node 20 to 24 and any processor with such an instruction do.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matmul, tensor } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
import { allowRelaxed } from '../kernels/wasm/variants.ts'
import { BACKENDS, CASES, record } from './recorded.ts'
import type { Recorded } from './recorded.ts'

const RECORDED = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as {
  readonly arch: string
  readonly v8: readonly number[]
  readonly trainings: Readonly<Record<string, Readonly<Record<string, Recorded>>>>
}
const { arch, v8, trainings } = RECORDED
const engine = Number.parseInt(process.versions.v8)
const sameFunctions = process.arch === arch && v8.includes(engine)
const held = sameFunctions
  ? ''
  : ` (skipped: recorded on ${arch} with V8 ${v8.join(', ')}, not ${process.arch} with ${engine})`

/** Whether −x·x + y·y of y = x is what two roundings leave, nothing, or what one does. */
function roundsOnce(backend: Backend): boolean {
  const x = 1 + 2 ** -12
  return (
    matmul(tensor([[-Math.fround(x * x), x]], [1, 2], backend), tensor([[1], [x]], [2, 1], backend)).values[0] !== 0
  )
}

allowRelaxed()
describe.each(Object.entries(CASES))('%s', (name, training) => {
  it.skipIf(!sameFunctions).for(Object.entries(BACKENDS))(
    `is what it was on %s${held}`,
    async ([kind, make], { skip }) => {
      const backend = make()
      skip(kind === 'relaxed' && !roundsOnce(backend), 'multiply-adds round twice here')
      expect(await record(training, backend)).toEqual(trainings[name][kind])
    },
  )
})

it('holds every training that was recorded, and no bit of a loss moves unseen', () => {
  expect(Object.keys(trainings)).toEqual(Object.keys(CASES))
  const [{ cpu }] = Object.values(trainings)
  const [first] = cpu.losses
  const moved = { ...cpu, losses: [{ ...first, click: first.click * (1 + Number.EPSILON) }, ...cpu.losses.slice(1)] }
  expect(moved).not.toEqual(cpu)
})
