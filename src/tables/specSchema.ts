/**
 * What features and splits are as JSON: schemas for editors and for other programs, and the check of what a schema cannot
 * say. It refuses features that are read in two ways at once, by their path.
 */
import { nameOf } from './featureSpec.ts'
import type { FeatureSpec } from './featureSpec.ts'
import { checkJSON } from './schema.ts'
import type { Schema } from './schema.ts'

const NAME: Schema = { type: 'string', minLength: 1 }
const COUNT: Schema = { type: 'integer', minimum: 1 }
const FLAG: Schema = { type: 'boolean' }
const NUMBER: Schema = { type: 'number' }
const SHARE: Schema = { type: 'number', minimum: 0, exclusiveMaximum: 1 }
const NUMBERS: Schema = { type: 'array', items: NUMBER }

const described = (schema: Schema, description: string): Schema => ({ ...schema, description })

const COLUMN = {
  name: described(NAME, 'What the feature is called, in the model and in rows that are served.'),
  column: described(NAME, 'The column of the table. Default the name.'),
}

const TIME = {
  time: described(
    { enum: ['hour', 'weekday', 'day', 'month', 'year', 'age'] },
    'Of a date or a time, the part that is taken, in UTC; weekdays from 1, Monday; age in days, up to until.',
  ),
  until: described(NAME, 'Of an age: a column, or a date such as 2024-05-31.'),
}

const EMBEDDING = {
  dimension: described({ anyOf: [COUNT, { const: 'auto' }] }, 'The width of an embedding. Default 4.'),
  table: described(NAME, 'Features that name one table share its embeddings. Default the name.'),
  initStd: described({ type: 'number', minimum: 0 }, 'The deviation of the numbers that the table starts with.'),
  trainable: described(FLAG, 'False for a table that is never learned.'),
}

const WAYS = {
  vocabulary: described(
    {
      type: 'object',
      properties: { minCount: COUNT, maxSize: { type: 'integer', minimum: 2 } },
      additionalProperties: false,
    },
    'Values of training rows that come minCount times, the most frequent up to a table of maxSize. Default all of them.',
  ),
  hashBuckets: described(COUNT, 'Values are hashed to so many.'),
  bins: described(COUNT, 'Numbers fall into so many bins of equally many training rows.'),
  edges: described(NUMBERS, 'Numbers fall between these, which ascend.'),
  vocabularySize: described(COUNT, 'The column has ids, from 0 to one less than this.'),
}

const AS = described(
  { enum: ['text', 'number'] },
  'Whether values are told apart as texts or numbers. Default by type.',
)
const WHY = described({ type: 'string' }, 'A note, which nothing reads.')

const kindOf = (kind: string, properties: Schema['properties'], ...required: readonly string[]): Schema => ({
  type: 'object',
  properties: { kind: { const: kind }, ...properties, why: WHY },
  required: ['kind', ...required],
  additionalProperties: false,
})

/** A list of features before anything is fitted, as a JSON Schema. */
export const FEATURES_SCHEMA: Schema = {
  type: 'array',
  minItems: 1,
  items: {
    oneOf: [
      kindOf('sparse', { ...COLUMN, as: AS, ...TIME, ...WAYS, ...EMBEDDING }, 'name'),
      kindOf(
        'varLen',
        {
          ...COLUMN,
          as: AS,
          separator: described(NAME, 'What a column of texts is split at.'),
          maxLength: described(COUNT, 'Of longer lists the last values are kept.'),
          pooling: { enum: ['mean', 'sum', 'max', 'attention'] },
          weights: described(NAME, 'The column of weights, one per value.'),
          weightNorm: FLAG,
          candidate: NAME,
          attentionHiddenUnits: { type: 'array', items: COUNT },
          attentionActivation: NAME,
          attentionNormalize: FLAG,
          ...WAYS,
          ...EMBEDDING,
        },
        ...['name', 'maxLength'],
      ),
      kindOf(
        'dense',
        {
          ...COLUMN,
          ...TIME,
          dimension: described(COUNT, 'Numbers in a row. Default those of an array, or 1.'),
          missing: described({ anyOf: [{ enum: ['mean', 'median'] }, NUMBER] }, 'What stands in for a missing number.'),
          indicator: described(FLAG, 'Whether the model is told which numbers were missing.'),
          clip: described({ ...NUMBERS, minItems: 2, maxItems: 2 }, 'The least number and the most.'),
          clipQuantiles: described(
            { type: 'array', items: { type: 'number', minimum: 0, maximum: 1 }, minItems: 2, maxItems: 2 },
            'The same as shares of training rows.',
          ),
          log: described(FLAG, 'Whether x becomes sign(x)·log(1 + |x|).'),
          standardise: described(FLAG, 'Whether what comes of it gets a mean of 0 and a deviation of 1.'),
        },
        'name',
      ),
      kindOf(
        'crossed',
        { columns: { type: 'array', items: NAME, minItems: 2 }, hashBuckets: COUNT, name: NAME, ...EMBEDDING },
        ...['columns', 'hashBuckets'],
      ),
    ],
  },
}

const SHARES = {
  validation: described(SHARE, 'The share of rows that validate.'),
  test: described(SHARE, 'The share of rows that test.'),
}
const SEED = described({ type: 'integer' }, 'Default 1.')
const FROM: Schema = { anyOf: [NAME, NUMBER] }

/** Which rows train, validate and test, as a JSON Schema. */
export const SPLIT_SCHEMA: Schema = {
  oneOf: [
    ['time', { column: NAME, ...SHARES, validationFrom: FROM, testFrom: FROM }, 'column'] as const,
    ['hash', { column: NAME, ...SHARES, seed: SEED }, 'column'] as const,
    ['random', { ...SHARES, seed: SEED }] as const,
    ['column', { column: NAME }, 'column'] as const,
  ].map(([by, properties, ...required]) => ({
    type: 'object',
    properties: { by: { const: by }, ...properties },
    required: ['by', ...required],
    additionalProperties: false,
  })),
}

const ONE_WAY = Object.keys(WAYS)

/**
 * That features are what `FEATURES_SCHEMA` says, and can be meant.
 * @throws RangeError naming the path of the first thing that does not fit.
 */
export function checkSpecs(who: string, path: string, value: unknown): asserts value is readonly FeatureSpec[] {
  checkJSON(who, path, value, FEATURES_SCHEMA)
  const specs = value as readonly FeatureSpec[]
  const fail = (place: number, expected: string, got: string, because: string): never => {
    throw new RangeError(`${who}: expected ${path}[${place}] ${expected} but got ${got}: because ${because}`)
  }
  specs.forEach((spec, place) => {
    const first = specs.findIndex((each) => nameOf(each) === nameOf(spec))
    if (first < place) fail(place, 'to have a name of its own', `'${nameOf(spec)}'`, `${path}[${first}] has it`)
    if (spec.kind === 'crossed') return
    if (spec.kind !== 'varLen' && (spec.time === 'age') !== (spec.until !== undefined))
      fail(
        place,
        'to have until beside the time age',
        spec.until === undefined ? 'none' : `one beside ${spec.time ?? 'no time'}`,
        'an age is of some day',
      )
    if (spec.kind === 'dense') return
    const ways = ONE_WAY.filter((way) => spec[way as keyof typeof spec] !== undefined)
    if (ways.length > 1)
      fail(place, `to have one of ${ONE_WAY.join(', ')}`, ways.join(' and '), 'values find ids in one way')
  })
}
