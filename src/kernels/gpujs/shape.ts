/** Moving values about: a thread for each element of the output, which works out where its value was. */
import type * as cpu from '../cpu/shape.ts'
import type { GpuBuffer, KernelsOf } from './buffer.ts'
import type { Launcher } from './launch.ts'
import { ARRAYS } from './limits.ts'

/** out[o, m, i] = x[o, i] */
const REPEAT = `function (x) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.i);
  const outer = Math.floor((line + 0.5) / this.constants.m);
  return x[outer * this.constants.i + this.thread.x - line * this.constants.i];
}`

/** out[o, q, p, i] = x[o, p, q, i] */
const SWAP = `function (x) {
  const line = Math.floor((this.thread.x + 0.5) / this.constants.i);
  const inner = this.thread.x - line * this.constants.i;
  const middle = Math.floor((line + 0.5) / this.constants.p);
  const p = line - middle * this.constants.p;
  const outer = Math.floor((middle + 0.5) / this.constants.q);
  const q = middle - outer * this.constants.q;
  return x[((outer * this.constants.p + p) * this.constants.q + q) * this.constants.i + inner];
}`

/** out[o, q, i] = x[o, start + q, i] */
const SLICE = `function (x) {
  const outer = Math.floor((this.thread.x + 0.5) / this.constants.taken);
  const from = outer * this.constants.whole + this.constants.start;
  return x[from + this.thread.x - outer * this.constants.taken];
}`

/** out[o, start + q, i] = x[o, q, i], else 0 */
const PAD = `function (x) {
  const outer = Math.floor((this.thread.x + 0.5) / this.constants.whole);
  const at = this.thread.x - outer * this.constants.whole - this.constants.start;
  if (at < 0 || at >= this.constants.given) {
    return 0;
  }
  return x[outer * this.constants.given + at];
}`

/** out[o] = the rows o of all parts, one behind the other; part e is `width${e}` wide. */
function concatenation(parts: number): string {
  const names = Array.from({ length: parts }, (_, e) => `part${e}`)
  const cases = names.map(
    (name, e) => `  if (at < this.constants.width${e}) {
    return ${name}[outer * this.constants.width${e} + at];
  }
  at -= this.constants.width${e};`,
  )
  return `function (${names.join(', ')}) {
  const outer = Math.floor((this.thread.x + 0.5) / this.constants.whole);
  let at = this.thread.x - outer * this.constants.whole;
${cases.join('\n')}
  return 0;
}`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Joins parts (o widths[e] i), seven at a time, and what came of them again. */
export function joined(
  launcher: Launcher,
  parts: readonly GpuBuffer[],
  out: GpuBuffer,
  o: number,
  widths: readonly number[],
  i: number,
): void {
  const given = parts.map((part, e) => ({ part, width: widths[e] * i })).filter(({ width }) => width > 0)
  while (given.length > ARRAYS) {
    const group = given.splice(0, ARRAYS)
    const width = sum(group.map((each) => each.width))
    const part = launcher.between(o * width)
    launchJoin(launcher, group, part)
    given.unshift({ part, width })
  }
  if (given.length > 0) launchJoin(launcher, given, out)
}

function launchJoin(
  { launch }: Launcher,
  given: readonly { readonly part: GpuBuffer; readonly width: number }[],
  out: GpuBuffer,
): void {
  const widths = Object.fromEntries(given.map(({ width }, e) => [`width${e}`, width]))
  const parts = given.map(({ part }) => part)
  launch(concatenation(parts.length), out, parts, { ...widths, whole: sum(Object.values(widths)) })
}

export function shape(launcher: Launcher): KernelsOf<typeof cpu> {
  const { launch } = launcher
  return {
    repeat: (x, out, _o, m, i) => {
      launch(REPEAT, out, [x], { m, i })
    },
    swap: (x, out, _o, p, q, i) => {
      launch(SWAP, out, [x], { p, q, i })
    },
    slice: (x, out, _o, p, q, i, start) => {
      launch(SLICE, out, [x], { taken: q * i, whole: p * i, start: start * i })
    },
    pad: (x, out, _o, q, p, i, start) => {
      launch(PAD, out, [x], { given: q * i, whole: p * i, start: start * i })
    },
    concat: (xs, out, o, widths, i) => {
      joined(launcher, xs, out, o, widths, i)
    },
  }
}
