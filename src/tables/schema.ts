/**
 * JSON that a person writes, held to a schema: the part of JSON Schema that features and splits are described in, and who
 * checks it. It refuses with the path of what does not fit, such as features[3].vocabulary.minCount.
 */
import { didYouMean, finite, flag, isRecord, isWhole, show, text, whole } from '../checks/index.ts'

/** A JSON Schema (draft 2020-12), as far as it is used here. Editors and other programs read it as it is. */
export interface Schema {
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  readonly const?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false | Schema
  readonly anyOf?: readonly Schema[]
  /** Objects that are told apart by one property, which is a constant in each. */
  readonly oneOf?: readonly Schema[]
}

const refuse = (who: string, path: string, expected: string, got: string): never => {
  throw new RangeError(`${who}: expected ${path} ${expected} but got ${got}`)
}

const bounds = ({ minimum, maximum, exclusiveMaximum }: Schema): string =>
  [
    ...(minimum === undefined ? [] : [`of at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`of at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ].join(' and ')

/** What is expected, as it reads on from the name of the value. */
function expectedOf(schema: Schema): string {
  const { anyOf, type, minLength, minItems, maxItems, minimum = 0, maximum } = schema
  if (schema.const !== undefined) return `to be '${schema.const}'`
  if (schema.enum) return `to be ${schema.enum.map(show).join(' or ')}`
  if (anyOf)
    return anyOf.map((each, at) => (at === 0 ? expectedOf(each) : expectedOf(each).slice('to be '.length))).join(' or ')
  if (type === 'integer') return whole(minimum, maximum).expected
  if (type === 'number') return `to be a number ${bounds(schema)}`.trim()
  if (type === 'string') return minLength === undefined ? text.expected : 'to be a string that is not empty'
  if (type === 'boolean') return flag.expected
  if (type === 'array')
    return `to be a list${minItems === undefined ? '' : minItems === maxItems ? ` of ${minItems}` : ` of at least ${minItems}`}`
  return 'to be an object'
}

/** Whether a value that is no object and no list is as a schema has it. */
function fits(value: unknown, schema: Schema): boolean {
  const { type, minimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity, minLength = 0 } = schema
  if (schema.const !== undefined) return value === schema.const
  if (schema.enum) return schema.enum.includes(value as string)
  if (type === 'integer') return isWhole(value, minimum, maximum)
  if (type === 'number')
    return (
      finite.fits(value) &&
      (value as number) >= minimum &&
      (value as number) <= maximum &&
      (value as number) < exclusiveMaximum
    )
  if (type === 'string') return text.fits(value) && (value as string).length >= minLength
  return type !== 'boolean' || flag.fits(value)
}

/** The one of several objects that a value means to be. */
function meant(
  who: string,
  path: string,
  value: Readonly<Record<string, unknown>>,
  schemas: readonly Schema[],
): Schema {
  const [first] = schemas
  const key = Object.keys(first.properties ?? {}).find((name) => first.properties![name].const !== undefined) ?? ''
  const constants = schemas.map(({ properties }) => properties![key].const)
  const found = schemas[constants.indexOf(value[key] as string)] as Schema | undefined
  return found ?? refuse(who, `${path}.${key}`, `to be ${constants.map(show).join(' or ')}`, show(value[key]))
}

function checkObject(who: string, path: string, value: Readonly<Record<string, unknown>>, schema: Schema): void {
  const { properties = {}, required = [], additionalProperties } = schema
  for (const name of required)
    if (value[name] === undefined) refuse(who, `${path}.${name}`, expectedOf(properties[name]), 'none')
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (known === undefined) continue
    if (known === false)
      refuse(
        who,
        path,
        `to have ${Object.keys(properties).join(', ')}`,
        `'${name}'${didYouMean(name, Object.keys(properties))}`,
      )
    else checkJSON(who, `${path}.${name}`, member, known)
  }
}

/**
 * That a value is what a schema says. `path` is what errors call it, and its members go on from there.
 * @throws RangeError naming the path of the first thing that does not fit, what is expected, and what it is.
 */
export function checkJSON(who: string, path: string, value: unknown, schema: Schema): void {
  const { type, oneOf, anyOf, items, minItems = 0, maxItems = Infinity } = schema
  if (anyOf) {
    const objects = anyOf.filter((each) => each.type === 'object' || each.type === 'array')
    const [like] = objects.filter(
      (each) => (each.type === 'array') === Array.isArray(value) && typeof value === 'object',
    )
    if (like) checkJSON(who, path, value, like)
    else if (!anyOf.some((each) => !objects.includes(each) && fits(value, each)))
      refuse(who, path, expectedOf(schema), show(value))
  } else if (type === 'array') {
    if (!Array.isArray(value) || value.length < minItems || value.length > maxItems)
      return refuse(who, path, expectedOf(schema), show(value))
    value.forEach((item, place) => items && checkJSON(who, `${path}[${place}]`, item, items))
  } else if (type === 'object' || oneOf) {
    if (!isRecord(value)) return refuse(who, path, expectedOf(schema), show(value))
    checkObject(who, path, value, oneOf ? meant(who, path, value, oneOf) : schema)
  } else if (!fits(value, schema)) refuse(who, path, expectedOf(schema), show(value))
}
