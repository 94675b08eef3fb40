/** `auto` as it is handed out, on this machine. */
import { expect, it } from 'vitest'
import { auto } from '../../../../src/gpujs.ts'
import type { AutoBackend } from '../../../../src/gpujs.ts'
import { cpu, defaultWasm } from '../../../../src/index.ts'
import type { FitOptions } from '../../../../src/index.ts'

const onTheCpu = { modes: ['webasm'], software: true } as const

it.each(['matmul', 'softmax'])(
  'measures %s of GPU.js itself, whose numbers agree, and gives thresholds',
  async (verb) => {
    const work = [{ verb, flops: 1e8 }]
    const backend = await auto({ ...onTheCpu, work })
    expect(backend.tried[0]).toMatchObject({ backend: 'gpujs-webasm', device: 'the CPU' })
    expect(backend.tried[0].reason).toMatch(/^it takes .* ms and wasm-.* ms, measured in .* ms$/)
    const { gpujs, otherwise } = backend.thresholds[0].verbs[verb]
    expect(gpujs.perMillion).toBeGreaterThan(0)
    expect(otherwise.perMillion).toBeGreaterThan(0)
    expect((await auto({ ...onTheCpu, work })).tried[0].reason).not.toContain('measured in')
    await backend.release()
  },
)

it('measures for one after the other: who comes second finds what the first has measured', async () => {
  const work = [{ verb: 'mixDot', flops: 1e8 }]
  const [first, second] = await Promise.all([auto({ ...onTheCpu, work }), auto({ ...onTheCpu, work })])
  expect(first.tried[0].reason).toContain('measured in')
  expect(second.tried[0].reason).not.toContain('measured in')
})

it('takes a backend of GPU.js by thresholds that say so, and it runs', async () => {
  const line = { fixed: 1, perMillion: 1 }
  const quick = { threshold: 0, gpujs: { fixed: 0, perMillion: 0 }, otherwise: line }
  const otherwise = (defaultWasm() ?? cpu).name
  const thresholds = [{ mode: 'webasm', device: 'the CPU', otherwise, verbs: { add: quick, transfer: quick } }] as const
  const backend = await auto({ ...onTheCpu, thresholds, work: [{ verb: 'add', flops: 1 }] })
  expect(backend.name).toBe('gpujs-webasm')
  const [a, out] = [backend.allocate(2), backend.allocate(2)]
  backend.write(a, [1, 2])
  backend.kernels.add(a, a, out, 2)
  expect([...(await backend.read(out))]).toEqual([2, 4])
  expect('compile' in backend).toBe(true)
  await backend.release()
})

it('asks nothing of GPU.js where there is no GPU, not even of one that would throw', async () => {
  const library = new Proxy({}, { get: () => expect.fail('was asked') })
  const backend: AutoBackend = await auto({ library, work: [{ verb: 'matmul', sizes: [512, 512, 512] }] })
  expect(backend.name).toBe((defaultWasm() ?? cpu).name)
  const taken: Pick<FitOptions, 'backend'> = { backend }
  expect(taken.backend).toBe(backend)
})
