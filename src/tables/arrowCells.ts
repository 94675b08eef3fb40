/**
 * The cells of a stretch of an Arrow column: numbers, NaN where one is missing, texts, or lists of them, with Arrow's own
 * memory wherever that holds them already. It refuses nothing; who calls knows that there is such a reading.
 */
import { ARROW } from './arrowTypes.ts'
import type { ArrowData, ArrowType } from './arrowTypes.ts'

/** Every host of today has it. */
declare const TextDecoder: new (label: string, options: object) => { decode(bytes: Uint8Array): string }

/** The cells of a stretch, in a typed array or another. */
export type Cells = ArrayLike<unknown>

/** Reads the cells of a stretch. */
export type ReadCells = (data: ArrowData) => Cells

type Numbers = Int32Array | Float64Array | BigInt64Array
type Offsets = Int32Array | BigInt64Array

export const valuesOf = ({ values }: ArrowData): ArrayLike<number | bigint> => values as Numbers

/** Numbers by their place, NaN where one is missing. */
export const numbersBy =
  (of: (data: ArrowData) => (index: number) => number): ReadCells =>
  (data) => {
    const at = of(data)
    return Float64Array.from({ length: data.length }, (_, index) => (data.getValid(index) ? at(index) : NaN))
  }

const othersBy =
  (of: (data: ArrowData) => (index: number) => unknown): ReadCells =>
  (data) => {
    const at = of(data)
    return Array.from({ length: data.length }, (_, index) => (data.getValid(index) ? at(index) : null))
  }

const byValue = (data: ArrowData): ((index: number) => number) => {
  const values = valuesOf(data)
  return (index) => Number(values[index])
}

/** Arrow's own array where nothing is missing, and else what is made of it. */
const orItself =
  (otherwise: ReadCells): ReadCells =>
  (data) =>
    data.nullCount === 0 ? (data.values as Numbers).subarray(0, data.length) : otherwise(data)

/** A number of 16 bits: sign, exponent of 5 bits, fraction of 10. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** By all of its digits, which are rounded once, as a number in SQL is: 32 bits a word, the lowest first, in two's complement. */
function decimalOf(words: Int32Array | Uint32Array, scale: number): number {
  let whole = 0n
  for (let at = words.length - 1; at >= 0; at--) whole = (whole << 32n) | BigInt(words[at] >>> 0)
  return Number(`${BigInt.asIntN(32 * words.length, whole)}e${-scale}`)
}

/** Words of 32 bits, however the stretch holds them. */
const wordsOf = ({ values }: ArrowData): Int32Array => {
  const { buffer, byteOffset, byteLength } = values as Int32Array
  return new Int32Array(buffer, byteOffset, byteLength / 4)
}

const HALF = 0
const WIDEST = 32

/** Whole numbers beyond 2^53, of which doubles tell not all apart. */
export const isLong = ({ typeId, bitWidth = 0 }: ArrowType): boolean => typeId === ARROW.integer && bitWidth > WIDEST

/** The cells of a type as numbers, or nothing where it has none. */
export function numbersOf(type: ArrowType): ReadCells | undefined {
  const { typeId, bitWidth = 128, precision, scale = 0 } = type
  if (typeId === ARROW.none) return numbersBy(() => () => NaN)
  if (typeId === ARROW.integer) return isLong(type) ? numbersBy(byValue) : orItself(numbersBy(byValue))
  if (typeId === ARROW.float)
    return precision === HALF
      ? numbersBy((data) => (index) => half(valuesOf(data)[index] as number))
      : orItself(numbersBy(byValue))
  if (typeId === ARROW.boolean)
    return numbersBy(({ values, offset }) => (index) => {
      const bit = offset + index
      return ((values as Uint8Array)[bit >> 3] >> (bit & 7)) & 1
    })
  if (typeId !== ARROW.decimal) return undefined
  return numbersBy((data) => {
    const [words, each] = [wordsOf(data), bitWidth / 32]
    return (index) => decimalOf(words.subarray(index * each, (index + 1) * each), scale)
  })
}

// A mark at the beginning belongs to the text.
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

const LONGEST_INSIDE = 12

/** A text that lies behind its length if it is short, or where its view says. */
function viewedText(data: ArrowData): (index: number) => string {
  const bytes = data.values as Uint8Array
  const views = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (index) => {
    const view = 16 * index
    const length = views.getInt32(view, true)
    if (length <= LONGEST_INSIDE) return UTF8.decode(bytes.subarray(view + 4, view + 4 + length))
    const start = views.getInt32(view + 12, true)
    return UTF8.decode(data.variadicBuffers![views.getInt32(view + 8, true)].subarray(start, start + length))
  }
}

function text(data: ArrowData): (index: number) => string {
  const [bytes, starts] = [data.values as Uint8Array, data.valueOffsets as Offsets]
  return (index) => UTF8.decode(bytes.subarray(Number(starts[index]), Number(starts[index + 1])))
}

const DAY = 86_400_000

/** A date as SQL writes it. */
const day = (data: ArrowData): ((index: number) => string) => {
  const values = valuesOf(data)
  return (index) => new Date(Number(values[index]) * (data.type.unit === 0 ? DAY : 1)).toISOString().split('T')[0]
}

/** The cells of a type as texts, or nothing where it has none: whole numbers are their digits, those of 64 bits big integers. */
export function textsOf(type: ArrowType): ReadCells | undefined {
  const { typeId } = type
  if (typeId === ARROW.none) return othersBy(() => () => null)
  if (typeId === ARROW.textView) return othersBy(viewedText)
  if (typeId === ARROW.text || typeId === ARROW.largeText) return othersBy(text)
  if (typeId === ARROW.date) return othersBy(day)
  if (isLong(type)) return orItself(othersBy((data) => (index) => valuesOf(data)[index]))
  return typeId === ARROW.integer ? othersBy((data) => (index) => String(valuesOf(data)[index])) : undefined
}

const isTyped = (cells: Cells): cells is Numbers => ArrayBuffer.isView(cells)

/** Stretches one behind the other: one alone is itself. */
export function joined(parts: readonly Cells[]): Cells {
  if (parts.length === 1) return parts[0]
  const typed = parts.filter(isTyped)
  if (typed.length < parts.length || typed.length === 0) return parts.flatMap((part) => Array.from(part))
  const [first] = typed
  const alike = typed.every((part) => part.constructor === first.constructor)
  const length = typed.reduce((sum, part) => sum + part.length, 0)
  const Type = alike ? (first.constructor as Float64ArrayConstructor) : Float64Array
  const all = new Type(length)
  let filled = 0
  for (const part of typed as readonly Float64Array[]) {
    all.set(part, filled)
    filled += part.length
  }
  return all
}

/** What a dictionary's cells are, by those of what it holds. */
export const lookedUp =
  (read: ReadCells): ReadCells =>
  (data) => {
    const known = joined(data.dictionary!.data.map(read))
    const codes = valuesOf(data)
    const at = (index: number): unknown => known[Number(codes[index])]
    return isTyped(known) && !(known instanceof BigInt64Array || known instanceof BigUint64Array)
      ? numbersBy(() => at as (index: number) => number)(data)
      : othersBy(() => at)(data)
  }

/** Lists of cells: stretches of those of all lists. */
export const listed =
  (read: ReadCells): ReadCells =>
  (data) => {
    const cells = read(data.children[0]) as Numbers
    const { type } = data
    const starts = data.valueOffsets as Offsets | undefined
    const start = (row: number): number => (starts ? Number(starts[row]) : row * type.listSize!)
    return othersBy(() => (row) => {
      const [from, to] = [start(row), start(row + 1)]
      return isTyped(cells) ? cells.subarray(from, to) : (cells as readonly unknown[]).slice(from, to)
    })(data)
  }
