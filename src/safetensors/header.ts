/**
 * The header of a safetensors file: JSON that says of every tensor its dtype, shape and place. It refuses what the
 * format's reference loader refuses, and names that stand twice, of which JSON.parse would keep the last.
 *
 *   0  bytes of JSON, 64 bits, little-endian    8  JSON, padded by spaces    then the numbers, without holes
 */
import { isRecord, isWhole, show } from '../checks/index.ts'
import { DTYPES, factsOf } from './dtypes.ts'
import type { StoredDtype } from './dtypes.ts'
import { showList } from './refuse.ts'
import type { Refuse } from './refuse.ts'
import { checkText, isUnicode } from './text.ts'

/** The host's UTF-8, where its types need not be. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (label: string, options: object) => { decode(bytes: Uint8Array): string }

/** Bytes before the JSON. */
export const PREFIX = 8
/** As much as the reference loader reads. */
const LONGEST = 100_000_000
export const METADATA = '__metadata__'

/** What a header says of a tensor. */
export interface Entry {
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
  /** Where its bytes are, counted from the first behind the header. */
  readonly start: number
  readonly end: number
}

/** A file without its numbers. */
export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  /** By name. */
  readonly entries: readonly (readonly [string, Entry])[]
}

/** The numbers of a file are little-endian, and so must be those in memory, for they are the same bytes. */
function checkHost(refuse: Refuse): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 0)
    refuse('a little-endian host', 'another', 'the format’s numbers are little-endian')
}

/** How many bytes of JSON the first bytes of a file of `size` announce. */
export function lengthOfHeader(refuse: Refuse, prefix: Uint8Array, size: number): number {
  if (prefix.length < PREFIX)
    refuse('a safetensors file', `${prefix.length} bytes`, `its first ${PREFIX} say how long its header is`)
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  if (length > LONGEST)
    refuse(`a header of at most ${LONGEST} bytes`, `${length}`, 'no safetensors file has a longer one')
  if (PREFIX + length > size) refuse(`a header of ${length} bytes`, `${size - PREFIX}`, 'the file ends before')
  return length
}

/** A product that no shape of a file can have, for it is beyond what a file has bytes. */
const numbersOf = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => (isWhole(product * extent) ? product * extent : NaN), 1)

const MEMBERS = ['dtype', 'shape', 'data_offsets']

function entryOf(refuse: Refuse, name: string, given: unknown): Entry {
  // Written out where it is needed: a file may have a great many tensors.
  const what = (): string => `tensor ${show(name)}`
  if (!isRecord(given)) return refuse(`${what()} of ${MEMBERS.join(', ')}`, show(given), 'these say where it is')
  const { dtype, shape, data_offsets: offsets } = given
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype))
    refuse(`${what()} of a dtype among ${Object.keys(DTYPES).join(', ')}`, show(dtype), 'no typed array holds it')
  if (!Array.isArray(shape) || !shape.every((extent) => isWhole(extent)))
    refuse(`${what()} of a shape of whole numbers`, showList(shape), 'it has as many numbers as their product')
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => isWhole(offset)))
    refuse(`${what()} from a byte to a byte`, showList(offsets), 'its numbers are there')
  const names = Object.keys(given)
  if (names.length > MEMBERS.length) {
    const unknown = names.find((each) => !MEMBERS.includes(each))
    refuse(`${what()} of ${MEMBERS.join(', ')}`, show(unknown), 'the format has no more')
  }
  const [start, end] = offsets as [number, number]
  if (end < start) refuse(`${what()} from a byte to a later one`, showList(offsets), 'its numbers are between')
  const numbers = numbersOf(shape as number[])
  const bytes = numbers * factsOf(dtype as StoredDtype).bytes
  if (!isWhole(numbers)) refuse(`${what()} of a shape within 2^53`, showList(shape), 'no file has as many numbers')
  if (end - start !== bytes)
    refuse(
      `${bytes} bytes of ${what()}, ${dtype as StoredDtype} ${showList(shape)}`,
      `${end - start}`,
      'each of its numbers has as many',
    )
  return { dtype: dtype as StoredDtype, shape: shape as number[], start, end }
}

/** That all bytes are somebody's, and nobody's twice. */
function checkPlaces(refuse: Refuse, entries: Header['entries'], size: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)
  let free = 0
  for (const [name, { start, end }] of inOrder) {
    if (start < free)
      refuse(`tensor ${show(name)} from byte ${free} on`, `${start}`, 'what is before is another’s, and they overlap')
    if (start > free)
      refuse(`tensor ${show(name)} from byte ${free} on`, `${start}`, 'what is between is nobody’s, a hole')
    free = end
  }
  if (free !== size)
    refuse(
      `${free} bytes behind the header`,
      `${size}`,
      `its tensors have as many, and ${free > size ? 'the file ends before' : 'the others are nobody’s'}`,
    )
}

/** Reads the JSON of a header, behind which there are `size` bytes. */
export function headerOf(refuse: Refuse, bytes: Uint8Array, size: number): Header {
  checkHost(refuse)
  if (bytes[0] !== 0x7b)
    refuse(`a header that begins with '{'`, bytes.length > 0 ? `byte ${bytes[0]}` : 'none', 'it is one object of JSON')
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    refuse('a header of UTF-8', 'other bytes', 'JSON is written in it')
  }
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (error) {
    refuse('a header of JSON', 'something else', String(error))
  }
  const metadata = isRecord(header) && Object.hasOwn(header, METADATA) ? header[METADATA] : {}
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    refuse(`${METADATA} of strings by name`, show(metadata), 'the format has no other')
  const entries: [string, Entry][] = []
  for (const [name, given] of Object.entries(header as object))
    if (name !== METADATA) entries.push([name, entryOf(refuse, name, given)])
  checkText(refuse, text)
  checkUnicode(refuse, { metadata: metadata as Header['metadata'], entries })
  checkPlaces(refuse, entries, size)
  return { metadata: metadata as Header['metadata'], entries }
}

function checkUnicode(refuse: Refuse, { metadata, entries }: Header): void {
  const odd =
    entries.find(([name]) => !isUnicode(name))?.[0] ??
    Object.entries(metadata)
      .flat()
      .find((text) => !isUnicode(text))
  if (odd !== undefined) refuse('names and metadata of Unicode', show(odd), 'it has half of a pair of surrogates')
}

/** The first bytes of a file of this header, up to where its numbers begin: at a multiple of 8. */
export function writtenHeader(refuse: Refuse, header: Header): Uint8Array {
  checkHost(refuse)
  checkUnicode(refuse, header)
  const { metadata, entries } = header
  const listed = entries.map(([name, { dtype, shape, start, end }]) => [
    name,
    { dtype, shape, data_offsets: [start, end] },
  ])
  const told = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : []
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...told, ...listed])))
  const length = PREFIX * Math.ceil(json.length / PREFIX)
  if (length > LONGEST)
    refuse(`names and metadata of at most ${LONGEST} bytes`, `${length}`, 'no longer header is read')
  const bytes = new Uint8Array(PREFIX + length).fill(32)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  view.setUint32(4, 0, true)
  bytes.set(json, PREFIX)
  return bytes
}
