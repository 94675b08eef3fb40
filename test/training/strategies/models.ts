/** A small PLE on the feed of the models' tests: three tasks of both types, every kind of feature. */
import { PLE } from '../../../src/models/index.ts'
import type { PLEOptions } from '../../../src/models/index.ts'
import { FEATURES, TASKS, TYPES } from '../../models/feed.ts'

export const smallPLE = (options: Partial<PLEOptions> = {}): PLE =>
  new PLE({
    features: FEATURES,
    taskNames: TASKS,
    taskTypes: TYPES,
    expertDnnHiddenUnits: [4],
    towerDnnHiddenUnits: [3],
    initStd: 0.1,
    ...options,
  })
