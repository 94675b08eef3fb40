/** The layout of graphs, dagre's: what is used of it, with types that its own do not give to modules of Node's kind. */
import dagre from '@dagrejs/dagre'

export interface Point {
  readonly x: number
  readonly y: number
}

/** A graph, whose nodes and edges have places once it is laid out. */
export interface Layout {
  setGraph(options: {
    readonly rankdir: 'BT'
    readonly nodesep: number
    readonly ranksep: number
    readonly marginx: number
    readonly marginy: number
  }): void
  setNode(name: string, size: { readonly width: number; readonly height: number }): void
  setEdge(from: string, to: string, label: object, name: string): void
  graph(): { readonly width: number; readonly height: number }
  node(name: string): Point & { readonly width: number }
  edges(): readonly { readonly v: string; readonly w: string }[]
  edge(edge: { readonly v: string; readonly w: string }): { readonly points: readonly Point[] }
}

interface Dagre {
  readonly graphlib: { readonly Graph: new (options: { readonly multigraph: true }) => Layout }
  readonly layout: (graph: Layout) => void
}

const { graphlib, layout } = dagre as unknown as Dagre

/** A graph in which two nodes may be joined by several edges. */
export const emptyGraph = (): Layout => new graphlib.Graph({ multigraph: true })

export { layout as place }
