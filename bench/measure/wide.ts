/**
 * Vectors of 256 bits for everyone in the run: V8 joins pairs of 128-bit ones behind a flag, which must be set before
 * anything compiles. Whether it does is measured, for the flag alone says nothing.
 */
import { setFlagsFromString } from 'node:v8'
import { arithmeticCeiling } from './ceiling.ts'
import type { Width } from './ceiling.ts'
import { RELAXED } from './relaxed.ts'

/** From this V8 on, which is of Node 24, the flag changes something. */
const SINCE = 13

export function askForWide(): void {
  if (parseInt(process.versions.v8) >= SINCE) setFlagsFromString('--experimental-wasm-revectorize')
}

let measured: Width | undefined

/** Whether chains that V8 may join are done faster than those that it may not: twice where it joins them, slower where not. */
export function widthOfHost(): Width {
  const relaxed = RELAXED !== 'missing'
  measured ??= arithmeticCeiling(relaxed, 'wide') > 1.3 * arithmeticCeiling(relaxed, 'narrow') ? 'wide' : 'narrow'
  return measured
}
