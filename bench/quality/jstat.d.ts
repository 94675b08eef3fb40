/** The one function of jstat that is used: the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: {
      /** The quantile of Student's t at probability `p` with `degrees` of freedom. */
      readonly inv: (p: number, degrees: number) => number
    }
  }
  export = jStat
}
