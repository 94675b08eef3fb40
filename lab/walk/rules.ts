/** Where an op is declared: its formula and its lines, found in the sources of the library itself. */

export interface Rule {
  /** What stands above the op, without the signs of a comment. */
  readonly formula: string
  readonly lines: string
  readonly path: string
  /** Of the first of these lines. */
  readonly line: number
}

/** What the comment above a line says, without its signs; empty where there is none. */
function commentAbove(lines: readonly string[], line: number): string {
  let first = line
  while (first > 0 && /^(\/\*\*| \*)/.test(lines[first - 1])) first--
  return lines
    .slice(first, line)
    .map((text) => text.replace(/^\/\*\* ?|^ \*\/?|\s*\*\/$/g, '').trim())
    .join(' ')
    .trim()
}

/** What stands above a function or constant of the sources; empty where nothing does. */
export function wordsOf(name: string, sources: Readonly<Record<string, string>>): string {
  const declaration = new RegExp(`^export (?:const|function) ${name}\\b`)
  for (const text of Object.values(sources)) {
    const lines = text.split('\n')
    const at = lines.findIndex((line) => declaration.test(line))
    if (at >= 0) return commentAbove(lines, at)
  }
  return ''
}

/** Finds the declaration of an op among source texts by path; undefined where no text has it. */
export function ruleOf(op: string, sources: Readonly<Record<string, string>>): Rule | undefined {
  for (const [path, text] of Object.entries(sources)) {
    const at = text.indexOf(`op('${op}',`)
    if (at < 0) continue
    const lines = text.split('\n')
    const declared = text.slice(0, at).split('\n').length - 1
    let start = declared
    while (start > 0 && !/^(export )?const |^function /.test(lines[start])) start--
    let end = declared
    while (end < lines.length - 1 && !/^[)}\]]/.test(lines[end]) && !(end === start && lines[end].endsWith(')'))) end++
    return {
      formula: commentAbove(lines, start),
      lines: lines.slice(start, end + 1).join('\n'),
      path: path.replace(/^.*?src\//, 'src/'),
      line: start + 1,
    }
  }
  return undefined
}
