/**
 * Kernels that the binary has under their own names and with the arguments of their declaration: the addresses of buffers,
 * then the same numbers. It refuses, by its types, to be given more buffers than are written out here.
 */
import { formOf } from '../kernel.ts'
import type { AnyKernel } from '../kernel.ts'

interface Placed {
  readonly byteOffset: number
}
type Export = (...args: number[]) => void
/** Buffers, then numbers. */
type Wrapper = (...args: never[]) => void

// With every number there may be, because a list of arguments would be allocated; a binary ignores those it does not know.

const WRAPPERS: Readonly<Record<number, (kernel: Export) => Wrapper>> = {
  2:
    (kernel) =>
    (x: Placed, out: Placed, p: number, q: number, r: number, s: number): void => {
      kernel(x.byteOffset, out.byteOffset, p, q, r, s)
    },
  3:
    (kernel) =>
    (a: Placed, b: Placed, out: Placed, p: number, q: number, r: number): void => {
      kernel(a.byteOffset, b.byteOffset, out.byteOffset, p, q, r)
    },
  4:
    (kernel) =>
    (
      a: Placed,
      b: Placed,
      c: Placed | null,
      out: Placed,
      p: number,
      q: number,
      r: number,
      s: number,
      t: number,
    ): void => {
      kernel(a.byteOffset, b.byteOffset, c?.byteOffset ?? 0, out.byteOffset, p, q, r, s, t)
    },
  5:
    (kernel) =>
    (
      a: Placed,
      b: Placed,
      c: Placed,
      d: Placed,
      e: Placed,
      p: number,
      q: number,
      r: number,
      s: number,
      t: number,
    ): void => {
      kernel(a.byteOffset, b.byteOffset, c.byteOffset, d.byteOffset, e.byteOffset, p, q, r, s, t)
    },
}

/** The kernel of these buffers and numbers that an export is. */
export const wrapped = (kernel: AnyKernel, own: Export): Wrapper => WRAPPERS[formOf(kernel).buffers.length](own)

/** What an export is called with. */
export const addresses = (args: readonly unknown[]): readonly number[] =>
  args.map((argument) => (typeof argument === 'number' ? argument : ((argument as Placed | null)?.byteOffset ?? 0)))
