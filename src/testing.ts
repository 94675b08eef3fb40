/** plegrad/testing, contents: check gradients of functions, and ops of your own against every law. Needs fast-check. */
export { checkGradients, gradientErrors } from './autograd/index.ts'
export type {
  Differentiable,
  GradientCheckOptions,
  GradientErrors,
  OrderErrors,
  WrongElement,
} from './autograd/index.ts'
export { checkOp, examineOp, laws } from './testing/checkOp.ts'
export type { OpReport } from './testing/checkOp.ts'
export { backendsAgree, writesItsOutput } from './testing/laws/backend.ts'
export { equalsItsMeaning, gradientAgrees, secondGradientAgrees } from './testing/laws/gradient.ts'
export { staysFinite } from './testing/laws/large.ts'
export { refusesMisfits } from './testing/laws/refusal.ts'
export { law } from './testing/law.ts'
export type { Law, LawOptions, LawReport } from './testing/law.ts'
export { shapes, sizes, tensors } from './testing/arbitraries.ts'
export { opInputs } from './testing/opInputs.ts'
export type { OpCase } from './testing/opInputs.ts'
export type { AnyOp, Options } from './testing/anyOp.ts'
export { poisoned } from './testing/poisoned.ts'
