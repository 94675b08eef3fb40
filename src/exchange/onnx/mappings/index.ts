/** What there is in ONNX for every op and function of ops, and why there is nothing for the others. */
import * as autograd from '../../../autograd/index.ts'
import { ELEMENTWISE } from './elementwise.ts'
import type { Mapping } from './mapping.ts'
import { FUNCTIONS_THAT_MOVE, MOVEMENT } from './movement.ts'
import { PRODUCTS } from './products.ts'
import { FUNCTIONS_OF_IDS, ROWS } from './rows.ts'

export type { Call, Mapping } from './mapping.ts'

/** By the name of an op. */
export const OPS: Readonly<Record<string, Mapping>> = { ...ELEMENTWISE, ...MOVEMENT, ...PRODUCTS, ...ROWS }

/** By the name of a function that is made of ops, or calls a kernel without being one. The others are written as their ops. */
export const FUNCTIONS: Readonly<Record<string, Mapping>> = { ...FUNCTIONS_THAT_MOVE, ...FUNCTIONS_OF_IDS }

/** Why there is no mapping. */
export const NO_EQUAL: Readonly<Record<string, string>> = {
  dropout: 'its mask is a function of a key and a counter, and ONNX has chance alone',
  distinctRows: 'it merges rows by their ids, of which ONNX cannot tell how many are left',
  alignRows: 'it merges rows by their ids, of which ONNX cannot tell how many are left',
}

/** By the definition of an op: one of somebody's own that is called relu is no relu. */
const byDefinition = new Map<object, Mapping>(
  Object.values(autograd).flatMap((exported: unknown) => {
    if (typeof exported !== 'function' || !('definition' in exported)) return []
    const { op, definition } = exported as unknown as { readonly op: string; readonly definition: object }
    return Object.hasOwn(OPS, op) ? [[definition, OPS[op]] as const] : []
  }),
)

/** What a call becomes, if ONNX has it: of an op by its definition, of a function of ops by its name. */
export const mappingOf = (name: string, definition: object | undefined): Mapping | undefined =>
  definition ? byDefinition.get(definition) : Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
