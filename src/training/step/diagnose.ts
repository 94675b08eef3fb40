/** Finds where numbers stopped being finite: the parameter that holds the first bad one, or the op that made it. */
import { showShape } from '../../tensor/index.ts'
import type { Parameter, Tensor } from '../../tensor/index.ts'

const isFinite = (tensor: Tensor): boolean => tensor.values.every((value) => Number.isFinite(value))

/** The path of the first parameter that holds a NaN or an infinity; undefined if none does. */
export const spoiltParameter = (named: Readonly<Record<string, Parameter>>): string | undefined =>
  Object.keys(named).find((path) => !isFinite(named[path]))

/** A tensor and all that it was computed from, nearest first. */
function history(last: Tensor): readonly Tensor[] {
  const seen = new Set([last])
  for (const { origin } of seen) for (const input of origin?.inputs ?? []) seen.add(input)
  return [...seen]
}

/** Says what in the history of `loss` first was NaN or infinite, naming parameters by their paths. */
export function firstNonFinite(loss: Tensor, named: Readonly<Record<string, Parameter>>): string {
  const paths = new Map<Tensor, string>(Object.entries(named).map(([path, parameter]) => [parameter, path]))
  const oldestFirst = [...history(loss)].sort((a, b) => a.birth - b.birth)
  const bad = oldestFirst.find((tensor) => !isFinite(tensor))
  if (!bad) return 'every number that led to it is finite'
  const path = paths.get(bad)
  if (path !== undefined) return `parameter ${path} ${showShape(bad.shape)} holds a value that is not finite`
  if (!bad.origin) return `an input of shape ${showShape(bad.shape)} holds a value that is not finite`
  const shapes = bad.origin.inputs.map(({ shape }) => showShape(shape)).join(', ')
  const nearest = history(bad).find((tensor) => paths.has(tensor))
  const behind = nearest ? `; the nearest parameter behind it is ${paths.get(nearest)}` : ''
  return `${bad.origin.op} of ${shapes} was the first to give one, from finite inputs${behind}`
}
