/** What is measured in a browser: kernels, training steps and single rows, by us on one thread. It needs nothing of Node. */
import type { Backend } from '../../src/index.ts'
import { productOnBackend, verbOnBackend } from '../kernels/onBackend.ts'
import { FORMS, exactSample, flopsOf as flopsOfProduct, nameOf, product } from '../kernels/product.ts'
import type { Extents, Form } from '../kernels/product.ts'
import { exactVerb } from '../kernels/verb.ts'
import type { Verb } from '../kernels/verb.ts'
import { VERBS } from '../kernels/verbs.ts'
import type { Contestant, Missing } from '../measure/case.ts'
import { compiledInference, compiledStep } from '../step/ours.ts'
import { flopsOf, tell } from '../step/told.ts'
import { LARGE, SMALL } from '../step/workload.ts'
import type { Size } from '../step/workload.ts'

export interface Rung {
  readonly group: string
  readonly size: string
  /** Of one run, where its speed says something. */
  readonly flops?: number
  readonly exact: () => ArrayLike<number>
  readonly tolerance: number
  readonly enter: (backend: Backend) => Contestant | Missing
}

const EXTENTS: readonly Extents[] = [
  ...[32, 64, 128, 256, 512].map((side) => ({ m: side, k: side, n: side })),
  { m: 127, k: 63, n: 61 },
  { m: 1000, k: 500, n: 300 },
]

function productRung(form: Form, extents: Extents): Rung {
  const problem = product(form, extents)
  return {
    group: form,
    size: nameOf(extents),
    flops: flopsOfProduct(extents),
    exact: () => exactSample(problem),
    tolerance: 2e-6,
    enter: (backend) => productOnBackend(problem, backend),
  }
}

const verbRung = (verb: Verb): Rung => ({
  group: verb.name,
  size: verb.size,
  exact: () => exactVerb(verb),
  tolerance: 2e-6,
  enter: (backend) => verbOnBackend(verb, backend),
})

function stepRung(rows: number): Rung {
  const { told, reference } = tell(LARGE, rows, 4)
  return {
    group: 'PLE step',
    size: `${rows} rows`,
    // Backward is twice forward.
    flops: 3 * flopsOf(LARGE, rows),
    exact: () => reference().losses,
    tolerance: 2e-5,
    enter: (backend) => compiledStep(told, backend),
  }
}

function rowRung(name: string, size: Size): Rung {
  const { told, reference } = tell(size, 1, 1)
  return {
    group: 'PLE, one row',
    size: name,
    exact: () => reference().predictions,
    tolerance: 2e-6,
    enter: (backend) => compiledInference(told, backend),
  }
}

/** Made when their turn comes, for they hold their numbers. */
export const RUNGS: readonly (() => Rung)[] = [
  ...FORMS.flatMap((form) => EXTENTS.map((extents) => () => productRung(form, extents))),
  ...VERBS.map((verb) => () => verbRung(verb)),
  ...[2, 32, 256, 1024].map((rows) => () => stepRung(rows)),
  () => rowRung('large', LARGE),
  () => rowRung('small', SMALL),
]
