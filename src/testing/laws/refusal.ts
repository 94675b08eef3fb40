/** The law of refusal: what does not fit a signature is refused by the op's name and the axis, before any kernel runs. */
import { Ids, Tensor, ids, showShape, zeros } from '../../tensor/index.ts'
import type { Argument, Axis, Shape, Signature } from '../../tensor/index.ts'
import { apply } from '../anyOp.ts'
import type { Options } from '../anyOp.ts'
import { law } from '../law.ts'
import type { Law } from '../law.ts'
import type { OpCase } from '../opInputs.ts'
import { idle } from '../poisoned.ts'

/** Arguments that do not fit, and what the error must mention. */
interface Misfit {
  readonly args: readonly Argument[]
  readonly options: Options
  readonly mentions: string
}

const placed = <T>(list: readonly T[], at: number, item: T): T[] =>
  list.map((old, index) => (index === at ? item : old))

/** How often an axis is measured: only one that is measured twice can disagree. */
const timesMeasured = ({ inputs }: Signature, args: readonly Argument[], wanted: string): number =>
  inputs.reduce((times, { axes, count }, index) => {
    const argument = args[index]
    const members = argument instanceof Tensor || argument instanceof Ids ? 1 : argument.length
    return times + members * axes.filter(({ name }) => name === wanted).length + (count === wanted ? 1 : 0)
  }, 0)

/** The shape with one axis two longer, and the axis; 1 is left alone where it would broadcast. */
function stretched(axes: readonly Axis[], shape: Shape, isShared: (name: string) => boolean): [Shape, string][] {
  const spare = shape.length - axes.filter(({ kind }) => kind !== 'leading').length
  let at = 0
  return axes.flatMap(({ name, kind }) => {
    const width = kind === 'leading' ? spare : 1
    const last = (at += width) - 1
    const fits = width === 0 || kind === 'ragged' || !isShared(name) || (kind === 'leading' && shape[last] === 1)
    return fits ? [] : [[placed(shape, last, shape[last] + 2), kind === 'leading' ? 'axis' : `axis ${name} is`]]
  })
}

/** Shapes that one tensor of the signature cannot have: of wrong rank, or with an axis that disagrees. */
function misshapen(axes: readonly Axis[], shape: Shape, input: number, isShared: (name: string) => boolean) {
  const fixed = axes.filter(({ kind }) => kind !== 'leading').length
  const wrong: [Shape, string][] = stretched(axes, shape, isShared)
  if (fixed > 0) wrong.push([shape.slice(0, fixed - 1), `input ${input}`])
  if (fixed === axes.length) wrong.push([[...shape, 1], `input ${input}`])
  return wrong
}

/** Every way in which a case can be made not to fit by one change. */
function misfits({ op: { signature, definition }, options, on }: OpCase): Misfit[] {
  const args = on(idle)
  const isShared = (name: string): boolean => timesMeasured(signature, args, name) > 1
  const found: Misfit[] = []
  const change = (at: number, argument: Argument, mentions: string): void => {
    found.push({ args: placed(args, at, argument), options, mentions })
  }
  signature.inputs.forEach(({ axes, count, below }, at) => {
    const argument = args[at]
    if (argument instanceof Tensor)
      for (const [shape, mentions] of misshapen(axes, argument.shape, at, isShared))
        change(at, zeros(shape, idle), mentions)
    else if (argument instanceof Ids) {
      for (const [shape, mentions] of misshapen(axes, argument.shape, at, isShared))
        change(at, new Ids(shape, idle.allocateIds(zeros(shape).size), 0, idle), mentions)
      if (argument.size > 0)
        change(
          at,
          ids(
            argument.values.map(() => 1e6),
            argument.shape,
            idle,
          ),
          `the extent of ${below}`,
        )
    } else {
      argument.forEach((member, place) => {
        for (const [shape, mentions] of misshapen(axes, member.shape, at, isShared))
          change(at, placed(argument, place, zeros(shape, idle)), mentions)
      })
      change(at, [], `input ${at} is an empty list`)
      if (count !== undefined && isShared(count)) change(at, [...argument, argument[0]], `axis ${count} is`)
    }
  })
  for (const name of Object.keys(options))
    if (!(name in (definition.attributes ?? {})))
      found.push({
        args,
        options: { ...options, [name]: undefined },
        mentions: `axis ${name} of the output must be given`,
      })
  return found
}

/** Anything that does not fit is refused with a RangeError that opens with the op and names what does not fit. */
export const refusesMisfits: Law = law('a wrong shape is refused', (drawn) => {
  const { op } = drawn
  for (const { args, options, mentions } of misfits(drawn)) {
    let refusal: unknown
    try {
      apply(op, args, options)
    } catch (error) {
      refusal = error
    }
    const given = args.map((argument) => ('shape' in argument ? showShape(argument.shape) : 'a list')).join(', ')
    const said = refusal instanceof Error ? refusal.message : 'no error'
    if (!(refusal instanceof RangeError && said.startsWith(`${op.op}: `) && said.includes(mentions)))
      throw new Error(`${given} should be refused with "${op.op}: … ${mentions} …" but got ${said}`)
  }
})
