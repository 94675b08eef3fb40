/** The whole of a gradient that may be row-sparse. It knows no row: they bring what they need. */
import { either } from '../../checks/index.ts'
import { Tensor } from '../../tensor/index.ts'
import type { Cotangent } from '../../tensor/index.ts'
import { ROWS, TENSOR, composite } from '../composite.ts'

/** The whole table of a gradient. */
export const toDense = composite('toDense', { cotangent: either(TENSOR, ROWS) }, (cotangent: Cotangent): Tensor =>
  cotangent instanceof Tensor ? cotangent : cotangent.dense(),
)
