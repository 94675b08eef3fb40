/** Rows of tables by ids, and rows added to tables. Ids below 0, which are nobody's, read zeros and add nothing. */
import type { Graph } from '../graph.ts'
import type { Value } from '../file.ts'
import { isTrue, number, single, truthAsNumber, unsqueezed } from './mapping.ts'
import type { Call, Mapping } from './mapping.ts'

const whole = (graph: Graph, value: number): Value => graph.constant('int64', [value])

const gathered = (graph: Graph, table: Value, ids: Value, { shape }: Call): Value =>
  graph.node('Gather', [table, ids], { shape, attributes: { axis: { int: 0 } } })

/** Rows to read or to add to: none is below 0, and what is nobody's is 0. */
const rowsOf = (graph: Graph, ids: Value): Value =>
  graph.padded.get(ids) ?? graph.node('Max', [ids, whole(graph, 0)], { type: 'int64', shape: ids.shape })

const nonzero = (graph: Graph, ids: Value): Value =>
  graph.node('Cast', [ids], { type: 'bool', shape: ids.shape, attributes: { to: { int: 9 } } })

/** Whether ids are somebody's, for each of their rows. */
function somebody(graph: Graph, ids: Value): Value {
  const padded = graph.padded.get(ids)
  const held = padded
    ? nonzero(graph, padded)
    : graph.node('GreaterOrEqual', [ids, whole(graph, 0)], { type: 'bool', shape: ids.shape })
  return unsqueezed(graph, held, ids.shape.length)
}

/** The opset in which ScatterND may keep the largest of what it meets. */
const KEEPS_LARGEST = 18

/** Numbers (b d) at rows `at` (b 1) of a table of this shape that is full of one number. */
function scattered(graph: Graph, at: Value, rows: Value, start: number, reduction: string, call: Call): Value {
  const table = graph.node('Expand', [number(graph, start), graph.integers(call.shape)], { shape: call.shape })
  const attributes = { reduction: { text: reduction } }
  return graph.node('ScatterND', [table, at, rows], { shape: call.shape, attributes })
}

export const ROWS: Readonly<Record<string, Mapping>> = {
  gather: {
    nodes: 'Gather',
    draw: (graph, call) => {
      const [table, ids] = single(call)
      return gathered(graph, table, ids, call)
    },
  },
  gatherPresent: {
    nodes: 'Max, Gather, GreaterOrEqual, Unsqueeze, Where',
    draw: (graph, call) => {
      const [table, ids] = single(call)
      const found = gathered(graph, table, rowsOf(graph, ids), call)
      return graph.node('Where', [somebody(graph, ids), found, number(graph, 0)], { shape: call.shape })
    },
  },
  scatterAdd: {
    nodes: 'GreaterOrEqual, Unsqueeze, Where, Max, Expand, ScatterND',
    draw: (graph, call) => {
      const [rows, ids] = single(call)
      const own = graph.node('Where', [somebody(graph, ids), rows, number(graph, 0)], { shape: rows.shape })
      const at = unsqueezed(graph, rowsOf(graph, ids), ids.shape.length)
      return scattered(graph, at, own, 0, 'add', call)
    },
  },
  segmentMax: {
    nodes: 'Unsqueeze, Expand, ScatterND, Cast, Where',
    draw: (graph, call) => {
      if (graph.opset < KEEPS_LARGEST)
        throw new RangeError(
          `segmentMax: expected an opset of at least ${KEEPS_LARGEST} but got ${graph.opset}: because ScatterND keeps the largest since then`,
        )
      const [rows, ids] = single(call)
      const at = unsqueezed(graph, ids, ids.shape.length)
      const largest = scattered(graph, at, rows, -Infinity, 'max', call)
      const ones = graph.node('Expand', [number(graph, 1), graph.integers(rows.shape)], { shape: rows.shape })
      const seen = scattered(graph, at, ones, 0, 'none', call)
      return graph.node('Where', [isTrue(graph, seen), largest, number(graph, 0)], { shape: call.shape })
    },
  },
}

/** Functions that call a kernel without being ops. */
export const FUNCTIONS_OF_IDS: Readonly<Record<string, Mapping>> = {
  nonzeroMask: {
    nodes: 'Cast, Cast',
    draw: (graph, call) => {
      const [ids] = single(call)
      return truthAsNumber(graph, nonzero(graph, ids))
    },
  },
  presentIds: {
    nodes: 'Equal, Where',
    draw: (graph, call) => {
      const [ids] = single(call)
      const none = graph.node('Equal', [ids, whole(graph, 0)], { type: 'bool', shape: ids.shape })
      const made = graph.node('Where', [none, whole(graph, -1), ids], { type: 'int64', shape: ids.shape })
      graph.padded.set(made, ids)
      return made
    },
  },
}
