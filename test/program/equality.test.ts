/** Compiled equals eager: bit by bit where the calls are the same, within rounding where a backend fuses them. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu, cpu64, kernelsOf } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { showListing } from '../../src/program/names.ts'
import { seedOfRun } from '../laws/everyOp.ts'
import { difference } from './compare.ts'
import { fusedCpu64 } from './fusedCpu.ts'
import { exampleOf, graphs, trainingStep } from './graphs.ts'
import type { Graph } from './graphs.ts'

const STEPS = 3

/** Trains by both ways and throws, with the program, where they differ by more than `tolerance`; 0 is bit by bit. */
function compare(graph: Graph, eager: Backend, compiled: Backend, tolerance: number): void {
  const [one, other] = [trainingStep(graph, eager), trainingStep(graph, eager)]
  one.prepare(exampleOf(graph, 0, eager))
  other.prepare(exampleOf(graph, 0, eager))
  const run = compile(other.step, { backend: compiled })
  for (let seed = 0; seed < STEPS; seed++) {
    const example = exampleOf(graph, seed, eager)
    const [expected, actual] = [one.step(example), run(example)]
    const pairs = [
      ...Object.entries(expected).map(([name, { values }]) => [name, values, actual[name].values] as const),
      ...[...one.parameters].map(([name, { values }]) => [name, values, other.parameters.get(name)!.values] as const),
    ]
    const wrong = pairs.find(([, wanted, got]) => !(difference(wanted, got) <= tolerance))
    if (wrong) {
      const [recorded, ...stages] = run.program(example).stages.map(({ listing }) => showListing(listing))
      throw new Error(
        `step ${seed}: expected ${wrong[0]} = [${wrong[1].join(' ')}] but got [${wrong[2].join(' ')}] of\n` +
          `${recorded}\nwhich has become\n${stages[stages.length - 1]}`,
      )
    }
  }
  run.release()
}

describe('random training steps', () => {
  it.each<readonly [string, Backend, Backend, number, number]>([
    ['on cpu, bit by bit', cpu, cpu, 0, 300],
    ['on cpu64, bit by bit', cpu64, cpu64, 0, 150],
    ['with every fused verb, within rounding', cpu64, fusedCpu64, 1e-6, 300],
  ])('are the same %s', (_, eager, compiled, tolerance, numRuns) => {
    fc.assert(
      fc.property(graphs(), (graph) => {
        compare(graph, eager, compiled, tolerance)
      }),
      { numRuns, seed: seedOfRun() },
    )
  })

  it('that differ are found, and shrunk to what makes the difference', () => {
    const wrong: Backend = {
      ...cpu,
      kernels: { tanh: (x, out, n) => kernelsOf(cpu).sin(x as never, out as never, n) },
    }
    const { failed, counterexample } = fc.check(
      fc.property(graphs(['relu', 'neg', 'tanh'], ['sgd']), (graph) => {
        compare(graph, cpu, wrong, 0)
      }),
      { seed: 1 },
    )
    expect(failed).toBe(true)
    expect(counterexample?.[0].nodes).toHaveLength(1)
  })
})
