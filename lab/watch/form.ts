/** What the form of the room is given: settings, and whom to tell of others. */
import type { FoundTable } from './messages.ts'
import type { Settings } from './settings.ts'

/** What a form shows and tells. */
export interface Form {
  readonly settings: Settings
  /** What is wrong with a field, by its id. */
  readonly wrong: ReadonlyMap<string, string>
  readonly file: { readonly name: string; readonly table?: FoundTable } | undefined
  readonly set: (settings: Settings) => void
  readonly refuse: (id: string, words: string | undefined) => void
  readonly drop: (file: File) => void
}
