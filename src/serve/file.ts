/**
 * The bytes of a saved program: sixteen of what it is, JSON, and numbers in float32, little-endian. It refuses a file of
 * another version, and one that is not as it was written.
 *
 *   0  'pleg'    4  version    8  bytes of JSON, spaces at its end included    12  checksum    16  JSON, then numbers
 */
import { isWhole, show } from '../checks/index.ts'

/** The host's UTF-8, where its types need not be. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (label: string, options: object) => { decode(bytes: Uint8Array): string }

const MAGIC = 0x67656c70
const VERSION = 1
const HEAD = 16

export const refuse = (expected: string, got: string, because: string): never => {
  throw new RangeError(`loadProgram: expected ${expected} but got ${got}: because ${because}`)
}

/** FNV-1a over words of 32 bits: it tells any one word that has changed, and two files apart but for once in 2³². */
function checksumOf(view: DataView): number {
  let hash = 0x811c9dc5 ^ view.getUint32(8, true)
  for (let at = HEAD; at < view.byteLength; at += 4) hash = Math.imul(hash ^ view.getUint32(at, true), 0x01000193)
  return hash >>> 0
}

/** Numbers and where they begin among all of them, in order. */
export type Numbers = readonly (readonly [offset: number, values: ArrayLike<number>])[]

/** The file of a header and so many numbers; between those that are given it has zeros. */
export function fileOf(header: object, numbers: Numbers, count: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const start = HEAD + 4 * Math.ceil(text.length / 4)
  const bytes = new Uint8Array(start + 4 * count)
  bytes.fill(32, HEAD, start).set(text, HEAD)
  const view = new DataView(bytes.buffer)
  for (const [offset, values] of numbers)
    for (let at = 0; at < values.length; at++) view.setFloat32(start + 4 * (offset + at), values[at], true)
  const words = [MAGIC, VERSION, start - HEAD]
  words.forEach((word, index) => {
    view.setUint32(4 * index, word, true)
  })
  view.setUint32(12, checksumOf(view), true)
  return bytes
}

export interface ReadFile {
  readonly header: unknown
  readonly count: number
  /** Writes all numbers to where they belong. */
  readonly numbersTo: (target: { [at: number]: number }) => void
}

/** What `fileOf` wrote. Throws a RangeError for anything else. */
export function readFile(bytes: Uint8Array | ArrayBuffer): ReadFile {
  const whole = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes
  if (!((whole as unknown) instanceof Uint8Array))
    refuse('the bytes that saveProgram gave', show(bytes), 'it reads no other')
  const { buffer, byteOffset, byteLength } = whole
  const view = new DataView(buffer, byteOffset, byteLength)
  if (byteLength < HEAD || view.getUint32(0, true) !== MAGIC)
    refuse('the bytes that saveProgram gave', `${byteLength} others`, 'they do not begin as those do')
  const version = view.getUint32(4, true)
  if (version !== VERSION) refuse(`version ${VERSION}`, `${version}`, 'another version of plegrad has written it')
  const start = HEAD + view.getUint32(8, true)
  const count = (byteLength - start) / 4
  if (start % 4 !== 0 || !isWhole(count) || checksumOf(view) !== view.getUint32(12, true))
    refuse('a file as it was written', 'another', 'its checksum differs, so that it is damaged or cut short')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(whole.subarray(HEAD, start)))
  } catch (error) {
    refuse('JSON behind the first bytes', 'something else', String(error))
  }
  return {
    header,
    count,
    numbersTo(target) {
      for (let at = 0; at < count; at++) target[at] = view.getFloat32(start + 4 * at, true)
    },
  }
}
