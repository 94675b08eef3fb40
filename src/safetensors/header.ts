/**
 * The header of a safetensors file: JSON that says of every tensor its dtype, shape and place. It refuses what the
 * format's reference loader refuses, and names that stand twice, of which JSON.parse would keep the last.
 *
 *   0  bytes of JSON, 64 bits, little-endian    8  JSON, padded by spaces    then the numbers, without holes
 */
import { isRecord, isWhole, show } from '../checks/index.ts'
import { DTYPES, factsOf } from './dtypes.ts'
import type { StoredDtype } from './dtypes.ts'

/** The host's UTF-8, where its types need not be. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (label: string, options: object) => { decode(bytes: Uint8Array): string }

/** Bytes before the JSON. */
export const PREFIX = 8
/** As much as the reference loader reads. */
const LONGEST = 100_000_000
const METADATA = '__metadata__'

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
  readonly entries: Readonly<Record<string, Entry>>
}

/** Throws in the words of whoever reads. */
export type Refuse = (expected: string, got: string, because: string) => never

export const refusing =
  (who: string): Refuse =>
  (expected, got, because) => {
    throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
  }

/** How many bytes of JSON the first bytes of a file of `size` announce. */
export function lengthOfHeader(refuse: Refuse, prefix: Uint8Array, size: number): number {
  if (prefix.length < PREFIX)
    refuse('a safetensors file', `${prefix.length} bytes`, `its first ${PREFIX} say how long its header is`)
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  if (length > LONGEST) refuse(`a header of at most ${LONGEST} bytes`, `${length}`, 'it would be no safetensors file')
  if (PREFIX + length > size) refuse(`a header of ${length} bytes`, `${size - PREFIX}`, 'the file ends before')
  return length
}

/** How many names of members a JSON text has, those that stand twice counted twice. */
function namesIn(json: string): number {
  let names = 0
  for (let at = json.indexOf('"'); at >= 0; at = json.indexOf('"', at + 1)) {
    for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++
    let next = at + 1
    while (' \n\r\t'.includes(json[next])) next++
    if (json[next] === ':') names++
  }
  return names
}

const membersIn = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce(
        (count: number, member) => count + membersIn(member),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      )

function entryOf(refuse: Refuse, name: string, given: unknown): Entry {
  const { dtype, shape, data_offsets: offsets, ...others } = isRecord(given) ? given : { dtype: given }
  const what = `tensor ${show(name)}`
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype))
    refuse(`${what} of a dtype among ${Object.keys(DTYPES).join(', ')}`, show(dtype), 'no typed array holds it')
  if (!Array.isArray(shape) || !shape.every((extent) => isWhole(extent)))
    refuse(`${what} of a shape of whole numbers`, show(shape), 'it has as many numbers as their product')
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => isWhole(offset)))
    refuse(`${what} from a byte to a byte`, show(offsets), 'its numbers are there')
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) refuse(`${what} of dtype, shape and data_offsets`, show(unknown), 'the format has no more')
  const [start, end] = offsets as [number, number]
  const bytes = (shape as number[]).reduce((product, extent) => product * extent, factsOf(dtype as StoredDtype).bytes)
  if (end - start !== bytes)
    refuse(
      `${bytes} bytes of ${what}, ${dtype} [${shape.join(' ')}]`,
      `${end - start}`,
      'each of its numbers has as many',
    )
  return { dtype: dtype as StoredDtype, shape: shape as number[], start, end }
}

/** That all bytes are somebody's, and nobody's twice. */
function checkPlaces(refuse: Refuse, entries: readonly (readonly [string, Entry])[], size: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)
  let free = 0
  for (const [name, { start, end }] of inOrder) {
    if (start !== free)
      refuse(
        `tensor ${show(name)} from byte ${free}`,
        `${start}`,
        start < free ? 'others end there' : 'others end there, and a hole is nobody’s',
      )
    free = end
  }
  if (free !== size) refuse(`${free} bytes behind the header`, `${size}`, 'its tensors have as many')
}

/** Reads the JSON of a header, behind which there are `size` bytes. */
export function headerOf(refuse: Refuse, bytes: Uint8Array, size: number): Header {
  if (bytes[0] !== 0x7b) refuse(`a header that begins with '{'`, `byte ${bytes[0]}`, 'it is one object of JSON')
  let text = ''
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    header = JSON.parse(text)
  } catch (error) {
    refuse('a header of JSON', 'something else', String(error))
  }
  if (namesIn(text) !== membersIn(header)) refuse('each name once', 'one twice', 'only one of the two could be read')
  const { [METADATA]: metadata = {}, ...tensors } = header as Readonly<Record<string, unknown>>
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    refuse(`${METADATA} of strings by name`, show(metadata), 'the format has no other')
  const entries = Object.entries(tensors).map(([name, given]) => [name, entryOf(refuse, name, given)] as const)
  checkPlaces(refuse, entries, size)
  return { metadata: metadata as Header['metadata'], entries: Object.fromEntries(entries) }
}

/** The first bytes of a file of this header, up to where its numbers begin: at a multiple of 8. */
export function writtenHeader({ metadata, entries }: Header): Uint8Array {
  const listed = Object.entries(entries).map(([name, { dtype, shape, start, end }]) => [
    name,
    { dtype, shape, data_offsets: [start, end] },
  ])
  const told = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : []
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...told, ...listed])))
  const length = PREFIX * Math.ceil(json.length / PREFIX)
  const bytes = new Uint8Array(PREFIX + length).fill(32)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  view.setUint32(4, 0, true)
  bytes.set(json, PREFIX)
  return bytes
}
