/**
 * Damages safetensors files as disks, networks and strangers do: bits, lengths, ends, headers of others, JSON. A damaged
 * file is refused in words, or its tensors are those that its header says, by a reader that is literal and slow.
 */
import { isDeepStrictEqual } from 'node:util'
import { readSafetensors, writeSafetensors } from '../../src/safetensors.ts'
import type { Safetensors } from '../../src/safetensors.ts'
import { ACCIDENT, damage, pick, randomOf } from '../fuzz/damage.ts'
import type { Fate, Random } from '../fuzz/damage.ts'
import { attempt, must } from '../fuzz/refusal.ts'
import { headerOf, rawFile } from './rawFile.ts'

const below = (random: Random, bound: number): number => Math.floor(random() * bound)

/** Where the numbers of a whole file begin. */
const dataOf = (file: Uint8Array): number =>
  8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))

const headerTextOf = (file: Uint8Array): string => new TextDecoder().decode(file.subarray(8, dataOf(file)))

/** Flips a few bits from one place on to before another. */
function flipped(random: Random, file: Uint8Array, from: number, to: number): Uint8Array {
  const copy = file.slice()
  for (let times = 1 + below(random, 3); times > 0; times--)
    copy[Math.min(from + below(random, to - from), copy.length - 1)] ^= 1 << below(random, 8)
  return copy
}

/** The JSON in some of the metadata, damaged, as in a saved model's. */
function damagedWithin(random: Random, text: string): string {
  const header = JSON.parse(text) as Record<string, Record<string, string>>
  const { __metadata__: metadata = {} } = header
  const inner = Object.keys(metadata).filter((name) => /^[[{]/.test(metadata[name]))
  if (inner.length === 0) return damage(text, random)
  const name = pick(random, inner)
  metadata[name] = damage(metadata[name], random)
  return JSON.stringify(header)
}

const HUGE = ['4294967296', '9007199254740992', '18446744073709551615', '18446744073709551616', `1${'0'.repeat(400)}`]

/** One of the runs of digits in a text, replaced. */
function withHuge(random: Random, text: string): string {
  const runs = [...text.matchAll(/\d+/g)]
  if (runs.length === 0) return text
  const { 0: run, index } = pick(random, runs)
  return (
    text.slice(0, index) +
    pick(random, [...HUGE, `${run}0`, `-${run}`, `${run}.5`, `${run}e3`]) +
    text.slice(index + run.length)
  )
}

type Kind = (random: Random, file: Uint8Array, other: Uint8Array) => Uint8Array
const withHeader =
  (change: (random: Random, text: string, other: Uint8Array) => string): Kind =>
  (random, file, other) =>
    rawFile({ header: change(random, headerTextOf(file), other), data: file.subarray(dataOf(file)) })

const KINDS: Readonly<Record<string, Kind>> = {
  bits: (random, file) => flipped(random, file, 0, file.length),
  'bits of the length': (random, file) => flipped(random, file, 0, 8),
  'bits of the header': (random, file) => flipped(random, file, 8, dataOf(file)),
  'bits of the numbers': (random, file) => flipped(random, file, dataOf(file), file.length),
  truncated: (random, file) => file.slice(0, below(random, file.length)),
  longer: (random, file) => Buffer.concat([file, file.subarray(below(random, file.length))]),
  'another length': (random, file) => {
    const copy = file.slice()
    const length = pick(random, [
      0,
      1,
      2,
      file.length - 8,
      file.length,
      1e8,
      1e8 + 1,
      2 ** 32,
      2 ** 53,
      dataOf(file) - 9,
    ])
    new DataView(copy.buffer).setBigUint64(0, BigInt(length), true)
    return copy
  },
  'the header of another': withHeader((_, __, other) => headerTextOf(other)),
  'a part of another': (random, file, other) => {
    const copy = file.slice()
    const from = below(random, other.length)
    const part = other.subarray(from, from + below(random, 64))
    copy.set(part.subarray(0, copy.length), below(random, Math.max(1, copy.length - part.length)))
    return copy
  },
  'two headers joined': withHeader(
    (_, text, other) => `${text.trimEnd().slice(0, -1)},${headerTextOf(other).slice(1)}`,
  ),
  JSON: withHeader((random, text) => damage(text, random)),
  'JSON in the metadata': withHeader(damagedWithin),
  'a huge number': withHeader(withHuge),
  'characters of the header': withHeader((random, text) => {
    const at = below(random, text.length)
    return (
      text.slice(0, at) +
      pick(random, ['"', '\\', '{', '}', ',', ':', '0', '\u0000', '点', '']) +
      text.slice(at + below(random, 3))
    )
  }),
}

/** A file after one kind of damage, or two. Files are whole: damage to what is damaged would need less of a file. */
export function damagedFile(file: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const once = KINDS[pick(random, Object.keys(KINDS))](random, file, other)
  return random() < 0.2 && once.length > 8 ? flipped(random, once, 0, once.length) : once
}

const WIDTHS = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
}

/** That a file says what was read of it: its names and shapes, and the bytes of its numbers. */
export function checkRead(file: Uint8Array, { metadata, tensors }: Safetensors): void {
  const { __metadata__: told = {}, ...entries } = headerOf(file)
  must(isDeepStrictEqual({ ...metadata }, { ...told }), () => 'its metadata are others')
  must(Object.keys(entries).join('\n') === Object.keys(tensors).join('\n'), () => 'its tensors are others')
  const places = Object.values(entries).flatMap(({ data_offsets: [start, end] }) => (end > start ? [[start, end]] : []))
  places.sort(([a], [b]) => a - b)
  const ends = [0, ...places.map(([, end]) => end)]
  must(
    places.every(([start], at) => start === ends[at]),
    () => 'its tensors overlap or leave holes',
  )
  must(dataOf(file) + ends.at(-1) === file.length, () => 'it has other bytes')
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    const { values, ...read } = tensors[name]
    const width = WIDTHS[dtype as keyof typeof WIDTHS]
    must(read.dtype === dtype && isDeepStrictEqual(read.shape, shape), () => `${name} is another`)
    must(shape.reduce((product, extent) => product * extent, width) === end - start, () => `${name} has other bytes`)
    must(values.length * width === end - start, () => `${name} has another number of numbers`)
    if (dtype === 'F16' || dtype === 'BF16') continue
    const bytes = file.subarray(dataOf(file) + start, dataOf(file) + end)
    must(Buffer.compare(bytes, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) === 0, () => name)
  }
}

/** The longest refusal. */
const LONGEST = 1000

/** Throws unless a file is refused in words, or read as what it says, and written so that it is read again. */
export function checkDamagedFile(file: Uint8Array, read: typeof readSafetensors = readSafetensors): Fate {
  const { value, refused } = attempt(() => read(file))
  if (refused !== undefined) {
    must(!ACCIDENT.test(refused) && refused.length < LONGEST, () => `refused in bad words: ${refused}`)
    return 'refused'
  }
  checkRead(file, value)
  // Truths beyond 0 and 1 are read as they are, and not written.
  const odd = Object.values(value.tensors).some(
    ({ dtype, values }) => dtype === 'BOOL' && values.some((each) => each > 1),
  )
  if (!odd) {
    const again = readSafetensors(writeSafetensors(value.tensors, value.metadata))
    must(
      isDeepStrictEqual(again, { ...again, metadata: value.metadata }),
      () => 'written again its metadata are others',
    )
    for (const [name, { values }] of Object.entries(value.tensors))
      must(isDeepStrictEqual(again.tensors[name].values, values), () => `written again ${name} is another`)
  }
  return 'restored'
}

const numbers = (length: number): Float32Array => Float32Array.from({ length }, (_, at) => at / 8 - 1)

/** Small files with every dtype, metadata, names of all kinds, scalars and what is empty among them. */
export const FILES: readonly Uint8Array[] = [
  writeSafetensors({ x: { shape: [2, 3], values: numbers(6) } }),
  writeSafetensors({}, { format: 'pt' }),
  writeSafetensors(
    {
      'a.weight': { shape: [2, 2], values: numbers(4), dtype: 'F16' },
      'a.bias': { shape: [2], values: numbers(2), dtype: 'BF16' },
      scalar: { shape: [], values: Float64Array.of(7) },
      empty: { shape: [0, 3], values: new Int32Array() },
    },
    { 点击: '"', options: '{"seed":7,"list":[1,2,{"a":"b"}]}' },
  ),
  writeSafetensors({
    i8: { shape: [3], values: Int8Array.of(1, -2, 3) },
    truths: { shape: [2], values: Uint8Array.of(1, 0), dtype: 'BOOL' },
    u64: { shape: [1, 1], values: BigUint64Array.of(2n ** 63n) },
    i64: { shape: [2], values: BigInt64Array.of(-1n, 5n) },
    ['__proto__']: { shape: [2], values: Uint16Array.of(1, 2) },
    i16: { shape: [1], values: Int16Array.of(-1) },
    u32: { shape: [1], values: Uint32Array.of(4e9) },
    i32: { shape: [1], values: Int32Array.of(-1) },
    '': { shape: [1], values: Uint8Array.of(9) },
  }),
]

/** The damaged file of a seed, always the same. */
export function damagedOf(seed: number): Uint8Array {
  const random = randomOf(seed)
  return damagedFile(FILES[seed % FILES.length], pick(random, FILES), random)
}
