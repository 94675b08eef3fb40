/** Laws of kernels: every backend agrees with the float64 reference, writes all of its output and no input. */
import { cpu64 } from '../../kernels/index.ts'
import type { Backend } from '../../kernels/index.ts'
import { Ids } from '../../tensor/index.ts'
import type { Argument, Axis, Signature, Sizes, Tensor } from '../../tensor/index.ts'
import { apply, settingsOf, tensorsOf } from '../anyOp.ts'
import type { AnyOp } from '../anyOp.ts'
import { PROBE, difference, largest, law, note } from '../law.ts'
import type { Law } from '../law.ts'
import type { Numbers } from '../opInputs.ts'
import { poisoned } from '../poisoned.ts'

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 }

/** The longest sum that one output can be: over one axis, or over all those that the output has not. */
function reductionLength({ signature }: AnyOp, sizes: Sizes): number {
  const kept = new Set(signature.output.map(({ name }) => name))
  const names = new Set(signature.inputs.flatMap(({ axes }) => axes.map(({ name }: Axis) => name)))
  const gone = [...names].filter((name) => !kept.has(name)).reduce((product, name) => product * sizes[name], 1)
  return [...names].reduce((longest, name) => Math.max(longest, sizes[name]), Math.max(gone, 1))
}

/** The product over inputs of their largest magnitudes, each at least 1: how large the terms of a sum can be. */
const reach = (args: readonly Argument[]): number =>
  tensorsOf(args).reduce((product, { values }) => product * largest(values), 1)

/** Whether an element of the output comes of one element of each input: no order of a sum decides on the sign of a zero. */
const isElementwise = ({ inputs, output }: Signature): boolean =>
  inputs.every(
    ({ kind, axes }) =>
      kind === 'tensor' && axes.map(({ name }) => name).join() === output.map(({ name }) => name).join(),
  )

const ORDINARY: Numbers = {}
const KINDS: Readonly<Record<string, Numbers>> = {
  'ordinary inputs': ORDINARY,
  [`inputs up to ${PROBE}`]: { magnitude: PROBE },
  'NaN, zeros and infinities': { special: true },
}

const isZeroOfOtherSign = (a: number, b: number): boolean => a === 0 && b === 0 && !Object.is(a, b)

/**
 * Every backend agrees with the reference within (4 + length of the longest sum) roundings, of the largest output or,
 * if that is larger, of the terms that an output can be a sum of. Large inputs are compared as well as ordinary ones, and
 * special ones: what is NaN or infinite on one is so on all, and an element-wise op's zeros have one sign, but for devices
 * out of reach, whose languages do not promise any.
 */
export const backendsAgree: Law = law('backends agree', async ({ op, options, on }, tally, settings) => {
  const signed = isElementwise(op.signature)
  for (const [kind, numbers] of Object.entries(KINDS)) {
    const args = on(cpu64, numbers)
    const exact = apply(op, args, options).values
    const roundings = 4 + reductionLength(op, settingsOf(op, args, options))
    for (const backend of settings.backends) {
      const expected = backend.dtype === 'float32' ? Float32Array.from(exact) : exact
      const made = apply(op, on(backend, numbers), options)
      const got = await made.read()
      const error = difference(got, expected)
      const allowed = settings.slack * EPSILON[backend.dtype] * roundings * Math.max(largest(expected), reach(args))
      if (!(error <= allowed))
        throw new Error(
          `${backend.name} is off by ${error} and may be by ${allowed}, with ${kind}: ` +
            `${preview(got)} for ${preview(expected)}`,
        )
      if (
        signed &&
        backend.view(made.buffer) &&
        got.some((y: number, at: number) => isZeroOfOtherSign(y, expected[at]))
      )
        throw new Error(`${backend.name} has a zero of another sign: ${preview(got)} for ${preview(expected)}`)
      if (numbers === ORDINARY) note(tally, error / largest(expected))
    }
  }
})

const preview = (values: ArrayLike<number>): string =>
  `[${Array.prototype.slice.call(values, 0, 8).join(', ')}${values.length > 8 ? ', …' : ''}]`

/** A copy of the numbers of one argument; ids on a device stay unseen. */
const numbersOf = async (argument: Tensor | Ids): Promise<ArrayLike<number>> =>
  argument instanceof Ids ? (argument.backend.viewIds(argument.buffer)?.slice() ?? []) : argument.read()

const contents = (args: readonly Argument[]): Promise<ArrayLike<number>[]> =>
  Promise.all(args.flatMap<Tensor | Ids>((argument) => argument).map(numbersOf))

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (value, index) => Object.is(value, b[index]))

/** What memory held before does not show in the output, and inputs are as they were. */
export const writesItsOutput: Law = law('writes all of its output', async (drawn, _, { backends }) => {
  for (const backend of [cpu64, ...backends]) {
    const expected = await apply(drawn.op, drawn.on(backend), drawn.options).read()
    const dirty: Backend = poisoned(backend)
    const args = drawn.on(dirty)
    const before = await contents(args)
    const got = await apply(drawn.op, args, drawn.options).read()
    if (!same(got, expected))
      throw new Error(`memory full of NaN shows on ${backend.name}: ${preview(got)} for ${preview(expected)}`)
    const after = await contents(args)
    const changed = before.findIndex((values, index) => !same(values, after[index]))
    if (changed >= 0) throw new Error(`input ${changed} changed on ${backend.name}`)
  }
})
