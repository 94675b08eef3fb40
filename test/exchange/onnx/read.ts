/** Reads of an ONNX file what tests look at, by a reader of protocol buffers that shares nothing with the writer. */

type Fields = Readonly<Record<number, readonly (bigint | Uint8Array)[]>>

function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Record<number, (bigint | Uint8Array)[]> = {}
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error(`a number goes on beyond byte ${bytes.length}`)
      const byte = BigInt(bytes[at++])
      value |= (byte & 0x7fn) << shift
      if (byte < 0x80n) return value
    }
  }
  const part = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error(`a field goes on beyond byte ${bytes.length}`)
    return bytes.subarray(at, (at += length))
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const kind = tag & 7
    const value = kind === 0 ? varint() : kind === 2 ? part(Number(varint())) : kind === 5 ? part(4) : undefined
    if (value === undefined) throw new Error(`field ${tag >> 3} is of kind ${kind}`)
    ;(fields[tag >> 3] ??= []).push(value)
  }
  return fields
}

const messages = (fields: Fields, field: number): readonly Fields[] =>
  (fields[field] ?? []).map((value) => fieldsOf(value as Uint8Array))
const texts = (fields: Fields, field: number): readonly string[] =>
  (fields[field] ?? []).map((value) => new TextDecoder().decode(value as Uint8Array))
const textOf = (fields: Fields, field: number): string => texts(fields, field)[0] ?? ''

export interface ReadPort {
  readonly name: string
  /** As TensorProto numbers them. */
  readonly type: number
  readonly shape: readonly string[]
  readonly about: string
}

const portOf = (fields: Fields): ReadPort => {
  const [tensor] = messages(messages(fields, 2)[0], 1)
  const axes = messages(messages(tensor, 2)[0] ?? {}, 1)
  return {
    name: textOf(fields, 1),
    type: Number(tensor[1][0]),
    shape: axes.map((axis) => (axis[1] ? String(axis[1][0]) : textOf(axis, 2))),
    about: textOf(fields, 3),
  }
}

/** A file as it reads. */
export function readONNX(file: Uint8Array) {
  const model = fieldsOf(file)
  const [graph] = messages(model, 7)
  return {
    producer: `${textOf(model, 2)} ${textOf(model, 3)}`,
    opsets: Object.fromEntries(messages(model, 8).map((each) => [textOf(each, 1), Number(each[2][0])])),
    metadata: Object.fromEntries(messages(model, 14).map((each) => [textOf(each, 1), textOf(each, 2)])),
    about: textOf(graph, 10),
    nodes: messages(graph, 1).map((node) => ({
      name: textOf(node, 3),
      op: textOf(node, 4),
      inputs: texts(node, 1),
      outputs: texts(node, 2),
    })),
    initializers: messages(graph, 5).map((each) => ({
      name: textOf(each, 8),
      shape: (each[1] ?? []).map(Number),
      bytes: each[9][0] as Uint8Array,
    })),
    inputs: messages(graph, 11).map(portOf),
    outputs: messages(graph, 12).map(portOf),
  }
}
