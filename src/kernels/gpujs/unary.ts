/** One number in, one number out: a thread for each. */
import type * as cpu from '../cpu/unary.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

/** `result` of v, and of options among the kernel's arguments. */
const of = (result: string, ...options: readonly string[]): string => `function (${['x', ...options].join(', ')}) {
  const v = x[this.thread.x];
  return ${result};
}`

const SOURCES = {
  neg: of('-v'),
  abs: of('Math.abs(v)'),
  sign: of('v > 0 ? 1 : (v < 0 ? -1 : v)'),
  exp: of('exponential(v)'),
  expm1: of('exponentialLessOne(v)'),
  log: of('logarithm(v)'),
  log1p: of('logOfOneMore(v)'),
  sqrt: of('Math.sqrt(v)'),
  square: of('v * v'),
  reciprocal: of('1 / v'),
  sin: of('circular(v, 0)'),
  cos: of('circular(v, 1)'),
  tanh: of('hyperbolicTangent(v)'),
  erf: of('errorFunction(v)'),
  sigmoid: of('logistic(v)'),
  softplus: of('larger(v, 0) + logOfOneMore(exponential(-Math.abs(v)))'),
  relu: of('larger(v, 0)'),
} as const

const LEAKY_RELU = of('v > 0 ? v : slope * v', 'slope')
const ELU = of('v > 0 ? v : alpha * exponentialLessOne(v)', 'alpha')
const POW = of('power(v, exponent)', 'exponent')
const CLIP = of('v < least ? least : (v > most ? most : v)', 'least', 'most')
const AFFINE = of('factor * v + shift', 'factor', 'shift')

export function unary({ launch }: Launcher): KernelsOf<typeof cpu> {
  const verb = (source: string) => (x: GpuBuffer, out: GpuBuffer) => {
    launch(source, out, [x])
  }
  return {
    neg: verb(SOURCES.neg),
    abs: verb(SOURCES.abs),
    sign: verb(SOURCES.sign),
    exp: verb(SOURCES.exp),
    expm1: verb(SOURCES.expm1),
    log: verb(SOURCES.log),
    log1p: verb(SOURCES.log1p),
    sqrt: verb(SOURCES.sqrt),
    square: verb(SOURCES.square),
    reciprocal: verb(SOURCES.reciprocal),
    sin: verb(SOURCES.sin),
    cos: verb(SOURCES.cos),
    tanh: verb(SOURCES.tanh),
    erf: verb(SOURCES.erf),
    sigmoid: verb(SOURCES.sigmoid),
    softplus: verb(SOURCES.softplus),
    relu: verb(SOURCES.relu),
    leakyRelu: (x, out, _n, slope) => {
      launch(LEAKY_RELU, out, [x, slope])
    },
    elu: (x, out, _n, alpha) => {
      launch(ELU, out, [x, alpha])
    },
    pow: (x, out, _n, exponent) => {
      launch(POW, out, [x, exponent])
    },
    clip: (x, out, _n, least, most) => {
      launch(CLIP, out, [x, least, most])
    },
    scaleShift: (x, out, _n, factor, shift) => {
      launch(AFFINE, out, [x, factor, shift])
    },
  }
}
