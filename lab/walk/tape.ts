/**
 * The tape of a result: its tensors from the oldest on, how each came to be, and what the sweep backward brings to each, step
 * by step. Of second order it is that of a gradient's squared length, for a gradient is a result of ops as any other. All of
 * it is what the library keeps and computes; here it is only put in order.
 */
import { addCotangents, gradientErrors, gradients, square, sum, toDense } from '../../src/autograd/index.ts'
import type { GradientErrors } from '../../src/autograd/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
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
  /** Whether it came with the gradient that is differentiated again, and not with the program. */
  readonly derived: boolean
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
  /** What a gradient can be asked by, to walk it too. */
  readonly givens: readonly string[]
  /** All that the program draws, in order; what its result does not hang on has names like these, too. */
  readonly inputs: readonly { readonly name: string; readonly tensor: Tensor }[]
  /** The result that is walked, of such inputs, anywhere. */
  resultOf(inputs: readonly Tensor[], backend: Backend): Tensor
  /** Ops whose rules can be broken. */
  readonly breakable: readonly string[]
  /** All gradients against finite differences, to second order. */
  check(): GradientErrors
}

/** How a tape is made. */
export interface TapeOptions {
  readonly fault?: Fault | undefined
  /** The given value whose gradient is differentiated again. Default: none, and the walk is of first order. */
  readonly by?: string | undefined
}

function entriesOf(result: Tensor, names: ReadonlyMap<unknown, string>, end = result): readonly Entry[] {
  const found = new Set([result])
  for (const { origin } of found) for (const input of origin?.inputs ?? []) found.add(input)
  const tensors = [...found].sort((a, b) => a.birth - b.birth)
  const taken = new Set(names.values())
  const counts = new Map<string, number>()
  const numbered = (kind: string): string => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return taken.has(`${kind}${count}`) ? numbered(kind) : `${kind}${count}`
  }
  return tensors.map((tensor, index) => {
    const op = tensor.origin?.op
    const name = names.get(tensor) ?? (tensor === result ? 'result' : numbered(op ?? 'input'))
    const inputs = tensor.origin?.inputs.map((input) => tensors.indexOf(input)) ?? []
    return { index, tensor, name, op, inputs, derived: tensor.birth > end.birth }
  })
}

const isGiven = ({ op, derived }: Entry): boolean => op === undefined && !derived

/** The tape of the squared length of a gradient, whose entries are named after what they are the gradient by. */
function derivedEntries(entries: readonly Entry[], by: string): readonly Entry[] {
  const chosen = entries.find((entry) => isGiven(entry) && entry.name === by)
  const givens = entries.filter(isGiven).map(({ name }) => name)
  if (!chosen) throw new RangeError(`second order: expected by to be one of ${givens.join(', ')} but got '${by}'`)
  const loss = entries[entries.length - 1].tensor
  const cotangents = gradients(
    loss,
    entries.map(({ tensor }) => tensor),
    { differentiable: true },
  )
  const names = new Map<unknown, string>(entries.map(({ tensor, name }) => [tensor, tensor === loss ? 'loss' : name]))
  entries.forEach(({ tensor }, at) => {
    if (!names.has(cotangents[at])) names.set(cotangents[at], `∂${names.get(tensor)!}`)
  })
  const length = sum(square(cotangents[chosen.index]))
  names.set(length, `‖∂${by}‖²`)
  return entriesOf(length, names, loss)
}

/** The tape of a program. @throws RangeError where it is none, does not end in one number, or has no `by`. */
export function tapeOf(code: string, seed: number, { fault, by }: TapeOptions = {}): Tape {
  const program = read(code)
  const { inputs: drawn, named, result: loss } = run(program, { seed, fault })
  const first = entriesOf(loss, new Map([...named].map(([name, value]) => [value, name])))
  const entries = by === undefined ? first : derivedEntries(first, by)
  const result = entries[entries.length - 1].tensor
  const inputs = drawn.map((tensor, at) => ({
    name: first.find((entry) => entry.tensor === tensor)?.name ?? `unused${at + 1}`,
    tensor,
  }))
  const steps = entries.filter(({ op }) => op !== undefined)
  const cotangents = gradients(
    result,
    entries.map(({ tensor }) => tensor),
  )
  const known = new Map<Entry, readonly Share[]>()
  const shares = (entry: Entry): readonly Share[] => {
    const before = known.get(entry)
    if (before) return before
    const thunks = entry.tensor.origin?.pullback(detach(cotangents[entry.index]), entry.tensor) ?? []
    const made = entry.inputs.map((to, at) => {
      const thunk = thunks[at]
      return { to, cotangent: thunk ? detach(toDense(thunk())) : undefined }
    })
    known.set(entry, made)
    return made
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
    givens: first.filter(isGiven).map(({ name }) => name),
    inputs,
    resultOf(given, backend) {
      const { result: made } = run(program, { seed, inputs: given, fault, backend })
      if (by === undefined) return made
      const [gradient] = gradients(made, [given[inputs.findIndex(({ name }) => name === by)]], { differentiable: true })
      return sum(square(gradient))
    },
    breakable: callsOf(program),
    check: () =>
      gradientErrors((...given) => run(program, { seed, inputs: given, fault }).result, drawn, {
        name: 'the program',
        seed,
        cases: 2,
      }),
  }
}
