/** The shelf: which documents the room has, in the order in which one would read them. */

export interface Shelf {
  readonly title: string
  /** Paths from the root of the project. */
  readonly documents: readonly string[]
}

export const SHELVES: readonly Shelf[] = [
  { title: 'To begin with', documents: ['README.md', 'docs/tour.md', 'docs/derivations.md'] },
  {
    title: 'Models and how they train',
    documents: ['docs/tasks.md', 'docs/strategies.md', 'docs/embeddings.md', 'docs/programs.md', 'docs/memory.md'],
  },
  {
    title: 'Tables, files and other libraries',
    documents: [
      'docs/tables.md',
      'docs/streams.md',
      'docs/cli.md',
      'docs/files.md',
      'docs/serve.md',
      'docs/deepctr.md',
      'docs/onnx.md',
      'docs/pytorch.md',
      'python/README.md',
    ],
  },
  {
    title: 'Speed',
    documents: ['docs/wasm.md', 'docs/threads.md', 'docs/gpujs.md', 'docs/scale.md', 'bench/results/browser.md'],
  },
  {
    title: 'The project',
    documents: ['docs/api.md', 'docs/lab.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
  },
]

/** Where a document is found in the room: `docs/tour.md` as `tour.html`. */
export const addressOf = (path: string): string =>
  `${path
    .replace(/^(docs|bench\/results)\//, '')
    .replace(/\.md$/, '')
    .replace(/\//g, '-')
    .toLowerCase()}.html`
