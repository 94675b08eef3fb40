/** The choice on pretended machines: what is taken, what is only asked for, and what is said about it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { choose } from '../../../../src/kernels/gpujs/auto/choose.ts'
import type { Surroundings } from '../../../../src/kernels/gpujs/auto/choose.ts'
import type { Thresholds, Work } from '../../../../src/kernels/gpujs/auto/thresholds.ts'
import { machine, pretended, withAdapter, withRenderer } from './pretended.ts'

/** 268 million operations: 8 ms of the pretended WASM, 0.4 ms of its GPU. */
const LARGE: readonly Work[] = [{ verb: 'matmul', sizes: [512, 512, 512] }]
/** 10 million: 0.3 ms of either. */
const MIDDLING: readonly Work[] = [{ verb: 'matmul', flops: 1e6, calls: 10 }]
const SMALL: readonly Work[] = [{ verb: 'matmul', sizes: [16, 16, 16] }]

describe('what is taken', () => {
  it('is the GPU for large work', async () => {
    const here = machine()
    const backend = await choose({ work: LARGE }, here)
    expect(backend.name).toBe('gpujs-webgpu')
    expect(backend.tried).toHaveLength(1)
    expect(backend.tried[0]).toMatchObject({ backend: 'gpujs-webgpu', device: 'nvidia hopper', taken: true })
    expect(backend.tried[0].reason).toMatch(/^it takes 0\.3\d+ ms and wasm-pretended 8\.\d+ ms, measured in /)
    expect(backend).toBe(here.opened[0])
    expect(here.opened[0].released).toBe(0)
  })

  it('is WASM for small work, and GPU.js is not even asked for', async () => {
    const here = machine()
    const backend = await choose({ work: SMALL }, here)
    expect(backend.name).toBe('wasm-pretended')
    expect(here.asked).toEqual([])
    expect(backend.tried[0].reason).toContain('wasm-pretended takes 0.00')
    expect(backend.tried.at(-1)).toEqual({ backend: 'wasm-pretended', taken: true, reason: 'no GPU was taken' })
  })

  it('is WASM for work that a GPU was measured to be slower at, and the GPU is given back', async () => {
    const here = machine()
    const backend = await choose({ work: [...MIDDLING, { verb: 'matmul', flops: 0, calls: 10 }] }, here)
    expect(backend.name).toBe('wasm-pretended')
    expect(here.asked).toEqual(['webgpu'])
    expect(here.opened[0].released).toBe(1)
    expect(backend.tried[0].reason).toMatch(
      /^it takes at least 0\.\d+ ms and wasm-pretended 0\.\d+ ms, measured in [\d.]+ ms$/,
    )
  })

  it('is found out by the costly verbs alone, where these say enough, and the others another time', async () => {
    const slow = machine()
    const open = (): Promise<ReturnType<typeof pretended>> =>
      Promise.resolve(pretended('gpujs-webgpu', slow.hands, { fixed: 0.02, perMillion: 1 }))
    const work = [{ verb: 'softmax', flops: 1e6 }, ...LARGE]
    const first = await choose({ work }, { ...slow, open })
    expect(first.tried[0].reason).toContain('it takes at least 268 ms')
    expect(Object.keys(first.thresholds[0].verbs)).toEqual(['matmul'])
    const again = await choose(
      { work, modes: ['webgpu'] },
      { ...slow, open: () => expect.fail('nothing is left to ask') },
    )
    expect(again.tried[0].reason).not.toContain('measured')
    const other = await choose({ work: [{ verb: 'softmax', flops: 1e8 }] }, { ...slow, open })
    expect(Object.keys(other.thresholds[0].verbs)).toEqual(['matmul', 'softmax'])
  })

  it('is WASM where nobody says what the work is, and no device is looked for', async () => {
    const here = machine()
    const backend = await choose({}, here)
    expect(backend.tried).toEqual([{ backend: 'wasm-pretended', taken: true, reason: 'no work was given' }])
    expect(here.hands.now).toBe(0)
  })

  it('is the CPU where there is no WASM', async () => {
    const backend = await choose({ work: LARGE }, machine({ host: {}, wasm: undefined }))
    expect(backend.name).toBe('cpu')
    expect(backend.tried.slice(-2)).toEqual([
      { backend: 'wasm', taken: false, reason: 'the host has no WebAssembly with SIMD' },
      { backend: 'cpu', taken: true, reason: 'no GPU was taken' },
    ])
    await backend.release()
  })

  it('has a threshold for each verb: where the lines cross', async () => {
    const { thresholds } = await choose({ work: LARGE }, machine())
    expect(thresholds).toHaveLength(1)
    const { matmul, transfer } = thresholds[0].verbs
    expect(matmul.threshold).toBeCloseTo((0.019 / 0.0295) * 1e6, -2)
    expect(transfer.threshold).toBeNull()
    expect(matmul.otherwise.perMillion).toBeCloseTo(0.03, 6)
  })
})

describe('a candidate is passed over, and that is reported,', () => {
  it('where it is a program and not a GPU, unless it may be one', async () => {
    const host = withAdapter({ vendor: 'google', architecture: 'swiftshader' })
    const here = machine({ host })
    const backend = await choose({ work: LARGE }, here)
    expect(backend.name).toBe('wasm-pretended')
    expect(backend.tried[0]).toMatchObject({
      device: 'google swiftshader',
      reason: 'it is a program that stands in for a GPU',
    })
    expect(here.asked).toEqual([])
    expect((await choose({ work: LARGE, software: true }, machine({ host }))).name).toBe('gpujs-webgpu')
  })

  it('where the host has no adapter: the next mode has its turn', async () => {
    const host = { ...withAdapter(null), ...withRenderer('GeForce', ['webgl2']) }
    const backend = await choose({ work: LARGE }, machine({ host }))
    expect(backend.name).toBe('gpujs-webgl2')
    expect(backend.tried.map(({ reason }) => reason)[0]).toBe('navigator.gpu has no adapter to give')
    expect(backend.why).toContain('2. gpujs-webgl2 on GeForce: taken')
  })

  it('in the order of the modes, the modes that were given alone', async () => {
    const none = await choose({ work: LARGE }, machine({ host: {} }))
    expect(none.tried.map(({ backend }) => backend)).toEqual([
      'gpujs-webgpu', 'gpujs-webgl2', 'gpujs-webgl', 'gpujs-headlessgl', 'wasm-pretended',
    ]) // prettier-ignore
    const one = await choose({ work: LARGE, modes: ['webgl'] }, machine())
    expect(one.tried.map(({ backend }) => backend)).toEqual(['gpujs-webgl', 'wasm-pretended'])
  })

  it('where the peer is absent', async () => {
    const open = (): Promise<never> => Promise.reject(new Error('gpujs: expected the peer gpu.js but got none'))
    const { name, tried } = await choose({ work: LARGE }, machine({ open }))
    expect(name).toBe('wasm-pretended')
    expect(tried[0].reason).toBe('it failed: gpujs: expected the peer gpu.js but got none')
  })

  it('where its numbers are wrong', async () => {
    const wrong = pretended('gpujs-webgpu', { now: 0 }, { fixed: 0, perMillion: 0, off: 1 })
    const { name, tried } = await choose({ work: LARGE }, machine({ open: () => Promise.resolve(wrong) }))
    expect(name).toBe('wasm-pretended')
    expect(tried[0].reason).toContain('because its numbers are wrong')
    expect(wrong.released).toBe(1)
  })

  it('where the device is lost meanwhile, even if it cannot be given back', async () => {
    const breaks = { verb: 'matmul', error: new Error('WebGPU device was lost') }
    const lost = pretended('gpujs-webgpu', { now: 0 }, { fixed: 0, perMillion: 0, breaks })
    lost.release = () => Promise.reject(new Error('lost'))
    const { name, why } = await choose({ work: LARGE }, machine({ open: () => Promise.resolve(lost) }))
    expect(name).toBe('wasm-pretended')
    expect(why).toContain('1. gpujs-webgpu on nvidia hopper: not taken, because it failed:')
  })

  it('where a device of known thresholds was lost since', async () => {
    const here = machine()
    await choose({ work: LARGE }, here)
    const breaks = { verb: 'matmul', error: new Error('lost') }
    const open = (): Promise<ReturnType<typeof pretended>> =>
      Promise.resolve(pretended('gpujs-webgpu', here.hands, { fixed: 0, perMillion: 0, breaks }))
    const { name, tried } = await choose({ work: LARGE }, machine({ open, memory: here.memory }))
    expect(name).toBe('wasm-pretended')
    expect(tried[0].reason).toBe('it failed: lost')
  })
})

describe('a device that hangs is passed over', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const never = new Promise<never>(() => undefined)
  /** What is said of the first candidate once all patience has ended. */
  const said = async (here: Surroundings): Promise<string> => {
    const choosing = choose({ work: LARGE }, here)
    await vi.advanceTimersByTimeAsync(60_000)
    const { name, tried } = await choosing
    expect(name).toBe('wasm-pretended')
    return tried[0].reason
  }
  const HANGS = 'it failed: it is not there after 20000 ms'

  it('where it is not found', async () => {
    expect(await said(machine({ host: { navigator: { gpu: { requestAdapter: () => never } } } }))).toBe(HANGS)
  })

  it('where it does not answer, and where it cannot be given back', async () => {
    const deaf = pretended('gpujs-webgpu', { now: 0 }, { fixed: 0, perMillion: 0 })
    deaf.read = () => never
    deaf.release = () => never
    expect(await said(machine({ open: () => Promise.resolve(deaf) }))).toBe(HANGS)
    const here = machine()
    const slow = pretended('gpujs-webgpu', here.hands, { fixed: 100, perMillion: 0 })
    slow.release = () => never
    expect(await said({ ...here, open: () => Promise.resolve(slow) })).toBe(HANGS)
  })

  it('where it does not open, and is given back if it does so too late', async () => {
    const late = pretended('gpujs-webgpu', { now: 0 }, { fixed: 0, perMillion: 0 })
    let opens: (backend: typeof late) => void = () => undefined
    const open = (): Promise<typeof late> => new Promise((resolve) => (opens = resolve))
    expect(await said(machine({ open }))).toBe(HANGS)
    opens(late)
    await vi.advanceTimersByTimeAsync(0)
    expect(late.released).toBe(1)
  })
})

describe('what was measured', () => {
  /** How often the clock is looked at, and what is said of the first candidate. */
  const later = async (
    thresholds: readonly Thresholds[] | undefined,
    here = machine(),
  ): Promise<{ said: string; looks: number; name: string }> => {
    let looks = 0
    const clock = (): number => {
      looks++
      return here.clock()
    }
    const { tried, name } = await choose({ work: LARGE, ...(thresholds && { thresholds }) }, { ...here, clock })
    return { said: tried[0].reason, looks, name }
  }

  it('is not measured again in the same process', async () => {
    const here = machine()
    const first = await choose({ work: LARGE }, here)
    expect(first.thresholds).toHaveLength(1)
    expect(await later(undefined, here)).toMatchObject({ looks: 0, name: 'gpujs-webgpu' })
  })

  it('survives as JSON', async () => {
    const { thresholds } = await choose({ work: LARGE }, machine())
    const kept = JSON.parse(JSON.stringify(thresholds)) as readonly Thresholds[]
    expect(kept).toEqual(thresholds)
    expect(await later(kept)).toMatchObject({ looks: 0, name: 'gpujs-webgpu' })
  })

  it('of a verb that is new is added to it', async () => {
    const { thresholds } = await choose({ work: LARGE }, machine())
    const here = machine()
    const more = await choose({ work: [...LARGE, { verb: 'softmax', flops: 1e6 }], thresholds }, here)
    expect(Object.keys(more.thresholds[0].verbs)).toEqual(['matmul', 'transfer', 'softmax'])
    expect(more.thresholds[0].verbs.matmul).toEqual(thresholds[0].verbs.matmul)
  })

  it('saves GPU.js from being loaded for work that is too small for it', async () => {
    const { thresholds } = await choose({ work: LARGE }, machine())
    const here = machine()
    const { name } = await choose({ work: SMALL, thresholds }, here)
    expect(name).toBe('wasm-pretended')
    expect(here.asked).toEqual([])
  })

  it('is not believed of another device, or against another backend, and that is said', async () => {
    const { thresholds } = await choose({ work: LARGE }, machine())
    for (const other of [{ device: 'apple m1' }, { otherwise: 'cpu' }]) {
      const { said, looks } = await later([{ ...thresholds[0], ...other }])
      expect(said).toContain(`the thresholds that were given are of ${other.device ?? 'nvidia hopper'} and `)
      expect(looks).toBeGreaterThan(0)
    }
  })
})

describe('work', () => {
  it('is refused where there is no such verb, no such size or no such number', async () => {
    const refused = (work: Work): Promise<unknown> => choose({ work: [work] }, machine())
    await expect(refused({ verb: 'matmull', flops: 1 })).rejects.toThrow("but got 'matmull': because it is not one")
    await expect(refused({ verb: 'matmul', sizes: [2, 3] })).rejects.toThrow(RangeError)
    await expect(refused({ verb: 'matmul', flops: -1 })).rejects.toThrow('but got -1 in 1')
    await expect(refused({ verb: 'denseEach', sizes: [2, 3] })).rejects.toThrow(
      'expected flops of denseEach but got sizes',
    )
  })

  it('counts functions of the host as nothing, and verbs that are like others as those', async () => {
    const work = [...LARGE, { verb: 'host', flops: 1e12 }, { verb: 'denseEach', flops: 1e6 }]
    const { thresholds } = await choose({ work }, machine())
    expect(Object.keys(thresholds[0].verbs)).toEqual(['matmul', 'denseRelu', 'transfer'])
  })
})

it('says why in at most 80 columns, with every candidate and every verb', async () => {
  const host = {
    ...withAdapter({ vendor: 'google', architecture: 'swiftshader' }),
    ...withRenderer('A renderer '.repeat(12), ['webgl2']),
  }
  const { why } = await choose({ work: [...LARGE, { verb: 'softmaxGradient', flops: 1e6 }] }, machine({ host }))
  expect(Math.max(...why.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  for (const word of ['1. gpujs-webgpu', '2. gpujs-webgl2', 'matmul', 'softmaxGradient', 'transfer', 'never'])
    expect(why).toContain(word)
})
