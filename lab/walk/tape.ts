/**
 * The tape of a result: its tensors from the oldest on, how each came to be, and what the sweep backward brings to each, step
 * by step. All of it is what the library keeps and computes; here it is only put in order.
 */
import { addCotangents, gradientErrors, gradients, toDense } from '../../src/autograd/index.ts'
import type { GradientErrors } from '../../src/autograd/index.ts'
import { detach } from '../../src/tensor/index.ts'
import type { Cotangent, Tensor } from '../../src/tensor/index.ts'
import { callsOf, read, run } from './program.ts'
import type { Fault } from './program.ts'

/** A tensor on the tape. */
export interface Entry {
  readonly index: number
  readonly tensor: Tensor
  /** What a line calls it, or its op and a number. */
  readonly name: string
  /** None where it was given. */
  readonly op: string | undefined
  /** Where its inputs are. */
  readonly inputs: readonly number[]
}

/** What an entry hands to one of its inputs. */
export interface Share {
  readonly to: number
  /** None where no gradient flows. */
  readonly cotangent: Tensor | undefined
}

export interface Tape {
  readonly entries: readonly Entry[]
  /** Entries that an op made, from the oldest on. */
  readonly steps: readonly Entry[]
  /** By entry, as `gradients` has them. */
  readonly cotangents: readonly Tensor[]
  /** What an entry hands to its inputs, by its op's rule. */
  shares(entry: Entry): readonly Share[]
  /** What has arrived at an entry once so many entries have handed on; none before anything has. */
  arrived(entry: Entry, passed: number): Tensor | undefined
  /** Ops whose rules can be broken. */
  readonly breakable: readonly string[]
  /** All gradients against finite differences, to second order. */
  check(): GradientErrors
}

function entriesOf(result: Tensor, names: ReadonlyMap<unknown, string>): readonly Entry[] {
  const found = new Set([result])
  for (const { origin } of found) for (const input of origin?.inputs ?? []) found.add(input)
  const tensors = [...found].sort((a, b) => a.birth - b.birth)
  const counts = new Map<string, number>()
  return tensors.map((tensor, index) => {
    const op = tensor.origin?.op
    const kind = op ?? 'input'
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const name = names.get(tensor) ?? (tensor === result ? 'result' : `${kind}${count}`)
    return { index, tensor, name, op, inputs: tensor.origin?.inputs.map((input) => tensors.indexOf(input)) ?? [] }
  })
}

/** The tape of a program. @throws RangeError where it is none, or does not end in one number. */
export function tapeOf(code: string, seed: number, fault?: Fault): Tape {
  const program = read(code)
  const { inputs, named, result } = run(program, { seed, fault })
  const names = new Map([...named].map(([name, value]) => [value, name]))
  const entries = entriesOf(result, names)
  const steps = entries.filter(({ op }) => op !== undefined)
  const cotangents = gradients(
    result,
    entries.map(({ tensor }) => tensor),
  )
  const shares = (entry: Entry): readonly Share[] => {
    const thunks = entry.tensor.origin?.pullback(detach(cotangents[entry.index]), entry.tensor) ?? []
    return entry.inputs.map((to, at) => {
      const thunk = thunks[at]
      return { to, cotangent: thunk ? detach(toDense(thunk())) : undefined }
    })
  }
  const passedOn = [...steps].reverse()
  return {
    entries,
    steps,
    cotangents,
    shares,
    arrived(entry, passed) {
      if (entry.tensor === result) return cotangents[entry.index]
      let sum: Cotangent | undefined
      for (const from of passedOn.slice(0, passed))
        for (const { to, cotangent } of shares(from))
          if (to === entry.index && cotangent) sum = sum ? addCotangents(sum, cotangent) : cotangent
      return sum && toDense(sum)
    },
    breakable: callsOf(program),
    check: () =>
      gradientErrors((...given) => run(program, { seed, inputs: given, fault }).result, inputs, {
        name: 'the program',
        seed,
        cases: 2,
      }),
  }
}
