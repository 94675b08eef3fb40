/** Optimizers by groups of parameters: one for wide weights, another for the rest. It refuses to leave a parameter out. */
import { checkOptions, checkValue, having, listOf } from '../../checks/index.ts'
import type { Check } from '../../checks/index.ts'
import { eachRun } from '../../kernels/index.ts'
import type { EachRun } from '../../kernels/index.ts'
import { trainable } from '../../models/index.ts'
import type { Cotangent, Parameter } from '../../tensor/index.ts'
import { isStateful, remembered, together } from '../checkpoints/stateful.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import { checkRate } from './optimizer.ts'
import type { Optimizer } from './optimizer.ts'

/** Which parameters, by their path in the model: `/^wide\./`, or a function. */
export type Paths = RegExp | ((path: string) => boolean)

export const PATHS: Check = {
  expected: 'to be a regular expression or a function of paths',
  fits: (value) => value instanceof RegExp || typeof value === 'function',
}

export const matching =
  (paths: Paths): ((path: string) => boolean) =>
  (path) =>
    typeof paths === 'function' ? paths(path) : path.search(paths) >= 0

/** Parameters, by their paths, and the optimizer that moves them. */
export interface ParameterGroup {
  /** Default: whatever no group before this one has. */
  readonly paths?: Paths
  readonly optimizer: Optimizer
}

/**
 * One optimizer out of several: a parameter moves by that of the first group that it belongs to. Its learning rate is
 * that of the first group, and its steps are its own.
 * @throws RangeError if a parameter belongs to no group, a group has no parameter, or two groups share an optimizer.
 */
export function parameterGroups(model: object, groups: readonly ParameterGroup[]): Optimizer {
  const who = 'parameterGroups'
  checkValue(who, 'groups', groups, listOf(having('a group', 'optimizer'), 1))
  for (const [index, group] of groups.entries())
    checkOptions(`${who}, group ${index}`, group, { paths: PATHS, optimizer: having('an optimizer', 'step') })
  const optimizers = groups.map(({ optimizer }) => optimizer)
  const twice = optimizers.findIndex((optimizer, index) => optimizers.indexOf(optimizer) !== index)
  if (twice >= 0)
    throw new RangeError(
      `${who}: expected an optimizer for each group but got one twice, in group ${twice}: because it counts its steps`,
    )
  const groupOf = new Map<Parameter, number>()
  for (const [path, parameter] of Object.entries(trainable(model))) {
    const group = groups.findIndex(({ paths }) => paths === undefined || matching(paths)(path))
    if (group < 0) throw new RangeError(`${who}: expected a group for every parameter but got none for ${path}`)
    groupOf.set(parameter, group)
  }
  const members = [...groupOf.values()]
  const empty = groups.findIndex((_, index) => !members.includes(index))
  if (empty >= 0)
    throw new RangeError(
      `${who}: expected parameters in every group but got none in group ${empty} of ${groups[empty].paths?.toString() ?? 'the rest'}`,
    )
  let steps = 0
  const count: EachRun = () => {
    optimizers.forEach(checkRate)
    steps++
  }
  Object.assign(count, { undo: () => steps-- })
  const stateful = optimizers.filter(isStateful)
  const own: Stateful = {
    saveState: () => remembered({}, { steps }),
    restoreState({ facts }) {
      steps = facts.steps as number
    },
  }
  return {
    name: optimizers.map(({ name }) => name).join(' + '),
    get steps() {
      return steps
    },
    get learningRate() {
      optimizers.forEach(checkRate)
      return optimizers[0].learningRate
    },
    step(parameters, gradients) {
      const unknown = parameters.findIndex((parameter) => !groupOf.has(parameter))
      if (unknown >= 0)
        throw new RangeError(`${who}: expected parameters of the model but got another one, number ${unknown}`)
      if (parameters.length !== gradients.length)
        throw new RangeError(`${who}: expected ${parameters.length} gradients but got ${gradients.length}`)
      eachRun(count)
      optimizers.forEach((optimizer, group) => {
        const own = parameters.flatMap((parameter, index): [Parameter, Cotangent][] =>
          groupOf.get(parameter) === group ? [[parameter, gradients[index]]] : [],
        )
        if (own.length > 0)
          optimizer.step(
            own.map(([parameter]) => parameter),
            own.map(([, gradient]) => gradient),
          )
      })
    },
    ...(stateful.length === optimizers.length && together({ own, ...Object.fromEntries(stateful.entries()) })),
  }
}
