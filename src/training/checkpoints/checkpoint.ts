/**
 * A checkpoint: all that decides how a training goes on, as a safetensors file, and back. It refuses, before anything
 * changes, a file that is damaged and a training that is another.
 */
import { show } from '../../checks/index.ts'
import { hashOfText } from '../../data/index.ts'
import { parameters } from '../../models/index.ts'
import type { State } from '../../models/index.ts'
import { bytesOf, partsOf, tensorsIn } from '../../safetensors/index.ts'
import type { Numbers, TensorToStore } from '../../safetensors/index.ts'
import { showShape } from '../../tensor/index.ts'
import type { Course } from '../fit/course.ts'
import type { Subject } from '../fit/keeping.ts'
import { fromText, hashOf, toText } from './facts.ts'
import { checkSame, settingsOf } from './settings.ts'
import type { Settings } from './settings.ts'
import { below, isStateful, remembered, together, under } from './stateful.ts'
import type { Stateful, TrainingState } from './stateful.ts'

const FORMAT = { format: 'plegrad checkpoint', version: '1' } as const

/** All parts of a training as one. Throws where one keeps its state to itself. */
function partsOfTraining({ who, parts }: Subject): Stateful {
  const closed = Object.entries(parts).find(([, part]) => !isStateful(part))
  if (closed)
    throw new RangeError(
      `${who}: expected ${closed[0]} with saveState and restoreState but got ${show((closed[1] as { name?: unknown }).name)} without: because what it remembers would be lost`,
    )
  return together(parts as Readonly<Record<string, Stateful>>)
}

/** A hash over all numbers by name, and over the facts. */
function checksumOf(tensors: Readonly<Record<string, { readonly values: Numbers }>>, facts: string): string {
  const hash = Object.keys(tensors)
    .sort()
    .reduce((sum, name) => hashOf(bytesOf(tensors[name].values), sum), hashOfText(facts))
  return hash.toString(16)
}

interface Facts {
  readonly course: Omit<Course, 'best'> & { readonly best?: Omit<NonNullable<Course['best']>, 'state'> }
  readonly settings: Settings
  readonly parts: TrainingState['facts']
}

/** The parts of the file of a checkpoint: numbers are where the training has them, not copied. */
export function checkpointParts(training: Subject, course: Course): readonly Uint8Array[] {
  const { who, model } = training
  const named = parameters(model)
  const state = partsOfTraining(training).saveState(named)
  const { best, ...rest } = course
  const tensors: Record<string, TensorToStore> = {
    ...under('model', named),
    ...under('state', state.tensors),
    ...(best && under('best', bestOf(best.state, named))),
  }
  const text = toText({
    course: { ...rest, ...(best && { best: { epoch: best.epoch, score: best.score } }) },
    settings: settingsOf(training, state.settings),
    parts: state.facts,
  } satisfies Facts)
  return partsOf(who, tensors, { ...FORMAT, facts: text, checksum: checksumOf(tensors, text) })
}

const bestOf = (state: State, named: ReturnType<typeof parameters>): Record<string, TensorToStore> =>
  Object.fromEntries(
    Object.entries(state).map(([path, values]) => [
      path,
      { shape: named[path].shape, values: values as Numbers & State[string] },
    ]),
  )

/** A checkpoint that was read and found whole. */
export interface Checkpoint {
  readonly facts: Facts
  readonly tensors: Readonly<Record<string, TensorToStore>>
}

/** Throws a RangeError unless these are the bytes of a checkpoint, as they were written. */
export function checkpointIn(who: string, bytes: Uint8Array): Checkpoint {
  const { metadata, tensors } = tensorsIn(who, bytes)
  for (const [name, expected] of Object.entries(FORMAT))
    if (metadata[name] !== expected)
      throw new RangeError(`${who}: expected a ${name} of '${expected}' but got ${show(metadata[name])}`)
  const { facts = '', checksum } = metadata
  if (checksumOf(tensors, facts) !== checksum)
    throw new RangeError(
      `${who}: expected a checkpoint as it was written but got another: because its checksum differs`,
    )
  return { facts: fromText(facts) as Facts, tensors }
}

/** Puts a training to where a checkpoint was taken. Throws a RangeError, before anything changes, if it is of another. */
export function restoreCheckpoint(training: Subject, { facts, tensors }: Checkpoint): Course {
  const { who, model } = training
  const named = parameters(model)
  const stateful = partsOfTraining(training)
  checkSame(who, facts.settings, settingsOf(training, stateful.saveState(named).settings))
  const numbers = below('model', tensors)
  checkSame(who, shapesOf(numbers), shapesOf(named))
  for (const [path, parameter] of Object.entries(named)) parameter.assign(numbers[path].values as Float32Array)
  stateful.restoreState(remembered({}, facts.parts, below('state', tensors)), named)
  const { best, ...course } = facts.course
  const state = Object.fromEntries(
    Object.entries(below('best', tensors)).map(([path, { values }]) => [path, values as Float32Array]),
  )
  return { ...course, ...(best && { best: { ...best, state } }) }
}

const shapesOf = (named: Readonly<Record<string, { readonly shape: readonly number[] }>>): Settings =>
  Object.fromEntries(Object.entries(named).map(([path, { shape }]) => [path, showShape(shape)]))
