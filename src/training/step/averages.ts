/** A moving average of a model's weights over its steps. It refuses to be what is learned: it only follows. */
import { bufferOn, recordWithin, run, standIn } from '../../kernels/index.ts'
import type { Floats } from '../../kernels/index.ts'
import { movingAverage } from '../../kernels/table/index.ts'
import type { Parameter } from '../../tensor/index.ts'
import { remembered } from '../checkpoints/stateful.ts'
import type { Stateful } from '../checkpoints/stateful.ts'
import { lasting } from './lasting.ts'

export interface Averages extends Stateful {
  /** Follows the parameters after a step: average ← decay·average + (1 − decay)·parameter. Recordable. */
  record(parameters: readonly Parameter[]): void
  /** Has the averages in the places of the parameters, or the parameters in their own; again changes nothing. */
  standIn(averaged: boolean): void
}

/**
 * The exponential moving average of parameters (Polyak and Juditsky 1992; Tan and Le 2019 train so). It starts at what
 * they are, and each step costs as much as they are large, tables included.
 */
export function movingAverages(parameters: readonly Parameter[], decay: number): Averages {
  const averages = new Map(
    parameters.map((parameter) => {
      const average = lasting(parameter.shape, 0, parameter.backend, { trainable: false })
      average.assign(parameter.values)
      return [parameter, average]
    }),
  )
  let standing = false
  return {
    record(moved) {
      for (const parameter of moved) {
        const average = averages.get(parameter)
        if (!average) continue
        const backend = standIn(parameter.backend)
        recordWithin('moving average')
        const [to, from] = [bufferOn(backend, average), bufferOn(backend, parameter)]
        run(backend, movingAverage, to, from, parameter.size, 1 - decay)
        average.changed()
      }
    },
    standIn(averaged) {
      if (averaged === standing) return
      standing = averaged
      for (const [parameter, average] of averages) {
        const values = parameter.values.slice()
        parameter.assign(average.values)
        average.assign(values)
      }
    },
    saveState: (named) =>
      remembered(
        { decay },
        {},
        Object.fromEntries(
          Object.entries(named).flatMap(([path, parameter]) => {
            const average = averages.get(parameter)
            return average ? [[path, average]] : []
          }),
        ),
      ),
    restoreState({ tensors }, named) {
      for (const [path, { values }] of Object.entries(tensors)) averages.get(named[path])?.assign(values as Floats)
    },
  }
}
