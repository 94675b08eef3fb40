/**
 * A model as a Python package that trains it by PyTorch: code that is the same for all, beside the model's declaration and
 * its numbers. It refuses what the package would not compute as plegrad does, before there is a file.
 */
import { FORMAT, described, savedParts } from '../../models/index.ts'
import type { SavableModel } from '../../models/index.ts'
import { joined } from '../../safetensors/index.ts'
import { PYTHON } from './python.generated.ts'

const WHO = 'toPyTorch'

/** Throws a RangeError for a transform, which is a function of JavaScript. */
function checkFeatures({ features }: SavableModel): void {
  for (const feature of features)
    if (feature.kind === 'dense' && feature.transform)
      throw new RangeError(
        `${WHO}: expected no transform of '${feature.name}' but got one: because Python does not run functions of JavaScript; a scaling does what fitScaling finds`,
      )
}

/**
 * A Python package by path: the text of each file, and in `weights.safetensors` the bytes. Write them into an empty folder.
 *
 * It has the model with plegrad's names, paths of parameters, features, losses and optimizers, steps that several processes
 * take together, and tests of its own. `weights.safetensors` is what `saveModel` returns; the file that its `save_model`
 * writes is one that `restoreModel` takes.
 * @throws RangeError for a model, an activation or a kind of task of one's own, and for a feature with a transform; what
 * `saveModel` throws.
 */
export function toPyTorch(model: SavableModel): Record<string, string | Uint8Array> {
  checkFeatures(model)
  const weights = joined(WHO, savedParts(WHO, model))
  const declaration = { ...FORMAT, ...described(WHO, model) }
  return { ...PYTHON, 'model.json': `${JSON.stringify(declaration, null, 2)}\n`, 'weights.safetensors': weights }
}
