/** The verbs beside matrix products that a training step spends its time in: what they read, write and cost, and exact numbers. */
import { cpu64, stream } from '../../src/index.ts'
import type { Backend, Kernels } from '../../src/index.ts'

/** Buffers as kernels take them, whatever they are on a backend. */
type Buffers = readonly { readonly length: number }[]

export interface Verb {
  readonly name: string
  readonly size: string
  readonly scale: number
  readonly flops: number
  readonly bytes: number
  readonly floats: readonly Float32Array<ArrayBuffer>[]
  readonly ids?: Int32Array<ArrayBuffer>
  /** Length of the output. */
  readonly length: number
  readonly call: (kernels: Kernels, floats: Buffers, ids: Buffers[number], out: Buffers[number]) => void
}

const draw = (name: string, length: number, low = -2, high = 2): Float32Array<ArrayBuffer> => {
  const numbers = stream(5).stream(name)
  return Float32Array.from({ length }, (_, at) => low + (high - low) * numbers.uniform(at))
}

const elementwise = (name: 'sigmoid' | 'relu' | 'exp', n: number): Verb => ({
  name,
  size: `${n} values`,
  scale: n,
  // What a function costs is a matter of taste; one operation keeps its dot comparable along the ladder.
  flops: n,
  bytes: 8 * n,
  floats: [draw(name, n)],
  length: n,
  call: (kernels, [x], _, out) => kernels[name](x, out, n),
})

const softmax = (b: number, n: number): Verb => ({
  name: 'softmax',
  size: `${b} rows of ${n}`,
  scale: b,
  flops: 4 * b * n,
  bytes: 8 * b * n,
  floats: [draw('softmax', b * n)],
  length: b * n,
  call: (kernels, [x], _, out) => kernels.softmax(x, out, b, n),
})

const mix = (b: number, e: number, d: number): Verb => ({
  name: 'mix',
  size: `${b} rows, ${e} experts`,
  scale: b,
  flops: 2 * b * e * d,
  bytes: 4 * (b * e + b * e * d + b * d),
  floats: [draw('weights', b * e, 0, 1), ...Array.from({ length: e }, (_, at) => draw(`expert ${at}`, b * d))],
  length: b * d,
  call: (kernels, [weights, ...experts], _, out) => kernels.mix(weights, experts, out, b, e, d),
})

const gather = (b: number, v: number, d: number): Verb => {
  const numbers = stream(5).stream('ids')
  return {
    name: 'gather',
    size: `${b} rows of ${d}`,
    scale: b,
    flops: b * d,
    bytes: 8 * b * d + 4 * b,
    floats: [draw('table', v * d)],
    ids: Int32Array.from({ length: b }, (_, at) => Math.floor(numbers.uniform(at) * v)),
    length: b * d,
    call: (kernels, [table], ids, out) => kernels.gather(table, ids, out, b, d),
  }
}

const columnSums = (b: number, d: number): Verb => ({
  name: 'sum over rows',
  size: `${b} rows of ${d}`,
  scale: b,
  flops: b * d,
  bytes: 4 * (b * d + d),
  floats: [draw('sum', b * d)],
  length: d,
  call: (kernels, [x], _, out) => kernels.sum(x, out, 1, b, d),
})

const SCALES = [2 ** 10, 2 ** 14, 2 ** 18]

export const VERBS: readonly Verb[] = SCALES.flatMap((n) => [
  elementwise('relu', n),
  elementwise('sigmoid', n),
  softmax(n / 16, 16),
  mix(n / 256, 3, 256),
  columnSums(n / 256, 256),
  gather(n / 8, 10_000, 8),
])

export interface Prepared {
  readonly run: () => void
  readonly read: () => ArrayLike<number>
  readonly close: () => void
}

/** A verb with its buffers on a backend. */
export function prepareVerb({ floats, ids, length, call }: Verb, backend: Backend): Prepared {
  const buffers = floats.map((values) => {
    const buffer = backend.allocate(values.length)
    backend.write(buffer, values)
    return buffer
  })
  const idBuffer = backend.allocateIds(ids?.length ?? 0)
  if (ids) backend.writeIds(idBuffer, ids)
  const out = backend.allocate(length)
  const { kernels } = backend
  return {
    run: () => call(kernels, buffers, idBuffer, out),
    read: () => backend.view(out) ?? [],
    close: () => {
      for (const buffer of [...buffers, idBuffer, out]) backend.release?.(buffer)
    },
  }
}

export function exactVerb(verb: Verb): ArrayLike<number> {
  const { run, read } = prepareVerb(verb, cpu64)
  run()
  return read()
}
