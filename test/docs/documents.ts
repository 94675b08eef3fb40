/** The documents and what is written in them: headings, fenced blocks, inline code and links. */
import { readFileSync } from 'node:fs'

/** Everything a reader is sent to. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/tour.md',
  'docs/derivations.md',
  'docs/api.md',
  'docs/programs.md',
  'docs/memory.md',
  'docs/wasm.md',
  'docs/threads.md',
  'docs/gpujs.md',
  'docs/lab.md',
  'docs/serve.md',
  'docs/onnx.md',
  'docs/pytorch.md',
  'docs/scale.md',
  'docs/files.md',
  'docs/tables.md',
  'docs/embeddings.md',
  'docs/strategies.md',
  'docs/tasks.md',
  'docs/streams.md',
  'docs/deepctr.md',
  'docs/cli.md',
] as const

export const read = (path: string): string => readFileSync(path, 'utf8')

export interface Block {
  readonly document: string
  /** Where its first line stands, from 1. */
  readonly line: number
  readonly language: string
  /** What follows the language on the fence. */
  readonly info: string
  readonly code: string
}

const FENCE = /^( *)```(\w+)([^\n]*)\n([\s\S]*?)^\1```$/gm

/** The fenced blocks of a text, without the indentation of a list that they are in. */
export const blocksOf = (document: string, text: string = read(document)): readonly Block[] =>
  [...text.matchAll(FENCE)].map(({ index, 1: indent, 2: language, 3: info, 4: code }) => ({
    document,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    info: info.trim(),
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))

/** The text with its fenced blocks left out. */
export const proseOf = (text: string): string => text.replaceAll(FENCE, '')

export const inlineCodeOf = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)

export const linksOf = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)

/** `## Title` and all that follows up to the next one. */
export const sectionsOf = (text: string): readonly string[] => text.split(/^(?=## )/m).slice(1)

/** Code without what a formatter decides: line breaks, indentation and trailing commas. */
export const unformatted = (code: string): string =>
  code
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([([{]) /g, '$1')
    .replaceAll(/,? ([)\]}])/g, '$1')
    .trim()
    .replace(/,$/, '')
