/**
 * Protocol buffers as far as an ONNX file needs them written: numbers, strings and messages by field number
 * (protobuf.dev/programming-guides/encoding). It refuses to read any.
 */

/** Wherever JavaScript runs, though no part of the language. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

/** Bytes that lie one behind the other, so that large ones are copied once, at the end. */
export type Bytes = readonly Uint8Array[]

const LENGTH_DELIMITED = 2

/** Seven bits a byte, the lowest first; a number below 0 as its 64 bits. */
function varint(value: number | bigint): Uint8Array {
  if (value >= 0 && value < 0x80) return Uint8Array.of(Number(value))
  const bytes: number[] = []
  let left = BigInt.asUintN(64, BigInt(value))
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(left)])
}

const tag = (field: number, kind: number): Uint8Array => varint(field * 8 + kind)

export const sizeOfBytes = (parts: Bytes): number => parts.reduce((size, { length }) => size + length, 0)

/** A whole number. */
export const integer = (field: number, value: number | bigint): Bytes => [tag(field, 0), varint(value)]

/** A number in 4 bytes. */
export const float = (field: number, value: number): Bytes => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [tag(field, 5), bytes]
}

/** A message, or bytes as they are. */
export const message = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const inside = parts.flat()
  return [tag(field, LENGTH_DELIMITED), varint(sizeOfBytes(inside)), ...inside]
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export const string = (field: number, text: string): Bytes => message(field, [utf8(text)])

/** All of it in one piece. */
export function joined(parts: Bytes): Uint8Array {
  const all = new Uint8Array(sizeOfBytes(parts))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
