/** Kinds of tasks as files and other threads have them: made again of what they write. It refuses kinds of one's own. */
import { checkNames, isRecord } from '../../checks/index.ts'
import type { Classes } from './classes.ts'
import { count } from './count.ts'
import type { TaskKind, TaskType } from './kind.ts'
import { multiclass } from './multiclass.ts'
import { multilabel } from './multilabel.ts'

const WRITTEN = ['multiclass', 'multilabel', 'count'] as const

type Written = (typeof WRITTEN)[number]

/** The kinds that are given as themselves: how each is made of what is written of it, and what that is. */
const MAKERS: Readonly<Record<Written, readonly [make: (classes: Classes) => TaskKind, ...written: string[]]>> = {
  multiclass: [multiclass, 'kind', 'classes'],
  multilabel: [multilabel, 'kind', 'classes'],
  count: [count, 'kind'],
}

const isWritten = (kind: unknown): kind is Written => WRITTEN.some((name) => name === kind)

/** Whether what a type writes brings it back: not of a kind of one's own, for it has functions. */
export const isWrittenKind = (type: TaskType): boolean => typeof type === 'string' || isWritten(type.kind)

/** Types of tasks as they were written: those that are no words are made again. What is no type is left to others to refuse. */
export function taskTypeOf(who: string, written: unknown): unknown {
  if (!isRecord(written) || !isWritten(written.kind)) return written
  const [make, ...names] = MAKERS[written.kind]
  checkNames(`${who}, a task of kind '${written.kind}'`, written, names)
  return make(written.classes as Classes)
}
