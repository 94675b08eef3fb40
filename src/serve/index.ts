/** The floor that serves: saved programs read, checked and run, with no op, model or pass in it. */
export { loadProgram } from './load.ts'
export type { LoadOptions, ServedProgram } from './load.ts'
export { fileOf } from './file.ts'
export type { Numbers } from './file.ts'
export type { Header } from './header.ts'
export { ROWS, scoringOf } from './scoring.ts'
export type { Engine, Scoring } from './scoring.ts'
