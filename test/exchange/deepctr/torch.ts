/** PyTorch beside us: torch_models.py, asked in one process, and why it is not if it is not there. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DeepCTRTensors } from '../../../src/exchange/deepctr/index.ts'

const PYTHON = process.env.PYTHON ?? 'python3'

/** Why PyTorch cannot be asked, or nothing. */
export const NO_TORCH =
  spawnSync(PYTHON, ['-c', 'import torch']).status === 0 ? undefined : `${PYTHON} has no torch, PYTHON names another`

export interface Answer {
  readonly state: DeepCTRTensors
  /** By row and task. */
  readonly outputs: readonly (readonly number[])[]
}

/** What each case's model has and predicts. */
export function torch(asked: readonly object[]): readonly Answer[] {
  const script = fileURLToPath(new URL('torch_models.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-B', script], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as readonly Answer[]
}
