/** The shell of every page that this repository writes: complete in itself, no script, and no network, by its own law. */
import { markup } from './markup.ts'
import type { Markup } from './markup.ts'

export interface Page {
  readonly title: string
  /** Above the title: whose page it is. */
  readonly eyebrow: string
  /** CSS. */
  readonly style: string
  /** Below the title. */
  readonly head: Markup
  readonly body: Markup
}

/** The page as a file. */
export const pageOf = ({ title, eyebrow, style, head, body }: Page): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header><p class="eyebrow">${eyebrow}</p><h1>${title}</h1>
${head}</header>
${body}
</body>
</html>
`.markup

/** What something ran on, or was made of, in a line of names and values. */
export const factsOf = (facts: readonly (readonly [name: string, value: string])[]): Markup =>
  markup`<ul class="facts">${facts.map(([name, value]) => markup`<li><b>${value}</b><span class="soft">${name}</span></li>`)}</ul>`
