/** Every op as a page has it: its signature, its formula, its rule's lines, found in the declarations themselves. */
import * as autograd from '../../src/autograd/index.ts'
import type { Op } from '../../src/autograd/index.ts'
import { ruleOf } from '../walk/rules.ts'
import type { Rule } from '../walk/rules.ts'
import type { Section } from './markdown.ts'
import { escaped, highlighted } from './markdown.ts'

export interface Declared extends Rule {
  readonly op: string
  readonly signature: string
}

const isOp = (value: unknown): value is Pick<Op, 'op' | 'text'> =>
  typeof value === 'function' && 'op' in value && 'definition' in value

/** Every op that has a rule, by name. @throws Error where the sources have no declaration, or no formula above it. */
export function declaredOps(sources: Readonly<Record<string, string>>): readonly Declared[] {
  const names = new Set(
    Object.values(sources).flatMap((text) => [...text.matchAll(/\bop\('(\w+)',/g)].map(([, name]) => name)),
  )
  const exported = new Map(
    Object.values<unknown>(autograd).flatMap((value) => (isOp(value) ? [[value.op, value.text] as const] : [])),
  )
  for (const name of exported.keys())
    if (!names.has(name)) throw new Error(`the ops: expected ${name} to be declared in src/autograd/ops but it is not`)
  return [...names].sort().map((op) => {
    const rule = ruleOf(op, sources)
    if (!rule || rule.formula === '')
      throw new Error(`the ops: expected a formula above the declaration of ${op} but got none`)
    const [, written] = new RegExp(`op\\('${op}',\\s*'([^']+)'`).exec(rule.lines) ?? []
    return { ...rule, op, signature: exported.get(op) ?? written ?? '' }
  })
}

/** The page's text: `source` says where a line of the sources is, `derived` where an op is derived by hand, if it is. */
export function opsHtml(
  ops: readonly Declared[],
  source: (path: string, line: number) => string,
  derived: (op: string) => string | undefined,
): string {
  const one = ({ op, signature, formula, lines, path, line }: Declared): string => {
    const proof = derived(op)
    return `<section class="op"><h2 id="${op}">${op}</h2>
${signature === '' ? '' : `<p class="signature"><code>${escaped(signature)}</code></p>`}
<p class="formula">${escaped(formula)}</p>
<pre tabindex="0" role="group" aria-label="The declaration of ${op}"><code>${highlighted(lines, 'ts')}</code></pre>
<p class="soft"><a href="${source(path, line)}">${escaped(path)}, line ${line}</a>${proof === undefined ? '' : `; <a href="${proof}">how it is derived</a>`}</p></section>`
  }
  const index = ops.map(({ op }) => `<a href="#${op}">${op}</a>`).join(' ')
  return `<h1 id="ops">Every op, and its rule</h1>
<p>${ops.length} ops have a gradient rule. Above each stands its formula as the source has it: what it computes, and after the colon what its rule hands to each input, of the output’s gradient g. What follows is the declaration, of which nothing is left out.</p>
<nav class="all" aria-label="Ops">${index}</nav>
${ops.map(one).join('\n')}`
}

export const opSections = (ops: readonly Declared[]): readonly Section[] =>
  ops.map(({ op, signature, formula }) => ({ id: op, title: op, text: `${signature} ${formula}` }))
