/** plegrad/streams: data larger than memory, part by part: for training, evaluation and prediction. */
export { inParts, predictBatches, streamed } from './training/index.ts'
export type { Data, PredictedRows, Sort, SortedRows, Sorter, StreamOptions, StreamedData } from './training/index.ts'
export type { DataParts } from './data/index.ts'
