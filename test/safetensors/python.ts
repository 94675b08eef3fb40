/** Python with the format’s own library, where it is: `PYTHON` names another interpreter than python3. */
import { spawnSync } from 'node:child_process'

export const interpreter = process.env.PYTHON ?? 'python3'

/** What is missing, in words; undefined: nothing. */
export function missing(...modules: readonly string[]): string | undefined {
  const { status } = spawnSync(interpreter, ['-c', `import ${modules.join(', ')}`])
  return status === 0 ? undefined : `needs a Python with ${modules.join(', ')}: PYTHON=…`
}

/** Runs a script and returns what it printed as JSON. */
export function python(script: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(interpreter, ['-c', script, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
