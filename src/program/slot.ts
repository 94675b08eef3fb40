/**
 * What a recording is made of: slots, which name memory that is found later, and calls of kernels on them. Each slot is
 * written by one call, parameters and other captured memory apart, so a list of calls is a graph; it has no other form.
 */
import { formOf, named, placed } from '../kernels/index.ts'
import type { AnyKernel, Buffer, BufferForm, Floats, Held, Kernel, NamedArguments } from '../kernels/index.ts'
import type { Parameter, Shape } from '../tensor/index.ts'

/** Where the numbers of a slot are. */
export type Place =
  /** In the program's own memory, for as long as they are needed. */
  | { readonly at: 'arena' }
  /** Given anew for every run. */
  | { readonly at: 'input'; readonly path: string }
  /** Known since the recording. */
  | { readonly at: 'constant'; readonly values: ArrayLike<number> }
  /** In a tensor, parameter or ids that were there before the recording. */
  | { readonly at: 'captured'; readonly held: Held }
  /** Words or numbers made of a parameter, again whenever it has changed. */
  | { readonly at: 'made'; readonly of: Parameter; readonly make: (values: Int32Array | Floats) => void }

/** A result within a program: its shape, and where its numbers are. */
export class Slot implements Buffer {
  readonly length: number
  readonly kind: 'floats' | 'ids'
  readonly shape: Shape
  place: Place
  /** Of ids: the extent of the smallest table that they are used for. */
  below = Infinity
  /** Of ids: 0, or −1 where whatever uses them takes that for nobody's. */
  least = -1

  constructor(kind: Slot['kind'], shape: Shape, length: number, place: Place = { at: 'arena' }) {
    this.kind = kind
    this.shape = shape
    this.length = length
    this.place = place
  }
}

/** An argument of a kernel: slots and lists of them, sizes, options, functions of the host's. */
export type Argument = unknown

/** One kernel call of a listing. */
export interface Call {
  readonly kernel: AnyKernel
  readonly args: readonly Argument[]
  /** The op that the call came from. */
  readonly op: string
}

/** In a kernel's place, a function of the host's: its arguments are that, slots that it reads and slots that it fills. */
export const HOST: AnyKernel = {
  verb: 'host',
  text: 'run, [looked]l -> [filled]f',
  inPlace: false,
  costly: false,
  flops: '0',
}

export const isHost = ({ kernel }: Call): boolean => kernel === HOST

/** What a kernel is given while slots stand for memory. */
export type Named<K extends AnyKernel> = NamedArguments<K['text'], Slot, Slot>

/** The arguments by name, if it is a call of this kernel. */
export const as = <K extends Kernel>({ kernel, args }: Call, wanted: K): Named<K> | undefined =>
  kernel === wanted ? (named(wanted, args) as Named<K>) : undefined

export const callOf = <K extends Kernel>(kernel: K, args: Named<K>, op: string): Call => ({
  kernel,
  args: placed(kernel, args),
  op,
})

/** The slots of an argument. */
const slotsIn = (argument: Argument): readonly Slot[] =>
  argument instanceof Slot
    ? [argument]
    : Array.isArray(argument)
      ? argument.filter((member) => member instanceof Slot)
      : []

const slotsOf = ({ kernel, args }: Call, role: BufferForm['role']): readonly Slot[] =>
  formOf(kernel).buffers.flatMap((buffer, index) => (buffer.role === role ? slotsIn(args[index]) : []))

/** Slots that the call changes and that have had numbers before. */
export const updates = (call: Call): readonly Slot[] => slotsOf(call, 'updated')

/** Slots that the call fills. */
export const writes = (call: Call): readonly Slot[] => slotsOf(call, 'written')

/** Slots whose numbers the call looks at. */
export function reads(call: Call): readonly Slot[] {
  const written = new Set(writes(call))
  return call.args.flatMap(slotsIn).filter((slot) => !written.has(slot))
}

/** The call with other slots in the places of some. */
export const replacing = (call: Call, replacement: (slot: Slot) => Slot): Call => ({
  ...call,
  args: call.args.map((argument) =>
    argument instanceof Slot
      ? replacement(argument)
      : Array.isArray(argument)
        ? argument.map((member: unknown) => (member instanceof Slot ? replacement(member) : member))
        : argument,
  ),
})

/** Calls in order, and the slots whose numbers are wanted when all are done. */
export interface Listing {
  readonly calls: readonly Call[]
  readonly outputs: readonly Slot[]
}

/** A step from one listing to a better one that computes the same. */
export interface Pass {
  readonly name: string
  /** What it does, in one line. */
  readonly does: string
  readonly run: (listing: Listing, offered: (kernel: AnyKernel) => boolean) => Listing
}
