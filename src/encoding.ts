/** plegrad/encoding, contents: how values become ids by themselves, and how features and vocabularies are written down. */
export { MISSING_ID, UNKNOWN_ID, hashBucket, hashTuple } from './data/index.ts'
export { binOf, quantileBins } from './data/index.ts'
export { featuresFromJSON, featuresToJSON, vocabularyFromJSON } from './data/index.ts'
export type { FeatureJSON, Transforms, VocabularyJSON } from './data/index.ts'
