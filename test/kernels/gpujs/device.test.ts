/** What runs kernels of GPU.js: boxes that lose no handle, a bounded number of kernels, launches that are written down. */
import { GPU } from 'gpu.js'
import { afterEach, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import type { GpujsBackend, GpujsOptions } from '../../../src/gpujs.ts'
import { GpuBuffer, isHandle } from '../../../src/kernels/gpujs/buffer.ts'
import type { GpuClass, GpuKernel, Value } from '../../../src/kernels/gpujs/library.ts'

/** A handle that tells how often it was given back. */
function handle() {
  const made = {
    deleted: 0,
    toArray: () => new Float32Array([1]),
    delete: () => {
      made.deleted++
    },
  }
  return made
}

const opened: GpujsBackend[] = []
const open = async (options: Partial<GpujsOptions> = {}): Promise<GpujsBackend> => {
  const backend = await gpujs({ mode: 'cpu', ...options })
  opened.push(backend)
  return backend
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((backend) => backend.release()))
})

const on = (backend: GpujsBackend, ...values: readonly number[]): GpuBuffer => {
  const buffer = backend.allocate(values.length)
  backend.write(buffer, values)
  return buffer
}
const read = async (backend: GpujsBackend, buffer: GpuBuffer): Promise<number[]> => [...(await backend.read(buffer))]

describe('a box', () => {
  it('gives back what is replaced, and counts what is there', () => {
    const census = { handles: 0 }
    const [box, first, second] = [new GpuBuffer(1, census), handle(), handle()]
    box.put(first)
    box.put(second)
    expect([first.deleted, second.deleted, census.handles]).toEqual([1, 0, 1])
    box.put(undefined)
    expect([second.deleted, census.handles]).toEqual([1, 0])
  })

  it('does not give back what it only borrows', () => {
    const census = { handles: 0 }
    const [box, lent] = [new GpuBuffer(1, census), handle()]
    box.borrow(lent)
    box.put(new Float32Array(1))
    expect([lent.deleted, census.handles]).toEqual([0, 0])
  })

  it('keeps what is there through what replaces it: brought back, or given back', () => {
    const census = { handles: 0 }
    const box = new GpuBuffer(1, census)
    for (const [end, survivor] of [
      ['restore', 0],
      ['drop', 1],
    ] as const) {
      const both = [handle(), handle()]
      box.put(both[0])
      const kept = box.keep()
      box.put(both[1])
      expect(both.map(({ deleted }) => deleted)).toEqual([0, 0])
      kept[end]()
      expect(both.map(({ deleted }) => deleted)).toEqual([survivor, 1 - survivor])
      expect(box.value).toBe(both[survivor])
      expect(census.handles).toBe(1)
    }
  })

  it('keeps what nothing replaced', () => {
    const census = { handles: 0 }
    const [box, only] = [new GpuBuffer(1, census), handle()]
    box.put(only)
    box.keep().drop()
    box.keep().restore()
    expect([only.deleted, census.handles]).toEqual([0, 1])
    box.put(undefined)
    expect([only.deleted, census.handles]).toEqual([1, 0])
  })

  it('tells a handle from an array', () => {
    expect([isHandle(handle()), isHandle(new Float32Array(1)), isHandle(undefined)]).toEqual([true, false, false])
  })
})

describe('kernels that are built', () => {
  it('are one for each verb and shape, however often it runs', async () => {
    const backend = await open()
    const [a, b, out] = [on(backend, 1, 2), on(backend, 3, 4), backend.allocate(2)]
    for (let time = 0; time < 3; time++) backend.kernels.add(a, b, out, 2)
    expect(backend.counts().kernels).toBe(1)
    backend.kernels.sub(a, b, out, 2)
    backend.kernels.add(on(backend, 1), on(backend, 2), backend.allocate(1), 1)
    expect(backend.counts().kernels).toBe(3)
  })

  it('are at most so many, and those used longest ago go first', async () => {
    const backend = await open({ kernels: 3 })
    for (const length of [1, 2, 3, 1, 4, 5]) {
      const x = on(backend, ...Array.from({ length }, () => 1))
      const out = backend.allocate(length)
      backend.kernels.neg(x, out, length)
      expect(await read(backend, out)).toEqual(Array.from({ length }, () => -1))
      expect(backend.counts().kernels).toBeLessThanOrEqual(3)
    }
    expect(backend.counts().kernels).toBe(3)
  })
})

describe('kernels of a host that has few memories', () => {
  /** GPU.js on a host that gives so many kernels a memory, and no more until some are given back. */
  function stingy(most: number): object {
    let alive = 0
    const rationed = (kernel: GpuKernel): GpuKernel => {
      let has = false
      const call = (...args: readonly (Value | number)[]): ReturnType<GpuKernel> => {
        if (!has && alive >= most) throw new RangeError('WebAssembly.Memory(): could not allocate memory')
        if (!has) alive++
        has = true
        return kernel(...args)
      }
      const destroy = (): void => {
        if (has) alive--
        kernel.destroy()
      }
      return Object.assign(call, { kernel: kernel.kernel, destroy })
    }
    return new Proxy(GPU as unknown as GpuClass, {
      construct(Real, [settings]: ConstructorParameters<GpuClass>) {
        const gpu = new Real(settings)
        const create = gpu.createKernel.bind(gpu)
        return Object.assign(gpu, { createKernel: (...args: Parameters<typeof create>) => rationed(create(...args)) })
      },
    })
  }

  it('are fewer then, and go on', async () => {
    const backend = await open({ library: stingy(4) })
    for (let round = 0; round < 2; round++)
      for (let length = 1; length <= 9; length++) {
        const out = backend.allocate(length)
        backend.kernels.neg(on(backend, ...Array.from({ length }, () => 1)), out, length)
        expect(await read(backend, out)).toEqual(Array.from({ length }, () => -1))
      }
    expect(backend.counts().kernels).toBeLessThanOrEqual(4)
  })

  it('cannot be where it has none', async () => {
    const backend = await open({ library: stingy(0) })
    expect(() => {
      backend.kernels.neg(on(backend, 1), backend.allocate(1), 1)
    }).toThrow('did not: because WebAssembly.Memory(): could not allocate memory')
  })
})

describe('launches that are written down', () => {
  it('run as often as asked, on what is in the boxes then', async () => {
    const backend = await open({ mode: 'webasm' })
    const [x, y] = [on(backend, 1), backend.allocate(1)]
    const heard: string[] = []
    const launches = backend.record((between) => {
      backend.kernels.scaleShift(x, y, 1, 2, 1)
      between(() => heard.push('between'))
      backend.kernels.add(y, x, x, 1)
    })
    expect(heard).toEqual([])
    await launches.run()
    await launches.run()
    expect([await read(backend, x), heard.length]).toEqual([[13], 2])
    launches.release()
  })

  it('are one launch from numbers to numbers, and leave boxes empty', async () => {
    const backend = await open({ mode: 'webasm' })
    const [x, y, nothing] = [backend.allocate(2), backend.allocate(2), backend.allocate(0)]
    const launches = backend.record(() => {
      backend.kernels.softmax(x, y, 1, 2)
      backend.kernels.scaleShift(y, y, 2, 10, 0)
    })
    const launch = launches.fuse([x, nothing], [nothing, y])
    const [empty, tens] = await launch.run([new Float32Array([0, Math.log(3)]), new Float32Array()])
    expect([empty.length, ...[...tens].map((value) => value.toFixed(4))]).toEqual([0, '2.5000', '7.5000'])
    expect(launch.how?.kind).toMatch(/^fused/)
    await expect(backend.read(y)).rejects.toThrow('gpujs: expected numbers but got a buffer that nobody has written to')
    await launch.release()
  })
})

describe('numbers on their way', () => {
  it('are copied when they are written, and when they are read', async () => {
    const backend = await open()
    const numbers = new Float32Array([1, 2])
    const buffer = backend.allocate(2)
    backend.write(buffer, numbers)
    numbers[0] = 9
    const copy = await backend.read(buffer)
    copy[1] = 9
    expect(await read(backend, buffer)).toEqual([1, 2])
  })

  it('must be as many as the buffer has', async () => {
    const backend = await open()
    const buffer = backend.allocate(2)
    expect(() => {
      backend.write(buffer, [1])
    }).toThrow('gpujs: expected 2 numbers to write but got 1')
  })

  it('are ids of at most 2²⁴, which is what floats count to', async () => {
    const backend = await open()
    const buffer = backend.allocateIds(1)
    expect(() => {
      backend.writeIds(buffer, [2 ** 24 + 1])
    }).toThrow('gpujs: expected ids of at most 16777216 but got 16777217')
  })
})
