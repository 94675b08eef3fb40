/** The top floor, contents: what needs Node. It is the only one that has modules of Node. */
export { PARTIAL, writeWhole } from './writeWhole.ts'
