/**
 * Weights of DeepCTR-Torch 0.2.9 (Shen and Zan), in and out. It refuses models that compute otherwise there, and those that
 * cannot be built there.
 */
import { SHARED } from '../../models/index.ts'
import type { ESMM, PLE, SavableModel, SharedBottom, WideDeep } from '../../models/index.ts'
import { checkTensors, readTensors, writeTensors } from './counterparts.ts'
import type { DeepCTRTensors, WrittenTensors } from './counterparts.ts'
import { knownAs, refuse } from './kinds.ts'
import type { Known } from './kinds.ts'
import { torchParts } from './torchNames.ts'

/** A model that `fromDeepCTRTorch` and `toDeepCTRTorch` take. */
export type DeepCTRTorchModel = PLE | SharedBottom | ESMM | WideDeep

/** What PyTorch adds to a variance. */
const EPSILON = 1e-5

/** Throws a RangeError unless the numbers of experts, layers and tasks are such as can be built there. */
function checkSizes(who: string, { kind, model }: Known): void {
  if (kind === 'PLE') {
    const [{ experts }] = model.levels
    const [own, shared] = [experts[Object.keys(model.tasks)[0]].length, experts[SHARED].length]
    if (shared > own)
      refuse(
        who,
        'no more shared experts than a task has of its own',
        `${shared} and ${own}`,
        'DeepCTR-Torch builds as many shared experts as a task has, and fails where it looks for more',
      )
  }
  if (kind === 'ESMM' && model.click.layers.length === 0)
    refuse(who, 'networks with layers', 'ESMM with none', 'DeepCTR-Torch builds its last layers on those before')
  if (kind === 'WDL') {
    const [tower, ...others] = Object.values(model.deep.towers)
    if (others.length > 0) refuse(who, 'one task', `WideDeep with ${others.length + 1}`, 'WDL of DeepCTR-Torch has one')
    if (tower.layers.length > 0 || model.deep.layers.length === 0)
      refuse(
        who,
        'layers in bottomDnnHiddenUnits alone',
        'others',
        'WDL of DeepCTR-Torch has one network, and no towers',
      )
  }
}

/** The model as it is known there. Throws a RangeError unless it computes there what it does here. */
function checkTorch(who: string, model: SavableModel): Known {
  const known = knownAs(who, model, EPSILON)
  checkSizes(who, known)
  const { dnnActivation } = model.options
  if (dnnActivation === 'dice' || dnnActivation === 'Dice')
    refuse(who, 'another activation', dnnActivation, 'DeepCTR-Torch builds it for batches of three axes, and it fails')
  for (const feature of model.features) {
    if (feature.kind === 'varLen' && feature.weights !== undefined)
      refuse(who, 'no weights', `'${feature.weights}' of '${feature.name}'`, 'DeepCTR-Torch pools without any')
    if (feature.kind !== 'dense' && feature.table.includes('.'))
      refuse(who, 'tables without dots in their names', `'${feature.table}'`, 'PyTorch has no modules of such names')
  }
  return known
}

/** Of a layout before 0.2.9: there the level is followed by the expert, or by the gate. */
const EARLY = /^(shared_experts\.\d+\.\d+|specific_gate_dnn\.\d+\.\d+)\.linears\./
const LINEAR = 'linear_model.'

/** Throws a RangeError for the tensors of an early PLE. */
function checkLayout(who: string, tensors: DeepCTRTensors): void {
  const early = Object.keys(tensors).find((name) => EARLY.test(name))
  if (early !== undefined)
    refuse(
      who,
      'PLE as in DeepCTR-Torch 0.2.9',
      early,
      'an early layout has its experts and gates elsewhere, and shared gates of the wrong width from level 1 on',
    )
}

/** Without the linear part of models that have none, if it is all zeros. Throws a RangeError if it is not. */
function withoutLinear(who: string, kind: Known['kind'], tensors: DeepCTRTensors): DeepCTRTensors {
  if (kind === 'WDL') return tensors
  const entries = Object.entries(tensors)
  const linear = entries.find(
    ([name, tensor]) => name.startsWith(LINEAR) && Array.from(tensor.values).some((value) => value !== 0),
  )
  if (linear)
    refuse(who, 'no linear part', linear[0], `${kind} has none here, and without it predictions would be others`)
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith(LINEAR)))
}

/**
 * Fills a model from the `state_dict` of PLE, MMOE, SharedBottom, ESMM or WDL of DeepCTR-Torch 0.2.9, after which both
 * predict the same. The model has their options, and of each kind of features the order that they are in there; a
 * `state_dict` says nothing of activations and poolings, which must be the same as well. See docs/deepctr.md.
 * @throws RangeError for a model that DeepCTR-Torch has not or that computes otherwise there, with the reason; and listing
 * tensors that are missing, unknown, of another shape or not finite. Nothing is changed then.
 */
export function fromDeepCTRTorch(model: DeepCTRTorchModel, tensors: DeepCTRTensors): void {
  const who = 'fromDeepCTRTorch'
  const known = checkTorch(who, model)
  checkTensors(who, tensors)
  checkLayout(who, tensors)
  readTensors(who, `DeepCTR-Torch's ${known.kind}`, model, withoutLinear(who, known.kind, tensors), torchParts(known))
}

/**
 * A model as the `state_dict` of its counterpart in DeepCTR-Torch 0.2.9, for `load_state_dict` of one that is built with
 * the same options. What no prediction depends on, such as the count of batches, is 0. See docs/deepctr.md.
 * @throws RangeError for a model that DeepCTR-Torch has not, that computes otherwise there, or in which numbers differ that
 * are one there, slopes of PReLU and the biases of ESMM, or are not finite in float32.
 */
export function toDeepCTRTorch(model: DeepCTRTorchModel): WrittenTensors {
  const who = 'toDeepCTRTorch'
  return writeTensors(who, model, torchParts(checkTorch(who, model)))
}
