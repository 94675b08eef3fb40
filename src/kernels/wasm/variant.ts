/**
 * One stored binary serves two variants, which differ in what x·y + c is: two instructions and two roundings, or one of
 * each. Which of them the host can run, it is asked.
 */
import { host } from './host.ts'

/** `relaxed` multiplies and adds in one rounding, which is faster; its sums differ in their last bits. */
export type Variant = 'simd' | 'relaxed'

/** What all instructions on vectors begin with. */
export const VECTOR = 0xfd
const NOTHING = 0x01
const RELAXED_MADD = [VECTOR, 0x85, 0x02]

/**
 * How the two halves of a multiply-add are stored: i16x8.q15mulr_sat_s, which follows x and y, and i16x8.avgr_u, which
 * follows c. No kernel has them otherwise, and to the compiler they are as opaque as the products and sums that they become.
 */
export const STORED: readonly number[] = [0x82, 0x9b]

/** What they become, as long as before: f32x4.mul and f32x4.add, or nothing and f32x4.relaxed_madd of all three. */
const HALVES = {
  simd: [
    [VECTOR, 0xe6, 0x01],
    [VECTOR, 0xe4, 0x01],
  ],
  relaxed: [[NOTHING, NOTHING, NOTHING], RELAXED_MADD],
}

/** Makes a stored binary one of a variant. */
export function settle(bytes: Uint8Array, variant: Variant): Uint8Array {
  for (let at = 0; at < bytes.length; at++) {
    const half = bytes[at] === VECTOR ? STORED.indexOf(bytes[at + 1]) : -1
    if (half >= 0) bytes.set(HALVES[variant][half], at)
  }
  return bytes
}

/** Whether the host accepts a function of these instructions, which must leave nothing on the stack. */
function accepts(...code: readonly number[]): boolean {
  const body = [0, ...code, 0x0b]
  return (
    host?.validate(
      Uint8Array.of(
        ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
        ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: nothing to nothing
        ...[0x03, 0x02, 0x01, 0x00], // one function of it
        ...[0x0a, body.length + 2, 0x01, body.length, ...body],
      ),
    ) ?? false
  )
}

const SPLAT = [0x41, 0x00, VECTOR, 0x0f] // i32.const 0, i8x16.splat
const DROP = 0x1a

/** Asked anew each time: it is cheap, and flags of the host may change. */
export const offers = (variant: Variant): boolean =>
  variant === 'simd' ? accepts(...SPLAT, DROP) : accepts(...SPLAT, ...SPLAT, ...SPLAT, ...RELAXED_MADD, DROP)
