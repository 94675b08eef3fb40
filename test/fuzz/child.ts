/** A process that tries one target and tells how it went; a crash or a hang ends it, and not whoever started it. */
import { writeFileSync } from 'node:fs'
import { fuzz } from './fuzz.ts'
import type { Outcome } from './fuzz.ts'
import { TARGETS } from './index.ts'

/** What it tells: the seed that it goes on with, or how all of it went. */
export type Told =
  { readonly at: number; readonly outcome?: never } | { readonly outcome: Outcome; readonly notes: readonly string[] }

const tell = (told: Told): Promise<void> =>
  new Promise((resolve) => {
    process.send!(told, undefined, undefined, () => {
      resolve()
    })
  })

const [, , name, seed, seconds, diary] = process.argv
const target = await TARGETS[name]()
const outcome = await fuzz(target, {
  seed: Number(seed),
  seconds: Number(seconds),
  onRound: (at) => void tell({ at }),
  // Written at once, for who hangs tells nothing.
  onCase: (example) => {
    writeFileSync(diary, example)
  },
})
await tell({ outcome, notes: target.notes() })
await target.close()
process.disconnect()
