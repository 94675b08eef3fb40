/**
 * Weights of DeepCTR 0.9 (Shen et al.), the TensorFlow version, by the names that Keras gives them, in and out. It refuses
 * models that compute otherwise there, and those that cannot be built there.
 */
import { SHARED } from '../../models/index.ts'
import type { ESMM, PLE, SavableModel, SharedBottom } from '../../models/index.ts'
import { checkTensors, readTensors, writeTensors } from './counterparts.ts'
import type { DeepCTRTensors, WrittenTensors } from './counterparts.ts'
import { kerasParts, renumbered } from './kerasNames.ts'
import { knownAs, refuse } from './kinds.ts'
import type { Known } from './kinds.ts'

/** A model that `fromDeepCTR` and `toDeepCTR` take. */
export type DeepCTRModel = PLE | SharedBottom | ESMM

/** What Keras adds to a variance. */
const EPSILON = 1e-3

/** The model as it is known there. Throws a RangeError unless it computes there what it does here. */
function checkKeras(who: string, model: SavableModel): Exclude<Known, { kind: 'WDL' }> {
  const known = knownAs(who, model, EPSILON)
  if (known.kind === 'WDL')
    return refuse(
      who,
      'PLE, SharedBottom or ESMM',
      'WideDeep',
      'its linear part lies otherwise in DeepCTR, in several layers that are numbered',
    )
  if (known.kind === 'PLE' && known.model.levels[0].experts[SHARED].length === 0)
    refuse(
      who,
      'shared experts',
      'none',
      'without any, gates of DeepCTR hear the experts of all tasks in some of its versions',
    )
  return known
}

/** By names as in a session of its own. Throws a RangeError if two come out the same. */
function byFreshNames(who: string, tensors: DeepCTRTensors): DeepCTRTensors {
  const fresh = renumbered(tensors)
  const [given, left] = [Object.keys(tensors).length, Object.keys(fresh).length]
  if (left < given)
    refuse(who, `${given} names`, `${left} that differ`, 'the number behind a colon says nothing, nor does a leading 0')
  return fresh
}

/**
 * Fills a model from the weights of PLE, MMOE, SharedBottom or ESMM of DeepCTR by their names, as in
 * `{w.name: w.numpy() for w in model.weights}`, after which both predict the same. The model has their options, and of each
 * kind of features the order that they are in there; weights say nothing of activations and poolings, which must be the
 * same as well. See docs/deepctr.md.
 * @throws RangeError for a model that DeepCTR has not or that computes otherwise there, with the reason; and listing
 * tensors that are missing, unknown, of another shape or not finite. Nothing is changed then.
 */
export function fromDeepCTR(model: DeepCTRModel, tensors: DeepCTRTensors): void {
  const who = 'fromDeepCTR'
  const known = checkKeras(who, model)
  checkTensors(who, tensors)
  readTensors(who, `DeepCTR's ${known.kind}`, model, byFreshNames(who, tensors), kerasParts(known))
}

/**
 * A model as the weights of its counterpart in DeepCTR, by the names that they have in a session that has made no other
 * model. See docs/deepctr.md.
 * @throws RangeError for a model that DeepCTR has not or that computes otherwise there, with the reason, or whose numbers are
 * not finite in float32.
 */
export function toDeepCTR(model: DeepCTRModel): WrittenTensors {
  const who = 'toDeepCTR'
  return writeTensors(who, model, kerasParts(checkKeras(who, model)))
}
