/**
 * Makes an optimizer out of a rule: it keeps the rule's state beside every parameter it has met, and touches only the
 * rows that a row-sparse gradient names, so that a step over a large table costs what its batch costs.
 */
import { distinctRows } from '../../autograd/index.ts'
import { checkValue } from '../../checks/index.ts'
import type { Check } from '../../checks/index.ts'
import { bufferOn, eachRun, recordWithin, standIn } from '../../kernels/index.ts'
import type { Backend, Buffer, EachRun, Floats, Held } from '../../kernels/index.ts'
import { Tensor, idsBelow, showShape } from '../../tensor/index.ts'
import type { Cotangent, Parameter } from '../../tensor/index.ts'
import { below, remembered } from '../checkpoints/stateful.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import { lasting } from '../step/lasting.ts'
import { RATE, rateAt } from './schedules.ts'
import type { Schedule } from './schedules.ts'

/**
 * What moves parameters, and the state that it keeps for that. One object is for the training of one model. Without
 * `saveState` and `restoreState`, which those of plegrad have, it takes no part in a training with checkpoints.
 */
export interface Optimizer extends Partial<Stateful> {
  readonly name: string
  /** How many steps were taken. */
  readonly steps: number
  /** The learning rate of the next step. @throws RangeError where a schedule gives none. */
  readonly learningRate: number
  /**
   * Moves each parameter against its gradient. Rows that a row-sparse gradient does not name stay as they are, and so
   * does their state: moments do not decay, and no L2 applies, until a batch touches the row again.
   * @throws RangeError before anything moves, unless there is one gradient of its shape for each parameter, and a rate.
   */
  step(parameters: readonly Parameter[], gradients: readonly Cotangent[]): void
}

/** Throws where a schedule gives no rate for the next step: for whoever has to know it before anything else moves. */
export const checkRate = ({ learningRate }: Optimizer): number => learningRate

/** What one kernel call moves: all of a parameter as one row, or `count` rows of width `d`. */
interface Target {
  readonly backend: Backend
  readonly parameter: Buffer
  readonly gradient: Buffer
  /** The optimizer's own numbers for this parameter. */
  readonly state: readonly Buffer[]
  readonly rows: Buffer | null
  readonly count: number
  readonly d: number
  readonly l2: number
}

/** A rule: its numbers, of which some change from step to step, and the one kernel that reads them. */
export interface Rule {
  /** A parameter's tensors of state by name, and the number that each is filled with at first. */
  readonly starts: Readonly<Record<string, number>>
  /** What the kernel reads of them. The rate is that of the step. */
  readonly numbers: { learningRate: number }
  /** Sets the others that change, to those of step `step`, counted from 1. */
  readonly advance?: (step: number) => void
  readonly update: (target: Target) => void
}

const shapeOf = (gradient: Cotangent): string =>
  showShape(gradient instanceof Tensor ? gradient.shape : [gradient.count, ...gradient.rows.shape.slice(1)])

function checkGradients(name: string, parameters: readonly Parameter[], gradients: readonly Cotangent[]): void {
  if (parameters.length !== gradients.length)
    throw new RangeError(`${name}: expected ${parameters.length} gradients but got ${gradients.length}`)
  parameters.forEach(({ shape }, index) => {
    const gradient = gradients[index]
    if (!(gradient instanceof Tensor)) idsBelow(name, ` of gradient ${index}`, gradient.ids, gradient.count, -1)
    if (showShape(shape) !== shapeOf(gradients[index]))
      throw new RangeError(
        `${name}: expected gradient ${index} of shape ${showShape(shape)} but got ${shapeOf(gradients[index])}`,
      )
  })
}

/** Steps at which a schedule is asked what it is. */
const PROBES = [0, ...Array.from({ length: 21 }, (_, power) => 2 ** power)]

/** The optimizer `name`, which moves parameters as `rule` says and at the rate of `schedule`, each one that `rates` allows. */
export function optimizer(name: string, schedule: Schedule, rule: Rule, rates: Check = RATE): Optimizer & Stateful {
  const { starts, numbers } = rule
  // A function is known by what it says.
  const probes = typeof schedule === 'number' ? schedule : PROBES.map(schedule)
  const settings = { ...starts, ...numbers, learningRate: probes }
  const states = new WeakMap<Parameter, readonly Parameter[]>()
  const stateOf = (parameter: Parameter): readonly Parameter[] => {
    const { shape, backend } = parameter
    const state =
      states.get(parameter) ??
      Object.values(starts).map((start) => lasting(shape, start, backend, { trainable: false }))
    states.set(parameter, state)
    return state
  }
  let steps = 0
  const rate = (): number => {
    const found = rateAt(schedule, steps)
    // Asked first, so that no name is made up in steps that go well.
    if (!rates.fits(found)) checkValue(name, `the learningRate of step ${steps + 1}`, found, rates)
    return found
  }
  const advance: EachRun = () => {
    rule.numbers.learningRate = rate()
    steps++
    rule.advance?.(steps)
  }
  Object.assign(advance, { undo: () => steps-- })
  return {
    name,
    get steps() {
      return steps
    },
    get learningRate() {
      return rate()
    },
    step(parameters, gradients) {
      checkGradients(name, parameters, gradients)
      eachRun(advance)
      parameters.forEach((parameter, index) => {
        const { l2, size } = parameter
        const gradient = gradients[index]
        const moved = gradient instanceof Tensor ? gradient : distinctRows(gradient)
        const backend = standIn(parameter.backend)
        const buffer = (held: Held): Buffer => bufferOn(backend, held)
        const [values, rows, [count, d]] =
          moved instanceof Tensor ? [moved, null, [1, size]] : [moved.rows, moved.ids, moved.rows.shape]
        recordWithin(name)
        rule.update({
          backend,
          parameter: buffer(parameter),
          gradient: buffer(values),
          state: stateOf(parameter).map(buffer),
          rows: rows && buffer(rows),
          count,
          d,
          l2,
        })
        parameter.changed()
      })
    },
    saveState(parameters) {
      const kept = Object.entries(parameters).flatMap(([path, parameter]) =>
        (states.get(parameter) ?? []).map((state, at) => [`${Object.keys(starts)[at]}.${path}`, state] as const),
      )
      return remembered(settings, { steps }, Object.fromEntries(kept))
    },
    restoreState({ facts, tensors }, parameters) {
      steps = facts.steps as number
      Object.keys(starts).forEach((what, at) => {
        for (const [path, { values }] of Object.entries(below(what, tensors)))
          stateOf(parameters[path])[at].assign(values as Floats)
      })
    },
  }
}
