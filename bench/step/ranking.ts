/** A thousand candidates for one user, ranked at once and scored one by one: rows as an application has them, to scores. */
import { compilePredictor, cpu64, parameters } from '../../src/index.ts'
import type { Predictor, Row } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Case, Contestant, Entrant, Missing } from '../measure/case.ts'
import { nameOfWasm, wasmOf } from '../ours.ts'
import type { WasmOptions } from '../ours.ts'
import { flopsOf } from './told.ts'
import { FEATURES, TASKS, drawRows, model } from './workload.ts'
import type { Size } from './workload.ts'

const CANDIDATES = 1000
/** What a predictor takes at once where it ranks: weights are read once for all of them. */
const ROWS = 64
const USERS = FEATURES.slice(0, FEATURES.length / 2)

/** Who scores whole rows one by one, by a predictor of one row. */
export const ONE_BY_ONE = 'score'

interface Given {
  readonly user: Row
  readonly candidates: readonly Row[]
  readonly whole: readonly Row[]
}

/** Half of the features are the user's, who is the first row's. */
function givenOf({ vocabulary }: Size): Given {
  const { ids } = drawRows(CANDIDATES, vocabulary, 0)
  const user = Object.fromEntries(USERS.map((name, at) => [name, ids[at]]))
  const candidates = Array.from({ length: CANDIDATES }, (_, row): Row => {
    const own = FEATURES.map((name, at) => [name, ids[row * FEATURES.length + at]] as const)
    return Object.fromEntries(own.slice(USERS.length))
  })
  return { user, candidates, whole: candidates.map((candidate) => ({ ...user, ...candidate })) }
}

/** Scores of all candidates in their order, (candidates tasks). */
const oneByOne = (predictor: Predictor, { whole }: Given): number[] =>
  whole.flatMap((row) => {
    const scores = predictor.score(row)
    return TASKS.map((task) => scores[task])
  })

/** The same numbers of the model as float64 adds them up. */
function reference(size: Size, given: Given): number[] {
  const exact = model(size, cpu64)
  const numbers = parameters(model(size))
  for (const [path, parameter] of Object.entries(parameters(exact))) parameter.assign(numbers[path].values)
  return oneByOne(compilePredictor(exact), given)
}

async function scoring(size: Size, given: Given, options: WasmOptions): Promise<Contestant | Missing> {
  const backend = await wasmOf(options)
  if (isMissing(backend)) return backend
  const predictor = compilePredictor(model(size), { backend })
  return {
    ran: `${backend.name}, one row`,
    run: () => {
      for (const row of given.whole) predictor.score(row)
    },
    prove: () => oneByOne(predictor, given),
    close: () => {
      predictor.release()
    },
  }
}

async function ranking(size: Size, given: Given, options: WasmOptions): Promise<Contestant | Missing> {
  const backend = await wasmOf(options)
  if (isMissing(backend)) return backend
  const predictor = compilePredictor(model(size), { backend, rows: ROWS })
  const { user, candidates } = given
  const rank = (top: number) => predictor.rank(user, candidates, { by: { click: 1, buy: 1 }, top })
  return {
    ran: `${backend.name}, ${ROWS} rows`,
    run: () => rank(10),
    prove: () => {
      const ranked = [...rank(CANDIDATES)].sort((a, b) => a.index - b.index)
      return ranked.flatMap(({ scores }) => TASKS.map((task) => scores[task]))
    },
    close: () => {
      predictor.release()
    },
  }
}

/** By one thread for `score`, which two do not help, and by each of these for `rank`. */
export function rankingCase(size: Size, wasms: readonly WasmOptions[]): Case {
  const given = givenOf(size)
  return {
    group: 'PLE ranking',
    size: `${CANDIDATES} candidates`,
    scale: CANDIDATES,
    flops: flopsOf(size, CANDIDATES),
    exact: () => reference(size, given),
    tolerance: 2e-6,
    entrants: [
      { name: ONE_BY_ONE, side: 'yardstick', enter: () => scoring(size, given, wasms[0]) },
      ...wasms.map((options): Entrant => ({
        name: nameOfWasm(options),
        side: 'ours',
        enter: () => ranking(size, given, options),
      })),
    ],
  }
}
