/**
 * A model with more rows in its tables: what it has learned stays where it was, bit by bit, and new values have rows behind.
 * It refuses models of one's own, for it would not know how to make another.
 */
import { anything, checkOptions, needed, oneOf, recordOf } from '../../checks/index.ts'
import type { Checks } from '../../checks/index.ts'
import { meanOf } from '../../data/index.ts'
import type { Feature } from '../../data/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { undrawn } from '../../tensor/index.ts'
import type { Parameter } from '../../tensor/index.ts'
import { checkWhole, parameters } from '../parameters.ts'
import { FEATURE_LISTS, makerOf } from '../saved/kinds.ts'
import type { SavableModel } from '../saved/kinds.ts'
import { WHO, grownTables, withTable } from './tables.ts'
import type { GrowOptions, Grown } from './tables.ts'

const OPTIONS: Checks<GrowOptions> = {
  features: needed(recordOf(anything)),
  start: oneOf('mean', 'drawn'),
  pretrained: recordOf(anything),
}

function* rowsOf(values: Floats, from: number, to: number, dimension: number): Generator<Floats> {
  for (let row = from; row < to; row++) yield values.subarray(row * dimension, (row + 1) * dimension)
}

/** Fills a table with the rows that there were and, if that is asked for, new ones with their mean. */
function fillTable(
  table: Parameter,
  before: Parameter,
  { first, pretrained }: Omit<Grown, 'encoding'>,
  mean: boolean,
): void {
  const [rows, dimension] = table.shape
  const [known] = before.shape
  const { values } = table
  values.set(before.values)
  const middle = mean && meanOf(rowsOf(values, first < known ? first : 0, known, dimension), dimension)
  for (let row = known; middle && row < rows; row++) if (!pretrained?.has(row)) values.set(middle, row * dimension)
  table.assign(values)
}

/**
 * A new model of the same kind and options, with more rows in its tables. Every id that was known keeps its row, in tables
 * of embeddings and of wide parts, and so do all other numbers: what was known is scored bit by bit as before. The model
 * that is given stays as it is. Data is encoded with the features of the new one, `model.features`. An optimizer's state
 * goes over by `growState`.
 * @throws RangeError for a model of one's own; for a feature that is not there, has no table, or is hashed or crossed, which
 * never grows; for a vocabulary without a value that is known, or fewer rows; for an option or number that does not fit.
 * @throws Error where the numbers are on a device, and in the middle of a step of training.
 */
export function growModel<M extends SavableModel>(model: M, options: GrowOptions): M {
  const Kind = makerOf(WHO, model)
  checkOptions(WHO, options, OPTIONS)
  checkWhole(WHO, model)
  const { start = 'mean' } = options
  const grown = grownTables(model.features, options)
  const features = new Map(model.features.map((feature) => [feature.name, withTable(feature, grown)]))
  const lists = Object.entries(model.options)
    .filter(([name]) => FEATURE_LISTS.includes(name))
    .map(([name, list]) => [name, (list as readonly Feature[]).map((feature) => features.get(feature.name))])
  const build = (): M => new Kind({ ...model.options, ...(Object.fromEntries(lists) as object) }) as M
  const before = parameters(model)
  // What is drawn is overwritten, but for new rows.
  const larger = start === 'drawn' ? build() : undrawn(build)
  const tables = [...grown.keys()].sort((a, b) => b.length - a.length)
  for (const [path, parameter] of Object.entries(parameters(larger))) {
    const table = tables.find((name) => path.endsWith(`embedding.tables.${name}`))
    if (table === undefined) parameter.assign(before[path].values)
    else {
      const { first, pretrained } = grown.get(table)!
      // Rows of a wide part are one wide, and nothing was trained for them elsewhere.
      const given = path.startsWith('wide.') ? undefined : pretrained
      fillTable(parameter, before[path], { first, ...(given && { pretrained: given }) }, start === 'mean')
    }
  }
  return larger
}
