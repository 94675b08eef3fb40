/**
 * Writes down what the trainings of `recorded.ts` leave on this machine: `npx tsx test/models/record.ts`, after a change
 * that is meant to change it.
 */
import { writeFileSync } from 'node:fs'
import { allowRelaxed } from '../kernels/wasm/variants.ts'
import { BACKENDS, CASES, record } from './recorded.ts'
import type { Recorded } from './recorded.ts'

allowRelaxed()
const trainings: Record<string, Record<string, Recorded>> = {}
for (const [name, each] of Object.entries(CASES)) {
  trainings[name] = {}
  for (const [backend, make] of Object.entries(BACKENDS)) trainings[name][backend] = await record(each, make())
}
writeFileSync(
  new URL('recorded.json', import.meta.url),
  JSON.stringify({ arch: process.arch, v8: [Number.parseInt(process.versions.v8)], trainings }, undefined, 2),
)
