/** PyTorch beside us: a script that is asked in JSON, in a process of its own, and why it is not if PyTorch is not there. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PYTHON = process.env.PYTHON ?? 'python3'

/** Why PyTorch cannot be asked, or nothing. */
export const NO_TORCH =
  spawnSync(PYTHON, ['-c', 'import torch']).status === 0 ? undefined : `${PYTHON} has no torch, PYTHON names another`

/** What a script prints as JSON, of what it reads as JSON, and of further arguments. */
export function askTorch(script: URL, asked: unknown, given: readonly string[] = []): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-B', fileURLToPath(script), ...given], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
