/** Whether features are the same to whoever reads with them. It refuses nothing. */
import type { Feature } from './featureKinds.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Whether two vocabularies give the same ids. */
export const sameVocabulary = (a?: Vocabulary, b?: Vocabulary): boolean =>
  a === b || (a?.size === b?.size && a?.values.every((value, index) => value === b?.values[index]) === true)

/** Lists and objects without functions, which are the same if they say the same. */
const PLAIN: readonly string[] = ['crosses', 'edges', 'scaling', 'attentionHiddenUnits']

/** Whether two features of one name read the same and give the same. */
export const sameFeature = (a: Feature, b: Feature): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof Feature)[]).every((key: string) => {
    const [one, other] = [a, b].map((feature) => (feature as unknown as Record<string, unknown>)[key])
    if (key === 'vocabulary') return sameVocabulary(one as Vocabulary | undefined, other as Vocabulary | undefined)
    return one === other || (PLAIN.includes(key) && JSON.stringify(one) === JSON.stringify(other))
  })
