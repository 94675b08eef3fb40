/**
 * What the layers and weights of DeepCTR's Keras models are called, and the parameters here that are these. Layers without
 * a name of their own are numbered by Keras in the order in which they are made, from whatever number a session has come
 * to: names are compared as if it had made nothing before. It refuses nothing.
 */
import { Dice, PRelu, SHARED } from '../../models/index.ts'
import type { BatchNorm, Dense, ESMM, Gate, PLE, SharedBottom, Tower } from '../../models/index.ts'
import type { Feature } from '../../data/index.ts'
import { same } from './counterparts.ts'
import type { Counterpart, DeepCTRTensors } from './counterparts.ts'
import type { Known } from './kinds.ts'

type Parts = readonly Counterpart[]

const NUMBERED = /^(dnn|dense|prediction_layer|batch_normalization|dice|p_re_lu)(?:_(\d+))?$/

/** A name in parts, and of each that Keras numbers the kind, which counts by itself at each depth, and the number. */
const partsOf = (name: string): readonly { part: string; kind?: string; depth: number; number: number }[] =>
  name
    .replace(/:\d+$/, '')
    .split('/')
    .map((part, depth) => {
      const [, kind, number = '0'] = NUMBERED.exec(part) ?? []
      return kind === undefined ? { part, depth, number: 0 } : { part, kind, depth, number: Number(number) }
    })

const numbered = (kind: string, number: number): string => (number === 0 ? kind : `${kind}_${number}`)

/** Tensors by their names in a session that has made nothing else: `dense_7/kernel:0` and `dense_8/…` as `dense` and `dense_1`. */
export function renumbered(tensors: DeepCTRTensors): DeepCTRTensors {
  const names = Object.keys(tensors).map(partsOf)
  const seen = new Map<string, readonly number[]>()
  for (const { kind, depth, number } of names.flat()) {
    if (kind === undefined) continue
    const before = seen.get(`${kind} ${depth}`) ?? []
    if (!before.includes(number)) seen.set(`${kind} ${depth}`, [...before, number])
  }
  const rank = (kind: string, depth: number, number: number): number =>
    seen.get(`${kind} ${depth}`)!.filter((other) => other < number).length
  return Object.fromEntries(
    Object.values(tensors).map((tensor, at) => {
      const parts = names[at].map(({ part, kind, depth, number }) =>
        kind === undefined ? part : numbered(kind, rank(kind, depth, number)),
      )
      return [`${parts.join('/')}:0`, tensor]
    }),
  )
}

/** Counts layers of each kind. */
type Counter = (kind: string) => string

function counter(): Counter {
  const counts = new Map<string, number>()
  return (kind) => {
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return numbered(kind.replace(/ .*/, ''), count)
  }
}

const statistics = (prefix: string, { runningMean, runningVariance }: BatchNorm): Parts => [
  same(`${prefix}/moving_mean:0`, runningMean),
  same(`${prefix}/moving_variance:0`, runningVariance),
]

/** The layers of one network; what they activate by is numbered after all that normalises them. */
function network(name: string, layers: readonly Dense[], next: Counter): Parts {
  const dense = layers.flatMap(({ weight, bias, batchNorm }, index) => {
    const norm = batchNorm && `${name}/${next('batch_normalization')}`
    return [
      same(`${name}/kernel${index}:0`, weight),
      ...(bias ? [same(`${name}/bias${index}:0`, bias)] : []),
      ...(batchNorm && norm !== undefined
        ? [
            same(`${norm}/gamma:0`, batchNorm.scale),
            same(`${norm}/beta:0`, batchNorm.shift),
            ...statistics(norm, batchNorm),
          ]
        : []),
    ]
  })
  const activations = layers.flatMap(({ activation }) => {
    if (activation instanceof PRelu) return [same(`${name}/${next('p_re_lu')}/alpha:0`, activation.alpha)]
    if (!(activation instanceof Dice)) return []
    const dice = `${name}/${next('dice')}`
    return [
      same(`${dice}/dice_alpha:0`, activation.alpha),
      ...statistics(`${dice}/${next('batch_normalization of dice')}`, activation.normalization),
    ]
  })
  return [...dense, ...activations]
}

/** A table that several features share is the layer of the last one that is a list, or else of the sparse ones. */
const embeddings = (features: readonly Feature[], { embedding }: PLE | SharedBottom | ESMM): Parts =>
  Object.entries(embedding.tables).map(([table, held]) => {
    const lists = features.filter((feature) => feature.kind === 'varLen' && feature.table === table)
    const last = lists.at(-1)
    return same(`${last ? `sparse_seq_emb_${last.name}` : `sparse_emb_${table}`}/embeddings:0`, held)
  })

const gate = (name: string, softmax: string, { layers, output }: Gate, next: Counter): Parts => [
  ...network(name, layers, next),
  same(`${softmax}/kernel:0`, output.weight),
]

const tower = (name: string, prediction: string, { layers, output, bias }: Tower, next: Counter): Parts => [
  ...network(name, layers, next),
  same(`${next('dense')}/kernel:0`, output.weight),
  same(`${prediction}/global_bias:0`, bias),
]

const towers = (list: Readonly<Record<string, Tower>>, next: Counter): Parts =>
  Object.entries(list).flatMap(([task, each]) => tower(`tower_${task}`, task, each, next))

const mixture = ({ levels, tasks }: PLE, next: Counter): Parts => {
  const [{ experts, gates }] = levels
  return [
    ...experts[SHARED].flatMap(({ layers }, index) => network(`expert_${index}`, layers, next)),
    ...Object.keys(tasks).flatMap((task) => gate(`gate_${task}`, `gate_softmax_${task}`, gates[task], next)),
  ]
}

const extraction = ({ levels, tasks }: PLE, next: Counter): Parts =>
  levels.flatMap(({ experts, gates }, index) => {
    const level = `level_${index}_`
    return [
      ...Object.keys(tasks).flatMap((task) =>
        experts[task].flatMap(({ layers }, at) => network(`${level}task_${task}_expert_specific_${at}`, layers, next)),
      ),
      ...experts[SHARED].flatMap(({ layers }, at) => network(`${level}expert_shared_${at}`, layers, next)),
      ...Object.keys(tasks).flatMap((task) =>
        gate(`${level}gate_specific_${task}`, `${level}gate_softmax_specific_${task}`, gates[task], next),
      ),
      ...(Object.hasOwn(gates, SHARED)
        ? gate(`${level}gate_shared`, `${level}gate_softmax_shared`, gates[SHARED], next)
        : []),
    ]
  })

/** Both networks are made before their last layers. */
const entireSpace = ({ tasks, click, conversion }: ESMM, next: Counter): Parts => {
  const networks = [click, conversion].map(({ layers }) => network(next('dnn'), layers, next))
  const lasts = [click, conversion].map(({ output }) => same(`${next('dense')}/kernel:0`, output.weight))
  return [
    ...networks.flat(),
    ...lasts,
    same(`${Object.keys(tasks)[0]}/global_bias:0`, click.bias),
    same(`${next('prediction_layer')}/global_bias:0`, conversion.bias),
  ]
}

/** The weights of a model there, in the order in which they are made. */
export function kerasParts({ kind, model }: Exclude<Known, { kind: 'WDL' }>): Parts {
  const next = counter()
  const tables = embeddings(model.features, model)
  if (kind === 'ESMM') return [...tables, ...entireSpace(model, next)]
  const below =
    kind === 'SharedBottom'
      ? network(next('dnn'), model.bottom.layers, next)
      : kind === 'MMOE'
        ? mixture(model, next)
        : extraction(model, next)
  return [...tables, ...below, ...towers(model.towers, next)]
}
