/**
 * Whether the host joins pairs of 128-bit vectors into ones of 256, which no function of it tells: so a product is timed in
 * both kinds of tiles. It never says yes of a host where that was not measured.
 */
import { wasm } from './index.ts'

declare const performance: { now(): number }

/** How long it may take in all, and how long a turn of either kind takes at least, in milliseconds. */
const LIMIT = 60
const TURN = 0.4

/** Joined tiles take half the time. What differs by more has been compiled well on one side only, and will be on both. */
const [LEAST, MOST] = [1.3, 3]

const [ROWS, STEPS, COLUMNS] = [48, 256, 16]

/** Whether a product is so much faster in wide tiles that they must be joined; takes LIMIT ms. */
export function joinsVectors(): boolean {
  const { exports, reserve } = wasm({ bytes: 2 ** 21, wide: false })
  const scratch = reserve(exports.scratchBytes())
  const [a, b, out] = [ROWS * STEPS, STEPS * COLUMNS, ROWS * COLUMNS].map((numbers) => reserve(4 * numbers))
  /** Milliseconds of a product. */
  const turn = (wide: boolean): number => {
    exports.setScratch(scratch, wide)
    const start = performance.now()
    for (let products = 1; ; products++) {
      exports.gemm(a, STEPS, 1, b, COLUMNS, 1, 0, out, ROWS, STEPS, COLUMNS, 0)
      const took = performance.now() - start
      if (took >= TURN) return took / products
    }
  }
  const end = performance.now() + LIMIT
  let [narrow, wide] = [Infinity, Infinity]
  // In turns, and the best of each: the host compiles them well after a while, and others may be at work.
  do {
    narrow = Math.min(narrow, turn(false))
    wide = Math.min(wide, turn(true))
  } while (performance.now() < end)
  return narrow / wide > LEAST && narrow / wide < MOST
}
