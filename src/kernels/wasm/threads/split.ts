/**
 * How calls of the binary are shared out among threads: along rows or numbers whose results owe nothing to one another,
 * so that nobody can tell from the bits how many threads there were. What is not listed here runs on one.
 */
import { formOf } from '../../kernel.ts'
import type { AnyKernel } from '../../kernel.ts'
import type { Exports } from '../exports.ts'
import { denseRounded, gatherEach, mix, mixDot } from './lists.ts'
import type { Arguments, Split } from './lists.ts'

const one = (): number => 1

/** Numbers side by side: `n` is argument `size`, the arguments before it are addresses. */
const numbers = (size: number, work: (args: Arguments) => number): Split => ({
  units: (args) => args[size],
  work,
  cut: (args, from, count) => {
    for (let address = 0; address < size; address++) args[address] += 4 * from
    args[size] = count
  },
})

/** Costs more than memory does: an exponential, a root or a division. */
const costly = (): number => 8

/**
 * A step of parameters: parameter, gradient and `memories` tensors of state, then ids of rows, count and d. Ids name a row
 * once, so that rows owe nothing to one another; a single row without ids is numbers side by side.
 */
const update = (memories: number, work: () => number): Split => {
  const [ids, count, width] = [2 + memories, 3 + memories, 4 + memories]
  const single = (args: Arguments): boolean => args[count] === 1 && args[ids] === 0
  return {
    units: (args) => (single(args) ? args[width] : args[count]),
    // Rows that ids name lie apart, each where no cache expects it.
    work: (args) => work() * (single(args) ? 1 : args[width]) * (args[ids] !== 0 ? 4 : 1),
    cut: (args, from, some) => {
      const alone = single(args)
      const step = 4 * from * (alone ? 1 : args[width])
      args[1] += step
      if (args[ids] !== 0) args[ids] += 4 * from
      else for (let at = 0; at < ids; at++) if (at !== 1) args[at] += step
      args[alone ? width : count] = some
    },
  }
}

/** Of so few rows a product is shared out by columns. */
const FEW = 16

/** (a, aRow, aStep, b, bStep, bColumn, bias, out, m, k, n, flags, stride) */
const gemm: Split = {
  units: (args) => args[args[8] < FEW ? 10 : 8],
  work: (args) => args[9] * args[args[8] < FEW ? 8 : 10],
  cut: (args, from, count) => {
    if (args[8] < FEW) {
      args[3] += 4 * from * args[5]
      if (args[6] !== 0) args[6] += 4 * from
      args[7] += 4 * from
      args[12] = args[10]
      args[10] = count
    } else {
      args[0] += 4 * from * args[1]
      args[7] += 4 * from * args[10]
      args[8] = count
    }
  },
}

/** (x, out, n, threshold, scale, key, counter): the coins go on where the part begins */
const dropout: Split = {
  ...numbers(2, costly),
  cut: (args, from, count) => {
    args[0] += 4 * from
    args[1] += 4 * from
    args[2] = count
    args[6] += from
  },
}

/** (from, fromStride, to, toStride, rows, width) */
const copyRows: Split = {
  units: (args) => args[4],
  work: (args) => args[5],
  cut: (args, from, count) => {
    args[0] += 4 * from * args[1]
    args[2] += 4 * from * args[3]
    args[4] = count
  },
}

/** (x, out, o, m, i, stride): by outer elements or, where there is one, by columns, whose rows then begin farther apart */
const sum: Split = {
  units: (args) => (args[2] === 1 ? args[4] : args[2]),
  work: (args) => args[3] * (args[2] === 1 ? 1 : args[4]),
  cut: (args, from, count) => {
    const columns = args[2] === 1
    args[0] += 4 * from * (columns ? 1 : args[3] * args[4])
    args[1] += 4 * from * (columns ? 1 : args[4])
    if (columns) args[5] = args[4]
    args[columns ? 4 : 2] = count
  },
}

export const SPLITS: Readonly<Partial<Record<keyof Exports, Split>>> = {
  gemm,
  denseRounded,
  mix,
  mixDot,
  gatherEach,
  gatherRounded: gatherEach,
  dropout,
  copyRows,
  sum,
  sgd: update(1, one),
  adagrad: update(1, costly),
  adam: update(2, costly),
  ftrl: update(2, costly),
}

/**
 * How a kernel is cut whose arguments are those of its declaration: along the first axis, if all of its buffers begin with
 * that and it is among its numbers.
 */
export function splitOf(kernel: AnyKernel): Split | undefined {
  const { buffers, numbers: names } = formOf(kernel)
  const [first] = buffers[0].axes
  const size = buffers.length + names.indexOf(first)
  if (size < buffers.length || buffers.some(({ axes }) => axes[0] !== first)) return undefined
  /** Of each buffer, the arguments whose product is how many numbers a unit has. */
  const widths = buffers.map(({ axes }) => axes.slice(1).map((axis) => buffers.length + names.indexOf(axis)))
  const width = (args: Arguments, buffer: number): number => {
    let product = 1
    for (let at = 0; at < widths[buffer].length; at++) product *= args[widths[buffer][at]]
    return product
  }
  const each = kernel.costly ? costly() : 1
  return {
    units: (args) => args[size],
    work: (args) => each * Math.max(width(args, 0), width(args, buffers.length - 1)),
    cut: (args, from, count) => {
      for (let address = 0; address < buffers.length; address++) args[address] += 4 * from * width(args, address)
      args[size] = count
    },
  }
}
