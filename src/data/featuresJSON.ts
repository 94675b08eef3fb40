/** Features as JSON and back, vocabularies included; it refuses to lose a transform, which JSON cannot hold, silently. */
import { callable, checkNames, checkValue, having, listOf, oneOf, recordOf, show, text } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { checkFeatures } from './featureChecks.ts'
import type { DenseFeature, Feature, SparseFeature, VarLenFeature } from './features.ts'
import { vocabularyFromJSON } from './vocabulary.ts'
import type { VocabularyJSON } from './vocabulary.ts'

type WithoutVocabulary<F> = F extends Feature ? Omit<F, 'vocabulary' | 'transform'> : never

/** A feature that JSON holds without loss: a vocabulary as its values, a transform as the fact that there was one. */
export type FeatureJSON = WithoutVocabulary<Feature> & {
  readonly vocabulary?: VocabularyJSON
  readonly transformed?: true
}

/** Functions by the name of the dense feature that applies them. */
export type Transforms = Readonly<Record<string, NonNullable<DenseFeature['transform']>>>

const EMBEDDED = ['kind', 'name', 'vocabularySize', 'vocabulary', 'hashBuckets', 'dimension', 'table'] as const

/** What a feature of each kind may have. What its values may be, `checkFeatures` says. */
const FIELDS: Readonly<Record<Feature['kind'], readonly string[]>> = {
  dense: ['kind', 'name', 'dimension', 'transformed'],
  sparse: [...EMBEDDED, 'crosses'] satisfies (keyof SparseFeature)[],
  varLen: [...EMBEDDED, 'maxLength', 'pooling', 'weights'] satisfies (keyof VarLenFeature)[],
}

const MARK: Check = { expected: 'to be true where it is given', fits: (value) => value === true || value === undefined }

function checkFields(feature: FeatureJSON): void {
  const who = `featuresFromJSON: feature ${show(feature.name)}`
  checkValue(who, 'name', feature.name, text)
  checkValue(who, 'kind', feature.kind, oneOf(...Object.keys(FIELDS)))
  checkNames(who, feature, FIELDS[feature.kind])
  checkValue(who, 'transformed', feature.transformed, MARK)
  if (feature.vocabulary !== undefined)
    checkValue(who, 'vocabulary', feature.vocabulary, having('what a vocabulary is saved as', 'values'))
}

const toJSON = (feature: Feature): FeatureJSON => {
  if (feature.kind === 'dense') {
    const { transform, ...rest } = feature
    return transform ? { ...rest, transformed: true } : rest
  }
  const { vocabulary, ...rest } = feature
  return vocabulary ? { ...rest, vocabulary: vocabulary.toJSON() } : rest
}

/** Plain objects for `JSON.stringify`; `featuresFromJSON` wants the transforms of those marked `transformed` again. */
export const featuresToJSON = (features: readonly Feature[]): readonly FeatureJSON[] => features.map(toJSON)

/**
 * The features that `featuresToJSON` wrote.
 *
 * @throws RangeError if a transform is missing or not wanted, a field is not known, or the features make no sense.
 */
export function featuresFromJSON(json: readonly FeatureJSON[], transforms: Transforms = {}): readonly Feature[] {
  checkValue('featuresFromJSON', 'features', json, listOf(having('an object with a kind', 'kind')))
  checkValue('featuresFromJSON', 'transforms', transforms, recordOf(callable))
  json.forEach(checkFields)
  const wanted = json.filter(({ transformed }) => transformed).map(({ name }) => name)
  const given = Object.keys(transforms)
  const [lost] = wanted.filter((name) => !given.includes(name))
  if (lost !== undefined)
    throw new RangeError(
      `featuresFromJSON: expected a transform of '${lost}' but got none: because JSON holds no function`,
    )
  const [extra] = given.filter((name) => !wanted.includes(name))
  if (extra !== undefined)
    throw new RangeError(
      `featuresFromJSON: expected no transform of '${extra}' but got one: because it was saved without`,
    )
  const features = json.map(({ vocabulary, transformed, ...rest }) =>
    rest.kind === 'dense'
      ? { ...rest, ...(transformed && { transform: transforms[rest.name] }) }
      : ({ ...rest, ...(vocabulary !== undefined && { vocabulary: vocabularyFromJSON(vocabulary) }) } satisfies
          SparseFeature | VarLenFeature),
  )
  checkFeatures(features)
  return features
}
