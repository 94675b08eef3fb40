/**
 * How tasks' gradients lie to each other by every shared part of a model: experts, gates and networks, each as one vector of
 * its weights. It needs what was measured on one batch, of which inner products can be had again.
 */
import type { Alignment, Conflicts } from '../../src/insight.ts'
import type { Cosine, SharedPart } from './messages.ts'

/** What comes first: all that is shared, as one vector. */
export const ALL = 'all of it'

/** The layers of one expert or network are one part, and the tables of all features. */
export function partOf(path: string): string {
  if (path.startsWith('embedding.')) return 'embedding'
  return path.replace(/\.(layers\.\d+|output)\..*$/, '')
}

const pairsOf = (tasks: readonly string[]): readonly (readonly [string, string])[] =>
  tasks.flatMap((first, index) => tasks.slice(index + 1).map((second) => [first, second] as const))

/** cos of the vectors that these are parts of: Σ gᵢ·gⱼ / √(Σ gᵢ² · Σ gⱼ²). */
function cosineOver(alignments: readonly Alignment[], first: string, second: string): number {
  let [product, one, other] = [0, 0, 0]
  for (const { norms, cosines } of alignments) {
    const both = norms[first] * norms[second]
    if (both > 0) product += cosines[first][second] * both
    one += norms[first] ** 2
    other += norms[second] ** 2
  }
  return one > 0 && other > 0 ? product / Math.sqrt(one * other) : NaN
}

/** All that is shared, and then part by part in the model's order. */
export function partsOf({ tasks, parameters, cosines }: Conflicts): readonly SharedPart[] {
  const byPart = new Map<string, Alignment[]>()
  for (const [path, alignment] of Object.entries(parameters)) {
    const part = partOf(path)
    byPart.set(part, [...(byPart.get(part) ?? []), alignment])
  }
  const each = (value: (first: string, second: string) => number): readonly Cosine[] =>
    pairsOf(tasks).map(([first, second]) => ({ tasks: [first, second], cosine: value(first, second) }))
  return [
    { part: ALL, cosines: each((first, second) => cosines[first][second]) },
    ...[...byPart].map(([part, alignments]) => ({
      part,
      cosines: each((first, second) => cosineOver(alignments, first, second)),
    })),
  ]
}

/** `levels.0.experts.shared.1` as one says it. */
export function partName(part: string): string {
  const [, level, what, rest] = /^levels\.(\d+)\.(experts|gates)\.(.+)$/.exec(part) ?? []
  if (level === undefined) return part
  const at = Number(level) + 1
  if (what === 'gates') return `level ${at}, gate of ${rest}`
  const [, group, index] = /^(.+)\.(\d+)$/.exec(rest)!
  return `level ${at}, ${group} expert ${Number(index) + 1}`
}
