/** Two numbers in, one out: a thread for each. Comparisons give 1 for true. */
import type * as cpu from '../cpu/binary.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'

const of = (result: string): string => `function (a, b) {
  const x = a[this.thread.x];
  const y = b[this.thread.x];
  return ${result};
}`

const [ADD, SUB, MUL, DIV] = ['x + y', 'x - y', 'x * y', 'x / y'].map(of)
const [MAXIMUM, MINIMUM] = ['larger(x, y)', 'smaller(x, y)'].map(of)
const [EQUAL, GREATER, GREATER_EQUAL] = ['x == y ? 1 : 0', 'x > y ? 1 : 0', 'x >= y ? 1 : 0'].map(of)
const [LESS, LESS_EQUAL] = ['x < y ? 1 : 0', 'x <= y ? 1 : 0'].map(of)
/** 0 where y ≤ 0, else g */
const RELU_GRADIENT = of('y <= 0 ? 0 : x')

/** By ==, because a shader's != may be false of NaN. */
const WHERE = `function (condition, a, b) {
  return condition[this.thread.x] == 0 ? b[this.thread.x] : a[this.thread.x];
}`

export function binary({ launch }: Launcher): KernelsOf<typeof cpu> {
  const verb = (source: string) => (a: GpuBuffer, b: GpuBuffer, out: GpuBuffer) => {
    launch(source, out, [a, b])
  }
  return {
    add: verb(ADD),
    sub: verb(SUB),
    mul: verb(MUL),
    div: verb(DIV),
    maximum: verb(MAXIMUM),
    minimum: verb(MINIMUM),
    equal: verb(EQUAL),
    greater: verb(GREATER),
    greaterEqual: verb(GREATER_EQUAL),
    less: verb(LESS),
    lessEqual: verb(LESS_EQUAL),
    where: (condition, a, b, out) => {
      launch(WHERE, out, [condition, a, b])
    },
    reluGradient: verb(RELU_GRADIENT),
  }
}
