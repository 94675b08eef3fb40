/** plegrad/tables: DuckDB's tables as datasets: files and queries, features that are fitted by SQL, parts by time or user. */
export { inferFeatures, openTable, tableDataset, tableParts, tableSort } from './tables/index.ts'
export type { InferOptions, OpenOptions, Proposal, ReadOptions } from './tables/index.ts'
export type {
  PartsOptions,
  PartsRead,
  Table,
  TableColumn,
  TableDataset,
  TableDatasetOptions,
  TableParts,
  TablePartsOptions,
  TableSortOptions,
  TableThread,
} from './tables/index.ts'

// Tables of apache-arrow.
export { arrowColumns } from './tables/index.ts'
export type { ArrowColumn, ArrowData, ArrowRead, ArrowTable, ArrowType, ArrowVector } from './tables/index.ts'

// Features as JSON, before anything is fitted.
export { FEATURES_SCHEMA, SPLIT_SCHEMA, checkJSON, checkSpecs } from './tables/index.ts'
export type {
  ColumnSpec,
  CrossedSpec,
  DenseSpec,
  EmbeddingSpec,
  FeatureSpec,
  Noted,
  Schema,
  SparseSpec,
  TimePart,
  VarLenSpec,
  WaysSpec,
} from './tables/index.ts'
export type { ColumnSplit, HashSplit, RandomSplit, Shares, Split, TimeSplit } from './tables/index.ts'

// What is used of DuckDB, and how a browser's is given.
export { duckdbWasm } from './tables/index.ts'
export type { WasmBatch, WasmConnection, WasmDatabase, WasmFile } from './tables/index.ts'
export type { DuckDBLibrary, Instance } from './tables/index.ts'
export type { Chunk, ChunkSource, Connection, Files, ReadRows, Vector } from './tables/index.ts'
