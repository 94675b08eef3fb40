/** The backend around the kernels: what it picks, what memory it gives out and takes back, and what it refuses. */
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { add, ids, tensor, wasm } from '../../../src/index.ts'
import { cpuKernels, defaultWasm, kernelsOf } from '../../../src/kernels/index.ts'
import { offers } from '../../../src/kernels/wasm/index.ts'
import { allowRelaxed, everyVariant } from './variants.ts'
import { collect, heapBytes } from '../../heapBytes.ts'
import type { Verbs } from '../calls.ts'

const PAGE = 65536

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the variant', () => {
  it('is the faster one that the host offers, and says so in its name', () => {
    allowRelaxed()
    expect(offers('relaxed')).toBe(true)
    expect(wasm({ bytes: 2 ** 24 }).name).toBe('wasm-relaxed')
    expect(wasm({ bytes: 2 ** 24, variant: 'simd' }).name).toBe('wasm-simd')
  })

  it('is refused where the host lacks it', () => {
    // A host that knows vectors, but not how to multiply and add in one rounding.
    const { validate } = WebAssembly
    vi.spyOn(WebAssembly, 'validate').mockImplementation(
      (bytes) => !new Uint8Array(bytes as ArrayBuffer).join().includes('253,133,2') && validate(bytes),
    )
    expect(wasm({ bytes: 2 ** 24 }).name).toBe('wasm-simd')
    expect(() => wasm({ variant: 'relaxed' })).toThrow(
      'wasm: expected a host with relaxed SIMD but got one without: because it refuses a function of these ' +
        "instructions; variant 'simd' needs less",
    )
    vi.mocked(WebAssembly.validate).mockReturnValue(false)
    expect(() => wasm()).toThrow('wasm: expected a host with SIMD but got one without: because it refuses a function')
  })

  it('is none where there is no WebAssembly at all, and then the core still loads', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    vi.resetModules()
    const without = await import('../../../src/kernels/index.ts')
    expect(without.defaultWasm()).toBeUndefined()
    expect(() => without.wasm()).toThrow('wasm: expected a host with SIMD but got one without')
    expect(without.cpu.allocate(3)).toHaveLength(3)
  })
})

describe('the default backend', () => {
  it('is one and the same', () => {
    expect(defaultWasm()).toBeDefined()
    expect(defaultWasm()).toBe(defaultWasm())
  })
})

describe.each(everyVariant().map((backend) => [backend.name, backend] as const))('the memory of %s', (_, backend) => {
  it('gives out views that the reference can work on too', () => {
    const [x, y] = [backend.allocate(5), backend.allocate(5)]
    backend.write(x, [1, 2, 3, 4, 5])
    cpuKernels.square(x, y, 5)
    expect([...y]).toEqual([1, 4, 9, 16, 25])
    expect(x.byteOffset % 64).toBe(0)
    expect(x.buffer).toBe(y.buffer)
  })

  it('runs ops like any other backend', async () => {
    const [a, b] = [tensor([1, 2, 3], [3], backend), tensor([4, 5, 6], [3], backend)]
    const sum = add(a, b)
    expect(sum.backend).toBe(backend)
    expect([...(await sum.read())]).toEqual([5, 7, 9])
    expect(await sum.read()).not.toBe(sum.values)
  })

  it('tells its own buffers from others, and adopts only whole ones', () => {
    const own = backend.allocate(8)
    const other = new Float32Array(8)
    expect([own, own.subarray(2), other].map((buffer) => backend.owns(buffer))).toEqual([true, true, false])
    expect(backend.adopt(own)).toBe(own)
    // A part would not keep the whole alive.
    expect(backend.adopt(own.subarray(2))).toBeUndefined()
    expect(backend.adopt(other)).toBeUndefined()
    expect(backend.adopt(new Float64Array(8))).toBeUndefined()
    expect(tensor(own, [8], backend).buffer).toBe(own)
    expect(ids(Int32Array.of(1, 2), [2], backend).values.buffer).toBe(backend.memory.buffer)
  })

  it('has empty buffers', () => {
    const [x, y] = [backend.allocate(0), backend.allocateIds(0)]
    kernelsOf(backend).exp(x, x, 0)
    expect([x.length, y.length]).toEqual([0, 0])
    backend.releaseBuffer(x)
  })

  it('takes back what is released, once', () => {
    const before = backend.freeBytes()
    const buffer = backend.allocate(1000)
    expect(before - backend.freeBytes()).toBe(4032)
    backend.releaseBuffer(buffer.subarray(1))
    backend.releaseBuffer(new Float32Array(1000))
    expect(before - backend.freeBytes()).toBe(4032)
    backend.releaseBuffer(buffer)
    backend.releaseBuffer(buffer)
    expect(backend.freeBytes()).toBe(before)
    expect(backend.adopt(buffer)).toBeUndefined()
  })
})

describe('a full memory', () => {
  it('says how much there was and what to do, and holds on to what it has', () => {
    const backend = wasm({ bytes: 32 * PAGE, variant: 'simd' })
    const room = Math.floor(backend.freeBytes() / 4)
    const kept = backend.allocate(room - 160).fill(7)
    expect(() => backend.allocate(1000)).toThrow(
      new RangeError(
        `wasm: expected room for 4000 bytes but only ${backend.freeBytes()} of ${32 * PAGE} are free: because tensors that are ` +
          'still in use, or were until the event loop last turned, have the rest. Ask for more by wasm({ bytes }), ' +
          'compile() what repeats, or await something in between',
      ),
    )
    expect(kept.every((value) => value === 7)).toBe(true)
    backend.releaseBuffer(kept)
    expect(backend.allocate(room).length).toBe(room)
  })

  it('has room again once buffers that nobody has were found out', async () => {
    const backend = wasm({ bytes: 32 * PAGE, variant: 'simd' })
    const before = backend.freeBytes()
    for (let round = 0; round < 30; round++) {
      for (let each = 0; each < 10; each++) backend.allocate(1000)
      collect()
      await setImmediate()
    }
    for (let wait = 0; backend.freeBytes() < before && wait < 50; wait++) {
      collect()
      await setImmediate()
    }
    expect(backend.freeBytes()).toBe(before)
  })

  it('is refused at once where the size makes no sense', () => {
    const because = /^wasm: expected from 65536 to 4294967296 bytes but got .*: because addresses have 32 bits$/
    for (const bytes of [0, -1, NaN, 100, 2 ** 33, '70000' as never, null as never])
      expect(() => wasm({ bytes })).toThrow(because)
  })
})

it.each<readonly [unknown, string]>([
  [{ byte: 1 }, "expected options among bytes, variant, shared, wide but got 'byte', did you mean 'bytes'?"],
  [{ variant: 'avx' }, "expected variant to be 'simd' or 'relaxed' but got 'avx'"],
  [{ shared: 1 }, 'expected shared to be true or false but got 1'],
  [2 ** 20, 'expected an object of options, as in { bytes: … }, but got 1048576'],
])('options %j are refused', (options, message) => {
  expect(() => wasm(options as never)).toThrow(new RangeError(`wasm: ${message}`))
})

describe('a shared memory', () => {
  it('runs the same kernels for several instances', () => {
    const backend = wasm({ bytes: 2 ** 24, variant: 'simd', shared: true })
    expect(backend.memory.buffer).toBeInstanceOf(SharedArrayBuffer)
    const [x, y] = [backend.allocate(6), backend.allocate(6)]
    x.set([1, 4, 9, 16, 25, 36])
    kernelsOf(backend).sqrt(x, y, 6)
    expect([...y]).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('a kernel', () => {
  it('allocates nothing', () => {
    const [backend] = everyVariant()
    const k = kernelsOf(backend) as Required<Verbs>
    const [x, y, z] = [backend.allocate(64), backend.allocate(64), backend.allocate(64)]
    const rows = backend.allocateIds(8)
    const [experts, widths, relus, list] = [
      [x, y],
      [4, 4],
      [true, false],
      [rows, null],
    ]
    const options = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1,
      correction1: 1,
      correction2: 1,
      decay: 0,
    }
    const all = (): void => {
      k.add(x, y, z, 64)
      k.exp(x, z, 64)
      k.dense(x, y, x, z, 4, 4, 4)
      k.denseEach(x, experts, experts, experts, 4, 4, widths, relus)
      k.matmulNTSum(experts, experts, z, 4, widths, 4)
      k.mix(x, experts, z, 4, 2, 4)
      k.mixScaleSum(experts, experts, null, z, 4, widths, 4, widths)
      k.gatherEach(experts, list, z, 8, widths)
      k.concat(experts, z, 4, widths, 1)
      k.mergeRows(x, rows, z, rows, rows, 2, 4, 4, 0, 4)
      k.dropout(x, z, 64, 0.5, 1, 2)
      k.adam(x, y, z, z, rows, 2, 4, 0, options)
    }
    for (let warm = 0; warm < 20_000; warm++) all()
    const taken = heapBytes(() => {
      for (let run = 0; run < 20_000; run++) all()
    }, 5)
    // What one object per call, of 13, would come to is 4 million bytes.
    expect(taken).toBeLessThan(500_000)
  })
})
