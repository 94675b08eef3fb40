/** Verbs as problems: what they read, write and cost, and exact numbers to prove by. */
import { stream } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
import { cpu64, kernelsOf } from '../../src/kernels/index.ts'
import type { Kernels } from '../../src/kernels/index.ts'
import { bytesOf, flopsOf, nameOf, scaleOf } from './product.ts'

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

export const elementwise = (name: 'sigmoid' | 'relu' | 'exp', n: number): Verb => ({
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

/** A·B, (m k) by (k n). */
export const matmul = (m: number, k: number, n: number): Verb => ({
  name: 'matmul',
  size: nameOf({ m, k, n }),
  scale: scaleOf({ m, k, n }),
  flops: flopsOf({ m, k, n }),
  bytes: bytesOf({ m, k, n }),
  floats: [draw('a', m * k), draw('b', k * n)],
  length: m * n,
  call: (kernels, [a, b], _, out) => kernels.matmul(a, b, out, m, k, n),
})

export const denseRelu = (b: number, i: number, o: number): Verb => ({
  name: 'denseRelu',
  size: `${b}×${i}×${o}`,
  scale: scaleOf({ m: b, k: i, n: o }),
  flops: flopsOf({ m: b, k: i, n: o }),
  bytes: bytesOf({ m: b, k: i, n: o }) + 4 * o,
  floats: [draw('x', b * i), draw('w', i * o), draw('c', o)],
  length: b * o,
  call: (kernels, [x, w, c], _, out) => kernels.denseRelu(x, w, c, out, b, i, o),
})

export const add = (n: number): Verb => ({
  name: 'add',
  size: `${n} values`,
  scale: n,
  flops: n,
  bytes: 12 * n,
  floats: [draw('a', n), draw('b', n)],
  length: n,
  call: (kernels, [a, b], _, out) => kernels.add(a, b, out, n),
})

/** One number out of n. */
export const total = (n: number): Verb => ({
  name: 'sum',
  size: `${n} values`,
  scale: n,
  flops: n,
  bytes: 4 * n,
  floats: [draw('sum', n)],
  length: 1,
  call: (kernels, [x], _, out) => kernels.sum(x, out, 1, n, 1),
})

export const softmax = (b: number, n: number): Verb => ({
  name: 'softmax',
  size: `${b} rows of ${n}`,
  scale: b,
  flops: 4 * b * n,
  bytes: 8 * b * n,
  floats: [draw('softmax', b * n)],
  length: b * n,
  call: (kernels, [x], _, out) => kernels.softmax(x, out, b, n),
})

export const mix = (b: number, e: number, d: number): Verb => ({
  name: 'mix',
  size: `${b} rows, ${e} experts`,
  scale: b,
  flops: 2 * b * e * d,
  bytes: 4 * (b * e + b * e * d + b * d),
  floats: [draw('weights', b * e, 0, 1), ...Array.from({ length: e }, (_, at) => draw(`expert ${at}`, b * d))],
  length: b * d,
  call: (kernels, [weights, ...experts], _, out) => kernels.mix(weights, experts, out, b, e, d),
})

export const gather = (b: number, v: number, d: number): Verb => {
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

export const columnSums = (b: number, d: number): Verb => ({
  name: 'sum over rows',
  size: `${b} rows of ${d}`,
  scale: b,
  flops: b * d,
  bytes: 4 * (b * d + d),
  floats: [draw('sum', b * d)],
  length: d,
  call: (kernels, [x], _, out) => kernels.sum(x, out, 1, b, d),
})

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
  const kernels = kernelsOf(backend)
  return {
    run: () => call(kernels, buffers, idBuffer, out),
    read: () => backend.view(out) ?? [],
    close: () => {
      for (const buffer of [...buffers, idBuffer, out]) backend.releaseBuffer?.(buffer)
    },
  }
}

export function exactVerb(verb: Verb): ArrayLike<number> {
  const { run, read } = prepareVerb(verb, cpu64)
  run()
  return read()
}
