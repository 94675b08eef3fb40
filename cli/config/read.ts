/**
 * plegrad.json: read, checked and told about by file, line and column. It refuses what its schema does not know, and names
 * that stand twice.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import { checkJSON, checkSpecs } from '../../src/tables.ts'
import type { FeatureSpec, Files, Split } from '../../src/tables.ts'
import { isTold, told } from '../told.ts'
import { placeOf } from './place.ts'
import { CONFIG_SCHEMA } from './schema.ts'

/** A task by its kind, or with options. */
export type TaskSpec =
  | string
  | {
      readonly kind: string
      /** A column, or one for each label of a task of several. */
      readonly label?: string | readonly string[]
      readonly classes?: number | readonly string[]
      readonly labels?: number | readonly string[]
    }

/** One of several by name, or with options. */
export type Named = string | ({ readonly kind: string } & Readonly<Record<string, unknown>>)

/** A model by its kind, with options. */
export type ModelSpec = { readonly kind: string } & Readonly<Record<string, unknown>>

/** How a model is trained. */
export interface TrainingSpec {
  readonly epochs?: number
  readonly patience?: number
  readonly restoreBest?: boolean
  readonly batchSize?: number
  readonly accumulate?: number
  readonly optimizer?: Named
  readonly strategy?: Named
  readonly losses?: Readonly<Record<string, string>>
  readonly clipNorm?: number
  readonly emaDecay?: number
  readonly shuffle?: boolean
  readonly seed?: number
  readonly threads?: number
  readonly checkpointEvery?: number
}

/** How rows are read that memory does not hold. */
export interface StreamSpec {
  readonly buffer?: number
}

/** What plegrad.json says. */
export interface Config {
  readonly $schema?: string
  readonly from?: Files | Readonly<Record<string, Files>>
  readonly sql?: string
  readonly table?: string
  readonly memoryLimit?: string
  readonly tempDirectory?: string
  readonly split?: Split
  readonly features: readonly FeatureSpec[]
  readonly tasks: Readonly<Record<string, TaskSpec>>
  readonly sampleWeights?: string | Readonly<Record<string, string>>
  readonly model: ModelSpec
  readonly training?: TrainingSpec
  readonly stream?: StreamSpec
}

/** A file that was read: what it says, and who tells of it by line. */
export interface ConfigFile {
  readonly config: Config
  /** The folder that paths in it are seen from. */
  readonly folder: string
  /** Runs what reads a member of the file: what is refused then is told with the line that it is about. */
  readonly about: <T>(member: keyof Config | undefined, act: () => T | Promise<T>) => Promise<T>
}

const lineOf = (text: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before[before.length - 1].length + 1 }
}

/** Names that stand twice in one object: the last would count, and nobody would know. */
function twice(node: Node): Node | undefined {
  const seen = new Set<unknown>()
  for (const child of node.children ?? []) {
    if (child.type === 'property') {
      const [key] = child.children!
      if (seen.has(key.value)) return key
      seen.add(key.value)
    }
    const deeper = twice(child)
    if (deeper) return deeper
  }
  return undefined
}

function parsed(name: string, text: string): Node {
  const fail = (offset: number, message: string): never => {
    throw told('usage', message, { file: name, ...lineOf(text, offset) })
  }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  const [first] = errors
  if (first)
    fail(
      first.offset,
      `expected JSON but got ${printParseErrorCode(first.error)
        .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toLowerCase()}`,
    )
  if (!root) return fail(0, 'expected JSON but got nothing')
  const double = twice(root)
  if (double) fail(double.offset, `expected each name once but got '${String(double.value)}' twice`)
  return root
}

/** @throws what `told` makes, with file, line and column of what does not fit, or without them where the file is not there. */
export function readConfig(path: string): ConfigFile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const because = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not there' : (error as Error).message
    throw told('usage', `expected a file '${path}' but got none: because ${because}; 'plegrad init TABLE' makes one`)
  }
  const root = parsed(path, text)
  /** What is out of range is the file's, and so is what is not where it says; anything else keeps its own words. */
  const placed = (error: unknown, member?: string): unknown => {
    const isSource = member === 'from' || member === 'sql'
    if (!(error instanceof RangeError || (isSource && error instanceof Error && !isTold(error)))) return error
    const node = placeOf(root, error.message, member)
    const exit = error instanceof RangeError ? 'usage' : 'failed'
    return told(
      exit,
      error.message.replace(/^plegrad\.json: /, ''),
      node && { file: path, ...lineOf(text, node.offset) },
      error,
    )
  }
  const value: unknown = getNodeValue(root)
  const { properties = {}, required = [] } = CONFIG_SCHEMA
  try {
    checkJSON('plegrad.json', 'the file', value, {
      ...CONFIG_SCHEMA,
      properties: {},
      required: [],
      additionalProperties: {},
    })
    const record = value as Readonly<Record<string, unknown>>
    const known = {
      ...CONFIG_SCHEMA,
      required: [],
      properties: Object.fromEntries(Object.keys(properties).map((name) => [name, {}])),
    }
    checkJSON('plegrad.json', 'the file', record, known)
    for (const name of required)
      if (record[name] === undefined)
        throw told('usage', `expected ${name} but got none: because a model is made of it`, {
          file: path,
          ...lineOf(text, root.offset),
        })
    for (const [name, member] of Object.entries(record)) checkJSON('plegrad.json', name, member, properties[name])
    checkSpecs('plegrad.json', 'features', record.features)
    if (Object.keys(record.tasks as object).length === 0)
      throw new RangeError('plegrad.json: expected tasks of at least one but got none')
  } catch (error) {
    throw placed(error)
  }
  return {
    config: value as Config,
    folder: dirname(resolve(path)),
    async about(member, act) {
      try {
        return await act()
      } catch (error) {
        throw placed(error, member)
      }
    },
  }
}
