/**
 * The tables floor, contents page: DuckDB's tables as datasets, from files to features.
 *
 * For whoever reads more than memory holds: `readingOf(who, table, options)` fits features and says how rows are read, and
 * `encodedParts(reading, part, { rows, orderBy? })` is an AsyncGenerator of a `Dataset` for each so many rows, in the order
 * of the table or of the SQL in `orderBy`. `rowsIn(reading, part)` counts them. `tableDataset` is one part of all rows.
 */
export { openTable } from './openTable.ts'
export type { Table, OpenOptions } from './openTable.ts'
export type { Files, TableColumn } from './source.ts'
export { tableDataset } from './tableDataset.ts'
export type { TableDataset } from './tableDataset.ts'
export type { TableDatasetOptions } from './readingFrom.ts'
export { tableParts } from './tableParts.ts'
export type { TableParts, TablePartsOptions, TableThread } from './tableParts.ts'
export type { PartsOptions, PartsRead } from './partsHere.ts'
export { tableSort } from './tableSort.ts'
export type { TableSortOptions } from './tableSort.ts'
export { arrowColumns } from './arrow.ts'
export type { ArrowColumn, ArrowRead } from './arrow.ts'
export type { ArrowData, ArrowTable, ArrowType, ArrowVector } from './arrowTypes.ts'
export { duckdbWasm } from './duckdbWasm.ts'
export type { WasmBatch, WasmConnection, WasmDatabase, WasmFile } from './duckdbWasm.ts'
export { encodedParts, readingOf, rowsIn } from './reading.ts'
export type { TableReading } from './reading.ts'
export type { ReadOptions } from './readOptions.ts'
export { rowsOf } from './sql.ts'
export { factsOf } from './facts.ts'
export type { Facts } from './facts.ts'
export { inferFeatures } from './inferFeatures.ts'
export type { InferOptions, Proposal } from './inferFeatures.ts'
export { FEATURES_SCHEMA, SPLIT_SCHEMA, checkSpecs } from './specSchema.ts'
export { checkJSON } from './schema.ts'
export type { Schema } from './schema.ts'
export type {
  CrossedSpec,
  DenseSpec,
  EmbeddingSpec,
  Noted,
  FeatureSpec,
  ColumnSpec,
  SparseSpec,
  TimePart,
  VarLenSpec,
  WaysSpec,
} from './featureSpec.ts'
export type { ColumnSplit, HashSplit, Part, Parts, RandomSplit, Shares, Split, TimeSplit } from './split.ts'
export type { Chunk, ChunkSource, Connection, DuckDBLibrary, Instance, ReadRows, Vector } from './library.ts'
