/** plegrad/check, contents: gradients of one's own functions against finite differences. It needs no package. */
export { checkGradients, gradientErrors } from './autograd/index.ts'
export type { Differentiable, GradientCheckOptions, GradientErrors, OrderErrors } from './autograd/index.ts'
export type { WrongElement } from './autograd/index.ts'
