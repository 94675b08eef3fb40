/** The ladders of all kernels, steps and inference beside peers, as lines, as JSON and as a page with a roofline. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { duration } from './bar/show.ts'
import { matmulCase } from './kernels/matmul.ts'
import { FORMS } from './kernels/product.ts'
import { verbCase } from './kernels/verbLadder.ts'
import { VERBS } from './kernels/verbs.ts'
import { isTimed } from './measure/case.ts'
import type { Case, Outcome } from './measure/case.ts'
import { ceilings, widthOfHost } from './measure/ceiling.ts'
import { machine, warning } from './measure/machine.ts'
import { measure } from './measure/measure.ts'
import type { Budget } from './measure/measure.ts'
import { scatter } from './measure/statistics.ts'
import { LADDER, closeThreads } from './ours.ts'
import { closePython } from './peers/python.ts'
import { page } from './report/page.ts'
import { inferenceCase } from './step/inference.ts'
import { mlpCase } from './step/mlp.ts'
import { trainingCase } from './step/training.ts'
import { LARGE, SMALL } from './step/workload.ts'

const SHORT: Budget = { rounds: 4, seconds: 0.05 }
const LONG: Budget = { rounds: 4, seconds: 0.1 }

const PRODUCTS = [32, 64, 128, 256, 512].map((side) => ({ m: side, k: side, n: side }))
const ODD = { m: 127, k: 63, n: 61 }
/** The rows of a step at which everyone runs who can, and at which only PyTorch does beside us. */
const [EVERYONE, FAST] = [[32], [2, 256, 1024, 4096]]

const cases: readonly (readonly [() => Case, Budget])[] = [
  ...FORMS.flatMap((form) => [...PRODUCTS, ODD].map((extents) => [() => matmulCase(form, extents), SHORT] as const)),
  ...VERBS.map((verb) => [() => verbCase(verb), SHORT] as const),
  [mlpCase, LONG],
  ...EVERYONE.map((rows) => [() => trainingCase(LARGE, rows, { wasms: LADDER, everyone: true }), LONG] as const),
  ...FAST.map((rows) => [() => trainingCase(LARGE, rows, { wasms: LADDER, everyone: false }), LONG] as const),
  ...[1, 256].map((rows) => [() => inferenceCase('large', LARGE, rows, true), LONG] as const),
  [() => inferenceCase('small', SMALL, 1, true), LONG],
]

function print({ group, size, flops, results }: Outcome): void {
  console.log(`\n${group}, ${size}`)
  const timed = results.filter(isTimed).sort((a, b) => b.warm.median - a.warm.median)
  for (const { name, warm, cold } of timed) {
    const speed = flops === undefined ? '' : `${(flops / warm.median / 1e6).toFixed(2)} GFLOP/s`
    const spread = `± ${(scatter(warm) * 100).toFixed(0)} %`
    console.log(
      `  ${name.padEnd(18)}${duration(warm.median).padStart(10)} ${spread.padStart(7)}${speed.padStart(16)}   cold ${duration(cold)}`,
    )
  }
  for (const result of results)
    if (!isTimed(result))
      console.log(
        `  ${result.name.padEnd(18)} ${'missing' in result ? result.missing : `WRONG: ${result.wrong}`}`.slice(0, 80),
      )
}

/** Whether none of ours computed wrong numbers. */
export async function climbKernels(folder: string): Promise<boolean> {
  const ran = machine()
  const warned = warning(ran)
  if (warned !== undefined) console.log(`${warned}\n`)
  const width = widthOfHost()
  const roof = ceilings()
  console.log(`${ran.cpu}, ${ran.cores} cores · Node ${ran.node}, ${width} · relaxed SIMD ${ran.relaxedSimd}`)
  console.log(
    `ceilings: ${roof.plain.toFixed(1)} GFLOP/s plain, ${roof.relaxed.toFixed(1)} relaxed, ${roof.memory.toFixed(1)} GB/s`,
  )
  const outcomes: Outcome[] = []
  try {
    for (const [make, budget] of cases) {
      const outcome = await measure(make(), budget)
      outcomes.push(outcome)
      print(outcome)
    }
  } finally {
    await closePython()
    closeThreads()
  }
  const run = { machine: ran, width, ceilings: roof, outcomes }
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/results.json`, `${JSON.stringify(run, null, 1)}\n`)
  writeFileSync(`${folder}/report.html`, page(run))
  console.log(`\n${folder}/results.json and ${folder}/report.html hold the rest`)
  return !outcomes.some(({ results }) => results.some((result) => result.side === 'ours' && 'wrong' in result))
}
