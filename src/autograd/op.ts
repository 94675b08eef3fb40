/**
 * Declares an op once: its signature, its forward kernel and its gradient rule. Checks, output shapes, errors,
 * argument types and property tests all follow from the signature; an op refuses to broadcast or to hold state.
 */
import { anything, callable, checkOptions, either, flag, needed } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import { Tensor, bind, freeAxes, idsBelow, parse } from '../tensor/index.ts'
import type { Argument, FreeOf, Ids, InputsAs, Signature, SizesOf, Thunk } from '../tensor/index.ts'
import { bufferOn, kernelOn, recordWithin, standIn } from '../kernels/index.ts'
import type { ArgumentsOf, Backend, Buffer, Kernel, NumberOrGetter } from '../kernels/index.ts'
import { checkRest } from './composite.ts'
import { listener } from './tracing.ts'

/** Where random test inputs of one argument may live: in [min, max], and `away` from kinks by at least 0.05. */
export interface Domain {
  readonly min: number
  readonly max: number
  readonly away?: readonly number[]
}

/** Draws whole or real numbers in [min, max], for attributes that depend on sizes. */
export interface Draw {
  readonly integer: (min: number, max: number) => number
  readonly real: (min: number, max: number) => number
}

/**
 * A thunk as rules write it: `() => matmulNT(g, b)`. Declared void so that TypeScript need not know what ops return
 * before it knows what ops are, for rules name one another in circles; it must return a `Cotangent`.
 */
type Rule = () => void

type Attributes = Readonly<Record<string, NumberOrGetter | boolean>>

/** Calls a kernel where the inputs are. */
export type Call = <S extends string>(kernel: Kernel<S>, ...args: ArgumentsOf<S, Buffer, Buffer>) => void

/** Literal defaults such as `{ slope: 0.01 }` stand for any number. */
type Widen<A> = {
  readonly [K in keyof A]: A[K] extends number ? number : A[K] extends boolean ? boolean : NumberOrGetter
}

type Settings<S extends string, A> = SizesOf<S> & Widen<A>

/** What the caller adds to the inputs: free axes (required) and attributes (they have defaults). */
export type OptionsOf<S extends string, A> = FreeOf<S> & Partial<Widen<A>>

type OptionsArgument<S extends string, A> = [keyof FreeOf<S>] extends [never]
  ? [keyof A] extends [never]
    ? []
    : [options?: OptionsOf<S, A>]
  : [options: OptionsOf<S, A>]

/** An op, in all: what `op` makes a function, its checks and its tests of. */
export interface Definition<S extends string, A extends Attributes> {
  /** Numbers that are not axes, with their defaults. */
  readonly attributes?: A
  /** Conditions beyond the signature: the reason why these sizes do not fit, or nothing. */
  readonly refuse?: (settings: Settings<S, A>) => string | undefined
  /** Whether ids below 0 are nobody's, and no mistake. Default false. */
  readonly nobody?: boolean
  /** Calls one kernel. Absent where the output is the first input under another shape. */
  readonly forward?: (call: Call, inputs: InputsAs<S, Buffer, Buffer>, out: Buffer, settings: Settings<S, A>) => void
  /** The gradient of each input from the output's gradient g, in ops, and not before it is asked for. */
  readonly vjp: (
    g: Tensor,
    inputs: InputsAs<S, Tensor, Ids>,
    y: Tensor,
    settings: Settings<S, A>,
  ) => InputsAs<S, Rule | null, null>
  /** Of a fused op: the plain expression that it promises to equal. */
  readonly means?: (...args: [...inputs: InputsAs<S, Tensor, Ids>, settings: Settings<S, A>]) => Tensor
  /** Where test inputs may live, one per input. Default: all in [−2, 2]. */
  readonly domain?: readonly Domain[]
  /** Draws free axes and attributes that fit the sizes of the inputs, for tests. */
  readonly draw?: (draw: Draw, sizes: SizesOf<S>) => Partial<OptionsOf<S, A>>
}

/** An op: a function of its inputs that also tells what it is. */
export interface Op<S extends string = string, A extends Attributes = Attributes> {
  (...args: [...inputs: InputsAs<S, Tensor, Ids>, ...options: OptionsArgument<S, A>]): Tensor
  readonly op: string
  readonly signature: Signature
  readonly text: S
  readonly definition: Definition<S, A>
}

const DEFINITION: Checks<Definition<string, Attributes>> = {
  attributes: anything,
  refuse: callable,
  nobody: flag,
  forward: callable,
  vjp: needed(callable),
  means: callable,
  domain: anything,
  draw: callable,
}

const NUMBER: Check = {
  expected: 'to be a number',
  fits: (value) => typeof value === 'number' && !Number.isNaN(value),
}

/** An attribute is of the kind that its default is. */
const attributeCheck = (initial: NumberOrGetter | boolean): Check =>
  typeof initial === 'boolean' ? flag : typeof initial === 'number' ? NUMBER : either(NUMBER, callable)

const tensorsOf = (args: readonly Argument[]): readonly Tensor[] =>
  args.flat().filter((argument) => argument instanceof Tensor)

const buffersOn = (backend: Backend, argument: Argument): Buffer | readonly Buffer[] =>
  'buffer' in argument ? bufferOn(backend, argument) : argument.map((member) => bufferOn(backend, member))

/** The one backend of all inputs. Throws where there are two: nothing moves between devices silently. */
function commonBackend(who: string, args: readonly Argument[]): Backend {
  const backends = args.flat().map(({ backend }) => standIn(backend))
  const other = backends.find((backend) => backend !== backends[0])
  if (other) throw new TypeError(`${who}: expected inputs on one backend but got ${backends[0].name} and ${other.name}`)
  return backends[0]
}

/**
 * Declares the op `name` of a signature, see `Definition`.
 *
 * The op throws a RangeError where shapes, ids or options do not fit, and a TypeError where backends differ.
 */
export function op<const S extends string, const A extends Attributes = Record<never, never>>(
  name: string,
  text: S,
  definition: Definition<S, A>,
): Op<S, A> {
  checkOptions(`op ${name}`, definition, DEFINITION)
  const signature = parse(text)
  const arity = signature.inputs.length
  const attributes = Object.entries(definition.attributes ?? {})
  const known = Object.fromEntries([
    ...attributes.map(([attribute, initial]) => [attribute, attributeCheck(initial)] as const),
    // `bind` says what the extent of an axis may be.
    ...freeAxes(signature).map((axis) => [axis.name, anything] as const),
  ])
  const call = (...given: readonly unknown[]): Tensor => {
    const args = given.slice(0, arity) as readonly Argument[]
    checkRest(name, given.slice(arity), known)
    const options = (given[arity] ?? {}) as Readonly<Record<string, unknown>>
    const { sizes, shape } = bind(name, signature, args, options)
    const set = attributes.map(([attribute, initial]) => [attribute, options[attribute] ?? initial])
    const settings = { ...options, ...Object.fromEntries(set), ...sizes } as unknown as Settings<S, A>
    const reason = definition.refuse?.(settings)
    if (reason !== undefined) throw new RangeError(`${name}: ${reason}`)

    signature.inputs.forEach(({ below }, index) => {
      if (below === undefined) return
      idsBelow(name, ` in input ${index}`, args[index] as Ids, sizes[below], definition.nobody ? -1 : 0)
    })
    const backend = commonBackend(name, args)
    const tensors = tensorsOf(args)
    const buffers = args.map((argument) => buffersOn(backend, argument))
    let [out] = buffers as readonly Buffer[]
    if (definition.forward) {
      recordWithin(name, shape)
      out = backend.allocate(shape.reduce((size, extent) => size * extent, 1))
      definition.forward(
        (kernel, ...args) => kernelOn(backend, kernel)(...args),
        buffers as unknown as InputsAs<S, Buffer, Buffer>,
        out,
        settings,
      )
    }
    const made = new Tensor(shape, out, backend, {
      op: name,
      inputs: tensors,
      pullback: (g, y) => {
        const thunks = definition.vjp(g, args as InputsAs<S, Tensor, Ids>, y, settings) as readonly unknown[]
        // Ids take no gradient and are not among `inputs`; a list contributes one thunk per tensor.
        return thunks.filter((_, index) => signature.inputs[index].kind !== 'ids').flat() as (Thunk | null)[]
      },
    })
    listener?.(name, args, made, definition, settings)
    return made
  }
  return Object.assign(call, { op: name, signature, text, definition })
}
