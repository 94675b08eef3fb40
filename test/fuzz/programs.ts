/**
 * Random training steps, compiled on every backend there is, against the same steps op by op in float64. Where float32
 * cannot tell the numbers, for they lie at a kink or cancel, moving the start by less than float32 sees tells how far off
 * is honest.
 */
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Program } from '../../src/program/index.ts'
import { difference, prepared, trace } from '../program/compare.ts'
import type { Trace } from '../program/compare.ts'
import { EVERYWHERE } from '../program/everyBackend.ts'
import type { Anywhere } from '../program/everyBackend.ts'
import { graphs } from '../program/graphs.ts'
import type { Graph } from '../program/graphs.ts'
import { lockstep } from '../program/lockstep.ts'
import { target } from './target.ts'
import type { Target } from './target.ts'

const STEPS = 3
/** What float32 may be off by where nothing cancels. */
const TOLERANCE = 1e-4
/** How much further off than a moved start a backend may be: its sums take another order. */
const SLACK = 64
/** Starts that are moved. */
const MOVED = [1, 2, 3]
/** Beyond this float32 tells nothing. */
const UNTOLD = 1e-2

/** How far off each number of the reference may be. */
async function allowances(graph: Graph, reference: Trace): Promise<ReadonlyMap<string, number>> {
  const ways = [[cpu, 0] as const, ...MOVED.map((seed) => [cpu64, seed] as const)]
  const traces = await Promise.all(
    ways.map(([backend, seed]) => {
      const made = prepared(graph, backend, STEPS, seed)
      return trace(made, made.step)
    }),
  )
  return new Map(
    [...reference].map(([name, values]) => [
      name,
      TOLERANCE + SLACK * Math.max(...traces.map((other) => difference(values, other.get(name)!))),
    ]),
  )
}

/** Call by call, on the same numbers as the plain loops: that is told whatever cancels. Devices keep theirs to themselves. */
async function checkCalls(graph: Graph, { on }: Anywhere, place: string): Promise<void> {
  const { step, examples } = prepared(graph, cpu, 1)
  const run = on(step)
  if ('program' in run) {
    const wrong = lockstep((run.program as (input: unknown) => Program)(examples[0]), TOLERANCE)
    if (wrong.length > 0) throw new Error(`${place}: ${wrong.join('\n')}`)
  }
  await run.release()
}

/** That a graph's steps, compiled, are what they are op by op in float64. Tells whether float32 could tell. */
export async function checkProgram(graph: Graph, places: ReadonlyMap<string, Anywhere>): Promise<boolean> {
  const plain = prepared(graph, cpu64, STEPS)
  const reference = await trace(plain, plain.step)
  const allowed = await allowances(graph, reference)
  const told = [...allowed.values()].every((allowance) => allowance <= UNTOLD)
  for (const [place, anywhere] of places) {
    const own = prepared(graph, cpu, STEPS)
    const run = anywhere.on(own.step)
    const found = await trace(own, run, () => run.release())
    for (const [name, values] of found) {
      const off = difference(reference.get(name)!, values)
      if (!(off <= allowed.get(name)!))
        throw new Error(
          `${place}: expected ${name} = [${Array.from(reference.get(name)!).join(' ')}] but got ` +
            `[${Array.from(values).join(' ')}]: because it is ${off} off and ${allowed.get(name)} is honest`,
        )
    }
    if (!told) await checkCalls(graph, anywhere, place)
  }
  return told
}

/** Opens every backend; close it. */
export async function programs(): Promise<Target> {
  const places = new Map<string, Anywhere>()
  for (const [name, open] of Object.entries(EVERYWHERE)) places.set(name, await open())
  let [told, untold] = [0, 0]
  return target({
    name: 'programs',
    holds: 'compiled on every backend = op by op in float64',
    cases: 5,
    drawn: graphs(),
    async check(graph) {
      if (await checkProgram(graph, places)) told++
      else untold++
    },
    notes: () => [
      `backends: ${[...places.keys()].join('; ')}`,
      `${told} graphs that float32 tells, ${untold} at a kink or ill-conditioned: these call by call`,
    ],
    close: () => Promise.all([...places.values()].map(({ close }) => close())),
  })
}
