/** What docs/onnx.md lists: every op and every function of ops, and what ONNX has for it. */
import * as ops from '../../../src/autograd/ops/index.ts'
import { FUNCTIONS, NO_EQUAL, OPS } from '../../../src/exchange/onnx/mappings/index.ts'
import { everyOp } from '../../laws/everyOp.ts'

/** Functions that are no ops, by the name that they are exported by. */
export const functionNames: readonly string[] = Object.entries(ops)
  .filter(([, exported]: readonly [string, unknown]) => typeof exported === 'function' && !('signature' in exported))
  .map(([name]) => name)

/** A line for each name: `| name | nodes |`. */
export function opTable(): readonly string[] {
  const names = [...new Set([...everyOp.map(({ op }) => op), ...functionNames])].sort()
  const becomes = (name: string): string => {
    const reason = Object.hasOwn(NO_EQUAL, name) ? NO_EQUAL[name] : undefined
    const mapping = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : OPS[name]
    return mapping?.nodes ?? (reason === undefined ? 'as the ops that it is made of' : `nothing: ${reason}`)
  }
  return names.map((name) => `| \`${name}\` | ${becomes(name)} |`)
}
