/** Trainings that are kept and go on, contents. Whoever keeps nothing downloads none of it. */
export { growState } from './growState.ts'
export { handleStore } from './handleStore.ts'
export type { FolderHandle } from './handleStore.ts'
export { checkpointStore, memoryStore } from './store.ts'
export type { CheckpointFiles, StoreOptions } from './store.ts'
