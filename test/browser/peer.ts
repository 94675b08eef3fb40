/** What a page checks that has `plegrad/gpujs` in it: that GPU.js is downloaded when a mode of it is used, not before. */
import { gpujs } from '../../src/gpujs.ts'
import type { GpujsBackend, Mode } from '../../src/gpujs.ts'
import { matmul, tensor, wasm } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
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
  await backend.destroy()
  return name
}

await tell({
  'GPU.js is not downloaded with the page': async () => expectNone(),
  'nor by work on another backend': async () => {
    const name = await product(wasm({ bytes: 2 ** 22 }))
    expectNone()
    return name
  },
  'nor for a mode that there is not': async () => {
    const said = await gpujs({ mode: 'nonsense' as Mode }).then(String, String)
    expectTrue(said.includes('expected a mode among'), `a refusal but got ${said}`)
    return expectNone()
  },
  'it is once a mode is asked for, as one file, and minified kernels run': async () => {
    const name = await productIn('webasm')
    expectTrue(downloaded().length === 1, `one file of GPU.js but got ${downloaded().join(', ') || 'none'}`)
    return `${name}, ${downloaded().join()}`
  },
  'and not again for other modes': async () => {
    const names = [await productIn('cpu'), await productIn('webgl2')]
    expectTrue(downloaded().length === 1, `one file of GPU.js but got ${downloaded().join(', ')}`)
    return names.join(', ')
  },
})
