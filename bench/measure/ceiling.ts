/**
 * The machine's own ceilings, measured and not read from a data sheet: multiply-adds per second, from WebAssembly modules
 * of independent chains put together byte by byte, and bytes per second of copying.
 */

/** A module wants its numbers in groups of seven bits, the last group without the eighth bit. */
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)])
const section = (id: number, ...bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes]
const simd = (opcode: number): number[] => [0xfd, ...leb(opcode)]

const [LOCAL_GET, LOCAL_SET, LOCAL_TEE, I32, V128] = [0x20, 0x21, 0x22, 0x7f, 0x7b]
const [I32_CONST, F32_CONST, LOOP, VOID, BR_IF, END, I32_SUB] = [0x41, 0x43, 0x03, 0x40, 0x0d, 0x0b, 0x6b]
const [LOAD, STORE, SPLAT, ADD, MUL, RELAXED_MADD] = [0x00, 0x0b, 0x13, 0xe4, 0xe6, 0x105]

const LANES = 4
/** Each chain goes x ← x·a + b twice in a turn of the loop. */
const STEPS = 2
/** A multiplication and an addition. */
const FLOPS = 2

interface Shape {
  /** As many as hide the latency and leave registers for the factors. */
  readonly chains: number
  /** Bytes between the places where two chains end up. */
  readonly apart: number
}

/**
 * V8 joins two vectors into one of 256 bits where they are stored side by side and all that leads there is alike. So half
 * of the wide chains fill the same registers, where it does; where it does not, they are too many and spill.
 */
const SHAPES = { narrow: { chains: 12, apart: 32 }, wide: { chains: 24, apart: 16 } } as const
export type Width = keyof typeof SHAPES

/** `run(turns: i32, to: i32)` leaves the chains in memory, for the compiler leaves out what nobody reads. */
function moduleOf(relaxed: boolean, { chains, apart }: Shape): Uint8Array<ArrayBuffer> {
  // Local 0 counts down, 1 is an address, the chains follow, and a and b come last.
  const [first, factor, shift] = [2, 2 + chains, 3 + chains]
  const each = (bytes: (local: number) => readonly number[]): number[] =>
    Array.from({ length: chains }, (_, at) => bytes(first + at)).flat()
  const constant = (value: number, local: number): number[] => {
    const bytes = [...new Uint8Array(Float32Array.of(value).buffer)]
    return [F32_CONST, ...bytes, ...simd(SPLAT), LOCAL_SET, local]
  }
  const turn = (local: number): number[] =>
    relaxed
      ? [LOCAL_GET, local, LOCAL_GET, factor, LOCAL_GET, shift, ...simd(RELAXED_MADD), LOCAL_SET, local]
      : [LOCAL_GET, local, LOCAL_GET, factor, ...simd(MUL), LOCAL_GET, shift, ...simd(ADD), LOCAL_SET, local]
  const load = (local: number): number[] => [
    LOCAL_GET,
    1,
    ...simd(LOAD),
    0,
    ...leb((local - first) * apart),
    LOCAL_SET,
    local,
  ]
  const store = (local: number): number[] => [
    LOCAL_GET,
    1,
    LOCAL_GET,
    local,
    ...simd(STORE),
    0,
    ...leb((local - first) * apart),
  ]
  const body = [
    ...[1, ...leb(chains + 2), V128],
    ...constant(0.5, factor),
    ...constant(0.25, shift),
    ...each(load),
    ...[LOOP, VOID],
    ...Array.from({ length: STEPS }, () => each(turn)).flat(),
    ...[LOCAL_GET, 0, I32_CONST, 1, I32_SUB, LOCAL_TEE, 0, BR_IF, 0, END],
    ...each(store),
    END,
  ]
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 2, I32, I32, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 2, ...name('run'), 0, 0, ...name('memory'), 2, 0),
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

export interface Chains {
  readonly flopsPerTurn: number
  readonly run: (turns: number) => void
}

/** Multiply-adds in independent chains, fused by relaxed SIMD or in two instructions. */
export function chainsOf(relaxed: boolean, width: Width): Chains {
  const shape = SHAPES[width]
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleOf(relaxed, shape)))
  const call = exports.run as (turns: number, to: number) => void
  const run = (turns: number): void => {
    call(turns, 0)
  }
  run(1_000_000)
  // Every chain tends to b / (1 − a), in each of its lanes.
  const ends = new Float32Array((exports.memory as WebAssembly.Memory).buffer)
  for (let at = 0; at < shape.chains; at++)
    for (let lane = 0; lane < LANES; lane++) {
      const end = ends[(at * shape.apart) / ends.BYTES_PER_ELEMENT + lane]
      if (Math.abs(end - 0.5) > 1e-4) throw new Error(`ceiling: expected chains to tend to 0.5 but got ${end}`)
    }
  return { flopsPerTurn: shape.chains * LANES * STEPS * FLOPS, run }
}

/** Of one thread in GFLOP/s; NaN where it does not exist. */
export function arithmeticCeiling(relaxed: boolean, width: Width): number {
  if (!WebAssembly.validate(moduleOf(relaxed, SHAPES[width]))) return NaN
  const { flopsPerTurn, run } = chainsOf(relaxed, width)
  return (
    best(TURNS * flopsPerTurn, () => {
      run(TURNS)
    }) / 1e9
  )
}

let width: Width | undefined

/** Whether chains that V8 may join are done faster than those that it may not: twice where it joins them, slower where not. */
export const widthOfHost = (): Width =>
  (width ??= arithmeticCeiling(false, 'wide') > 1.3 * arithmeticCeiling(false, 'narrow') ? 'wide' : 'narrow')

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

/** In the widest vectors that there are here. */
const widest = (relaxed: boolean): number =>
  Math.max(arithmeticCeiling(relaxed, 'narrow'), arithmeticCeiling(relaxed, 'wide'))

export const ceilings = (): Ceilings => ({
  plain: widest(false),
  relaxed: widest(true),
  memory: memoryCeiling(),
})
