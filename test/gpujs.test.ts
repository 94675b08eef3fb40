/** `quickest` as it is handed out, on this machine, and with devices that are put in its way. */
import { afterEach, expect, it, vi } from 'vitest'
import { quickest } from '../src/gpujs.ts'
import { Parameter, adam, add, cpu, gradients, matmul, mean, onHost, square, sub, tensor } from '../src/index.ts'
import { defaultWasm } from '../src/kernels/index.ts'
import type { FitOptions, Tensor } from '../src/index.ts'
import type { Floats } from '../src/kernels.ts'

const HOST = defaultWasm()!
const X = tensor([[1, 0], [0, 1], [2, 1]]) // prettier-ignore
const Y = tensor([[2], [3], [1]])
const never = new Proxy({}, { get: () => expect.fail('was asked') })

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** Adam on a line, and all that it changes. */
function lesson() {
  const [w, c] = [new Parameter(tensor([[1], [-1]])), new Parameter(tensor([0]))]
  const optimizer = adam({ learningRate: 0.1 })
  const step = ({ x, y }: { readonly x: Tensor; readonly y: Tensor }): Tensor => {
    const loss = mean(square(sub(add(matmul(x, w), c), y)))
    optimizer.step([w, c], gradients(loss, [w, c]))
    return loss
  }
  return { step, state: () => [...w.values, ...c.values, optimizer.steps] }
}

it('is WebAssembly where there is no GPU, and asks nothing of GPU.js', async () => {
  const kept = await quickest((x: Tensor) => square(x), X, { library: never })
  expect(kept.backend).toBe(HOST)
  expect(kept.times.map(({ backend, because }) => [backend, because])).toEqual([
    [HOST.name, undefined],
    ['gpujs-webgpu', 'the host has no navigator.gpu'],
    ['gpujs-webgl2', 'the host has no canvas'],
    ['gpujs-webgl', 'the host has no canvas'],
    ['gpujs-headlessgl', "the package 'gl' was not given"],
  ])
  expect([...(await kept(X)).values]).toEqual([1, 0, 0, 1, 4, 1])
  await kept.release()
})

it('leaves a program that stands in for a GPU out, unless it may be one', async () => {
  const gpu = { requestAdapter: () => Promise.resolve({ info: { vendor: 'google', architecture: 'swiftshader' } }) }
  vi.stubGlobal('navigator', { gpu })
  const said = async (software: boolean): Promise<string | undefined> => {
    const options = { candidates: ['webgpu'], software, library: { three: 3 } } as const
    return (await quickest((x: Tensor) => square(x), X, options)).times[1].because
  }
  expect(await said(false)).toBe('google swiftshader is a program that stands in for a GPU')
  expect(await said(true)).toMatch(/^gpujs: expected gpu\.js from 2\.24 on/)
})

it.each([false, true])(
  'tries GPU.js itself, which gives the same numbers, and trains nothing by trying; resident: %s',
  async (resident) => {
    const [tried, other] = [lesson(), lesson()]
    const before = tried.state()
    const input = { x: X, y: Y }
    const kept = await quickest(tried.step, input, { candidates: [cpu, 'cpu', 'webasm'], runs: 2, resident })
    expect(kept.times.map(({ backend, milliseconds }) => [backend, milliseconds! > 0])).toEqual(
      [HOST.name, 'cpu', 'gpujs-cpu', 'gpujs-webasm'].map((name) => [name, true]),
    )
    expect(tried.state()).toEqual(before)
    for (let time = 0; time < 3; time++) {
      const expected = other.step(input).item()
      expect((await kept(input)).item()).toBeCloseTo(expected, 5)
    }
    await kept.fetch()
    tried.state().forEach((value, at) => {
      expect(value).toBeCloseTo(other.state()[at], 5)
    })
    const taken: Pick<FitOptions, 'backend'> = kept
    expect(taken.backend).toBe(kept.backend)
    await kept.release()
  },
)

it('is a device that can be used, where that is the quickest', async () => {
  // A function of the host's that WebAssembly has to wait for, by a clock that knows of nobody else.
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.1))
  const slowThere = (given: Floats, out: Floats): void => {
    if (given.buffer === HOST.memory.buffer) now += 20
    out.set(given)
  }
  const step = (x: Tensor): Tensor => square(onHost(slowThere, [x], [x.shape])[0])
  const kept = await quickest(step, X, { candidates: ['cpu'], runs: 1 })
  expect(kept.backend.name).toBe('gpujs-cpu')
  expect([...(await kept(tensor([[3, 4], [0, 0], [0, 0]]))).values].slice(0, 2)).toEqual([9, 16]) // prettier-ignore
  expect('compile' in kept.backend).toBe(true)
  await kept.release()
})

it('measures for one after the other', async () => {
  const order: string[] = []
  const named = (name: string) => ({
    ...cpu,
    name,
    allocate: (length: number) => {
      order.push(name)
      return cpu.allocate(length)
    },
  })
  await Promise.all(['a', 'b'].map((name) => quickest((x: Tensor) => square(x), X, { candidates: [named(name)] })))
  expect([...order].sort()).toEqual(order)
})

it.each<readonly [unknown, string]>([
  [
    { mode: 'webgpu' },
    "expected options among candidates, runs, tolerance, patience, software, library, gl, resident, programs but got 'mode'",
  ],
  [
    { candidates: ['cuda'] },
    "each to be 'webgpu' or 'webgl2' or 'webgl' or 'headlessgl' or 'webasm' or 'cpu' or a backend but got 'cuda' at position 0",
  ],
  [{ runs: 0 }, 'expected runs to be an integer of at least 1 but got 0'],
  [{ patience: 0 }, 'expected patience to be a number in (0, ∞) but got 0'],
  [{ software: 1 }, 'expected software to be true or false but got 1'],
])('refuses %j', async (options, message) => {
  await expect(quickest((x: Tensor) => square(x), X, options as never)).rejects.toThrow(RangeError)
  await expect(quickest((x: Tensor) => square(x), X, options as never)).rejects.toThrow(message)
})
