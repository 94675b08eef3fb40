/** A study as if its tasks had had other names, wherever these stand: as keys, as words and in paths. */
import type { Study } from '../../../cli/compare/study.ts'

type Names = Readonly<Record<string, string>>

const word = (text: string, names: Names): string =>
  text
    .split('.')
    .map((part) => (Object.hasOwn(names, part) ? names[part] : part))
    .join('.')

function deep(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return word(value, names)
  if (Array.isArray(value)) return value.map((each) => deep(each, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [word(key, names), deep(each, names)]))
}

export const renamed = (study: Study, [vtr, vcr]: readonly string[]): Study => deep(study, { vtr, vcr }) as Study
