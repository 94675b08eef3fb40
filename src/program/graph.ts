/**
 * A program as a graph: calls, and who reads whose results. As Mermaid text it is drawn by whoever shows Markdown.
 * Parameters stand with the calls that read them, and are no nodes: everyone would hang on them.
 */
import { checkOptions } from '../checks/index.ts'
import { finalOf, namesIn } from './explain.ts'
import type { Explained } from './explain.ts'
import { NAMES, showExtents } from './names.ts'
import type { Naming, Paths } from './names.ts'
import { isHost, reads, updates, writes } from './slot.ts'
import type { Call, Slot } from './slot.ts'

/** What `mermaid` takes. */
export interface MermaidOptions {
  /** Parameters by path, as `parameters(model)` gives them. Without it they are numbered. */
  readonly names?: Paths
}

export interface Node {
  readonly kind: 'input' | 'call' | 'update' | 'output'
  /** What it is, on one line; then what it is about: parameters that it reads, and the shape of what it makes. */
  readonly title: string
  readonly details: readonly string[]
  /** Nodes, by number, that it reads from. */
  readonly from: readonly number[]
}

/** Inputs, calls in their order, and outputs. A node comes after those that it reads from. */
export function nodesOf(program: Explained, { names }: MermaidOptions = {}): readonly Node[] {
  const { calls, outputs } = finalOf(program)
  const name = namesIn(program, names)
  const inputs = [...new Set(calls.flatMap(reads))].filter(({ place }) => place.at === 'input')
  const makers = new Map<Slot, number>(inputs.map((slot, index) => [slot, index]))
  const makersOf = (slots: readonly Slot[]): readonly number[] => [
    ...new Set(slots.flatMap((slot) => makers.get(slot) ?? [])),
  ]
  const nodes: Node[] = inputs.map((slot) => ({
    kind: 'input',
    title: name(slot),
    details: [showExtents(slot)],
    from: [],
  }))
  for (const call of calls) {
    const from = makersOf(reads(call))
    nodes.push({ ...labelsOf(call, name), kind: updates(call).length > 0 ? 'update' : 'call', from })
    // Who reads a parameter after it moved reads it from there.
    for (const slot of [...writes(call), ...updates(call)]) makers.set(slot, nodes.length - 1)
  }
  for (const slot of new Set(outputs))
    nodes.push({ kind: 'output', title: name(slot), details: [showExtents(slot)], from: makersOf([slot]) })
  return nodes
}

function labelsOf(call: Call, name: Naming): Pick<Node, 'title' | 'details'> {
  const outside = reads(call).filter(({ place }) => place.at !== 'arena' && place.at !== 'input')
  const moved = updates(call)
  const shown = moved.length > 0 ? moved.slice(0, 1) : outside
  const [out] = writes(call) as readonly (Slot | undefined)[]
  return {
    title: isHost(call) ? name(call.args[0]) : call.kernel.verb,
    details: [...shown.map(name), ...(out ? [showExtents(out)] : [])],
  }
}

const SHAPES = { input: ['([', '])'], call: ['[', ']'], update: ['[[', ']]'], output: ['([', '])'] } as const

/** A label as Mermaid shows it and does not read it: neither as HTML, nor as Markdown, nor as an entity or the label's end. */
const escaped = (label: string): string => label.replace(/[#&<>"'`\\]/g, (mark) => `#${mark.charCodeAt(0)};`)

/** The program as a Mermaid flowchart. @throws RangeError where an option is unknown or out of its range. */
export function mermaid(program: Explained, options: MermaidOptions = {}): string {
  checkOptions('mermaid', options, { names: NAMES })
  const nodes = nodesOf(program, options)
  const quoted = (lines: readonly string[]): string => `"${lines.map(escaped).join('<br>')}"`
  return [
    'flowchart TD',
    ...nodes.map(({ kind, title, details }, index) => {
      const [open, close] = SHAPES[kind]
      return `  n${index}${open}${quoted([title, ...details])}${close}`
    }),
    ...nodes.flatMap(({ from }, index) => from.map((maker) => `  n${maker} --> n${index}`)),
  ].join('\n')
}
