/**
 * What a call costs, by formulas: operations on floats, each of + − · ÷ √ max exp … counted as one, a multiply-add as
 * two, and bytes of memory, each input read once and each output written once. It refuses to guess what caches do.
 */
import { reads, updates, writes } from './slot.ts'
import type { Call, Slot } from './slot.ts'

export interface Cost {
  readonly flops: number
  readonly bytes: number
}

type Sizes = readonly number[]

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Numbers among the arguments, in order: the sizes m, k, n of a product and the like, and options behind them. */
const sizesOf = ({ args }: Call): Sizes => args.filter((argument) => typeof argument === 'number')

/** The argument that is a list of numbers: the widths of experts or tables. */
const listsOf = ({ args }: Call): readonly Sizes[] =>
  args.filter((argument): argument is Sizes => Array.isArray(argument) && argument.every((n) => typeof n === 'number'))

const multiplied = ([m, k, n]: Sizes): number => 2 * m * k * n

/** By verb, where it is not one operation for each element of the output. */
const FLOPS: Readonly<Partial<Record<Call['verb'], (sizes: Sizes, call: Call) => number>>> = {
  matmul: multiplied, // 2·m·k·n
  matmulNT: multiplied,
  matmulTN: multiplied,
  batchMatmul: ([batch, ...sizes]) => batch * multiplied(sizes),
  batchMatmulNT: ([batch, ...sizes]) => batch * multiplied(sizes),
  batchMatmulTN: ([batch, ...sizes]) => batch * multiplied(sizes),
  dense: ([b, i, o]) => b * o * (2 * i + 1), // product and bias
  denseRelu: ([b, i, o]) => b * o * (2 * i + 2), // and max
  denseEach: ([b, i], call) => {
    const [, , cs, , , , os, relus] = call.args as [
      unknown,
      unknown,
      unknown[],
      unknown,
      number,
      number,
      Sizes,
      boolean[],
    ]
    return sum(os.map((o, e) => b * o * (2 * i + (cs[e] === null ? 0 : 1) + (relus[e] ? 1 : 0))))
  },
  matmulNTSum: ([m, n], call) => 2 * m * n * sum(listsOf(call)[0]),
  mix: ([b, e, d]) => 2 * b * e * d,
  mixDot: ([b, e, d]) => 2 * b * e * d,
  mixScaleSum: ([b, d], call) => b * d * (2 * listsOf(call)[0].length - 1 + (call.args[2] === null ? 0 : 1)),
  scaleShift: ([n]) => 2 * n, // factor·x + shift
  binaryCrossEntropy: ([n]) => 6 * n, // max(x, 0) − label·x + log1p(exp(−|x|))
  dropout: ([n]) => n, // the scale; its coins are integers
  softmax: ([b, n]) => 5 * b * n, // max, −, exp, Σ, ÷
  logSoftmax: ([b, n]) => 5 * b * n,
  softmaxGradient: ([b, n]) => 4 * b * n, // y·(g − Σ g·y)
  logSumExp: ([o, m, i]) => 4 * o * m * i, // max, −, exp, Σ
  sum: ([o, m, i]) => o * m * i,
  max: ([o, m, i]) => o * m * i,
  min: ([o, m, i]) => o * m * i,
  argmax: ([o, m, i]) => o * m * i,
  scatterAdd: ([b, , d]) => b * d,
  segmentMax: ([b, , d]) => b * d,
  mergeRows: ([b, d]) => b * d,
  sgd: ([count, d]) => 4 * count * d, // g + 2·l2·p, p − rate·g
  adagrad: ([count, d]) => 9 * count * d, // and s + g², ÷ (√s + ε)
  adam: ([count, d]) => 18 * count * d, // and m, v, their corrections and decay
  ftrl: ([count, d]) => 20 * count * d, // g + 2·l2·p, n, two roots, σ, z, |z| ≤ l1 and what p is divided by
  movingAverage: ([n]) => 3 * n,
}

/** Verbs that move numbers without changing them. */
const MOVING: ReadonlySet<string> = new Set(
  'repeat swap slice pad concat gather gatherEach nonzeroMask presentIds joinIds host'.split(' '),
)

const flopsOf = (call: Call): number => {
  const formula = FLOPS[call.verb]
  if (formula) return formula(sizesOf(call), call)
  return MOVING.has(call.verb) ? 0 : sum(writes(call).map(({ length }) => length))
}

/** Elements of inputs that a call does not look at: it wants some rows of a table, or some columns of a matrix. */
function untouched(call: Call): number {
  const [count, d] = sizesOf(call)
  const first = reads(call)[0]?.length
  switch (call.verb) {
    case 'gather':
    case 'mergeRows':
      return first - count * d
    case 'slice':
      return first - sum(writes(call).map(({ length }) => length))
    case 'gatherEach': {
      const [tables, ids, , b, ds] = call.args as [readonly Slot[], readonly unknown[], Slot, number, Sizes]
      return sum(tables.map(({ length }, e) => (ids[e] === null ? 0 : length - b * ds[e])))
    }
    case 'sgd':
    case 'adagrad':
    case 'adam':
    case 'ftrl':
      return sum(updates(call).map(({ length }) => 2 * (length - count * d)))
    default:
      return 0
  }
}

/** The cost of a call whose floats take `width` bytes each. Ids take four. */
export function costOf(call: Call, width: number): Cost {
  const touched = [...new Set(reads(call)), ...writes(call), ...updates(call)]
  const bytes = sum(touched.map(({ kind, length }) => length * (kind === 'ids' ? 4 : width)))
  return { flops: flopsOf(call), bytes: bytes - untouched(call) * width }
}
