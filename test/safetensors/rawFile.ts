/** Safetensors files put together by hand: any text or bytes as a header, any bytes behind it, any length announced. */

export interface Raw {
  readonly header: unknown
  readonly data?: Uint8Array | number
  /** What the first eight bytes say; by default the truth. */
  readonly announced?: bigint
}

/** `header` is text or bytes as they are, or else what is written as JSON; `data` bytes, or how many zeros. */
export function rawFile({ header, data = 0, announced }: Raw): Uint8Array {
  const json =
    header instanceof Uint8Array
      ? header
      : new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const numbers = typeof data === 'number' ? new Uint8Array(data) : data
  const bytes = new Uint8Array(8 + json.length + numbers.length)
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(numbers, 8 + json.length)
  return bytes
}

/** The JSON of a file's header, by nothing of the library. */
export function headerOf(
  bytes: Uint8Array,
): Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as ReturnType<typeof headerOf>
}
