/**
 * Steps of parameters and statistics. A kernel of GPU.js has one output, so an optimizer is a kernel for each of its
 * memories and one for the parameter; and it writes all of that output, so a step costs what the table costs, even where
 * few rows move. Numbers such as 1 − β come from the host, where they have digits enough.
 */
import type * as cpu from '../cpu/update.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Constants, Input, Launcher } from './launch.ts'

/** at[row] = which row of the gradient moves that row of the parameter, −1 for none */
const PLACES = `function (rows) {
  let place = -1;
  for (let row = 0; row < this.constants.count; row++) {
    if (rows[row] == this.thread.x) {
      place = row;
    }
  }
  return place;
}`

/** A step's source for gradients of all rows, and for those of the rows that `places` names. */
interface Step {
  readonly dense: string
  readonly sparse: string
}

/** What becomes of `kept`, from p and g = gradient + 2·l2·p of the same element; rows that nothing moves are kept. */
const step = (arrays: string, numbers: string, kept: string, body: string): Step => ({
  dense: `function (parameter, gradient, ${arrays}l2${numbers}) {
  const at = this.thread.x;
  const p = parameter[at];
  const g = gradient[at] + 2 * l2 * p;
  ${body}
}`,
  sparse: `function (parameter, gradient, ${arrays}places, l2${numbers}) {
  const at = this.thread.x;
  const row = Math.floor((at + 0.5) / this.constants.d);
  const place = places[row];
  if (place < 0) {
    return ${kept}[at];
  }
  const p = parameter[at];
  const g = gradient[place * this.constants.d + at - row * this.constants.d] + 2 * l2 * p;
  ${body}
}`,
})

const SGD = step('', ', rate', 'parameter', 'return p - rate * g;')
const VELOCITY = step('velocity, ', ', momentum', 'velocity', 'return momentum * velocity[at] + g;')
const WITH_VELOCITY = step('velocity, ', ', rate', 'parameter', 'return p - rate * velocity[at];')
const NESTEROV = step('velocity, ', ', rate, momentum', 'parameter', 'return p - rate * (g + momentum * velocity[at]);')

const SQUARES = step('squares, ', '', 'squares', 'return squares[at] + g * g;')
const ADAGRAD = step(
  'squares, ',
  ', rate, epsilon',
  'parameter',
  'return p - (rate * g) / (Math.sqrt(squares[at]) + epsilon);',
)

const MEAN = step('mean, ', ', beta, rest', 'mean', 'return beta * mean[at] + rest * g;')
const VARIANCE = step('variance, ', ', beta, rest', 'variance', 'return beta * variance[at] + rest * g * g;')
/** p − rate·decay·p − rate·(m / correction₁) / (√(v / correction₂) + ε), of the m and v of after the step */
const ADAM = step(
  'mean, variance, ',
  ', rate, decay, correction1, correction2, epsilon',
  'parameter',
  `const descent = mean[at] / correction1 / (Math.sqrt(variance[at] / correction2) + epsilon);
  return p - rate * decay * p - rate * descent;`,
)

/** √n, or n^−power */
const root = (n: string): string => `(power_ == -0.5 ? Math.sqrt(${n}) : power(${n}, -power_))`
/** Of the square root a difference that does not cancel: Δ√n = Δn / (√n + √n′) */
const FTRL_Z = step(
  'z, n, ',
  ', rate, power_, shrinkage',
  'z',
  `const after = n[at] + g * g;
  const sum = ${root('n[at]')} + ${root('after')};
  let grown = ${root('after')} - ${root('n[at]')};
  if (power_ == -0.5) {
    grown = sum > 0 ? (after - n[at]) / sum : 0;
  }
  return z[at] + g + 2 * shrinkage * p - (grown / rate) * p;`,
)
const FTRL = step(
  'z, n, ',
  ', rate, power_, l1, proximal, beta',
  'parameter',
  `const scale = (beta + ${root('n[at]')}) / rate + 2 * proximal;
  if (Math.abs(z[at]) <= l1 || scale == 0) {
    return 0;
  }
  return ((z[at] > 0 ? l1 : -l1) - z[at]) / scale;`,
)

/** (1 − momentum)·average + momentum·value */
const MOVING_AVERAGE = `function (average, value, momentum, rest) {
  return rest * average[this.thread.x] + momentum * value[this.thread.x];
}`

export function update({ launch, between }: Launcher): KernelsOf<typeof cpu> {
  /** Runs steps of one parameter by one gradient. */
  const stepping = (
    parameter: GpuBuffer,
    gradient: GpuBuffer,
    rows: GpuBuffer | null,
    count: number,
    d: number,
    l2: number,
  ) => {
    const constants: Constants = rows ? { d } : {}
    const places = rows && d > 0 ? [between(parameter.length / d)] : []
    for (const place of places) launch(PLACES, place, [rows!], { count })
    return ({ dense, sparse }: Step, out: GpuBuffer, arrays: readonly GpuBuffer[], numbers: readonly Input[]): void => {
      launch(rows ? sparse : dense, out, [parameter, gradient, ...arrays, ...places, l2, ...numbers], constants)
    }
  }
  return {
    sgd: (parameter, gradient, velocity, rows, count, d, l2, options) => {
      const run = stepping(parameter, gradient, rows, count, d, l2)
      const rate = (): number => options.learningRate
      const momentum = (): number => options.momentum
      if (options.momentum === 0) {
        run(SGD, parameter, [], [rate])
        return
      }
      run(VELOCITY, velocity, [velocity], [momentum])
      if (options.nesterov) run(NESTEROV, parameter, [velocity], [rate, momentum])
      else run(WITH_VELOCITY, parameter, [velocity], [rate])
    },
    adagrad: (parameter, gradient, squares, rows, count, d, l2, options) => {
      const run = stepping(parameter, gradient, rows, count, d, l2)
      run(SQUARES, squares, [squares], [])
      run(ADAGRAD, parameter, [squares], [() => options.learningRate, () => options.epsilon])
    },
    adam: (parameter, gradient, mean, variance, rows, count, d, l2, options) => {
      const run = stepping(parameter, gradient, rows, count, d, l2)
      run(MEAN, mean, [mean], [() => options.beta1, () => 1 - options.beta1])
      run(VARIANCE, variance, [variance], [() => options.beta2, () => 1 - options.beta2])
      run(
        ADAM,
        parameter,
        [mean, variance],
        [
          () => options.learningRate,
          () => options.decay,
          () => options.correction1,
          () => options.correction2,
          () => options.epsilon,
        ],
      )
    },
    ftrl: (parameter, gradient, z, n, rows, count, d, l2, options) => {
      const run = stepping(parameter, gradient, rows, count, d, l2)
      const rate = (): number => options.learningRate
      const power = (): number => options.learningRatePower
      run(FTRL_Z, z, [z, n], [rate, power, () => options.l2Shrinkage])
      run(SQUARES, n, [n], [])
      run(FTRL, parameter, [z, n], [rate, power, () => options.l1, () => options.l2, () => options.beta])
    },
    movingAverage: (average, value, _n, momentum) => {
      launch(MOVING_AVERAGE, average, [average, value, momentum, 1 - momentum])
    },
  }
}
