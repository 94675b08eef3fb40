/**
 * One level of customized gate control, CGC (Tang et al. 2020, §4.1 and, stacked, §4.2): experts speak, gates listen.
 * Experts and gates are kept by the name of their group, a task or `shared`; nothing is found by its index.
 */
import { mix } from '../autograd/index.ts'
import { anything, checkOptions, listOf, needed, recordOf, text, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import type { Stream, Tensor } from '../tensor/index.ts'
import { SOME_UNITS, UNITS } from './layers/dense.ts'
import type { DenseOptions } from './layers/dense.ts'
import { Expert } from './layers/expert.ts'
import { Gate } from './layers/gate.ts'
import type { ForwardOptions } from './forward.ts'

/** The group of experts that every task hears. No task may be called so. */
export const SHARED = 'shared'

/** A task's name, or `shared`. */
export type Group = string

/** A value for every group. */
export type ByGroup<T> = Readonly<Record<Group, T>>

/** A task hears itself and the shared experts; the shared gate hears everyone. */
export const audible = (listener: Group, groups: readonly Group[]): readonly Group[] =>
  listener === SHARED ? groups : [listener, SHARED]

export const byGroup = <T>(groups: readonly Group[], value: (group: Group) => T): ByGroup<T> =>
  Object.fromEntries(groups.map((group) => [group, value(group)]))

/** What `Extraction` takes. */
export interface ExtractionOptions {
  /** How many experts each group has: the tasks in order, then shared. */
  readonly expertNums: ByGroup<number>
  /** Which groups have a gate: all tasks and, below the last level, shared. */
  readonly listeners: readonly Group[]
  readonly expertUnits: readonly number[]
  readonly gateUnits: readonly number[]
  readonly dense: DenseOptions
}

const EXTRACTION: Checks<ExtractionOptions> = {
  expertNums: needed(recordOf(whole(0))),
  listeners: needed(listOf(text)),
  expertUnits: needed(SOME_UNITS),
  gateUnits: needed(UNITS),
  dense: needed(anything),
}

/** One level of PLE: the experts of each group, and a gate for everyone who listens. */
export class Extraction {
  readonly experts: ByGroup<readonly Expert[]>
  readonly gates: ByGroup<Gate>

  /** @throws RangeError if an option is not known or does not fit, or a gate would hear no expert. */
  constructor(inputs: number, options: ExtractionOptions, stream: Stream) {
    checkOptions('Extraction', options, EXTRACTION)
    const { expertNums, listeners, expertUnits, gateUnits, dense } = options
    const groups = Object.keys(expertNums)
    this.experts = byGroup(groups, (group) =>
      Array.from(
        { length: expertNums[group] },
        (_, index) => new Expert(inputs, expertUnits, stream.stream(`experts.${group}.${index}`), dense),
      ),
    )
    this.gates = byGroup(listeners, (listener) => {
      const heard = this.voices(listener).length
      if (heard === 0) throw new RangeError(`Extraction: expected an expert for ${listener} to hear but got none`)
      return new Gate(inputs, heard, gateUnits, stream.stream(`gates.${listener}`), dense)
    })
  }

  /** The experts that a gate weighs, by name and in the order of its weights: `click.0`, `shared.0`, … */
  voices(listener: Group): readonly string[] {
    return audible(listener, Object.keys(this.experts)).flatMap((group) =>
      this.experts[group].map((_, index) => `${group}.${index}`),
    )
  }

  /** The groups whose signals it takes for these listeners to hear: their own, which gates weigh by, and the experts'. */
  sources(listeners: readonly Group[]): readonly Group[] {
    const heard = this.#heard(listeners)
    return Object.keys(this.experts).filter(
      (group) => listeners.includes(group) || (heard.includes(group) && this.experts[group].length > 0),
    )
  }

  #heard(listeners: readonly Group[]): readonly Group[] {
    const groups = Object.keys(this.experts)
    return groups.filter((group) => listeners.some((listener) => audible(listener, groups).includes(group)))
  }

  /**
   * Each group's signal (b i) in; each listener's mixture (b d), and the weights (b experts) it gave, out. Experts that
   * none of the listeners hears do not speak. Default everyone listens.
   */
  forward(
    signals: ByGroup<Tensor>,
    options: ForwardOptions,
    listeners: readonly Group[] = Object.keys(this.gates),
  ): { signals: ByGroup<Tensor>; weights: ByGroup<Tensor> } {
    const groups = Object.keys(this.experts)
    const spoken = byGroup(this.#heard(listeners), (group) =>
      this.experts[group].map((expert) => expert.forward(signals[group], options)),
    )
    const weights = byGroup(listeners, (listener) => this.gates[listener].forward(signals[listener], options))
    const mixtures = byGroup(listeners, (listener) =>
      mix(
        weights[listener],
        audible(listener, groups).flatMap((group) => spoken[group]),
      ),
    )
    return { signals: mixtures, weights }
  }
}
