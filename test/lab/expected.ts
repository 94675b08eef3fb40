/** What a run of the lab has to show, as one who only has the library would compute it. */
import { PLE, SharedBottom, adam, fit, pcGrad, wasm } from '../../src/index.ts'
import { gateWeights, gradientConflicts } from '../../src/insight.ts'
import type { Settings } from '../../lab/watch/settings.ts'
import { invented } from '../../lab/watch/data.ts'

interface Shown {
  readonly firstWeights: readonly number[]
  readonly weights: readonly number[]
  readonly cosine: string
}

/** Of a shared bottom as A, and as B a PLE under PCGrad. */
export async function expectedOf({ seed, batch: batchSize, epochs, a, b, ...settings }: Settings) {
  const { train: data, validation, tasks } = invented({ seed, batch: batchSize, epochs, a, b, ...settings })
  const backend = wasm({ variant: 'simd', bytes: 2 ** 26 })
  const all = {
    features: data.features,
    taskNames: Object.keys(tasks),
    taskTypes: Object.values(tasks),
    seed,
    towerDnnHiddenUnits: [a.width],
  }
  const metrics = { first: ['mse'], second: ['mse'] } as const
  const models = {
    a: new SharedBottom({ ...all, bottomDnnHiddenUnits: [a.width] }),
    b: new PLE({ ...all, expertDnnHiddenUnits: [b.width], sharedExpertNum: b.shared, specificExpertNum: b.own }),
  }
  const numbers: Record<string, number> = {}
  const sides = new Map<string, Shown>()
  for (const [name, model] of Object.entries(models)) {
    const weights = (): readonly number[] =>
      gateWeights(model, validation, { backend }).flatMap((level) => Object.values(level).flatMap(({ mean }) => mean))
    const firstWeights = weights()
    const { epochs: records } = await fit(model, {
      data,
      validation,
      metrics,
      batchSize,
      epochs,
      seed,
      backend,
      restoreBest: false,
      optimizer: adam({ learningRate: name === 'a' ? a.rate : b.rate }),
      ...(name === 'b' && { strategy: pcGrad() }),
    })
    const { losses, validation: scores } = records[records.length - 1]
    for (const task of all.taskNames) {
      numbers[`${name}-validation-${task}`] = scores![task].mse
      numbers[`${name}-loss-${task}`] = losses[task]
    }
    const { cosines } = gradientConflicts(model, validation, { batches: 1, batchSize: 512, backend })
    const cosine = cosines.first.second
    sides.set(name, {
      firstWeights,
      weights: weights(),
      cosine: `${cosine < 0 ? '−' : '+'}${Math.abs(cosine).toFixed(2)}`,
    })
  }
  return { numbers, a: sides.get('a')!, b: sides.get('b')! }
}
