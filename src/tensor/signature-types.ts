/** What the type checker knows of a signature: argument kinds and axis names, so that a wrong one does not compile. */
type Words<S extends string> = S extends `${infer H} ${infer T}` ? H | Words<T> : S
type Bare<W extends string> = W extends `...${infer A}` ? A : W extends `${infer A}+` ? A : W
type Split<S extends string> = S extends `${infer H}, ${infer T}` ? [H, ...Split<T>] : [S]
type OutputOf<S extends string> = S extends `${string} -> ${infer O}` ? O : never

/** The axis words that an input measures: not the bound of ids, which is another input's extent or the caller's. */
type Measured<S extends string> = Words<
  S extends `[${infer A}]${infer E}` ? `${A} ${E}` : S extends `${infer A}<${string}` ? A : S
>
type Bound<S extends string> = S extends `${string}<${infer V}` ? V : never

/** The inputs of a signature, one string each. */
export type InputsOf<S extends string> = S extends `${infer I} -> ${string}` ? Split<I> : never
type AnyInput<S extends string> = InputsOf<S>[number]

/** Every axis of a signature, as the sizes that kernels and gradient rules receive. */
export type SizesOf<S extends string> = {
  readonly [A in Exclude<Bare<Measured<AnyInput<S>> | Bound<AnyInput<S>> | Words<OutputOf<S>>>, ''>]: number
}

/** The axes that the caller gives, for no input measures them: a number each, or a list of extents for a `...` one. */
export type FreeOf<S extends string> = {
  readonly [W in Words<OutputOf<S>> as Exclude<Bare<W>, Bare<Measured<AnyInput<S>>> | ''>]: W extends `...${string}`
    ? readonly number[]
    : number
}

/** What each kind of input is, when it is `T` for tensors and `I` for ids. */
type Kind<S, T, I> = S extends `${string}<${string}` ? I : S extends `[${string}` ? readonly T[] : T
type Kinds<L extends readonly string[], T, I> = { readonly [K in keyof L]: Kind<L[K], T, I> }

/** The inputs of a signature with tensors as `T` and ids as `I`: arguments, buffers, or gradient thunks. */
export type InputsAs<S extends string, T, I> = Kinds<InputsOf<S>, T, I>
