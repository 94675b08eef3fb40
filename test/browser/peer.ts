/**
 * What a page checks that has `plegrad/gpujs` in it: that GPU.js is downloaded when a mode of it is used,
 * not before.
 */
import { gpujs, quickest } from '../../src/gpujs.ts'
import type { GpujsBackend, Mode } from '../../src/gpujs.ts'
import { matmul, tensor, wasm } from '../../src/index.ts'
import type { Backend, Tensor } from '../../src/index.ts'
import { expectTrue, tell } from './finding.ts'

/** The files of GPU.js that the page has asked for. */
const downloaded = (): readonly string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => path.includes('gpu-browser'))

function expectNone(): string {
  expectTrue(downloaded().length === 0, `no file of GPU.js but got ${downloaded().join(', ')}`)
  return ''
}

async function product(backend: Backend | GpujsBackend): Promise<string> {
  const [a, b] = [tensor([1, 2, 3, 4], [2, 2], backend), tensor([5, 6, 7, 8], [2, 2], backend)]
  const numbers = (await matmul(a, b).read()).join()
  expectTrue(numbers === '19,22,43,50', `a product of matrices but got ${numbers}`)
  return backend.name
}

async function productIn(mode: Mode): Promise<string> {
  const backend = await gpujs({ mode })
  const name = await product(backend)
  await backend.release()
  return name
}

const X = tensor([1, 2, 3, 4], [2, 2])
const step = (x: Tensor): Tensor => matmul(x, X)

await tell({
  'GPU.js is not downloaded with the page': async () => expectNone(),
  'nor by work on another backend': async () => {
    const name = await product(wasm({ bytes: 2 ** 22 }))
    expectNone()
    return name
  },
  'nor for a mode that there is not': async () => {
    const said = await gpujs({ mode: 'nonsense' as Mode }).then(String, String)
    expectTrue(said.includes('expected mode to be'), `a refusal but got ${said}`)
    return expectNone()
  },
  'nor by a step that is tried on a page without a GPU': async () => {
    const { backend, why } = await quickest(step, X)
    expectTrue(backend.name.startsWith('wasm-'), `a WASM backend but got ${backend.name}`)
    expectNone()
    return why.replaceAll('\n', '; ')
  },
  'it is once a step is tried on a mode of it, as one file, and minified kernels run': async () => {
    const { times } = await quickest(step, X, { candidates: ['webasm', 'webgl2', 'webgl'], software: true })
    expectTrue(downloaded().length === 1, `one file of GPU.js but got ${downloaded().join(', ') || 'none'}`)
    for (const { backend, because } of times)
      expectTrue(because === undefined, `a time of ${backend} but got none, because ${because}`)
    const said = times.map(({ backend, milliseconds = 0 }) => `${backend} ${milliseconds.toFixed(3)} ms`)
    return `${said.join(', ')}, ${downloaded().join()}`
  },
  'and not again for other modes': async () => {
    const names = [await productIn('webasm'), await productIn('cpu'), await productIn('webgl2')]
    expectTrue(downloaded().length === 1, `one file of GPU.js but got ${downloaded().join(', ')}`)
    return names.join(', ')
  },
  'a context of WebGL that was lost is an error for whoever reads, where it would give zeros': async () => {
    const backend = await gpujs({ mode: 'webgl2' })
    const [a, fresh] = [tensor([1, 2, 3, 4], [2, 2], backend), tensor([1, 2, 3, 4], [2, 2], backend)]
    const made = matmul(a, a)
    await made.read()
    const { context } = backend.device.gpu as unknown as { readonly context: WebGL2RenderingContext }
    context.getExtension('WEBGL_lose_context')?.loseContext()
    const said = await made.read().then(String, String)
    expectTrue(said.includes('because the device was lost'), `to be told of the loss but got ${said}`)
    const kept = (await fresh.read()).join()
    expectTrue(kept === '1,2,3,4', `the numbers that had not gone there but got ${kept}`)
    return said
  },
})
