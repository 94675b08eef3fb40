/**
 * The machine's own ceilings, measured and not read from a data sheet: multiply-adds per second in 128-bit vectors, from a
 * WebAssembly module of independent chains put together byte by byte, and bytes per second of copying.
 */
import { RELAXED } from './relaxed.ts'

/** A module wants its numbers in groups of seven bits, the last group without the eighth bit. */
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)])
const section = (id: number, ...bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes]
const simd = (opcode: number): number[] => [0xfd, ...leb(opcode)]

const [LOCAL_GET, LOCAL_SET, LOCAL_TEE, I32, F32, V128] = [0x20, 0x21, 0x22, 0x7f, 0x7d, 0x7b]
const [I32_CONST, F32_CONST, LOOP, VOID, BR_IF, END, I32_SUB] = [0x41, 0x43, 0x03, 0x40, 0x0d, 0x0b, 0x6b]
const [SPLAT, LANE, ADD, MUL, RELAXED_MADD] = [0x13, 0x1f, 0xe4, 0xe6, 0x105]

/** As many as hide the latency and leave registers for the factors. */
const CHAINS = 12
const LANES = 4
/** Each chain goes x ← x·a + b twice in a turn of the loop. */
const STEPS = 2
/** A multiplication and an addition. */
const FLOPS = 2
export const FLOPS_PER_TURN = CHAINS * LANES * STEPS * FLOPS

/** `run(turns: i32) -> f32` */
function chains(relaxed: boolean): Uint8Array<ArrayBuffer> {
  // Local 0 counts down, the chains follow, and a and b come last.
  const [first, factor, shift] = [1, 1 + CHAINS, 2 + CHAINS]
  const each = (bytes: (local: number) => readonly number[]): number[] =>
    Array.from({ length: CHAINS }, (_, at) => bytes(first + at)).flat()
  const constant = (value: number, local: number): number[] => {
    const bytes = [...new Uint8Array(Float32Array.of(value).buffer)]
    return [F32_CONST, ...bytes, ...simd(SPLAT), LOCAL_SET, local]
  }
  const turn = (local: number): number[] =>
    relaxed
      ? [LOCAL_GET, local, LOCAL_GET, factor, LOCAL_GET, shift, ...simd(RELAXED_MADD), LOCAL_SET, local]
      : [LOCAL_GET, local, LOCAL_GET, factor, ...simd(MUL), LOCAL_GET, shift, ...simd(ADD), LOCAL_SET, local]
  const body = [
    ...[1, ...leb(CHAINS + 2), V128],
    ...constant(0.5, factor),
    ...constant(0.25, shift),
    ...each((local) => constant(local, local)),
    ...[LOOP, VOID],
    ...Array.from({ length: STEPS }, () => each(turn)).flat(),
    ...[LOCAL_GET, 0, I32_CONST, 1, I32_SUB, LOCAL_TEE, 0, BR_IF, 0, END],
    // All chains are added up, or the compiler could leave some out.
    ...[LOCAL_GET, first],
    ...Array.from({ length: CHAINS - 1 }, (_, at) => [LOCAL_GET, first + 1 + at, ...simd(ADD)]).flat(),
    ...[...simd(LANE), 0, END],
  ]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 1, I32, 1, F32),
    ...section(3, 1, 0),
    ...section(7, 1, 3, ...new TextEncoder().encode('run'), 0, 0),
    ...section(10, 1, ...leb(body.length), ...body),
  ])
}

const TURNS = 200_000
const ATTEMPTS = 25

/** The best of many attempts, per second: a ceiling is what the machine can, not what it does while others work. */
function best(amount: number, run: () => unknown): number {
  let least = Infinity
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const start = performance.now()
    run()
    least = Math.min(least, performance.now() - start)
  }
  return amount / (least / 1000)
}

/** Does `FLOPS_PER_TURN` operations so many times, in independent chains. */
export function chainsOf(relaxed: boolean): (turns: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(chains(relaxed)))
  const run = exports.run as (turns: number) => number
  const sum = run(1_000_000)
  // Every chain tends to b / (1 − a).
  if (Math.abs(sum - CHAINS * 0.5) > 1e-4) throw new Error(`ceiling: expected chains to tend to 0.5 but got ${sum}`)
  return run
}

/** Multiply-adds of one thread in GFLOP/s, fused by relaxed SIMD or in two instructions; NaN where it does not exist. */
export function arithmeticCeiling(relaxed: boolean): number {
  if (relaxed && RELAXED === 'missing') return NaN
  const run = chainsOf(relaxed)
  return best(TURNS * FLOPS_PER_TURN, () => run(TURNS)) / 1e9
}

/** Of one thread in GB/s, what is read and what is written, far beyond any cache. */
export function memoryCeiling(): number {
  const [from, to] = [new Float32Array(2 ** 25).fill(1), new Float32Array(2 ** 25)]
  return best(2 * from.byteLength, () => to.set(from)) / 1e9
}

export interface Ceilings {
  readonly plain: number
  readonly relaxed: number
  /** GB/s */
  readonly memory: number
}

export const ceilings = (): Ceilings => ({
  plain: arithmeticCeiling(false),
  relaxed: arithmeticCeiling(true),
  memory: memoryCeiling(),
})
