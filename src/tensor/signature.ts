/**
 * The language of shapes: one line such as `m k, k n -> m n` says what an op takes and what it makes.
 *
 *   m k        a tensor; every letter is an axis, and equal letters are equal extents
 *   ...b n     any number of leading axes, then n; `b` is the product of the leading ones
 *   b<v        integer ids of axes b, each below the extent v
 *   [b d]e     a list of e tensors of one shape
 *   [o p+ i]   a list whose tensors each have a p of their own; in the output p is their sum
 *
 * An output axis that no input mentions is given by the caller. Everything about shapes follows from here:
 * the check, the output's shape, the words of an error, the argument types and the inputs that tests draw.
 */
import { isWhole, show } from '../checks/index.ts'
import { showShape, sizeOf } from './shape.ts'
import type { Shape } from './shape.ts'
import { Ids } from './ids.ts'
import { Tensor } from './tensor.ts'

export interface Axis {
  readonly name: string
  /** One extent, any number of leading extents, or one extent of its own in each tensor of a list. */
  readonly kind: 'one' | 'leading' | 'ragged'
}

export interface Input {
  readonly kind: 'tensor' | 'ids' | 'list'
  readonly axes: readonly Axis[]
  /** Of ids: the axis whose extent they stay below. */
  readonly below?: string
  /** Of a list: the axis that its length is. */
  readonly count?: string
}

export interface Signature {
  readonly inputs: readonly Input[]
  readonly output: readonly Axis[]
}

/** An argument of an op: what a signature's input may be given. */
export type Argument = Tensor | Ids | readonly Tensor[]

/** A value for every axis: its extent, or the product of its extents for a leading or ragged one. */
export type Sizes = Readonly<Record<string, number>>

const parseAxes = (text: string): Axis[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) =>
      word.startsWith('...')
        ? { name: word.slice(3), kind: 'leading' }
        : word.endsWith('+')
          ? { name: word.slice(0, -1), kind: 'ragged' }
          : { name: word, kind: 'one' },
    )

function parseInput(text: string): Input {
  if (text.startsWith('[')) {
    const [axes, count] = text.slice(1).split(']')
    return { kind: 'list', axes: parseAxes(axes), ...(count === '' ? {} : { count }) }
  }
  const [axes, below] = text.split('<')
  return below === undefined ? { kind: 'tensor', axes: parseAxes(axes) } : { kind: 'ids', axes: parseAxes(axes), below }
}

/** Reads a signature such as `m k, k n -> m n`. Throws a RangeError where there is no arrow. */
export function parse(text: string): Signature {
  if (typeof text !== 'string' || text.split(' -> ').length !== 2)
    throw new RangeError(`op: expected a signature such as 'm k, k n -> m n' but got ${show(text)}`)
  const [inputs, output] = text.split(' -> ')
  return { inputs: inputs.split(', ').map(parseInput), output: parseAxes(output) }
}

const showAxes = (axes: readonly Axis[]): string =>
  axes.map(({ name, kind }) => (kind === 'leading' ? `...${name}` : kind === 'ragged' ? `${name}+` : name)).join(' ')

/** `(m k), ids (b) below v, [(b d)]e`: the inputs as an error names them. */
export const showSignature = ({ inputs }: Signature): string =>
  inputs
    .map(({ kind, axes, below, count }) => {
      const shape = `(${showAxes(axes)})`
      return kind === 'ids' ? `ids ${shape} below ${below}` : kind === 'list' ? `[${shape}]${count ?? ''}` : shape
    })
    .join(', ')

/** The axes of the output that no input measures, so that the caller gives them. */
export function freeAxes({ inputs, output }: Signature): readonly Axis[] {
  const measured = new Set(inputs.flatMap(({ axes, count }) => [count, ...axes.map(({ name }) => name)]))
  return output.filter(({ name }) => !measured.has(name))
}

const showArgument = (argument: Argument): string =>
  argument instanceof Tensor
    ? showShape(argument.shape)
    : argument instanceof Ids
      ? `ids ${showShape(argument.shape)}`
      : Array.isArray(argument)
        ? `[${argument.map(showArgument).join(', ')}]`
        : show(argument)

const kindOf = (argument: unknown): Input['kind'] | undefined =>
  argument instanceof Tensor
    ? 'tensor'
    : argument instanceof Ids
      ? 'ids'
      : Array.isArray(argument) && argument.every((member) => member instanceof Tensor)
        ? 'list'
        : undefined

/**
 * Fits arguments to a signature: the size of every axis and the shape of the output.
 * `free` gives the output axes that no input mentions.
 * @throws RangeError naming op, expected and given shapes, and the first axis that does not fit.
 */
export function bind(
  who: string,
  signature: Signature,
  args: readonly Argument[],
  free: Readonly<Record<string, unknown>> = {},
): { sizes: Sizes; shape: Shape } {
  const fail = (because: string): never => {
    throw new RangeError(
      `${who}: expected ${showSignature(signature)} but got ${args.map(showArgument).join(', ')}: ${because}`,
    )
  }
  const extents = new Map<string, { readonly extents: Shape; readonly source: string }>()
  const meet = (name: string, found: Shape, source: string): void => {
    const known = extents.get(name)
    if (!known) extents.set(name, { extents: found, source })
    else if (showShape(known.extents) !== showShape(found)) {
      const extent = (shape: Shape): string => (shape.length === 1 ? String(shape[0]) : showShape(shape))
      fail(`axis ${name} is ${extent(known.extents)} in ${known.source} and ${extent(found)} in ${source}`)
    }
  }
  const sums = new Map<string, number>()
  const fit = (axes: readonly Axis[], shape: Shape, source: string): void => {
    const fixed = axes.filter(({ kind }) => kind !== 'leading').length
    const spare = shape.length - fixed
    if (spare < 0 || (spare > 0 && fixed === axes.length))
      fail(`${source} has ${shape.length} axes, not ${fixed === axes.length ? '' : 'at least '}${fixed}`)
    let at = 0
    for (const { name, kind } of axes) {
      const width = kind === 'leading' ? spare : 1
      if (kind === 'ragged') sums.set(name, (sums.get(name) ?? 0) + shape[at])
      else meet(name, shape.slice(at, at + width), source)
      at += width
    }
  }

  if (args.length !== signature.inputs.length) fail(`${args.length} inputs were given, not ${signature.inputs.length}`)
  signature.inputs.forEach((input, index) => {
    const argument = args[index]
    const source = `input ${index}`
    if (kindOf(argument) !== input.kind) fail(`${source} is not ${input.kind === 'ids' ? 'ids' : `a ${input.kind}`}`)
    if (argument instanceof Tensor || argument instanceof Ids) fit(input.axes, argument.shape, source)
    else {
      if (argument.length === 0) fail(`${source} is an empty list`)
      if (input.count) meet(input.count, [argument.length], source)
      argument.forEach((member, place) => {
        fit(input.axes, member.shape, `${source}[${place}]`)
      })
    }
  })
  for (const { name, kind } of signature.output)
    if (!extents.has(name) && !sums.has(name)) {
      const given = free[name]
      const list = kind === 'leading' ? given : [given]
      if (!Array.isArray(list) || !list.every((extent) => isWhole(extent)))
        fail(`axis ${name} of the output must be given as ${kind === 'leading' ? 'a list of extents' : 'an extent'}`)
      extents.set(name, { extents: list as Shape, source: 'the options' })
    }
  signature.inputs.forEach(({ below }, index) => {
    const argument = args[index]
    const limit = below === undefined ? undefined : (extents.get(below)?.extents[0] ?? 0)
    if (argument instanceof Ids && limit !== undefined && argument.bound > limit)
      fail(`id ${argument.bound - 1} in input ${index} is not below ${limit}, the extent of ${below}`)
  })

  const sizes: Record<string, number> = Object.fromEntries(sums)
  for (const [name, found] of extents) sizes[name] = sizeOf(found.extents)
  const shape = signature.output.flatMap(({ name }) => extents.get(name)?.extents ?? [sums.get(name) ?? 0])
  return { sizes, shape }
}
