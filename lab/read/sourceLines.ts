/** Source files as pages: their lines in colours, each with an anchor. */
import { extname } from 'node:path'
import { escaped, highlighted } from './markdown.ts'

/** Extensions that highlight.js calls otherwise. */
const LANGUAGE: Readonly<Record<string, string>> = { '.mjs': 'js', '.cff': 'yaml', '.toml': 'ini' }

/** Beyond that colours say little and weigh much: tables of numbers, lock files, binaries as text. */
const MOST_COLOURED = 200_000

/** Lines of marked text, of which each closes what it opens, so that a line can stand by itself. */
export function linesOf(marked: string): readonly string[] {
  let open: readonly string[] = []
  return marked.split('\n').map((line) => {
    const before = open.join('')
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g))
      open = tag === '</span>' ? open.slice(0, -1) : [...open, tag]
    return `${before}${line}${'</span>'.repeat(open.length)}`
  })
}

/** A file as HTML, whose line 5 is found as `#L5`. */
export function sourceHtml(path: string, text: string): string {
  const extension = extname(path)
  const language = LANGUAGE[extension] ?? extension.slice(1)
  const marked = text.length > MOST_COLOURED ? escaped(text) : highlighted(text.replace(/\n$/, ''), language)
  const lines = linesOf(marked).map((line, at) => `<span class="line" id="L${at + 1}">${line}</span>`)
  return `<pre class="lines" tabindex="0" role="group" aria-label="${escaped(path)}"><code>${lines.join('\n')}</code></pre>`
}
