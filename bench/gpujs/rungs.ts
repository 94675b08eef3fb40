/** The sizes that are measured, by group: small, as a gate has them, to large enough for a GPU. */
import { add, columnSums, denseRelu, matmul, mix, softmax, total } from '../kernels/verb.ts'
import type { Verb } from '../kernels/verb.ts'

export interface Group {
  readonly name: string
  /** What its work is counted in. */
  readonly unit: string
  /** Whether its sizes lie on one line, so that crossovers mean something. */
  readonly plotted: boolean
  readonly workOf: (verb: Verb) => number
  /** Made when their turn comes, for they hold their numbers. By growing work. */
  readonly verbs: readonly (() => Verb)[]
}

const operations = ({ flops }: Verb): number => flops
const values = ({ floats: [x] }: Verb): number => x.length

export const GROUPS: readonly Group[] = [
  {
    name: 'matmul',
    unit: 'operations',
    plotted: true,
    workOf: operations,
    verbs: [32, 64, 128, 256, 512].map((side) => () => matmul(side, side, side)),
  },
  {
    // An expert's two levels, and a tower, with 256 rows.
    name: 'layer',
    unit: 'operations',
    plotted: false,
    workOf: operations,
    verbs: [() => matmul(256, 256, 64), () => matmul(256, 128, 256), () => matmul(256, 256, 256)],
  },
  {
    name: 'denseRelu',
    unit: 'operations',
    plotted: false,
    workOf: operations,
    verbs: [() => denseRelu(32, 128, 256), () => denseRelu(256, 256, 64), () => denseRelu(256, 128, 256)],
  },
  {
    name: 'softmax',
    unit: 'values',
    plotted: true,
    workOf: values,
    verbs: [
      () => softmax(32, 8),
      () => softmax(256, 8),
      () => softmax(256, 64),
      () => softmax(256, 1000),
      () => softmax(1024, 1000),
    ],
  },
  {
    name: 'mix',
    unit: 'operations',
    plotted: false,
    workOf: operations,
    verbs: [32, 256, 1024].map((b) => () => mix(b, 3, 256)),
  },
  {
    name: 'add',
    unit: 'values',
    plotted: true,
    workOf: values,
    verbs: [1e3, 1e4, 1e5, 1e6].map((n) => () => add(n)),
  },
  { name: 'sum', unit: 'values', plotted: false, workOf: values, verbs: [1e3, 1e5, 1e6].map((n) => () => total(n)) },
  {
    name: 'sum over',
    unit: 'values',
    plotted: false,
    workOf: values,
    verbs: [32, 256, 4096].map((b) => () => columnSums(b, 256)),
  },
]
