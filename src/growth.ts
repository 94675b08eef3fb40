/** plegrad/growth: vocabularies that grow, the models that know them, and optimizers that train these on. */
export { growVocabulary } from './data/index.ts'
export { growModel } from './models/index.ts'
export type { GrowOptions, Growth } from './models/index.ts'
export { growState } from './training/index.ts'

// What a table starts with, which features take.
export type { PretrainedRows, Unlisted } from './data/index.ts'
