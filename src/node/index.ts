/** The top floor, contents: what needs Node. It is the only one that has modules of Node. */
export { fileSource } from './fileSource.ts'
export type { FileSource } from './fileSource.ts'
export { folderStore } from './folderStore.ts'
export { readModel, writeModel } from './model.ts'
export { PARTIAL, writeWhole } from './writeWhole.ts'
