/** Wrappers of kernels whose arguments are a few buffers and then numbers: the addresses of these, and the same numbers. */

interface Placed {
  readonly byteOffset: number
}
type Kernel = (...args: number[]) => void

// With every number there may be, because a list of arguments would be allocated; a binary ignores those it does not know.
// What a verb is given too much or too little of is for the types of `Kernels` to say.

type Two = (x: Placed, out: Placed, p: number, q?: number, r?: number, s?: number) => void
type Three = (a: Placed, b: Placed, out: Placed, p: number, q?: number, r?: number) => void

export const two =
  (kernel: Kernel): Two =>
  (x, out, p, q, r, s) => {
    kernel(x.byteOffset, out.byteOffset, p, q!, r!, s!)
  }

export const three =
  (kernel: Kernel): Three =>
  (a, b, out, p, q, r) => {
    kernel(a.byteOffset, b.byteOffset, out.byteOffset, p, q!, r!)
  }
