/** Models whose tables grow, contents. */
export { growModel } from './growModel.ts'
export type { GrowOptions, Growth } from './tables.ts'
