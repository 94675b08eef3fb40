/**
 * ONNX's own messages, by the numbers that onnx.proto gives their fields: a model, its graph, nodes, values and tensors.
 * It refuses files of 2 GiB, which protocol buffers cannot hold.
 */
import type { Extent } from './extent.ts'
import { isFixed, showExtent } from './extent.ts'
import { float, integer, joined, message, sizeOfBytes, string } from './protobuf.ts'
import type { Bytes } from './protobuf.ts'
import { VERSION } from './version.ts'

/** The types of numbers that files here have, as TensorProto numbers them. */
export const TYPES = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const

export type Type = keyof typeof TYPES

/** What flows between nodes. Its name is final once the graph is written. */
export interface Value {
  name: string
  readonly type: Type
  readonly shape: readonly Extent[]
}

/** A setting of a node: one number, whole or not, or several whole ones, or text, once or several times. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly text: string }
  | { readonly strings: readonly string[] }

export interface Node {
  readonly name: string
  readonly op: string
  /** Undefined is an input that is left out. */
  readonly inputs: readonly (Value | undefined)[]
  readonly output: Value
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly domain: string
}

/** Numbers that are in the file. */
export interface Initializer {
  readonly value: Value
  readonly bytes: Uint8Array
}

/** An input or an output, and what is to be said of it. */
export interface Port {
  readonly value: Value
  readonly about: string
}

export interface FileContents {
  readonly name: string
  readonly about: string
  readonly metadata: Readonly<Record<string, string>>
  /** By domain; that of ONNX itself is ''. */
  readonly opsets: Readonly<Record<string, number>>
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

/** The kinds of attributes, as AttributeProto numbers them, and the field that each has its numbers in. */
function attributeOf(name: string, attribute: Attribute): Bytes {
  const of = (kind: number, values: Bytes): Bytes => message(5, string(1, name), values, integer(20, kind))
  if ('int' in attribute) return of(2, integer(3, attribute.int))
  if ('float' in attribute) return of(1, float(2, attribute.float))
  if ('ints' in attribute)
    return of(
      7,
      attribute.ints.flatMap((each) => integer(8, each)),
    )
  if ('floats' in attribute)
    return of(
      6,
      attribute.floats.flatMap((each) => float(7, each)),
    )
  if ('text' in attribute) return of(3, string(4, attribute.text))
  return of(
    8,
    attribute.strings.flatMap((each) => string(9, each)),
  )
}

const nodeOf = ({ name, op, inputs, output, attributes, domain }: Node): Bytes =>
  message(
    1,
    ...inputs.map((input) => string(1, input?.name ?? '')),
    string(2, output.name),
    string(3, name),
    string(4, op),
    ...Object.entries(attributes).map(([attribute, value]) => attributeOf(attribute, value)),
    domain === '' ? [] : string(7, domain),
  )

const initializerOf = ({ value, bytes }: Initializer): Bytes =>
  message(
    5,
    ...value.shape.map(({ plus }) => integer(1, plus)),
    integer(2, TYPES[value.type]),
    string(8, value.name),
    message(9, [bytes]),
  )

const axisOf = (extent: Extent): Bytes =>
  message(1, isFixed(extent) ? integer(1, extent.plus) : string(2, showExtent(extent)))

const portOf = (field: number, { value, about }: Port): Bytes =>
  message(
    field,
    string(1, value.name),
    message(2, message(1, integer(1, TYPES[value.type]), message(2, ...value.shape.map(axisOf)))),
    about === '' ? [] : string(3, about),
  )

/** The version of the format that came with an opset. */
const formatOf = (opset: number): number => (opset <= 18 ? 8 : opset <= 20 ? 9 : 10)

const MOST = 2 ** 31 - 1

/** A whole ModelProto. Throws a RangeError where it would be too large to be one. */
export function fileOf(who: string, contents: FileContents): Uint8Array {
  const { name, about, metadata, opsets, nodes, initializers, inputs, outputs } = contents
  const parts: Bytes = [
    integer(1, formatOf(opsets[''])),
    string(2, 'plegrad'),
    string(3, VERSION),
    message(
      7,
      nodes.flatMap(nodeOf),
      string(2, name),
      initializers.flatMap(initializerOf),
      string(10, about),
      inputs.flatMap((port) => portOf(11, port)),
      outputs.flatMap((port) => portOf(12, port)),
    ),
    ...Object.entries(opsets).map(([domain, version]) => message(8, string(1, domain), integer(2, version))),
    ...Object.entries(metadata).map(([key, value]) => message(14, string(1, key), string(2, value))),
  ].flat()
  const size = sizeOfBytes(parts)
  if (size > MOST)
    throw new RangeError(
      `${who}: expected a file of at most ${MOST} bytes but got one of ${size}: because ONNX holds a model in one message, which can be no longer`,
    )
  return joined(parts)
}
