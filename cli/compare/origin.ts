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

export function originOf(argv: readonly string[], date = new Date()): Origin {
  const command = argv.length === 0 ? 'npm start' : `npm start -- ${argv.map(quoted).join(' ')}`
  return { date: date.toISOString(), version: version(), command }
}
