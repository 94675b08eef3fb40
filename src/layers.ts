/** plegrad/layers, contents: what models are made of, for one that is put together otherwise. */
export { Dense, FeatureEmbedding, Wide } from './models/index.ts'
export type { DenseOptions, EmbeddingOptions, WideOptions } from './models/index.ts'
export { Expert, Extraction, Gate, SHARED, Tower } from './models/index.ts'
export type { ByGroup, ExtractionOptions, Group } from './models/index.ts'
export { BatchNorm } from './models/index.ts'
export type { BatchNormOptions } from './models/index.ts'
export { glorotNormal, glorotUniform } from './models/index.ts'
export type { Activation, ActivationFunction, ActivationName, Initializer } from './models/index.ts'
export { INFERENCE } from './models/index.ts'

// Rows of tables by the ids of padded lists.
export { gatherPresent, nonzeroMask, presentIds } from './autograd/index.ts'
