/** plegrad.json: whatever is wrong with it is told with the line and the column of what is wrong, and its schema is the library's. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fitOptionsOf, modelOf } from '../../cli/config/build.ts'
import { readConfig } from '../../cli/config/read.ts'
import { CONFIG_SCHEMA, MODELS, OPTIMIZERS, STRATEGIES, schemaFile } from '../../cli/config/schema.ts'
import { isTold, lineFor } from '../../cli/told.ts'
import * as plegrad from '../../src/index.ts'
import type { Schema } from '../../src/tables.ts'
import { sparseFeature } from '../../src/index.ts'
import { ESMM_OPTIONS } from '../../src/models/esmm.ts'
import { PLE_OPTIONS } from '../../src/models/ple.ts'
import { SHARED_BOTTOM } from '../../src/models/sharedBottom.ts'
import { SINGLE_TASK } from '../../src/models/singleTask.ts'
import { WIDE_DEEP } from '../../src/models/wideDeep.ts'

const folder = mkdtempSync(join(tmpdir(), 'plegrad-config-'))
const path = join(folder, 'plegrad.json')
const WHOLE = `{
  "from": "feed.parquet",
  "split": { "by": "random", "test": 0.1 },
  "features": [
    { "kind": "sparse", "name": "user", "vocabulary": { "minCount": 2 } },
    { "kind": "dense", "name": "seconds", "missing": "median" }
  ],
  "tasks": { "liked": "binary", "my.task": { "kind": "multiclass", "classes": 3, "label": "genre" } },
  "model": { "kind": "PLE", "numLevels": 2 },
  "training": {
    "optimizer": { "kind": "adam", "learningRate": { "kind": "cosineDecay", "rate": 0.01, "steps": 10 } },
    "strategy": "pcGrad"
  }
}
`

/** What is said of the file with one thing put in another's place. */
async function saidOf(text: string, replacement: string, member?: 'model' | 'training'): Promise<string> {
  expect(WHOLE).toContain(text)
  writeFileSync(path, WHOLE.replace(text, replacement))
  try {
    const { config, about } = readConfig(path)
    await about('training', () => fitOptionsOf(config))
    await about('model', () => modelOf(config, [sparseFeature('user', { vocabularySize: 3 })]))
  } catch (error) {
    if (isTold(error)) return lineFor(error).replace(`${folder}/`, '')
    throw error
  }
  return `nothing of ${String(member)}`
}

/** The place of a piece of the whole file, as errors say it. */
function placeOf(piece: string, inside = piece): string {
  const offset = WHOLE.indexOf(inside) + inside.indexOf(piece)
  const lines = WHOLE.slice(0, offset).split('\n')
  return `plegrad.json:${lines.length}:${lines[lines.length - 1].length + 1}: `
}

describe('an error names the line and the column', () => {
  it.each<[what: string, text: string, replacement: string, place: string, words: string]>([
    ['of what is no JSON', '"random", ', '"random" ', 'plegrad.json:3:29: ', 'expected JSON but got comma expected'],
    [
      'of a name that stands twice',
      '"numLevels": 2',
      '"numLevels": 2, "numLevels": 3',
      '',
      "but got 'numLevels' twice",
    ],
    ['of a name that is not known', '"split"', '"splt"', placeOf('"split"'), "did you mean 'split'"],
    ['of an option that is not known', '"minCount"', '"minCuont"', placeOf('"minCount"'), "did you mean 'minCount'"],
    [
      'of a value of another type',
      '"minCount": 2',
      '"minCount": "2"',
      placeOf('2 }', '"minCount": 2 }'),
      'features[0].vocabulary.minCount',
    ],
    ['of a share beyond 1', '0.1', '1.5', placeOf('0.1'), 'split.test'],
    ['of a kind that is not known', '"kind": "dense"', '"kind": "dens"', placeOf('"dense"'), 'features[1].kind'],
    ['of a feature whose name is taken', '"seconds"', '"user"', placeOf('{ "kind": "dense"'), 'features[0] has it'],
    ['of a task', '"liked": "binary"', '"liked": "binray"', placeOf('"binary"'), 'tasks.liked'],
    [
      'of a task with a dot in its name',
      '"classes": 3',
      '"classes": 1',
      placeOf('3, "label"'),
      'tasks.my.task.classes',
    ],
    [
      'of several labels without a name',
      '"liked": "binary"',
      '"liked": { "kind": "multilabel", "label": "tags" }',
      placeOf('"binary"'),
      'expected tasks.liked with labels, or with a label that is several columns, but got neither',
    ],
    ['of what a task lacks', '"classes": 3, ', '', placeOf('{ "kind": "multiclass"'), 'tasks.my.task.classes'],
    ['of a model', '"PLE"', '"PEL"', placeOf('"PLE"'), 'model.kind'],
    ['of a model’s option', '"numLevels": 2', '"numLevels": 0', placeOf('2 }', '"numLevels": 2 }'), 'model.numLevels'],
    [
      'of what only the library refuses',
      '"numLevels": 2',
      '"dnnActivation": "rellu"',
      placeOf('"numLevels"').replace(/\d+: $/, ''),
      'dnnActivation',
    ],
    ['of what needs more tasks', '"liked": "binary", ', '', placeOf('{ "kind": "PLE"'), 'at least 2 tasks'],
    ['of a schedule', '"steps": 10', '"steps": 0', placeOf('10 }', '"steps": 10 }'), 'learningRate.steps'],
    ['of a strategy', '"pcGrad"', '"pcGrda"', placeOf('"pcGrad"'), 'training.strategy'],
    ['of what must be there', '"features"', '"$schema"', 'plegrad.json:1:1: ', 'expected features but got none'],
  ])('%s', async (_, text, replacement, place, words) => {
    const said = await saidOf(text, replacement)
    expect(said).toMatch(/^plegrad\.json:\d+:\d+: /)
    expect(said.slice(0, place.length)).toBe(place)
    expect(said).toContain(words)
  })

  it('and nothing where nothing is wrong', async () => {
    expect(await saidOf('"numLevels": 2', '"numLevels": 3')).toBe('nothing of undefined')
  })

  it('but for a file that is not there', () => {
    expect(() => readConfig(join(folder, 'none.json'))).toThrow("'plegrad init TABLE' makes one")
  })
})

const namesOf = ({ properties = {} }: Schema): readonly string[] =>
  Object.keys(properties).filter((name) => name !== 'kind')
const byKind = (schemas: readonly Schema[]): Readonly<Record<string, Schema>> =>
  Object.fromEntries(schemas.map((schema) => [schema.properties!.kind.const!, schema]))

describe('the schema', () => {
  it('has the options of every model of the library', () => {
    const ple = Object.keys(PLE_OPTIONS)
    const without = (names: readonly string[], ...some: readonly string[]): string[] =>
      names.filter((name) => !some.includes(name))
    const expected: Readonly<Record<string, readonly string[]>> = {
      PLE: ple,
      cgc: without(ple, 'numLevels'),
      mmoe: [...without(ple, 'numLevels', 'sharedExpertNum', 'specificExpertNum'), 'numExperts'],
      mlMmoe: [...without(ple, 'sharedExpertNum', 'specificExpertNum'), 'numExperts'],
      SharedBottom: Object.keys(SHARED_BOTTOM),
      SingleTask: Object.keys(SINGLE_TASK),
      ESMM: Object.keys(ESMM_OPTIONS),
      WideDeep: Object.keys(WIDE_DEEP),
    }
    const kinds = byKind(MODELS)
    expect(Object.keys(kinds).sort()).toEqual(Object.keys(expected).sort())
    for (const [kind, names] of Object.entries(expected))
      expect([...namesOf(kinds[kind])].sort(), kind).toEqual(
        without(names, 'features', 'taskNames', 'taskTypes', 'backend').sort(),
      )
  })

  it('names optimizers and strategies as the library does', () => {
    for (const kind of [...Object.keys(byKind(OPTIMIZERS)), ...Object.keys(byKind(STRATEGIES))])
      expect(plegrad, kind).toHaveProperty(kind)
  })

  it('has no option of an optimizer that the library does not take', () => {
    const makers = plegrad as unknown as Readonly<Record<string, (options: object) => unknown>>
    for (const [kind, schema] of Object.entries(byKind(OPTIMIZERS)))
      for (const name of namesOf(schema)) {
        const value = name === 'nesterov' ? true : name === 'learningRatePower' ? -0.5 : 0.5
        expect(() => makers[kind]({ [name]: value }), `${kind} ${name}`).not.toThrow()
      }
  })

  it('is a file that editors read', () => {
    const file = JSON.parse(schemaFile()) as Schema & { readonly $schema: string }
    expect(file.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(file.properties).toEqual(JSON.parse(JSON.stringify(CONFIG_SCHEMA.properties)))
  })
})
