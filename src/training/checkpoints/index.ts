/** Trainings that are kept and go on, contents. Whoever keeps nothing downloads none of it. */
export { checkpointStore, memoryStore } from './store.ts'
export type { CheckpointFiles, StoreOptions } from './store.ts'
