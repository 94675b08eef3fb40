/** Where numbers come from: when, of which version, by which command. A figure without them cannot be made again. */
import { version } from '../version.ts'

export interface Origin {
  /** In UTC, as in 2026-11-29T06:42:00.000Z. */
  readonly date: string
  /** Of plegrad. */
  readonly version: string
  /** As it can be pasted into a shell. */
  readonly command: string
}

const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`

/** Of a command and its arguments, word by word. */
export const originOf = (command: readonly string[], date = new Date()): Origin => ({
  date: date.toISOString(),
  version: version(),
  command: command.map(quoted).join(' '),
})
