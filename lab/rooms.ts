/** The rooms of the lab, each a folder with a page of its own. One that does not stand yet is not listed, and so not linked. */

export interface Room {
  /** Its folder, which is its address too. */
  readonly folder: string
  readonly title: string
  /** What one does there, for the hall. */
  readonly words: string
}

export const ROOMS: readonly Room[] = [
  {
    folder: 'watch',
    title: 'Watch it learn',
    words:
      'Two models side by side on the same rows from the same seed: how their losses fall, whom their gates hear, and where the gradients of their tasks pull against each other.',
  },
  {
    folder: 'walk',
    title: 'Walk the tape',
    words:
      'Ops as you write them: step forward and see each value, backward and see each gradient arrive by its rule, and have finite differences check them all.',
  },
  {
    folder: 'read',
    title: 'Read',
    words:
      'The tour, the derivations, every op with its rule, all that is exported, and the source, line by line: one shelf, with a search.',
  },
]
