/** Where commands write: what a person reads, or one JSON document on stdout. It refuses to mix the two. */

/** A command's words. */
export interface Print {
  /** For a person; nothing under `--json`. */
  readonly line: (text?: string) => void
  /** On stderr in either case. */
  readonly note: (text: string) => void
  /** The one document of `--json`; nothing otherwise. */
  readonly json: (value: unknown) => void
  /** Whether bars may be drawn. */
  readonly terminal: boolean
}

/** JSON has no word for what is no number. */
export const asJSON = (value: unknown): string => JSON.stringify(value, null, 2)

export function printing(json: boolean): Print {
  const terminal = !json && process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb'
  return {
    line: (text = '') => {
      if (!json) console.log(text)
    },
    note: (text) => console.error(text),
    json: (value) => {
      if (json) console.log(asJSON(value))
    },
    terminal,
  }
}
