/** The CPU lines of the bar: which cases are measured and what is asked of each. */
import { onBackend } from '../kernels/matmul.ts'
import { bytesOf, exactSample, flopsOf, nameOf, product, scaleOf } from '../kernels/product.ts'
import type { Extents, Form } from '../kernels/product.ts'
import { byJax, byNumpy, byTfjs } from '../kernels/productPeers.ts'
import { FLOPS_PER_TURN, chainsOf } from '../measure/ceiling.ts'
import type { Case, Entrant } from '../measure/case.ts'
import { BEST, wasmOf } from '../ours.ts'
import type { WasmOptions } from '../ours.ts'
import { inferenceCase } from '../step/inference.ts'
import { mlpCase } from '../step/mlp.ts'
import { compiledStep } from '../step/ours.ts'
import { tell, trainingCase } from '../step/training.ts'
import { LARGE, SMALL } from '../step/workload.ts'
import type { Asked } from './judge.ts'

export interface Heat {
  readonly heat: () => Case
  readonly asked: readonly Asked[]
  /** Show speeds in GFLOP/s, not durations. */
  readonly speeds?: boolean
}

const cube = (side: number): Extents => ({ m: side, k: side, n: side })

const SIZES: readonly Extents[] = [
  ...[32, 33, 64, 128, 255, 256, 512, 1024].map(cube),
  { m: 127, k: 63, n: 61 },
  { m: 1000, k: 500, n: 300 },
  { m: 256, k: 128, n: 256 },
]

const CEILING = 'ceiling'
const [PLAIN, RIGHT, LEFT]: readonly Form[] = ['A·B', 'A·Bᵀ', 'Aᵀ·B']

/** A product by the peers and by us in all three forms, and the machine's own multiply-adds, as many of them. */
function productCase(extents: Extents): Case {
  const problem = product('A·B', extents)
  const flops = flopsOf(extents)
  const turns = Math.max(1, Math.round(flops / FLOPS_PER_TURN))
  const sum = chainsOf(BEST.variant === 'relaxed')
  const ceiling: Entrant = {
    name: CEILING,
    side: 'yardstick',
    enter: () => ({ ran: 'multiply-adds alone', run: () => sum(turns), prove: () => [] }),
    exact: () => [],
  }
  return {
    group: 'matmul',
    size: nameOf(extents),
    scale: scaleOf(extents),
    flops,
    bytes: bytesOf(extents),
    exact: () => exactSample(problem),
    tolerance: 2e-6,
    entrants: [
      { name: 'tfjs-wasm', side: 'peer', enter: () => byTfjs(problem, 'wasm') },
      { name: 'jax-js', side: 'peer', enter: () => byJax(problem) },
      { name: 'numpy-ts', side: 'peer', enter: () => byNumpy(problem) },
      ceiling,
      ...[PLAIN, RIGHT, LEFT].map((form): Entrant => ({
        name: form,
        side: 'ours',
        enter: async () => onBackend(product(form, extents), await wasmOf(BEST)),
      })),
    ],
  }
}

const productHeat = (extents: Extents): Heat => {
  const size = nameOf(extents)
  const form = (name: Form): Asked => ({
    what: `${name} ${size}`,
    ours: [name],
    goal: { kind: 'share', of: PLAIN, share: 0.9 },
  })
  const atCeiling: Asked = {
    what: `${PLAIN} ${size}`,
    ours: [PLAIN],
    goal: { kind: 'share', of: CEILING, share: 0.85 },
  }
  return {
    heat: () => productCase(extents),
    speeds: true,
    asked: [
      { what: `${PLAIN} ${size}`, ours: [PLAIN], goal: { kind: 'faster', times: 1.3 } },
      ...(size === '512³' ? [atCeiling] : []),
      form(RIGHT),
      form(LEFT),
    ],
  }
}

/** PyTorch has two threads where they help it, so may we. */
const WASMS: readonly WasmOptions[] = [BEST, { ...BEST, threads: 2 }]

const STEPS: readonly (readonly [rows: number, times: number])[] = [
  [2, 20],
  [32, 3],
  [256, 1.3],
  [1024, 1],
  [4096, 0.7],
]

const [SMALLEST, LARGEST] = [1e3, 1e6]
const named = (vocabulary: number): string => `rows 1e${Math.log10(vocabulary)}`

/** The same step for vocabularies of a thousand and of a million, by us alone. */
function growthCase(): Case {
  const entrants = [SMALLEST, LARGEST].map((vocabulary): Entrant => {
    const { told, reference } = tell({ ...LARGE, vocabulary }, 256, 4)
    // Three tables of 16 features in 8 dimensions, of a million rows each: the parameters and Adam's two moments.
    const options = vocabulary === LARGEST ? { ...BEST, bytes: 2 ** 31 + 2 ** 29 } : BEST
    return {
      name: named(vocabulary),
      side: 'ours',
      enter: async () => compiledStep(told, await wasmOf(options)),
      exact: () => reference().losses,
    }
  })
  return { group: 'PLE training step', size: 'growth', scale: LARGEST, exact: () => [], tolerance: 2e-5, entrants }
}

export const heats: readonly Heat[] = [
  ...SIZES.map(productHeat),
  { heat: mlpCase, asked: [{ what: 'MLP step, batch 256', goal: { kind: 'within', milliseconds: 0.2 } }] },
  ...STEPS.map(([rows, times]): Heat => ({
    heat: () => trainingCase(LARGE, rows, { wasms: WASMS, everyone: false }),
    asked: [{ what: `PLE step, b ${rows}`, goal: { kind: 'faster', times } }],
  })),
  {
    heat: () => trainingCase({ ...LARGE, vocabulary: 1e5 }, 256, { wasms: WASMS, everyone: false }),
    asked: [{ what: 'PLE vocabulary 1e5', goal: { kind: 'faster', times: 8 } }],
  },
  {
    heat: growthCase,
    asked: [
      {
        what: 'PLE vocabulary 1e6',
        ours: [named(LARGEST)],
        goal: { kind: 'share', of: named(SMALLEST), share: 0.8 },
      },
    ],
  },
  {
    heat: () => inferenceCase('large', LARGE, 1, false),
    asked: [{ what: 'one row', goal: { kind: 'within', milliseconds: 0.02 } }],
  },
  {
    heat: () => inferenceCase('small', SMALL, 1, false),
    asked: [{ what: 'one row, small', goal: { kind: 'within', milliseconds: 0.006 } }],
  },
]
