/** Numbers and names as the room writes them, and the colours of tasks and sides. */
import { SHARED } from '../../src/layers.ts'
import { KINDS } from './settings.ts'
import type { Settings, SideName } from './settings.ts'

/** Four digits that count. */
export const metric = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) >= 0.1 ? value.toFixed(4) : value.toPrecision(3)) : '–'

export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** Of a task by its place, and of what all share. */
export const groupColour = (group: string, tasks: readonly string[]): string =>
  group === SHARED ? 'var(--shared)' : `var(--task-${tasks.indexOf(group) % 4})`

export const sideColour = (side: SideName): string => `var(--side-${side})`

const LETTERS = { a: 'A', b: 'B' } as const

export const letterOf = (side: SideName): string => LETTERS[side]

/** `A · PLE` */
export const sideName = (side: SideName, settings: Settings): string =>
  `${LETTERS[side]} · ${KINDS[settings[side].kind]}`

export const MEASURES: Readonly<Record<string, string>> = { mse: 'mean squared error', logLoss: 'log loss' }
