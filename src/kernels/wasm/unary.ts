/** One number in, one out. Not here: what is rare, which the reference does on the same memory. */
import type { Floats } from '../backend.ts'
import type { UnaryKernels } from '../kernels.ts'
import type { Exports } from './exports.ts'
import { two } from './wrap.ts'

type Rare = 'sign' | 'expm1' | 'log1p' | 'sin' | 'cos' | 'erf' | 'elu' | 'pow'

export const unary = (e: Exports): Omit<UnaryKernels<Floats>, Rare> => ({
  neg: two(e.neg),
  abs: two(e.abs),
  exp: two(e.exp),
  log: two(e.log),
  sqrt: two(e.sqrt),
  square: two(e.square),
  reciprocal: two(e.reciprocal),
  tanh: two(e.tanh),
  sigmoid: two(e.sigmoid),
  softplus: two(e.softplus),
  relu: two(e.relu),
  leakyRelu: two(e.leakyRelu),
  clip: two(e.clip),
  scaleShift: two(e.scaleShift),
})
