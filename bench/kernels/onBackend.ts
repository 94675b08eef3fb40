/** Products and other verbs by a backend of ours. It needs nothing of Node. */
import { kernelsOf } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { sample } from './product.ts'
import type { Product } from './product.ts'
import { prepareVerb } from './verb.ts'
import type { Verb } from './verb.ts'

export function productOnBackend(problem: Product, backend: Backend | Missing): Contestant | Missing {
  if (isMissing(backend)) return backend
  const { form, m, k, n } = problem
  const [a, b, out] = [problem.a, problem.b, m * n].map((given) => {
    const buffer = backend.allocate(typeof given === 'number' ? given : given.length)
    if (typeof given !== 'number') backend.write(buffer, given)
    return buffer
  })
  const kernels = kernelsOf(backend)
  const run = {
    'A·B': () => kernels.matmul(a, b, out, m, k, n),
    'A·Bᵀ': () => kernels.matmulNT(a, b, out, m, k, n),
    'Aᵀ·B': () => kernels.matmulTN(a, b, out, m, k, n),
  }[form]
  return {
    ran: backend.name,
    run,
    prove: () => sample(problem, backend.view(out) ?? []),
    close: () => {
      for (const buffer of [a, b, out]) backend.releaseBuffer?.(buffer)
    },
  }
}

export function verbOnBackend(verb: Verb, backend: Backend | Missing): Contestant | Missing {
  if (isMissing(backend)) return backend
  const { run, read, close } = prepareVerb(verb, backend)
  return {
    ran: backend.name,
    run,
    prove: () => {
      run()
      return read()
    },
    close,
  }
}
