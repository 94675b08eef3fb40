/** The CPU lines of the bar: which cases are measured and what is asked of each. */
import { productOnBackend } from '../kernels/onBackend.ts'
import { bytesOf, exactSample, flopsOf, nameOf, product, scaleOf } from '../kernels/product.ts'
import type { Extents, Form } from '../kernels/product.ts'
import { byJax, byNumpy, byTfjs } from '../kernels/productPeers.ts'
import { chainsOf } from '../measure/ceiling.ts'
import type { Width } from '../measure/ceiling.ts'
import type { Case, Entrant } from '../measure/case.ts'
import { BEST, nameOfWasm, wasmOf } from '../ours.ts'
import type { WasmOptions } from '../ours.ts'
import { inferenceCase, roundedCase } from '../step/inference.ts'
import { mlpCase } from '../step/mlp.ts'
import { compiledStep } from '../step/ours.ts'
import { ONE_BY_ONE, rankingCase } from '../step/ranking.ts'
import { EAGER_NAMES, TORCH_NAMES } from '../step/plePython.ts'
import { tell } from '../step/told.ts'
import { trainingCase } from '../step/training.ts'
import { LARGE, SMALL } from '../step/workload.ts'
import type { Size } from '../step/workload.ts'
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
function productCase(extents: Extents, width: Width): Case {
  const problem = product('A·B', extents)
  const flops = flopsOf(extents)
  const { flopsPerTurn, run } = chainsOf(BEST.variant === 'relaxed', width)
  const turns = Math.max(1, Math.round(flops / flopsPerTurn))
  const ceiling: Entrant = {
    name: CEILING,
    side: 'yardstick',
    enter: () => ({ ran: `multiply-adds alone, ${width}`, run: () => run(turns), prove: () => [] }),
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
        enter: async () => productOnBackend(product(form, extents), await wasmOf(BEST)),
      })),
    ],
  }
}

/** So many times as fast as the best peer, which has 128 bits. */
const PRODUCT_TIMES: Readonly<Record<Width, number>> = { narrow: 1.3, wide: 1.8 }

const productHeat = (extents: Extents, width: Width): Heat => {
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
    heat: () => productCase(extents, width),
    speeds: true,
    asked: [
      { what: `${PLAIN} ${size}`, ours: [PLAIN], goal: { kind: 'faster', times: PRODUCT_TIMES[width] } },
      ...(size === '512³' ? [atCeiling] : []),
      form(RIGHT),
      form(LEFT),
    ],
  }
}

/** Others have two threads where they help, so may we. */
const WASMS: readonly WasmOptions[] = [BEST, { ...BEST, threads: 2 }]

/** By how much a step is to be quicker than everyone else's, and than PyTorch's: however it runs, and eager alone. */
const STEPS: readonly (readonly [rows: number, everyone: number, torch: number])[] = [
  [2, 4, 16],
  [32, 2, 5],
  [256, 1.3, 2],
  [1024, 1.2, 2],
  [4096, 1.2, 1.5],
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

const ROWS: readonly (readonly [what: string, name: string, size: Size, milliseconds: number])[] = [
  ['one row', 'large', LARGE, 0.02],
  ['one row, small', 'small', SMALL, 0.003],
]

const ROUNDED = [
  ['bfloat16', 0.012],
  ['int8', 0.008],
] as const

export const heatsOf = (width: Width): readonly Heat[] => [
  ...SIZES.map((extents) => productHeat(extents, width)),
  { heat: mlpCase, asked: [{ what: 'MLP step, batch 256', goal: { kind: 'within', milliseconds: 0.2 } }] },
  ...STEPS.map(([rows, everyone, torch]): Heat => ({
    heat: () => trainingCase(LARGE, rows, { wasms: WASMS, everyone: false }),
    asked: [
      { what: `PLE step, b ${rows}`, goal: { kind: 'faster', times: everyone } },
      { what: `PLE b ${rows}, PyTorch`, beside: TORCH_NAMES, goal: { kind: 'faster', times: torch } },
      { what: `PLE b ${rows}, eager`, beside: EAGER_NAMES, goal: { kind: 'faster', times: torch } },
    ],
  })),
  {
    heat: () => trainingCase({ ...LARGE, vocabulary: 1e5 }, 256, { wasms: WASMS, everyone: false }),
    asked: [
      { what: 'PLE vocabulary 1e5', beside: TORCH_NAMES, goal: { kind: 'faster', times: 10 } },
      { what: 'PLE at 1e5, eager', beside: EAGER_NAMES, goal: { kind: 'faster', times: 10 } },
    ],
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
  ...ROWS.map(([what, name, size, milliseconds]): Heat => ({
    heat: () => inferenceCase(name, size, 1, false),
    asked: [{ what, goal: { kind: 'within', milliseconds } }],
  })),
  ...ROUNDED.map(([weights, milliseconds]): Heat => ({
    heat: () => roundedCase('large', LARGE, weights),
    asked: [{ what: `one row, ${weights}`, goal: { kind: 'within', milliseconds } }],
  })),
  {
    heat: () => rankingCase(LARGE, WASMS),
    asked: [
      {
        what: 'rank 1000, 1 thread',
        ours: [nameOfWasm(BEST)],
        goal: { kind: 'share', of: ONE_BY_ONE, share: 5 },
      },
      { what: 'rank 1000', goal: { kind: 'share', of: ONE_BY_ONE, share: 5 } },
    ],
  },
]
