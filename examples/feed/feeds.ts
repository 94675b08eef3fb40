/** The feeds by name, and how each is trained on where nobody says otherwise. Nothing is read before a feed is asked for. */
import { CENSUS, KUAIRAND, SYNTHETIC } from './about.ts'
import { census } from './sources/census.ts'
import { kuairand } from './sources/kuairand.ts'
import { synthetic } from './sources/synthetic.ts'
import type { Feed } from '../../cli/compare/feed.ts'
import type { Settings } from '../../cli/compare/study.ts'

export interface Source extends Pick<Settings, 'epochs' | 'batchSize'> {
  readonly load: () => Feed | Promise<Feed>
}

/** Few rows per user and video, and tasks much alike: here they have something to lend each other. */
const SPARSE = { rows: 20_000, users: 2000, videos: 1500, correlation: 0.9 }

/** Real data as its reference figures were measured; made-up data in about a minute. */
export const FEEDS: Readonly<Record<string, Source>> = {
  synthetic: { epochs: 7, batchSize: 512, load: () => ({ ...synthetic(SPARSE), ...SYNTHETIC }) },
  kuairand: { epochs: 4, batchSize: 1024, load: async () => ({ ...(await kuairand()), ...KUAIRAND }) },
  census: { epochs: 5, batchSize: 1024, load: async () => ({ ...(await census()), ...CENSUS }) },
}
