/** The bytes of an ONNX model, as protocol buffers have them: just the messages that a small graph needs, and no reader. */

type Field = readonly [number: number, value: number | string | Uint8Array | readonly number[]]

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 128)
  }
}

/** A message out of its fields: a number as a varint, numbers packed, text and messages with their length before them. */
export function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [Uint8Array.from([...varint(number * 8), ...varint(value)])]
    const bytes =
      typeof value === 'string'
        ? new TextEncoder().encode(value)
        : value instanceof Uint8Array
          ? value
          : Uint8Array.from(value.flatMap(varint))
    return [Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]
  })
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const FLOAT = 1
const INT32 = 6
const INT64 = 7

/** A dimension is a number, or a name where it is known only at run time. */
export interface Value {
  readonly name: string
  readonly type: 'float' | 'int32'
  readonly shape: readonly (number | string)[]
}

export interface Graph {
  readonly nodes: readonly Uint8Array[]
  readonly constants: readonly Uint8Array[]
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** One operation; attributes are whole numbers or lists of them. */
export const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Uint8Array =>
  message(
    ...inputs.map((input): Field => [1, input]),
    [2, output],
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => {
      const [field, type] = typeof value === 'number' ? [3, 2] : [8, 7]
      return [5, message([1, name], [field, value], [20, type])]
    }),
  )

/** Numbers that the graph brings along: floats, or 32-bit or, as shapes are, 64-bit integers. */
export function constant(
  name: string,
  shape: readonly number[],
  values: Float32Array | Int32Array | BigInt64Array,
): Uint8Array {
  const type = values instanceof Float32Array ? FLOAT : values instanceof Int32Array ? INT32 : INT64
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return message([1, shape], [2, type], [8, name], [9, raw])
}

const valueInfo = ({ name, type, shape }: Value): Uint8Array => {
  const extents = shape.map((extent): Field => [1, message([typeof extent === 'number' ? 1 : 2, extent])])
  const tensor = message([1, type === 'float' ? FLOAT : INT32], [2, message(...extents)])
  return message([1, name], [2, message([1, tensor])])
}

/** The whole file, for operator set 17. */
export const onnxModel = ({ nodes, constants, inputs, outputs }: Graph): Uint8Array =>
  message(
    [1, 8],
    [2, 'plegrad bench'],
    [
      7,
      message(
        ...nodes.map((bytes): Field => [1, bytes]),
        [2, 'model'],
        ...constants.map((bytes): Field => [5, bytes]),
        ...inputs.map((value): Field => [11, valueInfo(value)]),
        ...outputs.map((value): Field => [12, valueInfo(value)]),
      ),
    ],
    [8, message([1, ''], [2, 17])],
  )
