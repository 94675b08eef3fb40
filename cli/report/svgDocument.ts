/**
 * As much of a document as figures are drawn into: elements that are made, put into each other and written down as a
 * browser would. It refuses to be read: there is no markup to parse, no style to compute and nothing to look up.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\u00a0': '&nbsp;',
}

const named = (sign: string): string => ENTITIES[sign]
const inText = (text: string): string => text.replace(/[&<>\u00a0]/g, named)
const inQuotes = (text: string): string => text.replace(/[&<>"\u00a0]/g, named)

class DrawnElement {
  readonly ownerDocument: DrawnDocument
  readonly tagName: string
  readonly #attributes = new Map<string, string>()
  readonly #inside: (DrawnElement | string)[] = []

  constructor(ownerDocument: DrawnDocument, tagName: string) {
    this.ownerDocument = ownerDocument
    this.tagName = tagName
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value))
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name)
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name)
  }

  get children(): readonly DrawnElement[] {
    return this.#inside.filter((part) => typeof part !== 'string')
  }

  appendChild(child: DrawnElement): DrawnElement {
    this.#inside.push(child)
    return child
  }

  insertBefore(child: DrawnElement, next: DrawnElement | null): DrawnElement {
    this.#inside.splice(next ? this.#inside.indexOf(next) : this.#inside.length, 0, child)
    return child
  }

  set textContent(text: unknown) {
    this.#inside.splice(0, Infinity, String(text))
  }

  get outerHTML(): string {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${inQuotes(value)}"`).join('')
    const inside = this.#inside.map((part) =>
      // What a style says is no text.
      typeof part !== 'string' ? part.outerHTML : this.tagName === 'style' ? part : inText(part),
    )
    return `<${this.tagName}${attributes}>${inside.join('')}</${this.tagName}>`
  }
}

class DrawnDocument {
  readonly documentElement: DrawnElement = new DrawnElement(this, 'html')

  createElementNS(_: string, name: string): DrawnElement {
    return new DrawnElement(this, name)
  }
}

/** For the `document` option of Observable Plot, which asks a document for no more. */
export const svgDocument = (): Document => new DrawnDocument() as unknown as Document
