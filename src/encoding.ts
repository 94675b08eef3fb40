/** plegrad/encoding, contents: how values become ids and numbers by themselves, and how features are written down. */
export { MISSING_ID, UNKNOWN_ID, hashBucket, hashTuple } from './data/index.ts'
export { binOf, fitScaling, quantileBins } from './data/index.ts'
export type { Scaling, ScalingOptions } from './data/index.ts'
export { featuresFromJSON, featuresToJSON, vocabularyFromJSON } from './data/index.ts'
export type { FeatureJSON, Transforms, VocabularyJSON } from './data/index.ts'
