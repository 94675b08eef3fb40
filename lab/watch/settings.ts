/** What is trained: its choices, its numbers with their ranges, and its defaults. It refuses what is out of range, in words. */

export const DATA = { tasks: 'Two regressions', feed: 'A video feed', file: 'A table of your own' } as const
export const KINDS = {
  single: 'Single tasks',
  bottom: 'Shared bottom',
  mmoe: 'MMoE',
  cgc: 'CGC',
  ple: 'PLE',
} as const
export const STRATEGIES = {
  fixed: 'fixed weights',
  uncertainty: 'uncertainty',
  dwa: 'DWA',
  gradnorm: 'GradNorm',
  pcgrad: 'PCGrad',
  cagrad: 'CAGrad',
} as const
export const OPTIMIZERS = { adam: 'Adam', adamw: 'AdamW', adagrad: 'Adagrad', ftrl: 'FTRL', sgd: 'SGD' } as const
export const PACES = { slow: 'slowly', steady: 'steadily', fast: 'as fast as it goes' } as const

export type Kind = keyof typeof KINDS

/** One of the two that are compared. */
export interface Side {
  readonly kind: Kind
  /** Levels of experts and gates, of PLE alone. */
  readonly levels: number
  /** Experts that all tasks hear, in each level. */
  readonly shared: number
  /** Experts of each task's own, in each level, of CGC and PLE. */
  readonly own: number
  /** Units of an expert, or of the network below a tower. */
  readonly width: number
  readonly strategy: keyof typeof STRATEGIES
  readonly optimizer: keyof typeof OPTIMIZERS
  readonly rate: number
}

export type SideName = 'a' | 'b'

/** What the columns of a file are for, by name. */
export interface Roles {
  readonly number: readonly string[]
  readonly category: readonly string[]
  readonly binary: readonly string[]
  readonly regression: readonly string[]
}

export interface Settings extends Readonly<Record<SideName, Side>> {
  readonly data: keyof typeof DATA
  readonly correlation: number
  /** Of which a quarter validates. */
  readonly rows: number
  readonly batch: number
  readonly epochs: number
  readonly seed: number
  readonly pace: keyof typeof PACES
  readonly roles: Roles
}

/** A number that may be set, as its field has it. */
export interface NumberField {
  readonly label: string
  readonly least: number
  readonly most: number
  readonly step: number
  /** What a number may be that stands between two steps. */
  readonly whole: boolean
}

const whole = (label: string, least: number, most: number, step = 1): NumberField => ({
  label,
  least,
  most,
  step,
  whole: true,
})

export const FIELDS = {
  correlation: { label: 'Correlation of the tasks', least: -1, most: 1, step: 0.05, whole: false },
  rows: whole('Rows', 256, 65536, 256),
  batch: whole('Batch', 8, 1024, 8),
  epochs: whole('Epochs', 1, 100),
  seed: whole('Seed', 0, 2 ** 31 - 1),
} as const satisfies Readonly<Record<string, NumberField>>

export const SIDE_FIELDS = {
  levels: whole('Levels', 1, 3),
  shared: whole('Shared experts', 0, 6),
  own: whole('Own experts', 0, 4),
  width: whole('Units', 1, 128),
  rate: { label: 'Learning rate', least: 0.00001, most: 1, step: 0.001, whole: false },
} as const satisfies Readonly<Record<string, NumberField>>

export const SIDES: readonly SideName[] = ['a', 'b']
export const ROLES = ['number', 'category', 'binary', 'regression'] as const satisfies readonly (keyof Roles)[]

const SIDE: Side = {
  kind: 'ple',
  levels: 2,
  shared: 1,
  own: 1,
  width: 8,
  strategy: 'fixed',
  optimizer: 'adam',
  rate: 0.005,
}

export const DEFAULTS: Settings = {
  data: 'tasks',
  correlation: 0.2,
  rows: 4096,
  batch: 64,
  epochs: 20,
  seed: 7,
  pace: 'steady',
  roles: { number: [], category: [], binary: [], regression: [] },
  a: { ...SIDE, kind: 'bottom' },
  b: SIDE,
}

/** Which numbers say something of a model. */
export const fieldsOf = (kind: Kind): readonly (keyof typeof SIDE_FIELDS)[] =>
  (
    ({
      single: ['width', 'rate'],
      bottom: ['width', 'rate'],
      mmoe: ['shared', 'width', 'rate'],
      cgc: ['shared', 'own', 'width', 'rate'],
      ple: ['levels', 'shared', 'own', 'width', 'rate'],
    }) as const
  )[kind]

/** Undefined where the text is no such number. */
export function numberIn(text: string, { least, most, whole }: NumberField): number | undefined {
  const number = text.trim() === '' ? NaN : Number(text)
  return number >= least && number <= most && (!whole || Number.isInteger(number)) ? number : undefined
}

/** What a field may be, in words. */
export const expected = ({ least, most, whole }: NumberField): string =>
  `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`

/** Why a model of these settings cannot be, in words. */
export function lackOf({ kind, shared, own }: Side): string | undefined {
  if (kind === 'mmoe' && shared === 0) return 'expected an expert for the gates of MMoE to hear but got none'
  if ((kind === 'cgc' || kind === 'ple') && shared + own === 0)
    return `expected an expert for the gates of ${KINDS[kind]} to hear but got none`
  return undefined
}
