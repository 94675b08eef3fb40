/**
 * The parameters of a model by path, such as `levels.0.experts.click.1.layers.0.weight`, and their numbers out and in.
 * It walks plain fields, so a model needs no base class; it refuses to change anything before everything fits, and whoever
 * would read half of a step of training.
 */
import { anything, checkValue, recordOf, show } from '../checks/index.ts'
import { Parameter, Tensor, showShape } from '../tensor/index.ts'
import type { Floats } from '../kernels/index.ts'

/** Numbers by path: what is saved of a model. */
export type State = Readonly<Record<string, ArrayLike<number>>>

/**
 * Every parameter that can be reached through a model's fields, by its path and in the order of the fields.
 * One that is reached twice, such as a shared table, has its first path. Includes state that is not trained.
 * @throws RangeError if two have one path, as tasks `a` and `a.layers.0` would make them.
 */
export function parameters(model: object): Readonly<Record<string, Parameter>> {
  const found = new Map<Parameter, string>()
  const seen = new Set<object>()
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
    seen.add(value)
    const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`)
    if (value instanceof Parameter) found.set(value, path)
    else if (Array.isArray(value))
      // No path is built for what is no object: a vocabulary may list a million strings.
      value.forEach((child: unknown, index) => {
        if (typeof child === 'object') visit(child, below(index))
      })
    else if (!(value instanceof Tensor)) for (const [name, child] of Object.entries(value)) visit(child, below(name))
  }
  visit(model, '')
  const paths = [...found.values()]
  const named = Object.fromEntries([...found].map(([parameter, path]) => [path, parameter]))
  if (Object.keys(named).length < paths.length)
    throw new RangeError(
      `parameters: expected a path for each but got ${paths.find((path, at) => paths.indexOf(path) < at)} twice: because it joins names by dots, and these have dots in them`,
    )
  return named
}

/** Those that training changes. */
export const trainable = (model: object): Readonly<Record<string, Parameter>> =>
  Object.fromEntries(Object.entries(parameters(model)).filter(([, parameter]) => parameter.trainable))

/** How many numbers training changes. */
export const countParameters = (model: object): number =>
  Object.values(trainable(model)).reduce((total, { size }) => total + size, 0)

/** A step that is being taken. */
export interface Step {
  /** Whose it is, for errors. */
  readonly who: string
  /** The parameters that it may change. */
  readonly changes: ReadonlySet<unknown>
}

let current: Step | undefined

/** Takes a step; until it has ended, `checkWhole` refuses the models that it changes. */
export function during<T>(step: Step, take: () => T): T {
  const before = current
  current = step
  try {
    return take()
  } finally {
    current = before
  }
}

/**
 * That a model is between steps. It costs next to nothing where no step is being taken.
 * @throws Error where it is in the middle of one.
 */
export function checkWhole(who: string, model: object): void {
  const step = current
  if (step && Object.values(parameters(model)).some((parameter) => step.changes.has(parameter)))
    throw new Error(
      `${who}: expected a model between steps but got one in the middle of a step of ${step.who}: because some of its ` +
        'parameters have moved and others not; do it in onBatch or onEpoch',
    )
}

/**
 * A copy of all numbers by path, for `restoreState`. Throws where they are on a device, where parameters are read one by one,
 * and in the middle of a step of training.
 */
export function saveState(model: object): Record<string, Floats> {
  checkWhole('saveState', model)
  return Object.fromEntries(
    Object.entries(parameters(model)).map(([path, parameter]) => [path, parameter.values.slice()]),
  )
}

/** What is wrong with a number for that parameter, in words, or nothing. */
function wrongWith(value: number, { backend, least }: Parameter, most: number): string | undefined {
  if (!Number.isFinite(value)) return ''
  if (least < 0 && Math.abs(value) > most) return `, beyond ${most}`
  if (backend.dtype === 'float32' && !Number.isFinite(Math.fround(value))) return ', beyond what float32 holds'
  return value < least ? `, below ${least}` : undefined
}

/** The first number that does not fit the parameter at a path, in words, or nothing. */
function wrongNumber(path: string, values: ArrayLike<unknown>, parameter: Parameter, most: number): string | undefined {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    const wrong = wrongWith(value, parameter, most)
    if (wrong !== undefined) return `${path} has ${show(value)} at ${index}${wrong}`
  }
  return undefined
}

/** What of the numbers at a path does not fit the parameter there, in words, or nothing. */
function misfitOf(path: string, values: unknown, parameter: Parameter | undefined, most: number): readonly string[] {
  if (!parameter) return [`${path} is unknown`]
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) return [`${path} is ${show(values)}, not a list`]
  const numbers = values as ArrayLike<unknown>
  if (numbers.length !== parameter.size)
    return [`${path} has ${numbers.length} values, not ${parameter.size} for ${showShape(parameter.shape)}`]
  const wrong = wrongNumber(path, numbers, parameter, most)
  return wrong === undefined ? [] : [wrong]
}

/** Throws a RangeError unless the numbers at a path may be its parameter's. */
export function checkNumbersAt(
  who: string,
  path: string,
  values: ArrayLike<number>,
  parameter: Parameter,
  most: number,
): void {
  const wrong = wrongNumber(path, values, parameter, most)
  if (wrong !== undefined) throw new RangeError(`${who}: expected parameters that fit but got: ${wrong}`)
}

const TOLD = 8

/**
 * Throws a RangeError unless there are numbers for each of a model's parameters, which may have shapes and no memory, and
 * none is larger than `most`, but of what may not be below 0.
 */
export function checkState(who: string, model: object, state: State, most = Infinity): void {
  const own = parameters(model)
  const problems = [
    ...Object.keys(own)
      .filter((path) => !Object.hasOwn(state, path))
      .map((path) => `${path} is missing`),
    ...Object.entries(state).flatMap(([path, values]) =>
      misfitOf(path, values, Object.hasOwn(own, path) ? own[path] : undefined, most),
    ),
  ]
  if (problems.length === 0) return
  const more = problems.length > TOLD ? `; and ${problems.length - TOLD} more` : ''
  throw new RangeError(
    `${who}: expected ${Object.keys(own).length} parameters that fit but got: ${problems.slice(0, TOLD).join('; ')}${more}`,
  )
}

/** Overwrites all of a model's numbers by those of a state that was checked. */
export function fill(model: object, state: State): void {
  for (const [path, parameter] of Object.entries(parameters(model))) parameter.assign(state[path])
}

/**
 * Fills a model's parameters from numbers by path.
 * @throws RangeError listing what is missing, unknown, of the wrong size, not finite as the parameter's own numbers or
 * below their least; nothing is changed then.
 */
export function restoreState(model: object, state: State): void {
  checkWhole('restoreState', model)
  checkValue('restoreState', 'state', state, recordOf(anything))
  checkState('restoreState', model, state)
  fill(model, state)
}
