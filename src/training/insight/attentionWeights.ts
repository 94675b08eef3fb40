/** What a trained model looks at in a user's history. It refuses an embedding of which no feature is pooled by attention. */
import { checkValue, having } from '../../checks/index.ts'
import { DATASET, batches } from '../../data/index.ts'
import type { Dataset, VarLenFeature } from '../../data/index.ts'
import type { FeatureEmbedding } from '../../models/index.ts'

const WHO = 'attentionWeights'
const AT_ONCE = 1024

/**
 * By feature that is pooled by attention, how much each item of a row's list matters for the row's candidate: (rows
 * maxLength) in row-major order, 0 behind the end of a list. `embedding` is that of a model: `model.embedding` of PLE and
 * most others, `model.deep.embedding` of Wide & Deep, `model.networks.like.embedding` of a single task.
 * @throws RangeError where it is none, no feature attends, or the data lacks such a feature.
 */
export function attentionWeights(embedding: FeatureEmbedding, data: Dataset): Readonly<Record<string, Float32Array>> {
  checkValue(WHO, 'the first argument', embedding, having('an embedding of features', 'tables', 'attention'))
  checkValue(WHO, 'the data', data, DATASET)
  const names = Object.keys(embedding.attention)
  if (names.length === 0)
    throw new RangeError(`${WHO}: expected features pooled by attention but got none: because no other has weights`)
  const features = names.map((name) => {
    const feature = data.features.find((each) => each.name === name)
    if (feature?.kind !== 'varLen' || feature.pooling !== 'attention')
      throw new RangeError(`${WHO}: expected feature '${name}', pooled by attention, in the data but got none`)
    return feature
  })
  const [{ backend }] = Object.values(embedding.tables)
  const weights = Object.fromEntries(
    features.map(({ name, maxLength }) => [name, new Float32Array(data.rows * maxLength)]),
  )
  let row = 0
  for (const batch of batches({ ...data, labels: {} }, { batchSize: AT_ONCE, backend })) {
    for (const feature of features as readonly VarLenFeature[])
      weights[feature.name].set(embedding.attended(feature, batch).values, row * feature.maxLength)
    row += batch.rows
  }
  return weights
}
