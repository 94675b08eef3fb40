/** What can be taken out of a training and put back. It refuses to know where it is kept. */
import type { TensorToStore } from '../../safetensors/index.ts'
import type { Parameter } from '../../tensor/index.ts'

/** The parameters of a model by path. */
export type Named = Readonly<Record<string, Parameter>>

/** What decides the future of whatever it was taken out of. */
export interface TrainingState {
  /** What it was made with. It goes on only with the same. Of what JSON holds, and other numbers. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Counts, and numbers by task, as JSON holds them. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Numbers by name, not copied. */
  readonly tensors: Readonly<Record<string, TensorToStore>>
}

/** What keeps state between steps, and lets it be kept. */
export interface Stateful {
  /** What it remembers, of these parameters among others. Its numbers are at hand, and shared. */
  saveState(parameters: Named): TrainingState
  /** Goes on from there. It is given what `saveState` gave, looked at before: the settings are its own. */
  restoreState(state: TrainingState, parameters: Named): void
}

/** Without numbers. */
export const remembered = (
  settings: TrainingState['settings'],
  facts: TrainingState['facts'] = {},
  tensors: TrainingState['tensors'] = {},
): TrainingState => ({ settings, facts, tensors })

/** What remembers nothing but what it was made with. */
export const stateless = (settings: TrainingState['settings']): Stateful => ({
  saveState: () => remembered(settings),
  restoreState: () => undefined,
})

/** Numbers under names that begin with others. */
export const under = <T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [`${prefix}.${name}`, value]))

/** Those that `under` gave the prefix, without it. */
export const below = <T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) =>
      name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), value] as const] : [],
    ),
  )

export const isStateful = (part: object): part is Stateful => 'saveState' in part && 'restoreState' in part

/** Several as one, each under its name; they are put back in this order. */
export function together(parts: Readonly<Record<string, Stateful>>): Stateful {
  const named = Object.entries(parts)
  return {
    saveState(parameters) {
      const states = named.map(([name, part]) => [name, part.saveState(parameters)] as const)
      const all = <K extends keyof TrainingState>(what: K): TrainingState[K] =>
        Object.assign({}, ...states.map(([name, state]) => under<unknown>(name, state[what]))) as TrainingState[K]
      return remembered(all('settings'), all('facts'), all('tensors'))
    },
    restoreState({ settings, facts, tensors }, parameters) {
      for (const [name, part] of named)
        part.restoreState(remembered(below(name, settings), below(name, facts), below(name, tensors)), parameters)
    },
  }
}
