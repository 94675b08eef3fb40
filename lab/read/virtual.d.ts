/** What the bundler makes while it builds. */
declare module 'virtual:lab-index' {
  import type { Entry } from './search.ts'
  export const index: readonly Entry[]
}
