/** Saved programs, forged: refused in words, or run within their memory. */
import * as fc from 'fast-check'
import { compilePredictor, saveProgram } from '../../src/training/index.ts'
import { restoreModel } from '../../src/models/index.ts'
import type { SavedModel } from '../../src/models/index.ts'
import { fileOf, loadProgram } from '../../src/serve/index.ts'
import { readFile } from '../../src/serve/file.ts'
import { fencedCpu } from '../serve/fenced.ts'
import { ACCIDENT, damage, randomOf } from './damage.ts'
import { attempt, must } from './refusal.ts'
import { SAVED_MODELS, TRANSFORMS } from './savedModels.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

/** More than this takes minutes to run, and is no more of a fault than a large model is. */
const MOST = 1e6

interface Forged {
  readonly text: string
  readonly numbers: Float32Array
}

/** Headers and numbers of the programs of all saved models. */
export const SAVED_PROGRAMS: readonly Forged[] = SAVED_MODELS.map(({ text }) => {
  const transforms = text.includes('"transformed":true') ? TRANSFORMS : {}
  const model = restoreModel(JSON.parse(text) as SavedModel, { transforms })
  const { header, count, numbersTo } = readFile(saveProgram(compilePredictor(model, { rows: 2 })))
  const numbers = new Float32Array(count)
  numbersTo(numbers)
  return { text: JSON.stringify(header), numbers }
})

/** Whether a forged program is refused. Throws where it is in bad words, or leaves its memory. */
export function checkForged({ text, numbers }: Forged): boolean {
  const header = JSON.parse(text) as object
  if (Number((header as { memory?: unknown } | null)?.memory) > MOST) return true
  const transforms = text.includes('"transformed":true') ? TRANSFORMS : {}
  const file = fileOf(header, [[0, numbers]], numbers.length)
  const { value, refused } = attempt(() => loadProgram(file, { backend: fencedCpu, transforms }))
  must(refused === undefined || !ACCIDENT.test(refused), () => `refused in bad words: ${refused}`)
  for (const { values } of Object.values(value?.batch.ids ?? {})) values.fill(1)
  // Beyond a table they are refused, before anything runs.
  if (value) attempt(() => value.run())
  return refused !== undefined
}

export function served(): Target {
  let refusals = 0
  let runs = 0
  return target({
    name: 'served',
    holds: 'a forged program is refused in words, or runs within its memory',
    cases: 300,
    drawn: fc
      .noShrink(fc.tuple(fc.constantFrom(...SAVED_PROGRAMS), fc.nat()))
      .map(([{ text, numbers }, seed]) => ({ text: damage(text, randomOf(seed)), numbers })),
    check: (forged) => {
      if (checkForged(forged)) refusals++
      else runs++
    },
    show: ({ text }) => text,
    notes: () => [`${refusals} refused, ${runs} run`],
  })
}
