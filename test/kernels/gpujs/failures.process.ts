/** What goes wrong on a WebGPU device, by a real driver: run by errors.test.ts in a process that has one. */
import * as library from 'gpu.js'
import { compileAsync, gpujs } from '../../../src/gpujs.ts'
import { Parameter, add, gradients, matmul, mean, sgd, square, tensor } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { answer, giveNavigator, refusal } from './dawn.ts'

/** Which its types leave out: the device of all kernels of a process. */
const { WebGPUContext } = library as unknown as { readonly WebGPUContext: { destroy(): Promise<void> } }

/** What is left of `navigator.gpu` where devices allow `bytes` in a buffer. */
function allow(bytes: number): () => void {
  const { gpu } = navigator
  const requestAdapter = async (): Promise<GPUAdapter | null> => {
    const adapter = await gpu.requestAdapter()
    if (!adapter) return null
    const requestDevice = adapter.requestDevice.bind(adapter)
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor)
      const { maxComputeWorkgroupsPerDimension } = device.limits
      const limits = { maxStorageBufferBindingSize: bytes, maxBufferSize: bytes, maxComputeWorkgroupsPerDimension }
      return Object.defineProperty(device, 'limits', { value: limits })
    }
    return adapter
  }
  Object.defineProperty(navigator, 'gpu', { value: { requestAdapter }, configurable: true })
  return () => Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
}

/** A kernel that is nonsense to GPU.js, or to the shading language, and one that reads from it. */
async function brokenBy(source: string): Promise<readonly string[]> {
  const backend = await gpujs({ mode: 'webgpu' })
  const [x, y, z] = [backend.allocate(2), backend.allocate(2), backend.allocate(2)]
  backend.write(x, [1, 2])
  backend.device.launcher.launch(source, y, [x])
  backend.kernels.neg(y, z, 2)
  const said = [await refusal(backend.read(y)), await refusal(backend.read(z)), (await backend.read(x)).join()]
  // What comes after is not hurt.
  backend.kernels.neg(x, z, 2)
  said.push((await backend.read(z)).join())
  await backend.release()
  return said
}

async function eighth(): Promise<readonly string[]> {
  const backend = await gpujs({ mode: 'webgpu' })
  const arrays = Array.from({ length: 8 }, () => backend.allocate(2))
  for (const array of arrays) backend.write(array, [1, 2])
  const out = backend.allocate(2)
  const names = arrays.map((_, index) => `a${index}`)
  const sumOf = (count: number): void => {
    const terms = names.slice(0, count).map((name) => `${name}[this.thread.x]`)
    const source = `function (${names.slice(0, count).join(', ')}) { return ${terms.join(' + ')}; }`
    backend.device.launcher.launch(source, out, arrays.slice(0, count))
  }
  sumOf(7)
  const said = [(await backend.read(out)).join()]
  sumOf(8)
  said.push(await refusal(backend.read(out)))
  await backend.release()
  return said
}

/** An array that is a kernel's first and second input, and still the host's. */
async function twice(): Promise<string> {
  const backend = await gpujs({ mode: 'webgpu' })
  const x = tensor([1, 2], [2], backend)
  const sum = (await add(x, x).read()).join()
  await backend.release()
  return sum
}

async function tooLarge(): Promise<readonly string[]> {
  await WebGPUContext.destroy()
  const restore = allow(64)
  const backend = await gpujs({ mode: 'webgpu' })
  const [small, large] = [tensor([1, 2], [2], backend), tensor(new Float32Array(17), [17], backend)]
  const said = [
    (await add(small, small).read()).join(),
    await refusal(add(large, large).read()),
    (await large.read()).join(),
  ]
  await backend.release()
  await WebGPUContext.destroy()
  restore()
  return said
}

async function lost(): Promise<Readonly<Record<string, string>>> {
  const backend = await gpujs({ mode: 'webgpu' })
  const [a, b] = [tensor([1, 2, 3, 4], [2, 2], backend), tensor([5, 6, 7, 8], [2, 2], backend)]
  const product = matmul(a, a)
  await product.read()
  await WebGPUContext.destroy()
  const said = {
    made: await refusal(product.read()),
    known: await refusal(matmul(product, product).read()),
    fresh: await refusal(mean(square(b)).read()),
    kept: (await b.read()).join(),
  }
  await backend.release()
  const next = await gpujs({ mode: 'webgpu' })
  const again = tensor([1, 2, 3, 4], [2, 2], next)
  const result = { ...said, next: (await matmul(again, again).read()).join() }
  await next.release()
  return result
}

/** A training step whose device goes, with parameters that come and go or that stay there. */
async function lostInTraining(resident: boolean): Promise<readonly string[]> {
  const backend = await gpujs({ mode: 'webgpu' })
  const weight = new Parameter(tensor([1, -1], [2, 1]))
  const optimizer = sgd({ learningRate: 0.5 })
  const step = compileAsync(
    ({ x }: { x: Tensor }) => {
      const loss = mean(square(matmul(x, weight)))
      optimizer.step([weight], gradients(loss, [weight]))
      return loss
    },
    { backend, resident },
  )
  const batch = { x: tensor([1, 2, 3, 4], [2, 2]) }
  await step(batch)
  if (resident) await step.fetch()
  const before = weight.values.join()
  await WebGPUContext.destroy()
  const said = [before, await refusal(Promise.resolve(step(batch))), weight.values.join()]
  await backend.release()
  return said
}

await giveNavigator()
answer({
  untranslatable: await brokenBy('function (x) { return nothing[this.thread.x]; }'),
  uncompilable: await brokenBy('function (x) { return 1 / 0; }'),
  eighth: await eighth(),
  twice: await twice(),
  tooLarge: await tooLarge(),
  lost: await lost(),
  lostInTraining: await lostInTraining(false),
  lostInResidentTraining: await lostInTraining(true),
})
