/** What DeepCTR-Torch 0.2.9 calls the tensors of a `state_dict`, and the parameters here that are these. It refuses nothing. */
import { PRelu, SHARED } from '../../models/index.ts'
import type { BatchNorm, Dense, ESMM, FeatureEmbedding, Gate, PLE, Tower, WideDeep } from '../../models/index.ts'
import { oneForAll, same, transposed, unread } from './counterparts.ts'
import type { Counterpart } from './counterparts.ts'
import type { Known } from './kinds.ts'

type Parts = readonly Counterpart[]

const embeddings = (prefix: string, embedding: FeatureEmbedding | undefined): Parts =>
  Object.entries(embedding?.tables ?? {}).map(([table, held]) => same(`${prefix}.${table}.weight`, held))

const batchNorm = (prefix: string, { scale, shift, runningMean, runningVariance }: BatchNorm): Parts => [
  same(`${prefix}.weight`, scale),
  same(`${prefix}.bias`, shift),
  same(`${prefix}.running_mean`, runningMean),
  same(`${prefix}.running_var`, runningVariance),
  unread({ name: `${prefix}.num_batches_tracked`, shape: [] }),
]

/** The layers of one network. Its PReLU has one slope for all units. */
const network = (prefix: string, layers: readonly Dense[]): Parts =>
  layers.flatMap(({ weight, bias, batchNorm: normalization, activation }, index) => [
    transposed(`${prefix}.linears.${index}.weight`, weight),
    ...(bias ? [same(`${prefix}.linears.${index}.bias`, bias)] : []),
    ...(normalization ? batchNorm(`${prefix}.bn.${index}`, normalization) : []),
    ...(activation instanceof PRelu
      ? [oneForAll(`${prefix}.activation_layers.${index}.weight`, [activation.alpha])]
      : []),
  ])

const gate = (prefix: string, last: string, { layers, output }: Gate): Parts => [
  ...network(prefix, layers),
  transposed(`${last}.weight`, output.weight),
]

const towers = (list: Readonly<Record<string, Tower>>): Parts =>
  Object.values(list).flatMap(({ layers, output, bias }, task) => [
    ...network(`tower_dnn.${task}`, layers),
    transposed(`tower_dnn_final_layer.${task}.weight`, output.weight),
    same(`out.${task}.bias`, bias),
  ])

/**
 * As many shared experts are built as a task has of its own, and the first of them read, as many as there should be. The
 * gate of the shared signal is there on all levels, and on the last, or without shared experts, nobody listens to it.
 */
const extraction = ({ levels, tasks }: PLE): Parts =>
  levels.flatMap(({ experts, gates }, level) => {
    const names = Object.keys(tasks)
    const [first] = names
    const spare = experts[first].slice(experts[SHARED].length)
    const shared = gate(
      `shared_gate_dnn.${level}`,
      `shared_gate_dnn_final_layer.${level}`,
      Object.hasOwn(gates, SHARED) ? gates[SHARED] : gates[first],
    )
    const heard = names.length * experts[first].length + experts[SHARED].length
    return [
      ...names.flatMap((task, at) =>
        experts[task].flatMap(({ layers }, index) => network(`specific_experts.${level}.${at}.${index}`, layers)),
      ),
      ...experts[SHARED].flatMap(({ layers }, index) => network(`shared_experts.${level}.0.${index}`, layers)),
      ...spare
        .flatMap(({ layers }, index) => network(`shared_experts.${level}.0.${experts[SHARED].length + index}`, layers))
        .map(unread),
      ...names.flatMap((task, at) =>
        gate(`specific_gate_dnn.${level}.${at}.0`, `specific_gate_dnn_final_layer.${level}.${at}`, gates[task]),
      ),
      ...(Object.hasOwn(gates, SHARED)
        ? shared
        : [
            ...shared.slice(0, -1).map(unread),
            ...shared.slice(-1).map(({ name, shape }) => unread({ name, shape: [heard, shape[1]] })),
          ]),
    ]
  })

const mixture = ({ levels, tasks }: PLE): Parts => {
  const [{ experts, gates }] = levels
  return [
    ...experts[SHARED].flatMap(({ layers }, index) => network(`expert_dnn.${index}`, layers)),
    ...Object.keys(tasks).flatMap((task, at) => gate(`gate_dnn.${at}`, `gate_dnn_final_layer.${at}`, gates[task])),
  ]
}

/** Both networks of ESMM end in one prediction layer, and so in one bias. */
const entireSpace = ({ click, conversion }: ESMM): Parts => [
  ...Object.entries({ ctr_dnn: click, cvr_dnn: conversion }).flatMap(([prefix, { layers, output }]) => [
    ...network(prefix, layers),
    transposed(`${prefix}_final_layer.weight`, output.weight),
  ]),
  oneForAll('out.bias', [click.bias, conversion.bias]),
]

const wideDeep = ({ wide, deep }: WideDeep): Parts => {
  const [{ embedding, weight }] = Object.values(wide)
  const [{ output, bias }] = Object.values(deep.towers)
  return [
    ...embeddings('embedding_dict', deep.embedding),
    ...embeddings('linear_model.embedding_dict', embedding),
    ...(weight ? [same('linear_model.weight', weight)] : []),
    ...network('dnn', deep.layers),
    transposed('dnn_linear.weight', output.weight),
    same('out.bias', bias),
  ]
}

/** The tensors of a model there. */
export function torchParts({ kind, model }: Known): Parts {
  if (kind === 'WDL') return wideDeep(model)
  const tables = embeddings('embedding_dict', model.embedding)
  if (kind === 'ESMM') return [...tables, ...entireSpace(model)]
  if (kind === 'SharedBottom')
    return [...tables, ...network('bottom_dnn', model.bottom.layers), ...towers(model.towers)]
  return [...tables, ...(kind === 'MMOE' ? mixture(model) : extraction(model)), ...towers(model.towers)]
}
