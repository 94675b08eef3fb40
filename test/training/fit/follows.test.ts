/** Tasks that happen only where another one does: rows that say otherwise are refused wherever labels are read. */
import { describe, expect, it } from 'vitest'
import { dataset, denseFeature } from '../../../src/data/index.ts'
import type { Dataset } from '../../../src/data/index.ts'
import { ESMM, PLE, saveState } from '../../../src/models/index.ts'
import { evaluate, fit, fitAlternating, gradientConflicts, predict } from '../../../src/training/index.ts'

const features = [denseFeature('x')]
const data = (ctr: readonly number[], ctcvr: readonly number[]): Dataset =>
  dataset({ features, columns: { x: ctr.map((_, row) => row / 4) }, labels: { ctr, ctcvr } })
const esmm = (): ESMM => new ESMM({ features, towerDnnHiddenUnits: [3] })

const right = data([1, 1, 0, 0], [1, 0, 0, NaN])
const wrong = data([1, 1, 0, 0], [1, 0, 1, 0])
const SAID =
  "expected labels of 'ctcvr' no higher than those of 'ctr' but got 1 and 0 at row 2: because 'ctcvr' happens"

describe('a conversion without a click', () => {
  it('is refused by all that reads labels, naming the row, before anything changes', async () => {
    const model = esmm()
    const before = saveState(model)
    await expect(fit(model, { data: wrong })).rejects.toThrow(`fit: ${SAID} only where 'ctr' does`)
    await expect(fit(model, { data: right, validation: wrong })).rejects.toThrow(`fit: ${SAID}`)
    await expect(fitAlternating(model, { turns: { one: { data: wrong, tasks: ['ctcvr'] } } })).rejects.toThrow(SAID)
    expect(() => evaluate(model, wrong)).toThrow(`evaluate: ${SAID}`)
    expect(() => gradientConflicts(model, wrong)).toThrow(`gradientConflicts: ${SAID}`)
    expect(saveState(model)).toEqual(before)
  })

  it('is refused of other names, and of probabilities that labels may be', async () => {
    const named = new ESMM({ features, taskNames: ['click', 'buy'], towerDnnHiddenUnits: [3] })
    const soft = dataset({ features, columns: { x: [1, 2] }, labels: { click: [0.5, 0.5], buy: [0.5, 0.75] } })
    await expect(fit(named, { data: soft })).rejects.toThrow(
      "fit: expected labels of 'buy' no higher than those of 'click' but got 0.75 and 0.5 at row 1",
    )
  })

  it('is none where either label is missing, where it is not read, or of a model without such tasks', async () => {
    await expect(fit(esmm(), { data: right })).resolves.toBeDefined()
    await expect(fit(esmm(), { data: data([1, NaN, 0], [1, 1, 0]) })).resolves.toBeDefined()
    expect(predict(esmm(), wrong)).toHaveProperty('cvr')
    expect(evaluate(esmm(), wrong, { tasks: ['ctr'] })).toHaveProperty('ctr')
    const ple = new PLE({ features, taskNames: ['ctr', 'ctcvr'], taskTypes: ['binary', 'binary'] })
    expect(evaluate(ple, wrong)).toHaveProperty('ctcvr')
  })
})
