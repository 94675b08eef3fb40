/** The search over all pages, by MiniSearch: words, their beginnings, and words with a letter that is wrong. */
import MiniSearch from 'minisearch'

/** What can be found: a part of a page, and where it is. */
export interface Entry {
  readonly address: string
  readonly page: string
  readonly title: string
  readonly text: string
}

export type Found = Pick<Entry, 'address' | 'page' | 'title'>

const MOST = 30

/** Makes the search of entries: from a query to what fits best. */
export function searcher(entries: readonly Entry[]): (query: string) => readonly Found[] {
  const search = new MiniSearch<Entry & { readonly id: number }>({
    fields: ['title', 'page', 'text'],
    searchOptions: {
      boost: { title: 4, page: 2 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
    },
  })
  search.addAll(entries.map((entry, id) => ({ ...entry, id })))
  return (query) =>
    search
      .search(query)
      .slice(0, MOST)
      .map(({ id }) => entries[id as number])
}
