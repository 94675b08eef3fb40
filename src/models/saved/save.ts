/**
 * A model as one file: safetensors whose metadata say what it is, so that whoever reads safetensors has its numbers. It
 * refuses numbers that nobody learned and functions, which no file holds.
 */
import { joined, partsOf } from '../../safetensors/index.ts'
import { checkState, checkWhole, parameters } from '../parameters.ts'
import { described } from './kinds.ts'
import type { SavableModel } from './kinds.ts'

/** Of this format; version 1 was JSON. */
export const FORMAT = { format: 'plegrad', version: '2' } as const

/**
 * No number that anybody learned is beyond: its square, which penalties and optimizers take, would be infinite in
 * float32, and so, before long, is what it is multiplied with. A variance, which is a square, may be.
 */
export const MOST = 2 ** 64

/**
 * The bytes that `saveModel` returns, as parts to be written one after the other. Those of the numbers are the model's own
 * memory, not copied: write them before it learns on. Throws as `saveModel` does.
 */
export const savedModelParts = (model: SavableModel): readonly Uint8Array[] => savedParts('savedModelParts', model)

/** The same in the words of whoever writes. */
export function savedParts(who: string, model: SavableModel): readonly Uint8Array[] {
  const { kind, options, features } = described(who, model)
  checkWhole(who, model)
  const tensors = parameters(model)
  checkState(who, model, Object.fromEntries(Object.entries(tensors).map(([path, { values }]) => [path, values])), MOST)
  return partsOf(who, tensors, {
    ...FORMAT,
    kind,
    options: JSON.stringify(options),
    features: JSON.stringify(features),
  })
}

/**
 * All of a model as a safetensors file: its numbers by path, of 4 bytes each (8 in float64), and in the metadata its kind,
 * options, features and vocabularies. Any reader of safetensors has the numbers; `restoreModel` has the model.
 * @throws RangeError for a model of one's own, which `saveState` is for; for an option that is a function; for a number
 * that is not finite.
 * @throws Error where its numbers are on a device, and in the middle of a step of training.
 */
export const saveModel = (model: SavableModel): Uint8Array => joined('saveModel', savedParts('saveModel', model))
