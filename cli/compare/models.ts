/** The models that are compared: of one model that plegrad.json may say, a zoo of its widths. No other knob is turned between them. */
import { modelFrom } from '../config/build.ts'
import type { ModelSpec, Named } from '../config/read.ts'
import { MODELS as SCHEMAS } from '../config/schema.ts'
import type { Feature, Model, TaskType } from '../../src/index.ts'

export type Tasks = Readonly<Record<string, TaskType>>

export type Build = (features: readonly Feature[], tasks: Tasks, seed: number) => Model

/** What competes: a model and, where it has one of its own, a strategy. */
export interface Entrant {
  readonly model: ModelSpec
  readonly strategy?: Named
}

/** The widths of the reference figures: one hidden layer to an expert, and gates without a network in front of them. */
export const HOUSE: ModelSpec = {
  kind: 'PLE',
  ...{ sharedExpertNum: 1, specificExpertNum: 1, numLevels: 2 },
  ...{ expertDnnHiddenUnits: [64], gateDnnHiddenUnits: [], towerDnnHiddenUnits: [32] },
  l2RegEmbedding: 1e-5,
}

interface Units {
  readonly expertDnnHiddenUnits?: readonly number[]
  readonly bottomDnnHiddenUnits?: readonly number[]
  readonly towerDnnHiddenUnits?: readonly number[]
  readonly numExperts?: number
}

/** The name of a model in a comparison, by its kind, in the order of the report. Gains are over the first. */
export const NAMES: Readonly<Record<string, string>> = {
  SingleTask: 'single-task',
  SharedBottom: 'shared-bottom',
  mmoe: 'mmoe',
  mlMmoe: 'ml-mmoe',
  cgc: 'cgc',
  PLE: 'ple',
  ESMM: 'esmm',
  WideDeep: 'wide-deep',
}

/** Those that are compared where nobody says which. */
export const FIVE = ['single-task', 'shared-bottom', 'mmoe', 'cgc', 'ple'] as const

export const entrantOf = ({ kind }: ModelSpec): string => NAMES[kind]

/** The layers, and how many experts, of a kind: as the model that is given has them or, where it has none such, as wide. */
function widthsOf(kind: string, own: ModelSpec, tasks: number): object {
  const {
    expertDnnHiddenUnits,
    bottomDnnHiddenUnits,
    towerDnnHiddenUnits = [64],
    numExperts = tasks + 1,
  } = own as Units
  const units = expertDnnHiddenUnits ?? bottomDnnHiddenUnits ?? [256]
  switch (kind) {
    case 'SharedBottom':
      return { bottomDnnHiddenUnits: bottomDnnHiddenUnits ?? [2 * units[0], ...units] }
    case 'SingleTask':
    case 'WideDeep':
      return { bottomDnnHiddenUnits: units }
    case 'ESMM':
      return { towerDnnHiddenUnits: [...units, ...towerDnnHiddenUnits] }
    case 'mmoe':
    case 'mlMmoe':
      return { expertDnnHiddenUnits: units, numExperts }
    default:
      return { expertDnnHiddenUnits: units }
  }
}

/** Every model by its name, of the options of one for so many tasks: each has those of them that its kind knows. */
export const zooOf = (own: ModelSpec, tasks: number): Readonly<Record<string, Entrant>> =>
  Object.fromEntries(
    Object.entries(NAMES).map(([kind, name]) => {
      const { properties = {} } = SCHEMAS.find((schema) => schema.properties?.kind.const === kind)!
      // The seed is that of a run.
      const known = Object.entries(own).filter(
        ([option]) => option in properties && option !== 'kind' && option !== 'seed',
      )
      const widths = kind === own.kind ? {} : widthsOf(kind, own, tasks)
      return [name, { model: { kind, ...Object.fromEntries(known), ...widths } }]
    }),
  )

/** What makes each of them. */
export const buildsOf = (own: ModelSpec, tasks: number): Readonly<Record<string, Build>> =>
  Object.fromEntries(
    Object.entries(zooOf(own, tasks)).map(([name, { model }]): [string, Build] => [
      name,
      (features, of, seed) => modelFrom(model, { features, tasks: of, seed }),
    ]),
  )
