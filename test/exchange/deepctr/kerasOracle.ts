/**
 * DeepCTR's multi-task models once more, literally and in float64, as its Keras layers compute. A weight is drawn when it is
 * first asked for, by the name and shape that Keras gives it, so that what was asked for is all that such a model has.
 */
import { batches } from '../../../src/data/index.ts'
import type { Feature } from '../../../src/data/index.ts'
import type { DeepCTRTensor } from '../../../src/exchange/deepctr/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { stream } from '../../../src/tensor/index.ts'
import { feed } from '../../models/feed.ts'

export interface KerasOptions {
  readonly features: readonly Feature[]
  readonly activation: 'relu' | 'tanh' | 'prelu' | 'dice'
  readonly normalised: boolean
  /** How many layers of each kind the session has made before. */
  readonly before: number
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** A model of Keras, row by row; all that its layers are called is in here. */
export class Keras {
  readonly tensors: Record<string, DeepCTRTensor> = {}
  readonly options: KerasOptions
  readonly #counts = new Map<string, number>()

  constructor(options: KerasOptions) {
    this.options = options
  }

  /** The name of a layer that has none of its own. `counted` tells apart what two packages of Keras count. */
  auto(kind: string, counted = kind): string {
    const number = this.#counts.get(counted) ?? this.options.before
    this.#counts.set(counted, number + 1)
    return number === 0 ? kind : `${kind}_${number}`
  }

  weight(name: string, ...shape: number[]): readonly number[] {
    const random = stream(5).stream(name)
    const size = shape.reduce((product, length) => product * length, 1)
    this.tensors[`${name}:0`] ??= {
      shape,
      values: Array.from({ length: size }, (_, at) =>
        /variance|gamma/.test(name) ? 0.5 + random.uniform(at) : 0.5 * random.normal(at),
      ),
    }
    return this.tensors[`${name}:0`].values as readonly number[]
  }

  product(x: readonly number[], name: string, units: number): readonly number[] {
    const kernel = this.weight(name, x.length, units)
    return Array.from({ length: units }, (_, unit) =>
      x.reduce((sum, each, at) => sum + each * kernel[at * units + unit], 0),
    )
  }

  /** What a batch normalisation makes of x. */
  normal(x: readonly number[], name: string, epsilon: number, affine: boolean): readonly number[] {
    const gamma = affine ? this.weight(`${name}/gamma`, x.length) : x.map(() => 1)
    const beta = affine ? this.weight(`${name}/beta`, x.length) : x.map(() => 0)
    const mean = this.weight(`${name}/moving_mean`, x.length)
    const variance = this.weight(`${name}/moving_variance`, x.length)
    return x.map((each, at) => (gamma[at] * (each - mean[at])) / Math.sqrt(variance[at] + epsilon) + beta[at])
  }

  /** A network of layers, made now: what it gives for rows that come later. */
  network(name: string, units: readonly number[]): (x: readonly number[]) => readonly number[] {
    const { activation, normalised } = this.options
    const norms = units.map(() => (normalised ? this.auto('batch_normalization') : ''))
    const slopes = units.map(() =>
      activation === 'prelu' ? this.auto('p_re_lu') : activation === 'dice' ? this.auto('dice') : '',
    )
    const dices = units.map(() => (activation === 'dice' ? this.auto('batch_normalization', 'of dice') : ''))
    return (inputs) =>
      units.reduce((x, width, index) => {
        const bias = this.weight(`${name}/bias${index}`, width)
        const sums = this.product(x, `${name}/kernel${index}`, width).map((each, at) => each + bias[at])
        const y = normalised ? this.normal(sums, `${name}/${norms[index]}`, 1e-3, true) : sums
        const own = `${name}/${slopes[index]}`
        if (activation === 'relu') return y.map((each) => Math.max(each, 0))
        if (activation === 'tanh') return y.map(Math.tanh)
        if (activation === 'prelu') {
          const alpha = this.weight(`${own}/alpha`, width)
          return y.map((each, at) => (each > 0 ? each : alpha[at] * each))
        }
        const alpha = this.weight(`${own}/dice_alpha`, width)
        const seen = this.normal(y, `${own}/${dices[index]}`, 1e-9, false).map(sigmoid)
        return y.map((each, at) => alpha[at] * (1 - seen[at]) * each + seen[at] * each)
      }, inputs)
  }

  /** A gate, made now: a network and a softmax, and the voices that it mixes. */
  gate(name: string, softmax: string, units: readonly number[]) {
    const network = this.network(name, units)
    return (selector: readonly number[], voices: readonly (readonly number[])[]): readonly number[] => {
      const powers = this.product(network(selector), `${softmax}/kernel`, voices.length).map(Math.exp)
      const total = powers.reduce((sum, each) => sum + each, 0)
      return voices[0].map((_, at) =>
        voices.reduce((sum, voice, index) => sum + (powers[index] / total) * voice[at], 0),
      )
    }
  }

  /** Rows of a batch, embedded by tables of these names: sparse features, lists pooled, numbers. */
  inputs(rows: number, tableOf: Readonly<Record<string, string>>): readonly (readonly number[])[] {
    const { features } = this.options
    const [batch] = batches(feed(rows, 1, features), { batchSize: rows, backend: cpu64 })
    const row = (at: number): readonly number[] =>
      (['sparse', 'varLen', 'dense'] as const).flatMap((kind) =>
        features.flatMap((feature) => {
          if (feature.kind !== kind) return []
          const { name } = feature
          if (feature.kind === 'dense')
            return [...batch.numbers[name].values.slice(at * feature.dimension, (at + 1) * feature.dimension)]
          const { vocabularySize, dimension } = feature
          const table = this.weight(`${tableOf[feature.table]}/embeddings`, vocabularySize, dimension)
          const vector = (id: number): readonly number[] => table.slice(id * dimension, (id + 1) * dimension)
          const { values } = batch.ids[name]
          if (feature.kind === 'sparse') return vector(values[at])
          const { maxLength, pooling } = feature
          const present = [...values.slice(at * maxLength, (at + 1) * maxLength)].filter((id) => id !== 0).map(vector)
          return Array.from({ length: dimension }, (_, column) => {
            const numbers = present.map((each) => each[column])
            if (pooling === 'max') return Math.max(...numbers)
            const sum = numbers.reduce((total, each) => total + each, 0)
            return pooling === 'sum' ? sum : sum / (numbers.length + 1e-8)
          })
        }),
      )
    return Array.from({ length: rows }, (_, at) => row(at))
  }

  /** A last layer, a bias and, for a binary task, a sigmoid; made now. */
  prediction(name: string, type: 'binary' | 'regression'): (x: readonly number[]) => number {
    const dense = this.auto('dense')
    return (x) => {
      const logit = this.product(x, `${dense}/kernel`, 1)[0] + this.weight(`${name}/global_bias`, 1)[0]
      return type === 'binary' ? sigmoid(logit) : logit
    }
  }
}
