/** Matrix products by peers, one thread each; none of them is asked for a form it has no call for. */
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { gpuKernel } from '../peers/gpuJs.ts'
import type { Mode } from '../peers/gpuJs.ts'
import { jaxJs, jaxRan } from '../peers/jax.ts'
import type { JaxArray } from '../peers/jax.ts'
import { numpyRan, numpyTs } from '../peers/numpyTs.ts'
import type { NdArray } from '../peers/numpyTs.ts'
import { tfjs, tfjsRan } from '../peers/tfjs.ts'
import type { TfTensor } from '../peers/tfjs.ts'
import { sample } from './product.ts'
import type { Product } from './product.ts'

/** The shapes that the operands have in memory. */
const shapesOf = ({ form, m, k, n }: Product): readonly [readonly [number, number], readonly [number, number]] => [
  form === 'Aᵀ·B' ? [k, m] : [m, k],
  form === 'A·Bᵀ' ? [n, k] : [k, n],
]

export async function byTfjs(problem: Product, backend: 'cpu' | 'wasm'): Promise<Contestant | Missing> {
  const tf = await tfjs(backend)
  if (isMissing(tf)) return tf
  const [aShape, bShape] = shapesOf(problem)
  const [a, b] = [tf.tensor(problem.a, aShape), tf.tensor(problem.b, bShape)]
  const multiply = (): TfTensor => tf.matMul(a, b, problem.form === 'Aᵀ·B', problem.form === 'A·Bᵀ')
  return {
    ran: tfjsRan(backend),
    run: () => multiply().dispose(),
    prove: () => {
      const out = multiply()
      const numbers = sample(problem, out.dataSync())
      out.dispose()
      return numbers
    },
    close: () => {
      a.dispose()
      b.dispose()
    },
  }
}

export async function byJax(problem: Product): Promise<Contestant | Missing> {
  const jax = await jaxJs()
  if (isMissing(jax)) return jax
  const [aShape, bShape] = shapesOf(problem)
  const [a, b] = [jax.numpy.array(problem.a, { shape: aShape }), jax.numpy.array(problem.b, { shape: bShape })]
  const multiply = jax.jit((x: JaxArray, y: JaxArray) =>
    jax.numpy.matmul(problem.form === 'Aᵀ·B' ? x.transpose() : x, problem.form === 'A·Bᵀ' ? y.transpose() : y),
  )
  const once = async (): Promise<JaxArray> => {
    const out = multiply(a.ref, b.ref)
    await jax.blockUntilReady(out.ref)
    return out
  }
  return {
    ran: jaxRan(),
    run: async () => (await once()).dispose(),
    prove: async () => sample(problem, (await once()).dataSync()),
    close: () => {
      a.dispose()
      b.dispose()
    },
  }
}

export async function byNumpy(problem: Product): Promise<Contestant | Missing> {
  const np = await numpyTs()
  if (isMissing(np)) return np
  const [aShape, bShape] = shapesOf(problem)
  const a = np.array(problem.a, 'float32').reshape(...aShape)
  const b = np.array(problem.b, 'float32').reshape(...bShape)
  const [left, right] = [problem.form === 'Aᵀ·B' ? a.T : a, problem.form === 'A·Bᵀ' ? b.T : b]
  const multiply = (): NdArray => np.matmul(left, right)
  return {
    ran: numpyRan(),
    run: () => multiply().dispose?.(),
    prove: () => sample(problem, multiply().data),
  }
}

const SOURCES: Readonly<Record<Product['form'], string>> = {
  'A·B': 'a[this.thread.y * this.constants.k + p] * b[p * this.constants.n + this.thread.x]',
  'A·Bᵀ': 'a[this.thread.y * this.constants.k + p] * b[this.thread.x * this.constants.k + p]',
  'Aᵀ·B': 'a[p * this.constants.m + this.thread.y] * b[p * this.constants.n + this.thread.x]',
}

export async function byGpuJs(problem: Product, mode: Mode): Promise<Contestant | Missing> {
  const { form, m, k, n, a, b } = problem
  const source = `function (a, b) {
    let sum = 0
    for (let p = 0; p < this.constants.k; p++) sum += ${SOURCES[form]}
    return sum
  }`
  const kernel = await gpuKernel(mode, source, [n, m], { m, k, n }, [a, b])
  if (isMissing(kernel)) return kernel
  return {
    ran: kernel.ran,
    run: () => kernel.run(a, b),
    prove: () => {
      const rows = kernel.run(a, b)
      const flat = new Float32Array(m * n)
      rows.forEach((row, at) => flat.set(row, at * n))
      return sample(problem, flat)
    },
    close: kernel.close,
  }
}
