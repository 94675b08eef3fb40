/** The program floor: steps recorded once, made better, laid out in one piece of memory, and run without allocating. */
export { compile } from './compile.ts'
export type { Compiled, CompileOptions, Program, Stage } from './compile.ts'
export type { Call, Listing, Slot } from './slot.ts'
export { leavesOf, mapTree } from './tree.ts'
