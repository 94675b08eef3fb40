/**
 * Where in a JSON file the value is that an error is about: by the path that it says, or by the names that it quotes. It
 * refuses to guess a line where it says neither.
 */
import { findNodeAtLocation } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'

const keyed = (node: Node): readonly (readonly [name: string, key: Node, value: Node])[] =>
  (node.type === 'object' ? (node.children ?? []) : []).flatMap(({ children = [] }) =>
    children.length === 2 ? [[String(children[0].value), children[0], children[1]] as const] : [],
  )

/** Follows a path such as `features[3].vocabulary.minCount` for as far as it goes; names may hold dots and blanks. */
function follow(node: Node, path: string): Node | undefined {
  const item = /^\[(\d+)\]/.exec(path)
  if (node.type === 'array' && item) {
    const child = node.children?.[Number(item[1])]
    return child && (follow(child, path.slice(item[0].length)) ?? child)
  }
  const rest = path.replace(/^\./, '')
  const found = keyed(node)
    .filter(([name]) => rest.startsWith(name) && !/^[\w$]/.test(rest.slice(name.length)))
    .sort(([a], [b]) => b.length - a.length)
    .at(0)
  return found && (follow(found[2], rest.slice(found[0].length)) ?? found[2])
}

/** The first value, or key, below a node that is one of some names. */
function naming(node: Node, name: string): Node | undefined {
  if (node.type === 'string' && node.value === name) return node
  for (const [key, keyNode] of keyed(node)) if (key === name) return keyNode
  for (const child of node.children ?? []) {
    // The second of a property's two is its value: its key has been looked at.
    const found = naming(child.type === 'property' ? child.children![1] : child, name)
    if (found) return found
  }
  return undefined
}

/**
 * The node that a message of the library is about, as in `tableDataset: expected features[3].dimension to be …` or
 * `expected a column 'usr' but got none`. `within` is the member of the file whose turn it was.
 */
export function placeOf(root: Node, message: string, within?: string): Node | undefined {
  const area = (within === undefined ? undefined : findNodeAtLocation(root, [within])) ?? root
  const [, told = ''] = /^[^:]*: expected (.*)$/s.exec(message) ?? []
  const direct = follow(root, told) ?? (area === root ? undefined : follow(area, told))
  if (direct) {
    const [, odd] = / but got '([^']*)'/.exec(told) ?? []
    const key = odd === undefined ? undefined : keyed(direct).find(([name]) => name === odd)?.[1]
    return key ?? direct
  }
  for (const [, name] of message.split(': because ')[0].matchAll(/'([^']+)'/g)) {
    const found = naming(area, name)
    if (found) return found
  }
  return area === root ? undefined : area
}
