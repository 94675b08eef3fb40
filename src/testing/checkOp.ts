/** All laws of one op, run from its signature alone: the three-line test of an op of your own. */
import { callable, checkOptions, integer, listOf, real, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { cpu } from '../kernels/index.ts'
import { BACKEND } from '../tensor/index.ts'
import { checkIsOp } from './anyOp.ts'
import type { AnyOp } from './anyOp.ts'
import type { Law, LawOptions, LawReport } from './law.ts'
import { backendsAgree, writesItsOutput } from './laws/backend.ts'
import { equalsItsMeaning, gradientAgrees, secondGradientAgrees } from './laws/gradient.ts'
import { staysFinite } from './laws/large.ts'
import { refusesMisfits } from './laws/refusal.ts'

/** The laws that an op was put to, and how often each. */
export interface OpReport {
  readonly op: string
  readonly seed: number
  readonly ok: boolean
  /** One report per law; a law that says nothing about the op, such as that of fused ops, has none. */
  readonly laws: readonly LawReport[]
}

/** The laws that every op must pass. */
export const laws: readonly Law[] = [
  gradientAgrees,
  secondGradientAgrees,
  equalsItsMeaning,
  backendsAgree,
  writesItsOutput,
  staysFinite,
  refusesMisfits,
]

type ExamineOptions = Partial<LawOptions> & { readonly laws?: readonly Law[] }

const EXAMINE: Checks<ExamineOptions> = {
  laws: listOf(callable, 1),
  cases: whole(1),
  seed: integer,
  backends: listOf(BACKEND, 1),
  slack: real('(0, ∞)'),
}

/** Runs all laws, or those given, and reports; it throws for no failure, so that all of them are seen. A RangeError is for options. */
export async function examineOp(op: AnyOp, options: ExamineOptions = {}): Promise<OpReport> {
  checkIsOp('checkOp', op)
  checkOptions('checkOp', options, EXAMINE)
  const { laws: chosen = laws, cases = 100, seed = Math.floor(Math.random() * 2 ** 31) } = options
  const { backends = [cpu], slack = 1 } = options
  const reports: LawReport[] = []
  for (const check of chosen)
    if (check !== equalsItsMeaning || op.definition.means)
      reports.push(await check(op, { cases, seed, backends, slack }))
  return { op: op.op, seed, ok: reports.every(({ failure }) => failure === undefined), laws: reports }
}

/**
 * Checks an op against all laws: `test('my op', () => checkOp(myOp))`.
 * @throws Error with the shrunk counterexample of every law that is broken, and RangeError if an option is not what it may
 * be: no case is no check.
 */
export async function checkOp(op: AnyOp, options?: Partial<LawOptions>): Promise<OpReport> {
  const report = await examineOp(op, options)
  if (!report.ok) throw new Error(report.laws.flatMap(({ failure }) => failure ?? []).join('\n'))
  return report
}
