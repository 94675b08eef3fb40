/**
 * Settings as a link says them. What it says wrongly is told in words, and the default stands in its place; what is default
 * is not written, so that links stay short.
 */
import {
  DATA,
  DEFAULTS,
  FIELDS,
  KINDS,
  OPTIMIZERS,
  PACES,
  ROLES,
  SIDES,
  SIDE_FIELDS,
  STRATEGIES,
  expected,
  lackOf,
  numberIn,
} from './settings.ts'
import type { NumberField, Roles, Settings } from './settings.ts'

const CHOICES = { data: DATA, pace: PACES }
const SIDE_CHOICES = { kind: KINDS, strategy: STRATEGIES, optimizer: OPTIMIZERS }

interface Plain {
  readonly [name: string]: unknown
}

/** Reads the names of one record out of a link, under a prefix. */
function readPart<T extends object>(
  parameters: URLSearchParams,
  prefix: string,
  defaults: T,
  fields: Readonly<Record<string, NumberField>>,
  choices: Readonly<Record<string, object>>,
  complain: (name: string, words: string, got: string) => void,
): T {
  const found = new Map<string, unknown>(Object.entries(defaults))
  for (const [name, field] of Object.entries(fields)) {
    const text = parameters.get(prefix + name)
    if (text === null) continue
    const number = numberIn(text, field)
    if (number === undefined) complain(prefix + name, expected(field), text)
    else found.set(name, number)
  }
  for (const [name, options] of Object.entries(choices)) {
    const text = parameters.get(prefix + name)
    if (text === null) continue
    if (Object.hasOwn(options, text)) found.set(name, text)
    else complain(prefix + name, `one of ${Object.keys(options).join(', ')}`, text)
  }
  return Object.fromEntries(found) as T
}

/** Settings out of the part of a link behind its question mark, and what is wrong with it. */
export function readSettings(query: string): { readonly settings: Settings; readonly complaints: readonly string[] } {
  const parameters = new URLSearchParams(query)
  const complaints: string[] = []
  const complain = (name: string, words: string, got: string): void => {
    complaints.push(`The link: expected ${name} to be ${words} but got '${got}', so the default stands.`)
  }
  const main = readPart(parameters, '', DEFAULTS, FIELDS, CHOICES, complain)
  const [a, b] = SIDES.map((side) => {
    const read = readPart(parameters, `${side}.`, DEFAULTS[side], SIDE_FIELDS, SIDE_CHOICES, complain)
    const lack = lackOf(read)
    if (lack !== undefined) complaints.push(`The link: ${lack}, so the default stands.`)
    return lack === undefined ? read : DEFAULTS[side]
  })
  const roles = Object.fromEntries(ROLES.map((role) => [role, parameters.getAll(role)])) as unknown as Roles
  return { settings: { ...main, roles, a, b }, complaints }
}

/** The part of a link that says these settings, with its question mark; empty where all are default. */
export function queryOf(settings: Settings): string {
  const parameters = new URLSearchParams()
  const write = (prefix: string, part: Plain, defaults: Plain, names: readonly string[]): void => {
    for (const name of names) if (part[name] !== defaults[name]) parameters.set(prefix + name, String(part[name]))
  }
  write('', { ...settings }, { ...DEFAULTS }, [...Object.keys(CHOICES), ...Object.keys(FIELDS)])
  for (const side of SIDES)
    write(`${side}.`, { ...settings[side] }, { ...DEFAULTS[side] }, [
      ...Object.keys(SIDE_CHOICES),
      ...Object.keys(SIDE_FIELDS),
    ])
  if (settings.data === 'file')
    for (const role of ROLES) for (const name of settings.roles[role]) parameters.append(role, name)
  const query = parameters.toString()
  return query === '' ? '' : `?${query}`
}
