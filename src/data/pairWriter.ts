/**
 * Writes rows that come in two parts: a user's, which is the same in all of them and is encoded once, and a candidate's. It
 * refuses a column that both parts have, and otherwise what rows are refused for, in the same words.
 */
import { checkValue } from '../checks/index.ts'
import { checkColumns, checkRead, columnsOf } from './columnNames.ts'
import { refuse } from './columns.ts'
import type { Feature } from './featureKinds.ts'
import { ROW, cellWriter, isPlain, lengthOf } from './rowWriter.ts'
import type { CellWriter, Inputs, Read, Row } from './rowWriter.ts'
import { widthOf } from './scaling.ts'

/** A writer for users of the same columns. */
export interface PairWriter {
  /** Encodes the user's part, and copies it to the first so many rows. */
  user(user: Row, rows: number): void
  /** Writes a candidate beside it, in the place `at`; errors call it by its number. */
  candidate(candidate: Row, at: number, number: number): void
}

type Memory = Int32Array | Inputs['numbers'][string]['values']

/** All that a feature has in a batch, and how much of it in a row. */
function partsOf(feature: Feature, { ids, numbers }: Inputs): readonly (readonly [values: Memory, width: number])[] {
  const { name } = feature
  if (feature.kind === 'dense') return [[numbers[name].values, widthOf(feature)]]
  if (feature.kind === 'sparse') return [[ids[name].values, 1]]
  const { maxLength, weights } = feature
  return [
    [ids[name].values, maxLength],
    ...(weights === undefined ? [] : [[numbers[weights].values, maxLength] as const]),
  ]
}

/**
 * Features whose columns are all among these.
 * @throws RangeError where no feature reads one of the columns.
 */
export function featuresWithin(features: readonly Feature[], columns: readonly string[], who: string): Feature[] {
  checkRead(features, columns, who)
  return features.filter((feature) => columnsOf(feature).every((name) => columns.includes(name)))
}

/**
 * A writer of pairs into `batch`, whose memory must be at hand, for users of these columns. A feature whose columns are all
 * the user's is written once; any other, as one that crosses both parts, is written for each candidate.
 * @throws RangeError where no feature reads one of the columns.
 */
export function pairWriter(
  features: readonly Feature[],
  batch: Inputs,
  columns: readonly string[],
  who: string,
): PairWriter {
  const users = featuresWithin(features, columns, who)
  const usersColumns = new Set(columns)
  const others = features.filter((feature) => !users.includes(feature))
  const parts = users.flatMap((feature) => partsOf(feature, batch))
  const wanted = features.flatMap(columnsOf).filter((name) => !usersColumns.has(name))
  const length = lengthOf(Object.fromEntries(wanted.map((name) => [name, 0])))
  let current: Row = {}
  const check = (candidate: Row): void => {
    checkValue(who, 'a candidate', candidate, ROW)
    const given = Object.keys(candidate)
    const twice = given.find((name) => usersColumns.has(name))
    if (twice !== undefined)
      refuse(`column '${twice}' of the user or of candidates`, 'it of both', 'a row has one of each name', who)
    checkColumns(features, [...columns, ...given], who)
  }
  const readUser: Read = (user, name) => user[name]
  const read: Read = (candidate, name) => {
    if (usersColumns.has(name)) return current[name]
    const cell = candidate[name]
    if (cell === undefined && !Object.hasOwn(candidate, name)) check(candidate)
    return cell
  }
  const usersWriters = users.map((feature) => cellWriter(feature, batch, readUser, `${who}, of the user`))
  const writers: readonly CellWriter[] = others.map((feature) => cellWriter(feature, batch, read, who))
  return {
    user(user, rows) {
      current = user
      for (const write of usersWriters) write(user, 0, 0)
      for (const [values, width] of parts) for (let row = 1; row < rows; row++) values.copyWithin(row * width, 0, width)
    },
    candidate(candidate, at, number) {
      // As of a whole row: see `rowWriter`.
      if (!isPlain(candidate) || lengthOf(candidate) !== length) check(candidate)
      try {
        for (let index = 0; index < writers.length; index++) writers[index](candidate, at, number)
      } catch (error) {
        check(candidate)
        throw error
      }
    },
  }
}
