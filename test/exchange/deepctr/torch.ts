/** Models of PyTorch beside ours: torch_models.py, asked in one process. */
import type { DeepCTRTensors } from '../../../src/exchange/deepctr/index.ts'
import { askTorch } from '../../torch.ts'

export interface Answer {
  readonly state: DeepCTRTensors
  /** By row and task. */
  readonly outputs: readonly (readonly number[])[]
}

/** What each case's model has and predicts. */
export const torch = (asked: readonly object[]): readonly Answer[] =>
  askTorch(new URL('torch_models.py', import.meta.url), asked) as readonly Answer[]
