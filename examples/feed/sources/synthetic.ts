/** The invented feed, in the shape of the real ones. It needs no files. */
import { syntheticFeed } from '../../../src/synthetic.ts'
import type { SyntheticFeedOptions } from '../../../src/synthetic.ts'
import { split, usersOf } from './split.ts'
import type { Rows, UserFeed } from './split.ts'

export type SyntheticOptions = Partial<SyntheticFeedOptions>

const SUBJECTS = { video: ['video_id', 'author_id', 'duration', 'tags'], moment: ['hour', 'tab'] }

/**
 * Eight tenths of the rows to train on, one to validate on, one to test on; 75,000 rows by default.
 *
 * @throws RangeError naming the option that is out of range.
 */
export function synthetic({ rows: count = 75_000, ...options }: SyntheticOptions = {}): UserFeed {
  const { features, columns, labels, tasks } = syntheticFeed({ rows: count, ...options })
  const between = (from: number, to: number): Int32Array => {
    const first = Math.floor(from * count)
    return Int32Array.from({ length: Math.floor(to * count) - first }, (_, index) => first + index)
  }
  const rows: Rows = { train: between(0, 0.8), validation: between(0.8, 0.9), test: between(0.9, 1) }
  const users = Array.from(columns.user_id as Int32Array, String)
  return {
    ...split({ name: 'synthetic feed', tasks, features, subjects: SUBJECTS, columns, labels }, rows),
    users: usersOf(users, rows),
  }
}
