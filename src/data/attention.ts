/** What a list has that is pooled by attention. It refuses a list that attends to nobody, and these options for any other. */
import { flag, listOf, text, whole } from '../checks/index.ts'
import type { Feature, VarLenFeature } from './featureKinds.ts'

/** What a list takes that is pooled by attention. */
export interface AttentionOptions {
  /**
   * With `pooling: 'attention'`: the sparse feature, of the same table, whose value in the row is asked about. An item of
   * the list counts by how much it matters for that candidate (Deep Interest Network, Zhou et al., KDD 2018).
   */
  readonly candidate?: string
  /** The hidden layers of the network that says how much. Default [80, 40], as the authors have it. */
  readonly attentionHiddenUnits?: readonly number[]
  /** Of these layers, by name; dice is refused, since padding would count in it. Default 'prelu'. */
  readonly attentionActivation?: string
  /** Whether an item's weight is its share of 1, by softmax. Default false, as in the paper: their sum tells of the interest, too. */
  readonly attentionNormalize?: boolean
}

/** That attention's network has units, and the rest is of its kind. */
export const ATTENTION = {
  candidate: text,
  attentionHiddenUnits: listOf(whole(1)),
  attentionActivation: text,
  attentionNormalize: flag,
}

/** What is given of attention. */
export const attended = (options: AttentionOptions): AttentionOptions => {
  const { candidate, attentionHiddenUnits, attentionActivation, attentionNormalize } = options
  return {
    ...(candidate !== undefined && { candidate }),
    ...(attentionHiddenUnits !== undefined && { attentionHiddenUnits: [...attentionHiddenUnits] }),
    ...(attentionActivation !== undefined && { attentionActivation }),
    ...(attentionNormalize !== undefined && { attentionNormalize }),
  }
}

type Refuse = (feature: Feature, expected: string, got: unknown, because: string) => void

/** That a list attends to a candidate, or has nothing of attention; and that what is of weights has some. */
export function checkPooling(feature: VarLenFeature, refuse: Refuse): void {
  if (feature.weightNorm && feature.weights === undefined) refuse(feature, 'weights', 'none', 'weightNorm is of them')
  const attends = feature.pooling === 'attention'
  const own = Object.keys(ATTENTION).find((option) => Object.hasOwn(feature, option))
  if (!attends && own !== undefined)
    refuse(feature, "pooling 'attention'", `'${feature.pooling}' and ${own}`, 'nothing else attends')
  if (attends && feature.candidate === undefined)
    refuse(feature, 'a candidate', 'none', 'attention asks how much an item matters for one')
  if (attends && feature.weights !== undefined)
    refuse(feature, 'no weights', `'${feature.weights}'`, 'attention has weights of its own')
}

/** That candidates are features whose vectors can be compared with those of the list. */
export function checkCandidates(columns: ReadonlyMap<string, Feature>, refuse: Refuse): void {
  for (const feature of columns.values()) {
    if (feature.kind !== 'varLen' || feature.candidate === undefined) continue
    const candidate = columns.get(feature.candidate)
    if (candidate?.kind === 'sparse' && candidate.table === feature.table) continue
    refuse(
      feature,
      `a sparse feature of table '${feature.table}' as candidate`,
      candidate ? `'${candidate.name}', which is none` : `'${feature.candidate}', which is no feature`,
      'items and candidate are compared as vectors of one table',
    )
  }
}
