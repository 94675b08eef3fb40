/** Which columns features read; it refuses data and rows that lack one of them, or have one that nobody reads. */
import { didYouMean } from '../checks/index.ts'
import { refuse } from './columns.ts'
import type { Feature } from './featureKinds.ts'

export const columnsOf = (feature: Feature): readonly string[] =>
  feature.kind === 'sparse' && feature.crosses
    ? feature.crosses
    : feature.kind === 'varLen' && feature.weights !== undefined
      ? [feature.name, feature.weights]
      : [feature.name]

/**
 * That every column that is given is one that features read.
 * @throws RangeError naming the column, and one that is spelt much like it.
 */
export function checkRead(features: readonly Feature[], given: readonly string[], who?: string): void {
  const read = features.flatMap(columnsOf)
  for (const name of given)
    if (!read.includes(name))
      refuse('columns of features', `'${name}'`, `no feature reads it${didYouMean(name, read)}`, who)
}

/**
 * That every column that features read is given, and no other.
 * @throws RangeError naming the column, and one that is spelt much like it.
 */
export function checkColumns(features: readonly Feature[], given: readonly string[], who?: string): void {
  for (const feature of features)
    for (const name of columnsOf(feature))
      if (!given.includes(name))
        refuse(`a column '${name}'`, 'none', `feature '${feature.name}' reads it${didYouMean(name, given)}`, who)
  checkRead(features, given, who)
}
