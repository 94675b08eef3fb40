/** The data of studies: loaded once in a process, and named by its very content without being loaded. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { census } from '../../examples/feed/sources/census.ts'
import { dataFolder } from '../../examples/feed/sources/folder.ts'
import { kuairand } from '../../examples/feed/sources/kuairand.ts'
import type { Feed } from '../../cli/compare/feed.ts'

export interface Data {
  /** Changes whenever what `load` returns does. */
  readonly fingerprint: () => string
  readonly load: () => Promise<Feed>
}

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Of every byte in a folder. */
const fingerprintOf = (folder: string): string => {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 16)
}

/** `view` tells apart what is made of the same files. */
const fromFiles = (folder: string, view: string, load: () => Promise<Feed>): Data => ({
  fingerprint: once(() => `${view} of ${fingerprintOf(dataFolder(folder))}`),
  load: once(load),
})

/** Long view and share watched. */
export const WATCHING = fromFiles('kuairand', 'vtr, vcr', () => kuairand())
/** Click, and click with long view. */
export const FUNNEL = fromFiles('kuairand', 'ctr, ctcvr', () => kuairand({ labels: 'funnel' }))
export const CENSUS = fromFiles('census', 'income, neverMarried', () => census())
export const CENSUS_3 = fromFiles('census', 'income, neverMarried, college', () => census({ third: 'college' }))
export const CENSUS_EDUCATION = fromFiles('census', 'income, neverMarried, education', () =>
  census({ third: 'education' }),
)
