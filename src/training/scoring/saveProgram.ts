/**
 * A compiled predictor as bytes, for `plegrad/serve` to run where no model is: its calls, its numbers, and how cells are
 * encoded. It refuses what would not score elsewhere, and holds no function: transforms are given again on loading.
 */
import { featuresToJSON } from '../../data/index.ts'
import { checkWhole } from '../../models/index.ts'
import { writtenDown } from '../../program/index.ts'
import { FORWARD } from '../../kernels/index.ts'
import { fileOf } from '../../serve/index.ts'
import { byTask } from '../byTask.ts'
import { modelOf } from './modelOf.ts'
import type { Predictor } from './predictor.ts'

/**
 * What `loadProgram` of plegrad/serve reads. It is as the model is now: what is learned later is not in it. Whichever
 * backend the predictor runs on, the file is the same, and is served on any.
 * @throws RangeError for what is no predictor, for a model in float64, and for one that calls what no forward pass does;
 * Error where the predictor was released, and in the middle of a step of the model's training.
 */
export function saveProgram(predictor: Predictor): Uint8Array {
  const who = 'saveProgram'
  const model = modelOf(who, predictor)
  const { program } = predictor
  checkWhole(who, model)
  if (!program.alive) program.run()
  if (program.backend.dtype !== 'float32')
    throw new RangeError(`${who}: expected a model in float32 but got one in float64: because files hold float32`)
  const { predictions } = program.outputs
  const names = Object.keys(predictions)
  const { numbers, known, outputs, ...written } = writtenDown(who, program, Object.values(predictions))
  const other = written.calls.find(([verb]) => !Object.hasOwn(FORWARD, verb))
  if (other)
    throw new RangeError(`${who}: expected kernels of a forward pass but got ${other[0]}: because it serves no other`)
  return fileOf(
    {
      rows: predictor.rows,
      features: featuresToJSON(model.features),
      ...written,
      outputs: byTask(names, (_, index) => outputs[index]),
    },
    numbers,
    known,
  )
}
