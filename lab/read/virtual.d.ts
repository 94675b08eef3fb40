/** What the bundler makes while it builds. */
declare module 'virtual:lab-index' {
  /** What is searched, as `search.ts` has it: a module of this kind can import no type. */
  export const index: readonly {
    readonly address: string
    readonly page: string
    readonly title: string
    readonly text: string
  }[]
}
