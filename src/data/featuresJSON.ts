/**
 * Features as JSON and back, vocabularies included; it refuses to lose a transform, which JSON cannot hold, silently. What a
 * table starts with it leaves out: whoever saves a model has its numbers.
 */
import { callable, checkValue, recordOf, show } from '../checks/index.ts'
import type { Check } from '../checks/index.ts'
import { FEATURES, checkFeatures, named } from './featureChecks.ts'
import type { DenseFeature, Feature } from './featureKinds.ts'
import { vocabularyFromJSON } from './vocabulary.ts'
import type { Vocabulary, VocabularyJSON } from './vocabulary.ts'

type WithoutVocabulary<F> = F extends Feature ? Omit<F, 'vocabulary' | 'transform' | 'pretrained'> : never

/** A feature that JSON holds without loss: a vocabulary as its values, a transform as the fact that there was one. */
export type FeatureJSON = WithoutVocabulary<Feature> & {
  readonly vocabulary?: VocabularyJSON
  readonly transformed?: true
}

/** Functions by the name of the dense feature that applies them. */
export type Transforms = Readonly<Record<string, NonNullable<DenseFeature['transform']>>>

const MARK: Check = { expected: 'to be true where it is given', fits: (value) => value === true || value === undefined }

const toJSON = (feature: Feature): FeatureJSON => {
  if (feature.kind === 'dense') {
    const { transform, ...rest } = feature
    return transform ? { ...rest, transformed: true } : rest
  }
  const { vocabulary, pretrained: _, ...rest } = feature
  return vocabulary ? { ...rest, vocabulary: vocabulary.toJSON() } : rest
}

/** Plain objects for `JSON.stringify`; `featuresFromJSON` wants the transforms of those marked `transformed` again. */
export const featuresToJSON = (features: readonly Feature[]): readonly FeatureJSON[] => features.map(toJSON)

/**
 * The features of JSON with what it does not hold put in again: transforms by name, and vocabularies by `vocabularyOf`.
 * The rest is taken as it is. Throws where a transform is missing or not wanted.
 */
export function withFunctions(
  who: string,
  json: readonly FeatureJSON[],
  transforms: Transforms,
  vocabularyOf: (vocabulary: VocabularyJSON) => Vocabulary,
): readonly Feature[] {
  checkValue(who, 'transforms', transforms, recordOf(callable))
  const wanted = json.filter(({ kind, transformed }) => kind === 'dense' && transformed).map(({ name }) => name)
  const given = Object.keys(transforms)
  const [lost] = wanted.filter((name) => !given.includes(name))
  if (lost !== undefined)
    throw new RangeError(`${who}: expected a transform of ${show(lost)} but got none: because JSON holds no function`)
  const [extra] = given.filter((name) => !wanted.includes(name))
  if (extra !== undefined)
    throw new RangeError(`${who}: expected no transform of '${extra}' but got one: because it was saved without`)
  return json.map((feature): Feature => {
    if (feature.kind === 'dense') {
      const { transformed, ...rest } = feature
      return { ...(transformed && { transform: transforms[rest.name] }), ...rest }
    }
    const { vocabulary, ...rest } = feature
    return { ...rest, ...(vocabulary !== undefined && { vocabulary: vocabularyOf(vocabulary) }) }
  })
}

/**
 * The features that `featuresToJSON` wrote.
 *
 * @throws RangeError if a transform is missing or not wanted, a field is not known, or the features make no sense.
 */
export function featuresFromJSON(json: readonly FeatureJSON[], transforms: Transforms = {}): readonly Feature[] {
  const who = 'featuresFromJSON'
  checkValue(who, 'features', json, FEATURES)
  for (const { name, transformed } of json) checkValue(named(name), 'transformed', transformed, MARK)
  const features = withFunctions(who, json, transforms, vocabularyFromJSON)
  checkFeatures(features)
  return features
}
