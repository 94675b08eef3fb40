/** A saved model as the JSON that version 0.1 wrote: for tests of that format, and to look into files. */
import type { SavedModel } from '../../src/models/index.ts'
import { readSafetensors } from '../../src/safetensors/index.ts'

/** Nothing is lost: a file says the same in both. */
export function asVersion1(bytes: Uint8Array): SavedModel {
  const { metadata, tensors } = readSafetensors(bytes)
  return {
    version: 1,
    kind: metadata.kind as SavedModel['kind'],
    options: JSON.parse(metadata.options) as SavedModel['options'],
    features: JSON.parse(metadata.features) as SavedModel['features'],
    parameters: Object.fromEntries(
      Object.entries(tensors).map(([path, { values }]) => [path, [...(values as Float32Array)]]),
    ),
  }
}
