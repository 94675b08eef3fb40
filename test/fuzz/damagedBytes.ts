/**
 * Damages saved models of version 2, which are safetensors: bytes, header, metadata and what is JSON in these. They are
 * judged as those of version 1 are, by what the file says; a file that says nothing has to be refused.
 */
import { restoreModel } from '../../src/models/index.ts'
import type { RestoreOptions, SavableModel } from '../../src/models/index.ts'
import { asVersion1 } from '../models/version1.ts'
import { damagedFile } from '../safetensors/damage.ts'
import { ACCIDENT, checkDamaged, pick, randomOf } from './damage.ts'
import type { Fate } from './damage.ts'
import { attempt, must } from './refusal.ts'
import { SAVED_MODELS, TRANSFORMS } from './savedModels.ts'

/** The damaged file of a seed, always the same. */
export function damagedBytesOf(seed: number): Uint8Array {
  const random = randomOf(seed)
  return damagedFile(SAVED_MODELS[seed % SAVED_MODELS.length].bytes, pick(random, SAVED_MODELS).bytes, random)
}

/** What a file says, as the text of a file of version 1, or nothing where it says nothing. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(asVersion1(bytes))
  } catch {
    return undefined
  }
}

type Restore = (bytes: Uint8Array, options: RestoreOptions) => SavableModel

/** Throws unless the bytes of a file are refused in words, or are of a model that scores and is saved the same again. */
export function checkDamagedBytes(bytes: Uint8Array, restore: Restore = restoreModel): Fate {
  const text = textOf(bytes)
  if (text !== undefined) return checkDamaged(text, (_, options) => restore(bytes, options))
  const { refused } = attempt(() => restore(bytes, { transforms: TRANSFORMS }))
  must(refused !== undefined, () => 'restored of a file that says nothing')
  must(!ACCIDENT.test(refused!) && refused!.length < 1000, () => `refused in bad words: ${refused}`)
  return 'refused'
}
