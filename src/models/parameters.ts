/**
 * The parameters of a model by path, such as `levels.0.experts.click.1.layers.0.weight`, and their numbers out and in.
 * It walks plain fields, so a model needs no base class; it refuses to change anything before everything fits.
 */
import { Parameter, Tensor, showShape } from '../tensor/index.ts'
import type { Floats } from '../kernels/index.ts'

/** Numbers by path: what is saved of a model. */
export type State = Readonly<Record<string, ArrayLike<number>>>

/**
 * Every parameter that can be reached through a model's fields, by its path and in the order of the fields.
 * One that is reached twice, such as a shared table, has its first path. Includes state that is not trained.
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
  return Object.fromEntries([...found].map(([parameter, path]) => [path, parameter]))
}

/** Those that training changes. */
export const trainable = (model: object): Readonly<Record<string, Parameter>> =>
  Object.fromEntries(Object.entries(parameters(model)).filter(([, parameter]) => parameter.trainable))

/** How many numbers training changes. */
export const countParameters = (model: object): number =>
  Object.values(trainable(model)).reduce((total, { size }) => total + size, 0)

/** A copy of all numbers by path, for `loadState`. Throws where they are on a device: read parameters one by one there. */
export const stateOf = (model: object): Record<string, Floats> =>
  Object.fromEntries(Object.entries(parameters(model)).map(([path, parameter]) => [path, parameter.values.slice()]))

/**
 * Fills a model's parameters from numbers by path.
 *
 * @throws RangeError listing every path that is missing, unknown, of the wrong size or not finite; nothing is changed then.
 */
export function loadState(model: object, state: State): void {
  const own = parameters(model)
  const problems = [
    ...Object.keys(own)
      .filter((path) => !Object.hasOwn(state, path))
      .map((path) => `${path} is missing`),
    ...Object.entries(state).flatMap(([path, values]) => {
      if (!Object.hasOwn(own, path)) return [`${path} is unknown`]
      const { size, shape } = own[path]
      if (values.length !== size) return [`${path} has ${values.length} values, not ${size} for ${showShape(shape)}`]
      const bad = Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value))
      return bad < 0 ? [] : [`${path} has ${values[bad]} at ${bad}`]
    }),
  ]
  if (problems.length > 0)
    throw new RangeError(
      `loadState: expected ${Object.keys(own).length} parameters that fit but got: ${problems.join('; ')}`,
    )
  for (const [path, parameter] of Object.entries(own)) parameter.assign(state[path])
}
