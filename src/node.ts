/** plegrad/node: models and checkpoints as files of a disk, written whole or not at all. It needs Node, Deno or Bun. */
export { fileSource, folderStore, readModel, writeModel } from './node/index.ts'
export type { FileSource } from './node/index.ts'
