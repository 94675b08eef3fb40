/**
 * Whether the host joins pairs of 128-bit vectors into ones of 256, which no function of it tells: so a product is timed in
 * both kinds of tiles. It never says yes of a host where that was not measured.
 */
import type { WasmBackend } from './backend.ts'
import { offers } from './variant.ts'

declare const performance: { now(): number }

/** How long it may take in all, and how long a turn of either kind takes at least, in milliseconds. */
const LIMIT = 60
const TURN = 0.4

/** Joined tiles take half the time. What differs by more has been compiled well on one side only, and will be on both. */
const [LEAST, MOST] = [1.3, 3]

const [ROWS, STEPS, COLUMNS] = [48, 256, 16]

let known: boolean | undefined

/** What was measured, or is now if there is something to measure with. */
export const knownWide = (backend?: () => WasmBackend): boolean =>
  (known ??= backend && offers('simd') ? measured(backend()) : undefined) ?? false

function measured({ exports, reserve }: WasmBackend): boolean {
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
