/** plegrad/synthetic, contents: data that is invented on the spot, to try things on. */
export { syntheticFeed, syntheticTasks } from './data/index.ts'
export type { SyntheticData, SyntheticFeedOptions, SyntheticTasksOptions } from './data/index.ts'
