/** The ladder in a page: what is bundled for the browser. */
import { climb } from './climb.ts'
import type { Asked, Told } from './climb.ts'

/** What the page and whoever opened it know of each other. */
export interface Window {
  /** The page's. */
  climb: (asked: Asked) => Promise<void>
  /** The opener's. */
  readonly tell: (told: Told) => Promise<void>
}

const window = globalThis as unknown as Window
window.climb = (asked) => climb(asked, (told) => void window.tell(told))
