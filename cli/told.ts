/** What a command says where it cannot go on, and with which exit code. It refuses to tell a bug so: that keeps its stack. */

/** How a command ends, as exit codes. Of the command line and of plegrad.json it is 2. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Where in a file, both from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** An error that is told in its message alone. */
export interface Told extends Error {
  readonly exit: number
  readonly place: Place | undefined
}

export const told = (exit: keyof typeof EXIT, message: string, place?: Place, cause?: unknown): Told =>
  Object.assign(new Error(message, { cause }), { exit: EXIT[exit], place })

export const isTold = (error: unknown): error is Told => error instanceof Error && 'exit' in error && 'place' in error

/** One line for a person: `plegrad.json:12:5: expected …`. */
export const lineFor = ({ message, place }: Told): string =>
  place ? `${place.file}:${place.line}:${place.column}: ${message}` : `error: ${message}`
