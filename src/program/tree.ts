/** Records and lists of tensors, ids and plain values, as steps take and give them; it refuses anything else. */
import { Ids, Tensor } from '../tensor/index.ts'

export type Leaf = Tensor | Ids

const isRecord = (value: object): value is Readonly<Record<string, unknown>> => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The same tree with another leaf for each tensor and ids; `path` names where each is, as in `ids.user`. */
export function mapTree<T>(tree: T, visit: (leaf: Leaf, path: string) => Leaf, path = ''): T {
  const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`)
  const walk = (value: unknown): unknown => {
    if (value instanceof Tensor || value instanceof Ids) return visit(value, path)
    if (typeof value !== 'object' || value === null) {
      if (typeof value !== 'function') return value
    } else if (Array.isArray(value)) return value.map((member: unknown, index) => mapTree(member, visit, below(index)))
    else if (isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, mapTree(member, visit, below(name))]),
      )
    const got = typeof value === 'function' ? 'a function' : `an instance of ${value?.constructor.name}`
    throw new TypeError(
      `compile: expected tensors, ids, plain values, and records and lists of them but got ${got} at '${path}'`,
    )
  }
  return walk(tree) as T
}

/** The leaves in order. */
export function leavesOf(tree: unknown): Leaf[] {
  const found: Leaf[] = []
  mapTree(tree, (leaf) => {
    found.push(leaf)
    return leaf
  })
  return found
}

/** What two trees must share for one program to serve both: names, shapes, kinds and plain values. */
export const signatureOf = (tree: unknown): string =>
  JSON.stringify(tree, (_, value: unknown) =>
    value instanceof Tensor || value instanceof Ids
      ? `${value instanceof Ids ? 'ids' : value.backend.dtype} ${value.shape.join('×')}`
      : typeof value === 'number' && !Number.isFinite(value)
        ? String(value)
        : value,
  )
