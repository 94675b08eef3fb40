/** Which class of a task is taken for which, as lists of numbers that a run can keep: a row of the matrix for each class. */
import type { Feed } from '../../cli/compare/feed.ts'
import { predict } from '../../src/index.ts'
import type { Model, TaskType } from '../../src/index.ts'
import { confusionMatrix } from '../../src/metrics.ts'
import type { Measured } from './setting.ts'

type Lists = NonNullable<Measured['lists']>

/** What the names of lists with rows of the matrix begin with. */
const prefixOf = (task: string): string => `${task} taken for another: `

/** The names of a task's classes; undefined of what has none. */
const classesOf = (type: TaskType): readonly string[] | undefined =>
  typeof type === 'string' ? undefined : type.classes

/** For each class of `task`, how many test rows of it are taken for each, in the order of the classes. */
export const confusionOf =
  (task: string) =>
  (model: Model, { tasks, test }: Feed): Lists => {
    const names = classesOf(tasks[task])
    if (!names) throw new RangeError(`confusionOf: expected a task of classes but got '${task}'`)
    const predictions = predict(model, test)
    const columns = names.map((name) => predictions[`${task}.${name}`])
    const rows = Float32Array.from(
      { length: test.rows * names.length },
      (_, at) => columns[at % names.length][Math.floor(at / names.length)],
    )
    const matrix = confusionMatrix(rows, test.labels[task])
    return Object.fromEntries(names.map((name, row) => [prefixOf(task) + name, matrix[row]]))
  }

/** The rows of a matrix that were kept by `confusionOf`, each with the name of its class. */
export const matrixIn = (
  lists: Lists,
  task: string,
): readonly { readonly name: string; readonly row: readonly number[] }[] =>
  Object.entries(lists)
    .filter(([list]) => list.startsWith(prefixOf(task)))
    .map(([list, row]) => ({ name: list.slice(prefixOf(task).length), row }))
