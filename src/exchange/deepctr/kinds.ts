/** Which of DeepCTR's models a model is. It refuses those that DeepCTR has not, with the reason. */
import { show } from '../../checks/index.ts'
import { ESMM, PLE, SHARED, SharedBottom, WideDeep, nameOf } from '../../models/index.ts'
import type { SavableModel } from '../../models/index.ts'

/** A model under the name of its counterpart in DeepCTR. */
export type Known =
  | { readonly kind: 'PLE' | 'MMOE'; readonly model: PLE }
  | { readonly kind: 'SharedBottom'; readonly model: SharedBottom }
  | { readonly kind: 'ESMM'; readonly model: ESMM }
  | { readonly kind: 'WDL'; readonly model: WideDeep }

/** Throws a RangeError that says which model was expected, which was given, and why it cannot be. */
export function refuse(who: string, expected: string, got: string, because: string): never {
  throw new RangeError(`${who}: expected ${expected} but got ${got}: because ${because}`)
}

/** PLE whose experts are all shared is MMoE. */
function extractionKind(who: string, { levels }: PLE): 'PLE' | 'MMOE' {
  const [{ experts }] = levels
  const counts = Object.entries(experts).flatMap(([group, { length }]) => (group === SHARED ? [] : [length]))
  if (counts.some((count) => count !== counts[0]))
    refuse(who, 'as many experts for each task', counts.join(', '), 'DeepCTR has one number for all of them')
  if (counts[0] > 0) return 'PLE'
  if (levels.length > 1)
    refuse(who, 'an expert of each task', 'none', 'DeepCTR has MMoE of one level only, and PLE with some')
  const shared = experts[SHARED].length
  if (shared < 2) refuse(who, 'at least 2 experts', String(shared), 'DeepCTR has no MMoE with fewer')
  return 'MMOE'
}

/** What a model is called in DeepCTR, whose batch normalisation adds `epsilon` to the variance. */
export function knownAs(who: string, model: SavableModel, epsilon: number): Known {
  const known: Known | undefined =
    model instanceof PLE
      ? { kind: extractionKind(who, model), model }
      : model instanceof SharedBottom
        ? { kind: 'SharedBottom', model }
        : model instanceof ESMM
          ? { kind: 'ESMM', model }
          : model instanceof WideDeep
            ? { kind: 'WDL', model }
            : undefined
  if (!known)
    return refuse(who, 'PLE, SharedBottom, ESMM or WideDeep', show(model), 'these are the models that DeepCTR has, too')
  const other = Object.entries(model.tasks).find(([, type]) => typeof type !== 'string')
  if (other)
    refuse(
      who,
      'binary and regression tasks',
      `${nameOf(other[1])} task '${other[0]}'`,
      'its multi-task models have no other',
    )
  const attentive = model.features.find((feature) => feature.kind === 'varLen' && feature.pooling === 'attention')
  if (attentive)
    refuse(
      who,
      'lists pooled by sum, mean or max',
      `'${attentive.name}' by attention`,
      'its multi-task models have no other',
    )
  const { dnnUseBn = false, batchNormEpsilon = 1e-5 } = model.options
  if (dnnUseBn && batchNormEpsilon !== epsilon)
    refuse(
      who,
      `a model with batchNormEpsilon: ${epsilon}`,
      String(batchNormEpsilon),
      'that is added to variances there',
    )
  return known
}
