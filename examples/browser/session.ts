/**
 * What the page does with a table: opened, its columns proposed as features, a PLE trained on it, rows scored, candidates
 * ranked, the model kept and restored. It knows no page, and refuses in words what cannot be learned from.
 */
import {
  PLE,
  SingleTask,
  adam,
  compilePredictor,
  fit,
  restoreModel,
  saveModel,
  startAtBaseRates,
} from '../../src/index.ts'
import type { Feature, History, Predictor, Row, SavableModel, Scores } from '../../src/index.ts'
import { inferFeatures, openTable, tableDataset } from '../../src/tables.ts'
import type { DuckDBLibrary, FeatureSpec, Table } from '../../src/tables.ts'

export type LabelKind = 'binary' | 'regression'
export type Role = 'feature' | LabelKind | 'out'

/** A column, and what it may be. */
export interface ColumnView {
  readonly name: string
  readonly type: string
  readonly roles: readonly Role[]
  /** What is proposed, and why. */
  readonly role: Role
  readonly why: string
}

export interface Opened {
  readonly name: string
  readonly rows: number
  readonly columns: readonly ColumnView[]
}

/** What a person decides. */
export interface Plan {
  readonly roles: Readonly<Record<string, Role>>
  readonly epochs: number
}

export interface Step {
  readonly step: number
  readonly of: number
  readonly losses: Readonly<Record<string, number>>
}

export interface Epoch {
  readonly epoch: number
  readonly scores: Scores
}

/** A field of a form, for a feature. */
export interface Field {
  readonly name: string
  readonly kind: 'text' | 'number' | 'list'
  /** Of a vocabulary: some values, the most frequent first. */
  readonly values: readonly string[]
  /** Whether its values can be ranked. */
  readonly ranked: boolean
}

export interface Trained {
  readonly fields: readonly Field[]
  readonly outputs: readonly string[]
  readonly stopped?: History['stopped']
  readonly best?: number
}

export type Texts = Readonly<Record<string, string>>

export interface Hit {
  readonly value: string
  readonly scores: Readonly<Record<string, number>>
}

/** Fewer rows than this say nothing about others. */
const FEW = 50
/** What a row becomes known by afterwards. */
const LABEL =
  /^(is_?|has_?|did_?)?(label|target|click(ed|s)?|liked?|likes|shared?|follow(ed|s)?|buys?|bought|purchased?|ordered|convert(ed)?|rating|stars|watched|churned?|survived|finished)$/i

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const columnOf = (spec: FeatureSpec): string => (spec.kind === 'crossed' ? '' : (spec.column ?? spec.name))

/** What labels of each column might be: 0 and 1, other numbers, or none. */
async function labelKinds({ columns, relation, connection }: Table): Promise<ReadonlyMap<string, LabelKind>> {
  const numbers = columns.filter(({ type }) =>
    /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type),
  )
  if (numbers.length === 0) return new Map()
  const asked = numbers.map(
    ({ name }, place) =>
      `CAST(coalesce(bool_and(CAST(${quoted(name)} AS DOUBLE) IN (0, 1)), false) AS DOUBLE) AS c${place}`,
  )
  const [row] = (await connection.runAndReadAll(`SELECT ${asked.join(', ')} FROM ${relation}`)).getRowObjectsJson()
  return new Map(numbers.map(({ name }, place) => [name, row[`c${place}`] === 1 ? 'binary' : 'regression']))
}

const fieldOf = (feature: Feature): Field => {
  const known = feature.kind === 'dense' ? undefined : feature.vocabulary?.values
  const list = feature.kind === 'varLen' || (feature.kind === 'dense' && feature.dimension > 1)
  const text = typeof known?.[0] === 'string'
  return {
    name: feature.name,
    kind: list ? 'list' : text ? 'text' : 'number',
    values: (known ?? []).slice(0, 200).map(String),
    ranked: feature.kind === 'sparse' && (known?.length ?? 0) > 1,
  }
}

/** What a person writes, as a feature takes it. Nothing is a value that is missing. */
function cellOf(feature: Feature, text: string): Row[string] {
  const known = feature.kind === 'dense' ? undefined : feature.vocabulary?.values
  const number = (part: string): number => {
    const value = Number(part)
    if (part === '' || Number.isNaN(value))
      throw new RangeError(`expected a number for ${feature.name} but got ‘${part}’`)
    return value
  }
  const one = (part: string): string | number => (typeof known?.[0] === 'string' ? part : number(part))
  const trimmed = text.trim()
  if (feature.kind === 'varLen' || (feature.kind === 'dense' && feature.dimension > 1))
    return trimmed === '' ? [] : trimmed.split(/\s*,\s*/).map(one)
  return trimmed === '' ? undefined : one(trimmed)
}

/** One table and one model, over a DuckDB that files are put into by name. */
export function session(libraryOf: (name: string, file: File) => Promise<{ duckdb: DuckDBLibrary; sql?: string }>) {
  let table: Table | undefined
  let specs: readonly FeatureSpec[] = []
  let model: SavableModel | undefined
  let predictor: Predictor | undefined
  let stop = new AbortController()

  const known = (): { model: SavableModel; predictor: Predictor } => {
    if (!model) throw new RangeError('expected a model but got none: train one, or restore one from a file')
    return { model, predictor: (predictor ??= compilePredictor(model, { rows: 32 })) }
  }
  const take = (found: SavableModel): Trained => {
    model = found
    predictor = undefined
    return { fields: found.features.map(fieldOf), outputs: Object.keys(known().predictor.predictions) }
  }
  const rowOf = (texts: Texts): Row =>
    Object.fromEntries(
      known().model.features.map((feature) => [feature.name, cellOf(feature, texts[feature.name] ?? '')]),
    )

  return {
    async open(file: File): Promise<Opened> {
      const { duckdb, sql } = await libraryOf(file.name, file)
      const found = await openTable(sql === undefined ? { from: file.name, duckdb } : { sql, duckdb })
      if (found.rows < FEW) {
        found.close()
        throw new RangeError(
          `expected at least ${FEW} rows in ${file.name} but got ${found.rows}: because a fifth is held out to test on, and fewer would say nothing`,
        )
      }
      const kinds = await labelKinds(found)
      const { features, leftOut } = await inferFeatures(found)
      table?.close()
      table = found
      specs = features
      const columns = found.columns.map(({ name, type }): ColumnView => {
        const own = features.filter((spec) => columnOf(spec) === name)
        const kind = kinds.get(name)
        const proposed = kind === 'binary' && LABEL.test(name)
        const why =
          own.length > 0 ? own.map((spec) => spec.why).join('; ') : leftOut.find(({ column }) => column === name)?.why
        return {
          name,
          type,
          roles: [
            ...(own.length > 0 ? (['feature'] as const) : []),
            ...(kind === undefined
              ? []
              : kind === 'binary'
                ? (['binary', 'regression'] as const)
                : (['regression'] as const)),
            'out',
          ],
          role: proposed ? 'binary' : own.length > 0 ? 'feature' : 'out',
          why: proposed ? `${type}: 0 and 1, and called like what one wants to know` : (why ?? type),
        }
      })
      return { name: file.name, rows: found.rows, columns }
    },

    async train(
      { roles, epochs }: Plan,
      tell: { step: (step: Step) => Promise<void>; epoch: (epoch: Epoch) => void },
    ): Promise<Trained> {
      if (!table) throw new RangeError('expected a table but got none: choose a file first')
      const tasks = Object.fromEntries(
        Object.entries(roles).filter(
          (entry): entry is [string, LabelKind] => entry[1] === 'binary' || entry[1] === 'regression',
        ),
      )
      const names = Object.keys(tasks)
      if (names.length === 0)
        throw new RangeError(
          'expected a column to predict but got none: say of at least one column that it is predicted',
        )
      const chosen = specs.filter((spec) => roles[columnOf(spec)] === 'feature')
      if (chosen.length === 0)
        throw new RangeError(
          'expected a column to predict from but got none: say of at least one column that it is a feature',
        )
      for (const name of names) {
        const [row] = (
          await table.connection.runAndReadAll(
            `SELECT CAST(count(DISTINCT ${quoted(name)}) AS DOUBLE) AS n FROM ${table.relation}`,
          )
        ).getRowObjectsJson()
        if ((row.n as number) < 2)
          throw new RangeError(
            `expected ${name} to differ between rows but got one value: because there is nothing to learn`,
          )
      }
      const { features, training, validation } = await tableDataset({
        from: table,
        features: chosen,
        tasks,
        split: { by: 'random', validation: 0.2 },
      })
      const options = {
        features,
        taskNames: names,
        taskTypes: Object.values(tasks),
        towerDnnHiddenUnits: [16],
        initStd: 0.1,
      }
      const made =
        names.length > 1
          ? new PLE({ ...options, expertDnnHiddenUnits: [32] })
          : new SingleTask({ ...options, bottomDnnHiddenUnits: [32] })
      startAtBaseRates(made, training)
      stop = new AbortController()
      const { stopped, best } = await fit(made, {
        data: training,
        validation: validation!,
        epochs,
        batchSize: training.rows < 4000 ? 32 : 256,
        optimizer: adam({ learningRate: 0.003 }),
        signal: stop.signal,
        onBatch: ({ step, batches, epochs: all, losses }) => tell.step({ step, of: batches * all, losses }),
        onEpoch: ({ epoch, validation: scores }) => tell.epoch({ epoch, scores: scores! }),
      })
      return { ...take(made), stopped, ...(best !== undefined && { best }) }
    },

    stop: () => stop.abort(),

    /** The cells of a row of the table as a person would write them. */
    async row(place: number): Promise<Texts> {
      if (!table) return {}
      const { features } = known().model
      const read = features.flatMap(({ name }) => {
        const spec = specs.find((each) => each.kind !== 'crossed' && each.name === name)
        if (!spec || spec.kind === 'crossed') return []
        const x = quoted(columnOf(spec))
        const time =
          'time' in spec && spec.time !== undefined ? (spec.time === 'weekday' ? 'isodow' : spec.time) : undefined
        const type = table!.columns.find((each) => each.name === columnOf(spec))?.type ?? ''
        const sql =
          time !== undefined
            ? `${time}(${type.startsWith('TIME') && !type.startsWith('TIMESTAMP') ? x : `make_timestamp(epoch_us(${x}))`})`
            : type.endsWith(']')
              ? `array_to_string(${x}, ', ')`
              : type === 'BOOLEAN'
                ? `CAST(${x} AS INTEGER)`
                : x
        return [`coalesce(CAST(${sql} AS VARCHAR), '') AS ${quoted(name)}`]
      })
      if (read.length === 0) return {}
      const rows = await table.connection.runAndReadAll(
        `SELECT ${read.join(', ')} FROM ${table.relation} LIMIT 1 OFFSET ${place % table.rows}`,
      )
      return rows.getRowObjectsJson()[0] as Texts
    },

    predict: (texts: Texts): Readonly<Record<string, number>> => ({ ...known().predictor.score(rowOf(texts)) }),

    /** The values of one feature that score best in a row. */
    recommend(texts: Texts, name: string, by: string): readonly Hit[] {
      const { model: own, predictor: scorer } = known()
      const feature = own.features.find((each) => each.name === name)
      if (feature?.kind !== 'sparse' || !feature.vocabulary)
        throw new RangeError(`expected a feature of known values but got ${name}`)
      const { [name]: _, ...rest } = rowOf(texts)
      const { values } = feature.vocabulary
      const candidates = values.map((value): Row => ({ [name]: value }))
      if (Object.keys(rest).length === 0) {
        const scored = candidates.map((row) => ({ ...scorer.score(row) }))
        const order = [...scored.keys()].sort((a, b) => scored[b][by] - scored[a][by]).slice(0, 10)
        return order.map((at) => ({ value: String(values[at]), scores: scored[at] }))
      }
      return scorer
        .rank(rest, candidates, { by, top: 10 })
        .map(({ index, scores }) => ({ value: String(values[index]), scores: { ...scores } }))
    },

    save: (): Uint8Array => saveModel(known().model),

    restore: async (file: File): Promise<Trained> => take(restoreModel(new Uint8Array(await file.arrayBuffer()))),
  }
}

export type Session = ReturnType<typeof session>
