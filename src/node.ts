/** plegrad/node: models as files of a disk, written whole or not at all. It needs Node, Deno or Bun. */
export { fileSource, readModel, writeModel } from './node/index.ts'
export type { FileSource } from './node/index.ts'
