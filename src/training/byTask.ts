/** Values by the names of tasks. It refuses nothing: whose names they are, those know who have them. */

/** A value for every task, by its name. */
export type ByTask<T> = Readonly<Record<string, T>>

/** What `value` gives for each task. */
export const byTask = <T>(tasks: readonly string[], value: (task: string, index: number) => T): ByTask<T> =>
  Object.fromEntries(tasks.map((task, index) => [task, value(task, index)]))
