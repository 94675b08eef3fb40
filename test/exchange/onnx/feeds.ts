/** What ONNX Runtime is to tests, in Node and in browsers, and inputs as it takes them. */

export type Numbers = Float32Array | Float64Array | BigInt64Array | readonly string[]

export interface OrtTensor {
  readonly dims: readonly number[]
  readonly data: ArrayLike<number | bigint>
}

export type OrtTensors = Readonly<Record<string, OrtTensor>>

export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: OrtTensors): Promise<OrtTensors>
  release(): Promise<void>
}

export interface Ort {
  readonly Tensor: new (type: string, data: Numbers, dims: readonly number[]) => OrtTensor
  readonly InferenceSession: {
    create(file: Uint8Array, options?: Readonly<Record<string, unknown>>): Promise<Session>
  }
}

/** An input: ids of whole numbers, floats, doubles and strings by the kind of their list. */
function feedOf({ Tensor }: Ort, data: Int32Array | Numbers, dims: readonly number[]): OrtTensor {
  if (data instanceof Int32Array) return new Tensor('int64', BigInt64Array.from(data, BigInt), dims)
  const type =
    data instanceof Float32Array
      ? 'float32'
      : data instanceof Float64Array
        ? 'float64'
        : data instanceof BigInt64Array
          ? 'int64'
          : 'string'
  return new Tensor(type, data, dims)
}

/** Inputs by name, of numbers or strings and the shape of each. */
export const feedsOf = (
  runtime: Ort,
  given: Readonly<Record<string, readonly [Int32Array | Numbers, readonly number[]]>>,
): OrtTensors =>
  Object.fromEntries(Object.entries(given).map(([name, [data, dims]]) => [name, feedOf(runtime, data, dims)]))
