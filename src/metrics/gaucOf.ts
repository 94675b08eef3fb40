/** The AUC within users as a metric that training can stop by. It refuses nothing itself: what is scored has as many rows. */
import type { Value } from '../data/index.ts'
import { gauc } from './auc.ts'
import type { NamedMetric } from './named.ts'

/**
 * `gauc` as a metric of `fit` and `evaluate`, under that name: `metrics: { like: [gaucOf(users), 'auc'] }` scores, stops and
 * chooses the best epoch by it. `users` has one for each row of what is scored, the validation.
 */
export const gaucOf = (users: ArrayLike<Value>): NamedMetric => ({
  name: 'gauc',
  direction: 'higher',
  rows: users.length,
  compute: (predictions, labels, options) => gauc(predictions, labels, users, options),
})
