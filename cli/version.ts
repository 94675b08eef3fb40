/** The version of the package that this is part of. */
import { readFileSync } from 'node:fs'

/** package.json is in the folder above, of the source and of what is built. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
