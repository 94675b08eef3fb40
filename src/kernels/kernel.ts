/**
 * How a kernel is declared, once: a line such as `a:m k, b:k n -> out:m n | m k n` says which memory it reads, writes and
 * changes, of which lengths, and with which numbers behind it; the order is that of its arguments. It refuses to be told
 * twice: types of loops, what a program may reorder or lay in one place, costs and the inputs of tests follow from it.
 *
 *   a:m k        memory of m·k numbers
 *   ids<v:b      b ids, each below v
 *   words<:b     b words of 32 bits, whatever they are
 *   c?:o         memory, or null
 *   [xs:b d]e    a list of e of them
 *   [xs:o p+]e   a list of which each has a p of its own, given as the list `p[]`; outside of a list p is their sum
 *   !mean:n      memory that is read and changed
 *   ~table:n     memory that is written to work in, and holds no result
 *   | m k p[]    the numbers; `key()` may change from call to call, `on?[]` are true or false, `{adam}` is an object
 */
import type { Buffer, Floats } from './buffer.ts'
import type { Loop, NamedArguments } from './kernel-types.ts'

/** One argument that is memory, or a list of them. */
export interface BufferForm {
  readonly name: string
  readonly role: 'read' | 'written' | 'updated'
  /** Whether it is room to work in, about which nothing is promised. */
  readonly scratch: boolean
  /** Of ids: what they stay below. Of words, nothing: ''. */
  readonly below?: string
  readonly optional: boolean
  /** Whether it is a list. */
  readonly listed: boolean
  /** Axes, of which `p+` is one for each of a list. */
  readonly axes: readonly string[]
}

/** What the line of a kernel says. */
export interface Form {
  readonly buffers: readonly BufferForm[]
  readonly numbers: readonly string[]
}

/** A kernel as all others see it, whatever its arguments. */
export interface AnyKernel {
  readonly verb: string
  readonly text: string
  /** The plain loop, which runs wherever memory is at hand; none of a kernel that is several calls in one. */
  readonly reference?: object | undefined
  /** Whether output j is written when inputs j are read, and none of them later: on every backend. Then it may lie where they do. */
  readonly inPlace: boolean
  /** Whether a number of the output takes an exponential, a root or a division: some eight times what moving it takes. */
  readonly costly: boolean
  /**
   * Operations, each of + − · ÷ √ max exp … counted as one: a sum of products such as `2 b i o + b o`, in which what is a
   * list counts each of its members, and memory or true as 1. Default: one for each number of the output.
   */
  readonly flops?: string
  /** Numbers of its first input that it looks at, where that is not all: a product of that kind. */
  readonly looks?: string
  /** Draws numbers that not every value will do for, such as an index, for tests. */
  readonly draw?: ((draw: KernelDraw) => Readonly<Record<string, unknown>>) | undefined
}

/** Draws whole or real numbers in [min, max]. */
export interface KernelDraw {
  readonly whole: (min: number, max: number) => number
  readonly real: (min: number, max: number) => number
}

/** A kernel whose line is `S`. */
export interface Kernel<S extends string = string> extends AnyKernel {
  readonly text: S
  readonly reference?: Loop<S, Floats, Int32Array> | undefined
}

/** A kernel that every backend whose memory is at hand has. */
export interface PlainKernel<S extends string = string> extends Kernel<S> {
  readonly reference: Loop<S, Floats, Int32Array>
}

interface Facts<S extends string> {
  readonly inPlace?: boolean
  readonly costly?: boolean
  readonly flops?: string
  readonly looks?: string
  readonly draw?: (draw: KernelDraw) => Partial<NamedArguments<S, Buffer, Buffer>>
}

/** Declares a kernel: its name, its line, the plain loop that it is, and what else is to be known of it. */
export const kernel = <const S extends string>(
  verb: string,
  text: S,
  reference: Loop<S, Floats, Int32Array>,
  facts: Facts<S> = {},
): PlainKernel<S> => ({ inPlace: false, costly: false, ...facts, verb, text, reference })

/** Declares a kernel that is several calls in one, for backends that have it and compiled programs alone. */
export const fused = <const S extends string>(verb: string, text: S, facts: Facts<S> = {}): Kernel<S> => ({
  inPlace: false,
  costly: false,
  ...facts,
  verb,
  text,
})

function bufferForm(text: string, written: boolean): BufferForm {
  const listed = text.startsWith('[')
  const [label, axes] = (listed ? text.slice(1, text.indexOf(']')) : text).split(':') as [string, string?]
  const [mark] = label
  const [name, below] = label.replace(/^[!~]/, '').split('<')
  const optional = name.endsWith('?')
  return {
    name: optional ? name.slice(0, -1) : name,
    role: mark === '!' ? 'updated' : written ? 'written' : 'read',
    scratch: mark === '~',
    ...(below !== undefined && { below }),
    optional,
    listed,
    axes: axes?.split(' ') ?? [],
  }
}

const forms = new WeakMap<AnyKernel, Form>()

/** What a kernel's line says. */
export function formOf(of: AnyKernel): Form {
  let form = forms.get(of)
  if (!form) {
    const [head, numbers] = of.text.split(' | ') as [string, string?]
    const [inputs, outputs = []] = head.split(' -> ').map((side) => side.split(', '))
    form = {
      buffers: [...inputs.map((text) => bufferForm(text, false)), ...outputs.map((text) => bufferForm(text, true))],
      numbers: (numbers ?? '')
        .split(' ')
        .filter((word) => word !== '')
        .map((word) => (word.startsWith('{') ? 'numbers' : word.replace(/[()?[\]]/g, ''))),
    }
    forms.set(of, form)
  }
  return form
}

/** The arguments of a call by name. */
export function named<S extends string, B, I>(of: Kernel<S>, args: readonly unknown[]): NamedArguments<S, B, I> {
  const { buffers, numbers } = formOf(of)
  const names = [...buffers.map(({ name }) => name), ...numbers]
  return Object.fromEntries(names.map((name, index) => [name, args[index]])) as NamedArguments<S, B, I>
}

/** The arguments of a call in their places. */
export function placed<S extends string, B, I>(of: Kernel<S>, args: NamedArguments<S, B, I>): readonly unknown[] {
  const { buffers, numbers } = formOf(of)
  return [...buffers.map(({ name }) => name), ...numbers].map(
    (name) => (args as Readonly<Record<string, unknown>>)[name],
  )
}
