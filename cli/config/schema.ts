/**
 * What plegrad.json may say, as a JSON Schema: editors complete by it, and the commands check by it. Names and meanings are
 * the library's own; it refuses functions, which JSON has none of.
 */
import { FEATURES_SCHEMA, SPLIT_SCHEMA } from '../../src/tables.ts'
import type { Schema } from '../../src/tables.ts'

const NAME: Schema = { type: 'string', minLength: 1 }
const NAMES: Schema = { type: 'array', items: NAME, minItems: 1 }
const FLAG: Schema = { type: 'boolean' }
const COUNT: Schema = { type: 'integer', minimum: 1 }
const POSITIVE: Schema = { type: 'number', minimum: 0 }
const SHARE: Schema = { type: 'number', minimum: 0, exclusiveMaximum: 1 }
const SEED: Schema = { type: 'integer' }
const UNITS: Schema = { type: 'array', items: COUNT }
const BY_TASK: Schema = { type: 'object', additionalProperties: POSITIVE }

const described = (schema: Schema, description: string): Schema => ({ ...schema, description })

/** An object that `kind` tells from others. */
const kindOf = (kind: string, properties: Schema['properties'] = {}, ...required: readonly string[]): Schema => ({
  type: 'object',
  properties: { kind: { const: kind }, ...properties },
  required: ['kind', ...required],
  additionalProperties: false,
})

/** One of several, by its name alone or with options. */
const named = (kinds: readonly Schema[]): Schema => ({
  anyOf: [
    { enum: kinds.flatMap(({ required = [], properties }) => (required.length === 1 ? properties!.kind.const! : [])) },
    { type: 'object', oneOf: kinds },
  ],
})

const LABEL = { label: described(NAME, 'The column of labels. Default the name of the task.') }
const CLASSES: Schema = {
  anyOf: [
    { type: 'integer', minimum: 2 },
    { type: 'array', items: NAME, minItems: 2 },
  ],
}

const COLUMNS: Schema = { type: 'array', items: NAME, minItems: 2 }

/** Tasks by name. */
const TASKS: Schema = {
  type: 'object',
  additionalProperties: named([
    kindOf('binary', LABEL),
    kindOf('regression', LABEL),
    kindOf('count', LABEL),
    kindOf('multilabel', {
      label: described(
        { anyOf: [NAME, COLUMNS] },
        'The column of lists, of numbers or of names, or a column for each label. Default the name of the task.',
      ),
      labels: described(CLASSES, 'How many, or their names. Default the columns of label, where there are several.'),
    }),
    kindOf('multiclass', { ...LABEL, classes: described(CLASSES, 'How many, or their names.') }, 'classes'),
  ]),
}

const EVERY_MODEL = {
  towerDnnHiddenUnits: described(UNITS, 'Layers of each task’s tower.'),
  l2RegEmbedding: POSITIVE,
  l2RegDnn: POSITIVE,
  initStd: POSITIVE,
  seed: described(SEED, 'Of what a model starts with. Default that of training.'),
  dnnDropout: SHARE,
  dnnActivation: described(NAME, 'By name, such as relu, gelu, prelu or dice.'),
  dnnUseBn: FLAG,
  batchNormEpsilon: POSITIVE,
  batchNormMomentum: POSITIVE,
}
const GATED = { expertDnnHiddenUnits: UNITS, gateDnnHiddenUnits: UNITS }
const EXPERTS = {
  sharedExpertNum: { type: 'integer', minimum: 0 },
  specificExpertNum: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
    ],
  },
} as const satisfies Schema['properties']
const SHARED = { numExperts: COUNT }
const LEVELS = { numLevels: COUNT }

/** The models, each with the options that the library's has, but for features and tasks. */
export const MODELS: readonly Schema[] = [
  kindOf('PLE', { ...EVERY_MODEL, ...GATED, ...EXPERTS, ...LEVELS }),
  kindOf('cgc', { ...EVERY_MODEL, ...GATED, ...EXPERTS }),
  kindOf('mmoe', { ...EVERY_MODEL, ...GATED, ...SHARED }),
  kindOf('mlMmoe', { ...EVERY_MODEL, ...GATED, ...SHARED, ...LEVELS }),
  kindOf('SharedBottom', { ...EVERY_MODEL, bottomDnnHiddenUnits: UNITS }),
  kindOf('SingleTask', { ...EVERY_MODEL, bottomDnnHiddenUnits: UNITS }),
  kindOf('ESMM', { ...EVERY_MODEL, conversionName: NAME }),
  kindOf('WideDeep', {
    ...EVERY_MODEL,
    bottomDnnHiddenUnits: UNITS,
    l2RegLinear: POSITIVE,
    wideFeatures: described(NAMES, 'Features of the linear part, by name. Default all.'),
    deepFeatures: described(NAMES, 'Features of the network, by name. Default all.'),
  }),
]

const DESCENT = { rate: POSITIVE, steps: COUNT, final: POSITIVE, warmUp: COUNT }
const DECAY = { rate: POSITIVE, every: COUNT, factor: POSITIVE, warmUp: COUNT }
const RATE: Schema = {
  description: 'A rate, or how it changes with the step; warmUp is in steps.',
  anyOf: [
    POSITIVE,
    {
      type: 'object',
      oneOf: [
        kindOf('constant', { rate: POSITIVE, warmUp: COUNT }, 'rate'),
        kindOf('stepDecay', DECAY, 'rate', 'every'),
        kindOf('exponentialDecay', DECAY, 'rate', 'every'),
        kindOf('linearDecay', DESCENT, 'rate', 'steps'),
        kindOf('cosineDecay', DESCENT, 'rate', 'steps'),
        kindOf('cosineRestarts', { ...DESCENT, growth: POSITIVE }, 'rate', 'steps'),
      ],
    },
  ],
}
const ADAM = { learningRate: RATE, beta1: SHARE, beta2: SHARE, epsilon: POSITIVE }

/** The optimizers with their options. */
export const OPTIMIZERS: readonly Schema[] = [
  kindOf('adam', ADAM),
  kindOf('adamW', { ...ADAM, decay: POSITIVE }),
  kindOf('sgd', { learningRate: RATE, momentum: SHARE, nesterov: FLAG }),
  kindOf('adagrad', { learningRate: RATE, initialAccumulator: POSITIVE, epsilon: POSITIVE }),
  kindOf('ftrl', {
    learningRate: RATE,
    learningRatePower: { type: 'number', maximum: 0 },
    initialAccumulator: POSITIVE,
    l1: POSITIVE,
    l2: POSITIVE,
    l2Shrinkage: POSITIVE,
    beta: POSITIVE,
  }),
]

/** The strategies with their options. */
export const STRATEGIES: readonly Schema[] = [
  kindOf('fixedWeights', { weights: BY_TASK }),
  kindOf('decayingWeights', { initial: BY_TASK, ratio: BY_TASK }, 'ratio'),
  kindOf('uncertainty', { initial: { type: 'object', additionalProperties: { type: 'number' } } }),
  kindOf('dwa'),
  kindOf('gradNorm', { alpha: POSITIVE, learningRate: POSITIVE }),
  kindOf('pcGrad'),
  kindOf('caGrad', { c: SHARE }),
]

const TRAINING: Schema = {
  type: 'object',
  properties: {
    epochs: described(COUNT, 'At most so many. Default 1.'),
    patience: described(COUNT, 'Stops after so many epochs without a better score on validation rows.'),
    restoreBest: described(FLAG, 'Whether the best epoch is kept. Default true.'),
    batchSize: described(COUNT, 'Rows in a batch. Default 256.'),
    accumulate: described(COUNT, 'Batches to a step. Default 1.'),
    optimizer: described(named(OPTIMIZERS), 'Default adam.'),
    strategy: described(named(STRATEGIES), 'How tasks train together. Default fixedWeights.'),
    losses: described({ type: 'object', additionalProperties: NAME }, 'By task, the name of a loss, such as focal.'),
    clipNorm: described(POSITIVE, 'The norm that gradients are scaled down to.'),
    emaDecay: described(SHARE, 'Of a moving average of the parameters.'),
    shuffle: described(FLAG, 'A new order of rows each epoch. Default true.'),
    seed: described(SEED, 'Of the order of rows, and of the model where it has none. Default 1.'),
    threads: described(COUNT, 'Threads that compute. Default 1. Results are the same bits.'),
    checkpointEvery: described(COUNT, 'Steps from one checkpoint to the next. Each epoch ends with one, too.'),
  },
  additionalProperties: false,
}

const STREAM: Schema = {
  type: 'object',
  properties: {
    buffer: described(COUNT, 'Rows that are shuffled together; twice as many are in memory. Default 262144.'),
  },
  additionalProperties: false,
}

const FILES: Schema = { anyOf: [NAME, NAMES] }

/** The whole of plegrad.json. */
export const CONFIG_SCHEMA: Schema = {
  description: 'A table, its features and tasks, a model and how it is trained.',
  type: 'object',
  properties: {
    $schema: NAME,
    from: described(
      { anyOf: [NAME, NAMES, { type: 'object', additionalProperties: FILES }] },
      'Files by extension, a pattern, a list, or several by name. Paths are seen from the folder of this file.',
    ),
    sql: described(NAME, 'The table as a query: of data, which is what from has, or of the names in it.'),
    table: described(NAME, 'Of a DuckDB file with several.'),
    memoryLimit: described(NAME, 'What DuckDB may take, such as 300MB.'),
    tempDirectory: described(NAME, 'Where DuckDB puts what is beyond.'),
    split: described(SPLIT_SCHEMA, 'Which rows train, validate and test. Default all train.'),
    features: described(FEATURES_SCHEMA, 'What a row is, and what of it is fitted on training rows.'),
    tasks: described(TASKS, 'What is learned, by name.'),
    sampleWeights: described(
      { anyOf: [NAME, { type: 'object', additionalProperties: NAME }] },
      'The column of what a row counts for, of all tasks or by task.',
    ),
    model: described({ type: 'object', oneOf: MODELS }, 'By the name that the library has for it.'),
    training: described(TRAINING, 'How it is trained.'),
    stream: described(STREAM, 'For rows beyond memory: they are read while a model trains. Default all are in memory.'),
  },
  required: ['features', 'tasks', 'model'],
  additionalProperties: false,
}

/** As a file that editors are pointed to by `$schema`. */
export const schemaFile = (): string =>
  `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'plegrad.json', ...CONFIG_SCHEMA }, null, 2)}\n`
