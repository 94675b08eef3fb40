/** What goes wrong with GPU.js and below it is said in plegrad's words, and leaves numbers as they were. */
import { GPU } from 'gpu.js'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compileAsync, gpujs } from '../../../src/gpujs.ts'
import type { GpujsBackend, Mode } from '../../../src/gpujs.ts'
import { Parameter, gradients, matmul, mean, sgd, square, tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { kernel, run } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { classOf, lackOf } from '../../../src/kernels/gpujs/index.ts'
import type { GpuClass } from '../../../src/kernels/gpujs/library.ts'
import { ELEMENTS } from '../../../src/kernels/gpujs/limits.ts'
import { NOTHING, NO_DRIVER, answerOf, driver } from './dawn.ts'

describe('a kernel of one’s own', () => {
  it('is refused where its plain loop would find no numbers', async () => {
    const half = kernel('half', 'x:n -> out:n | n', (x, out, n) => {
      for (let j = 0; j < n; j++) out[j] = x[j] / 2
    })
    const made = await gpujs({ mode: 'cpu', library: GPU })
    const backend = made as unknown as Backend
    const [x, out] = [backend.allocate(2), backend.allocate(2)]
    expect(() => {
      run(backend, half, x, out, 2)
    }).toThrow('gpujs: expected a kernel that it has but got half: because plain loops cannot reach its memory')
    await made.release()
  })
})

describe('the peer', () => {
  it('that is absent is named, with what installs it', async () => {
    const load = (): Promise<unknown> =>
      Promise.reject(new Error("Cannot find package 'gpu.js' imported from here\nand"))
    await expect(classOf(undefined, load)).rejects.toThrow(
      "gpujs: expected the peer gpu.js but got none: because Cannot find package 'gpu.js' imported from here; install " +
        "it by 'npm install gpu.js', or give it as gpujs({ library })",
    )
  })

  it('that is older than WebGPU is told so', async () => {
    const Older = Object.assign(() => {}, { isGPUSupported: true })
    const expected = 'gpujs: expected gpu.js from 2.24 on but got an older one'
    await expect(gpujs({ mode: 'cpu', library: Older })).rejects.toThrow(expected)
    await expect(gpujs({ mode: 'cpu', library: { GPU: Older } })).rejects.toThrow(expected)
  })

  it('that is something else is told so', async () => {
    await expect(gpujs({ mode: 'cpu', library: { three: 3 } })).rejects.toThrow('but got object')
    await expect(classOf(undefined, () => Promise.resolve('a text'))).rejects.toThrow('but got string')
  })

  it('may be a module or a class, however wrapped', async () => {
    for (const library of [GPU, { GPU }, { default: GPU }, { default: { GPU } }])
      expect(await classOf(library as object)).toBe(GPU)
  })
})

describe('a mode', () => {
  it('that there is not is refused with those that there are', async () => {
    await expect(gpujs({ mode: 'gpu' as Mode })).rejects.toThrow(
      "gpujs: expected mode to be 'webgpu' or 'webgl2' or 'webgl' or 'headlessgl' or 'webasm' or 'cpu' but got 'gpu'",
    )
  })

  it.each<readonly [unknown, string]>([
    [
      { mode: 'cpu', kernel: 5 },
      "expected options among mode, library, kernels, degrade but got 'kernel', did you mean 'kernels'?",
    ],
    [{ mode: 'cpu', kernels: 0 }, 'expected kernels to be an integer of at least 1 but got 0'],
    [{ mode: 'cpu', degrade: 'no' }, "expected degrade to be true or false but got 'no'"],
    [{ mode: 'cpu', library: 'gpu.js' }, "expected library to be a module, as import() gives it but got 'gpu.js'"],
    [undefined, 'expected an object of options, as in { mode: … }, but got undefined'],
  ])('is chosen by options that are known and in range, and not by %j', async (options, message) => {
    await expect(gpujs(options as never)).rejects.toThrow(new RangeError(`gpujs: ${message}`))
  })

  it('that the host lacks is refused with what it lacks', async () => {
    await expect(gpujs({ mode: 'webgl2' })).rejects.toThrow(
      'gpujs: expected a host that runs mode webgl2 but it does not: because the host has no WebGL 2 with float textures',
    )
  })

  const nothing: GpuClass = Object.assign((() => {}) as unknown as GpuClass, {
    isWebGPUSupported: false,
    isWebGL2Supported: false,
    isWebGLSupported: false,
    isHeadlessGLSupported: false,
    isWebAssemblySupported: false,
    isWebGPUAvailable: () => Promise.resolve(false),
  })
  it.each([
    ['webgpu', 'the host has no navigator.gpu'],
    ['webgl2', 'the host has no WebGL 2 with float textures'],
    ['webgl', 'the host has no WebGL with float textures'],
    ['headlessgl', "the package 'gl' is not installed or finds no display"],
    ['webasm', 'the host has no WebAssembly'],
    ['cpu', undefined],
  ] as const)('%s on a host that has nothing: %s', async (mode, lack) => {
    expect(await lackOf(mode, nothing)).toBe(lack)
    if (lack !== undefined) await expect(gpujs({ mode, library: nothing })).rejects.toThrow(`because ${lack}`)
  })

  it('that GPU.js itself refuses is refused in the same words', async () => {
    const library = new Proxy(GPU, {
      construct: () => {
        throw new Error('no luck\nat all')
      },
    })
    await expect(gpujs({ mode: 'cpu', library })).rejects.toThrow(
      'gpujs: expected GPU.js in mode cpu but got none: because no luck',
    )
  })

  it('without an adapter is refused, by a driver that is really absent', { timeout: 60_000 }, async () => {
    expect(await answerOf('adapterless.process.ts', NOTHING)).toBe(
      'Error: gpujs: expected a host that runs mode webgpu but it does not: because navigator.gpu has no adapter to give',
    )
  })
})

describe.each(['cpu', 'webasm'] as const)('in mode %s', (mode) => {
  const made: GpujsBackend[] = []
  const backendIn = async (): Promise<GpujsBackend> => {
    const backend = await gpujs({ mode })
    made.push(backend)
    return backend
  }
  afterEach(async () => {
    for (const backend of made.splice(0)) await backend.release()
  })

  it('a kernel that does not translate is refused at once, by its name, and inputs keep their numbers', async () => {
    const backend = await backendIn()
    const [x, out] = [backend.allocate(2), backend.allocate(2)]
    backend.write(x, [1, 2])
    expect(() => {
      backend.device.launcher.launch('function (x) { return nothing[this.thread.x]; }', out, [x], { n: 2 })
    }).toThrow(
      `gpujs: expected a kernel that runs in mode ${mode} but function (x) of 2 with {"n":2} did not: because `,
    )
    expect(await backend.read(x)).toEqual(Float32Array.of(1, 2))
    await expect(backend.read(out)).rejects.toThrow('a buffer that nobody has written to')
  })

  it('an array that floats cannot count is refused before anything is made of it', async () => {
    const backend = await backendIn()
    const x = backend.allocate(ELEMENTS + 1)
    backend.write(x, new Float32Array(ELEMENTS + 1))
    expect(() => {
      backend.kernels.neg(x, backend.allocate(ELEMENTS + 1), ELEMENTS + 1)
    }).toThrow('gpujs: expected arrays of at most 16777216 elements but got 16777217: because GPU.js works out indices')
    expect(backend.counts().kernels).toBe(0)
  })

  it('an id that floats cannot count is refused, and the ids are what they were', async () => {
    const backend = await backendIn()
    const ids = backend.allocateIds(1)
    backend.writeIds(ids, [7])
    expect(() => {
      backend.writeIds(ids, [ELEMENTS + 1])
    }).toThrow('gpujs: expected ids of at most 16777216 but got 16777217: because GPU.js has floats only')
    expect(await backend.read(ids)).toEqual(Float32Array.of(7))
  })

  it('numbers that do not fit their buffer are refused', async () => {
    const backend = await backendIn()
    expect(() => {
      backend.write(backend.allocate(2), [1, 2, 3])
    }).toThrow('gpujs: expected 2 numbers to write but got 3')
  })
})

describe('a kernel that falls back', () => {
  /** GPU.js as it is where a mode cannot take a kernel: the kernel runs on the CPU, and knows why. */
  const falling = new Proxy(GPU, {
    construct: (Real, settings: ConstructorParameters<typeof GPU>) => {
      const cpu = new Real({ mode: 'cpu' })
      return Object.assign(new Real(...settings), {
        createKernel: (source: string, options: object) => {
          const kernel = cpu.createKernel(source, options)
          Object.assign(kernel.kernel, { fallbackReason: 'it was told to' })
          return kernel
        },
      })
    },
  })

  it('is an error that says what allows it', async () => {
    const backend = await gpujs({ mode: 'webasm', library: falling })
    const [x, out] = [backend.allocate(2), backend.allocate(2)]
    backend.write(x, [1, 2])
    expect(() => {
      backend.kernels.neg(x, out, 2)
    }).toThrow(
      'gpujs: expected function (x) of 2 with {} in mode webasm but it fell back: because it was told to; allow it by ' +
        'gpujs({ degrade: true })',
    )
    expect(backend.degraded.size).toBe(0)
    expect(await backend.read(x)).toEqual(Float32Array.of(1, 2))
    await expect(backend.read(out)).rejects.toThrow('a buffer that nobody has written to')
  })

  it('is let and reported where that was allowed', async () => {
    const backend = await gpujs({ mode: 'webasm', library: falling, degrade: true })
    const [x, out] = [backend.allocate(2), backend.allocate(2)]
    backend.write(x, [1, 2])
    backend.kernels.neg(x, out, 2)
    expect(await backend.read(out)).toEqual(Float32Array.of(-1, -2))
    expect([...backend.degraded]).toEqual(['function (x) of 2 with {}: it was told to'])
  })
})

describe('a context of WebGL that is lost', () => {
  let lost = false
  /** GPU.js on a context that can be lost, and that, as a real one, computes on. */
  const library = new Proxy(GPU, {
    construct: (Real, settings: ConstructorParameters<typeof GPU>) =>
      Object.assign(new Real(...settings), { context: { isContextLost: () => lost } }),
  })

  it('is an error of the next kernel, and of a program, and numbers at home stay', async () => {
    const backend = await gpujs({ mode: 'cpu', library })
    const weight = new Parameter(tensor([1, -1], [2, 1]))
    const optimizer = sgd({ learningRate: 0.5 })
    const step = compileAsync(
      ({ x }: { x: Tensor }) => {
        const loss = mean(square(matmul(x, weight)))
        optimizer.step([weight], gradients(loss, [weight]))
        return loss
      },
      { backend },
    )
    const batch = { x: tensor([1, 2, 3, 4], [2, 2]) }
    await step(batch)
    const before = weight.values.join()
    lost = true
    await expect(step(batch)).rejects.toThrow(
      'gpujs: expected a program that runs in mode cpu but it did not: because the device was lost',
    )
    expect(weight.values.join()).toBe(before)
    const x = backend.allocate(2)
    backend.write(x, [1, 2])
    expect(() => {
      backend.kernels.neg(x, backend.allocate(2), 2)
    }).toThrow('because the device was lost, and with it all numbers on it; go on with a new backend')
    await backend.release()
  })
})

interface Failures {
  readonly untranslatable: readonly string[]
  readonly uncompilable: readonly string[]
  readonly eighth: readonly string[]
  readonly twice: string
  readonly tooLarge: readonly string[]
  readonly lost: Readonly<Record<'made' | 'known' | 'fresh' | 'kept' | 'next', string>>
  readonly lostInTraining: readonly string[]
  readonly lostInResidentTraining: readonly string[]
}

describe.skipIf(!driver)(`in mode webgpu, by a real driver${driver ? '' : `: skipped, ${NO_DRIVER}`}`, () => {
  let said: Failures
  beforeAll(async () => {
    said = await answerOf<Failures>('failures.process.ts', driver!)
  }, 120_000)

  it.each(['untranslatable', 'uncompilable'] as const)('a kernel that is %s is an error for whoever reads', (which) => {
    const [itself, reader, input, after] = said[which]
    expect(itself).toContain('gpujs: expected a kernel that runs in mode webgpu but function (x) of 2 with {} did not:')
    expect(reader, 'what was made of it').toBe(itself)
    expect([input, after], 'its input, and the next kernel').toEqual(['1,2', '-1,-2'])
  })

  it('with what the compiler of the shading language says', () => {
    expect(said.uncompilable[0]).toMatch(/Error compiling WGSL compute shader: \d+:\d+ .*1\.0 \/ 0\.0/)
  })

  it('an eighth array is refused', () => {
    const [seven, eight] = said.eighth
    expect(seven).toBe('7,14')
    expect(eight).toContain('gpujs: expected a kernel that runs in mode webgpu but function (a0, a1,')
  })

  it('an array that is given twice is none', () => {
    expect(said.twice).toBe('2,4')
  })

  it('an array beyond the limits of the device is refused, and keeps its numbers', () => {
    const [within, beyond, kept] = said.tooLarge
    expect(within).toBe('2,4')
    expect(beyond).toContain('gpujs: expected a kernel that runs in mode webgpu but')
    expect(beyond).toContain('68 bytes but this device allows 64')
    expect(kept).toBe(Array.from({ length: 17 }, () => 0).join())
  })

  const LOSS =
    'in mode webgpu but .*: because the device was lost, and with it all numbers on it; go on with a new backend'

  it('numbers on a device that was lost are told lost, and so are kernels', () => {
    const { made, known, fresh } = said.lost
    expect(made).toMatch(`gpujs: expected to read 4 numbers in mode webgpu but got none`)
    for (const each of [made, known, fresh]) expect(each).toMatch(new RegExp(LOSS))
  })

  it('those that had not gone there yet are kept, and a new backend works', () => {
    expect([said.lost.kept, said.lost.next]).toEqual(['5,6,7,8', '7,10,15,22'])
  })

  it.each(['lostInTraining', 'lostInResidentTraining'] as const)(
    '%s: the parameters at home stay as they were',
    (which) => {
      const [before, error, after] = said[which]
      expect(error).toMatch(/gpujs: .* because the device was lost/)
      expect(after).toBe(before)
    },
  )
})
