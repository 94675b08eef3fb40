/** Where rows are written to in a saved program's memory, and the ids in it that are looked at before each run. */
import { show } from '../checks/index.ts'
import { widthOf } from '../data/index.ts'
import type { Feature, Inputs } from '../data/index.ts'
import type { Guarded } from '../program/index.ts'
import type { Parts } from './bind.ts'
import { refuse } from './file.ts'
import type { Header } from './header.ts'

/** What a feature has in a batch: under which name, and how many in a row. */
function columnsOf(feature: Feature): readonly (readonly [kind: 'ids' | 'numbers', name: string, width: number])[] {
  if (feature.kind === 'dense') return [['numbers', feature.name, widthOf(feature)]]
  if (feature.kind === 'sparse') return [['ids', feature.name, 1]]
  const { name, maxLength, weights } = feature
  return [['ids', name, maxLength], ...(weights === undefined ? [] : [['numbers', weights, maxLength] as const])]
}

/** The batch of a saved program: parts of its memory, and memory of their own for columns that no call reads. */
export function inputsOf(
  { rows, inputs }: Header,
  features: readonly Feature[],
  { floats, ids, below }: Parts,
  words: Int32Array,
): { readonly batch: Inputs; readonly guarded: readonly Guarded[] } {
  const batch = {
    ids: {} as Record<string, { values: Int32Array }>,
    numbers: {} as Record<string, { values: Float32Array }>,
  }
  const plan: number[] = []
  const which: string[] = []
  const unread = new Set(Object.keys(inputs))
  /** The part of a column, if a call reads it. */
  const partOf = <T extends ArrayLike<number>>(path: string, parts: readonly T[], length: number): T | undefined => {
    if (!unread.delete(path)) return undefined
    const part = parts[inputs[path][0]] as T | undefined
    if (part?.length !== length) refuse(`${length} numbers in '${path}'`, show(part?.length), 'a batch has so many')
    return part
  }
  for (const [kind, name, width] of features.flatMap(columnsOf)) {
    const path = `${kind}.${name}`
    const length = rows * width
    if (kind === 'numbers') {
      batch.numbers[name] = {
        values: (partOf(path, floats, length) as Float32Array | undefined) ?? new Float32Array(length),
      }
      continue
    }
    const part = partOf(path, ids, length)
    batch.ids[name] = { values: part ?? new Int32Array(length) }
    if (!part) continue
    const [index, least = 0, most = 0] = inputs[path]
    if (most < 1 || below[index] !== undefined)
      refuse(`a range of its own for '${path}'`, show(most), 'ids have one each')
    below[index] = most
    const start = (part.byteOffset - words.byteOffset) / 4
    plan.push(start, start + length, least, most)
    which.push(` of '${path}'`)
  }
  for (const path of unread) refuse('inputs that features have', `'${path}'`, 'no column is read into it')
  return { batch, guarded: [{ words, plan: Int32Array.from(plan), which }] }
}
