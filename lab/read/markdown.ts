/**
 * Markdown as HTML: markdown-it with formulas by KaTeX and code by highlight.js, all when the site is built, so that a page
 * needs no script. Where links lead is asked of whoever renders; headings get the anchors that GitHub gives them.
 */
import katex from '@vscode/markdown-it-katex'
import hljs from 'highlight.js/lib/common'
import MarkdownIt from 'markdown-it'

/** What stands below one heading, for the search. */
export interface Section {
  /** The anchor; empty for what stands above all headings but the first. */
  readonly id: string
  readonly title: string
  readonly text: string
}

export interface Heading extends Pick<Section, 'id' | 'title'> {
  readonly level: number
}

export interface Rendered {
  /** The first heading of the first level, as plain text. */
  readonly title: string
  readonly html: string
  readonly headings: readonly Heading[]
  readonly sections: readonly Section[]
}

type Plugin = (markdown: InstanceType<typeof MarkdownIt>, options: { readonly enableFencedBlocks: boolean }) => void
// A module of the older kind: whether its default is unwrapped is up to whoever loads it.
const loaded = katex as unknown as Plugin | { readonly default: Plugin }
const plugin = typeof loaded === 'function' ? loaded : loaded.default

/** Code with its colours, as classes. */
export const highlighted = (code: string, language: string): string =>
  hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : escaped(code)

const markdown = new MarkdownIt({ html: true, highlight: highlighted }).use(plugin, { enableFencedBlocks: true })

/** Text that is no markup. */
export const escaped = (text: string): string => markdown.utils.escapeHtml(text)

/** What is wider than a phone is moved sideways, by keyboard too. */
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>'
markdown.renderer.rules.table_close = () => '</table></div>'
const fence = markdown.renderer.rules.fence
markdown.renderer.rules.fence = (...given) =>
  fence(...given).replace(/^<pre>/, '<pre tabindex="0" role="group" aria-label="Code">')

/** As GitHub makes anchors of headings; `taken` knows those of the page so far. */
function anchorOf(title: string, taken: Map<string, number>): string {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replace(/ /g, '-')
  const count = taken.get(plain) ?? 0
  taken.set(plain, count + 1)
  return count === 0 ? plain : `${plain}-${count}`
}

const WITH_TEXT = new Set(['text', 'code_inline', 'math_inline'])

/** Renders a document; `link` says where an address of it leads from its page. */
export function rendered(text: string, link: (href: string) => string): Rendered {
  const tokens = markdown.parse(text, {})
  const taken = new Map<string, number>()
  const headings: Heading[] = []
  const sections: { id: string; title: string; text: string }[] = [{ id: '', title: '', text: '' }]
  tokens.forEach((token, at) => {
    const children = token.children ?? []
    const plain = children.map(({ type, content }) => (WITH_TEXT.has(type) ? content : ' ')).join('')
    if (token.type === 'heading_open') {
      const title = (tokens[at + 1].children ?? [])
        .map(({ type, content }) => (WITH_TEXT.has(type) ? content : ''))
        .join('')
      const id = anchorOf(title, taken)
      token.attrSet('id', id)
      const level = Number(token.tag.slice(1))
      headings.push({ id, title, level })
      if (level > 1 || sections.length > 1) sections.push({ id, title, text: '' })
      else sections[0].title = title
    } else if (tokens[at - 1]?.type !== 'heading_open') sections[sections.length - 1].text += `${plain} `
    for (const child of children) {
      if (child.type === 'link_open') child.attrSet('href', link(String(child.attrGet('href'))))
      if (child.type === 'image') child.attrSet('src', link(String(child.attrGet('src'))))
    }
    for (const each of [token, ...children])
      if (each.type === 'html_block' || each.type === 'html_inline')
        each.content = each.content.replace(
          /\b(src|href)="([^"]+)"/g,
          (_, name: string, to: string) => `${name}="${link(to)}"`,
        )
  })
  return {
    title: headings[0]?.title ?? '',
    html: markdown.renderer
      .render(tokens, markdown.options, {})
      .replaceAll('class="katex-display"', 'class="katex-display" tabindex="0" role="group" aria-label="Formula"'),
    headings,
    sections: sections.map((section) => ({ ...section, text: section.text.replace(/\s+/g, ' ').trim() })),
  }
}
