/** What the type checker knows of a declared kernel: the arguments of its loops, so that a wrong one does not compile. */
import type { NumberOrGetter } from './numberOrGetter.ts'
import type { AdagradUpdate, AdamUpdate, FtrlUpdate, SgdUpdate } from './updates.ts'

/** Objects of numbers that a kernel reads anew at every call, by the name that a declaration has for them. */
export interface Structs {
  readonly sgd: SgdUpdate
  readonly adagrad: AdagradUpdate
  readonly adam: AdamUpdate
  readonly ftrl: FtrlUpdate
}

type Words<S extends string> = S extends `${infer H} ${infer T}` ? [H, ...Words<T>] : [S]
type List<S extends string> = S extends `${infer H}, ${infer T}` ? [H, ...List<T>] : [S]
type Head<S extends string> = S extends `${infer H} | ${string}` ? H : S

/** All buffers of a declaration, one string each, outputs last. */
export type BuffersOf<S extends string> =
  Head<S> extends `${infer I} -> ${infer O}` ? [...List<I>, ...List<O>] : List<Head<S>>
/** The words behind the bar: sizes and other numbers. */
export type NumbersOf<S extends string> = S extends `${string} | ${infer T}` ? Words<T> : []

/** `!name?<bound` without its marks; words have no bound */
type Bare<S extends string> = S extends `!${infer N}` | `~${infer N}`
  ? Bare<N>
  : S extends `${infer N}<${string}`
    ? Bare<N>
    : S extends `${infer N}?`
      ? N
      : S
type Label<W extends string> = W extends `[${infer N}:${string}` ? N : W extends `${infer N}:${string}` ? N : W
type One<N extends string, B, I> = N extends `${string}?${string}`
  ? (N extends `${string}<${string}` ? I : B) | null
  : N extends `${string}<${string}`
    ? I
    : B

type BufferAs<W extends string, B, I> = W extends `[${string}` ? readonly One<Label<W>, B, I>[] : One<Label<W>, B, I>
type NumberAs<W extends string> = W extends `{${infer N}}`
  ? N extends keyof Structs
    ? Structs[N]
    : never
  : W extends `${string}()`
    ? NumberOrGetter
    : W extends `${string}?[]`
      ? readonly boolean[]
      : W extends `${string}[]`
        ? readonly number[]
        : number

type BuffersAs<L extends readonly string[], B, I> = { [K in keyof L]: BufferAs<L[K], B, I> }
type NumbersAs<L extends readonly string[]> = { [K in keyof L]: NumberAs<L[K]> }

/** The arguments of a kernel whose buffers are `B` and, of ids, `I`. */
export type ArgumentsOf<S extends string, B, I> = [...BuffersAs<BuffersOf<S>, B, I>, ...NumbersAs<NumbersOf<S>>]

/** A kernel as a function: as a method has it, so that a backend of one memory can be held as one of any. */
export type Loop<S extends string, B, I> = { run(...args: ArgumentsOf<S, B, I>): void }['run']

type NumberName<W extends string> = W extends `{${string}}`
  ? 'numbers'
  : W extends `${infer N}()`
    ? N
    : W extends `${infer N}?[]`
      ? N
      : W extends `${infer N}[]`
        ? N
        : W

/** The arguments by name. */
export type NamedArguments<S extends string, B, I> = {
  readonly [W in BuffersOf<S>[number] as Bare<Label<W>>]: BufferAs<W, B, I>
} & { readonly [W in NumbersOf<S>[number] as NumberName<W>]: NumberAs<W> }
