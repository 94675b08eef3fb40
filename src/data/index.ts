/** The data floor, contents page: feature columns, vocabularies, datasets in typed arrays and their batches. */
export { crossedFeature, denseFeature, inputWidth, sparseFeature, varLenFeature } from './features.ts'
export type {
  CrossedOptions,
  DenseFeature,
  Encoding,
  Feature,
  Pooling,
  SparseFeature,
  TableOptions,
} from './features.ts'
export type { VarLenFeature, VarLenOptions } from './features.ts'
export { checkFeatures, checkTogether, sameFeature, sameVocabulary } from './featureChecks.ts'
export { featuresFromJSON, featuresToJSON } from './featuresJSON.ts'
export type { FeatureJSON, Transforms } from './featuresJSON.ts'
export { MISSING_ID, checkedKey, isMissing } from './values.ts'
export type { Key, MaybeValue, Value } from './values.ts'
export { UNKNOWN_ID, fitVocabulary, vocabularyFromJSON } from './vocabulary.ts'
export type { Vocabulary, VocabularyJSON, VocabularyOptions } from './vocabulary.ts'
export { hashBucket, hashTuple } from './hash.ts'
export { binOf, quantileBins } from './bins.ts'
export type { Column } from './columns.ts'
export { dataset } from './dataset.ts'
export type { Columns, Dataset, DatasetOptions, LabelKind } from './dataset.ts'
export { batches, emptyBatch, fillBatch } from './batches.ts'
export type { Batch, BatchesOptions } from './batches.ts'
export { syntheticTasks } from './synthetic.ts'
export type { SyntheticData, SyntheticTasksOptions } from './synthetic.ts'
export { syntheticFeed } from './syntheticFeed.ts'
export type { SyntheticFeedOptions } from './syntheticFeed.ts'
export { rowWriter } from './rowWriter.ts'
export type { Row, RowWriter } from './rowWriter.ts'
