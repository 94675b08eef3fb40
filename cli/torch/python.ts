/** Python beside the command line: which one, and whether it has what a training needs. It installs nothing by itself. */
import { spawnSync } from 'node:child_process'
import { told } from '../told.ts'

/** What trains. */
export type Engine = 'torch' | 'ray'

const NEEDED: Readonly<Record<Engine, readonly string[]>> = {
  torch: ['numpy', 'pyarrow', 'safetensors', 'torch'],
  ray: ['numpy', 'pyarrow', 'safetensors', 'torch', 'ray', 'pydantic'],
}
/** Where Ray is more than a name: its part for training, which asks for pydantic. */
const INSTALLED: Readonly<Record<string, string>> = { ray: 'ray[train]', pydantic: 'ray[train]' }

const LACKING = `
import importlib.util, sys
print(sys.version_info >= (3, 11), *[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])`

/** The Python that `PYTHON` names, or python3. @throws what `told` makes where it is not there, or lacks a package. */
export function pythonFor(engine: Engine): string {
  const python = process.env.PYTHON ?? 'python3'
  const other = 'PYTHON names another one'
  const { error, status, stdout } = spawnSync(python, ['-c', LACKING, ...NEEDED[engine]], { encoding: 'utf8' })
  if (error || status !== 0)
    throw told('failed', `expected Python as '${python}' but got none: because it does not run; ${other}`)
  const [recent, ...lacking] = stdout.trim().split(' ')
  if (recent !== 'True') throw told('failed', `expected Python from 3.11 as '${python}' but got an older one; ${other}`)
  if (lacking.length === 0) return python
  const packages = [...new Set(lacking.map((name) => `'${INSTALLED[name] ?? name}'`))].join(' ')
  throw told(
    'failed',
    `expected ${lacking.join(', ')} in '${python}' but got none: because a model is trained there by it; install it by: ${python} -m pip install ${packages}. Or ${other}`,
  )
}
