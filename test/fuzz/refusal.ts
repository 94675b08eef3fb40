/** Tells a refusal in words from an accident: what the library refuses says what was expected. */

const WORDS = /expected .* but (got|it|they)\b/s

/** What came of it: a value, or the words it was refused with. */
export type Attempt<T> =
  { readonly value: T; readonly refused?: never } | { readonly value?: never; readonly refused: string }

/**
 * Does what may be refused.
 *
 * @throws whatever was thrown and is no refusal in words.
 */
export function attempt<T>(act: () => T): Attempt<T> {
  try {
    return { value: act() }
  } catch (error) {
    if (error instanceof Error && WORDS.test(error.message)) return { refused: error.message }
    throw error
  }
}

/** Throws unless it holds. */
export function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what())
}
