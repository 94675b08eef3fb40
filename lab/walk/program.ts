/**
 * Programs of ops as they are typed: a small part of JavaScript, of which each line names a value. Nothing of it is handed to
 * the browser to run: names are looked up among the library's ops, and all else is refused by its line.
 */
import object from '@jsep-plugin/object'
import type { ObjectExpression } from '@jsep-plugin/object'
import jsep from 'jsep'
import type { CoreExpression, Expression } from 'jsep'
import * as autograd from '../../src/autograd/index.ts'
import type { Op } from '../../src/autograd/index.ts'
import { broadcasting } from '../../src/autograd/ops/broadcast.ts'
import { cpu64 } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { Tensor, full, ids, normal, ones, stream, tensor, uniform, zeros } from '../../src/tensor/index.ts'

jsep.plugins.register(object)

type Callable = (...given: readonly unknown[]) => unknown

/** What is no op, of what autograd has. */
const APART =
  /^(op|traced|addCotangents|gradients|usedBy|checkGradients|gradientErrors|RowSparse|broadcastShape|toDense|alignRows|distinctRows|presentIds|nonzeroMask|gatherPresent|dropout)$/

/** Every op, and every function of ops, by name. */
export const OPS: Readonly<Record<string, Callable>> = Object.fromEntries(
  Object.entries<unknown>(autograd).filter(([name, value]) => typeof value === 'function' && !APART.test(name)),
) as Record<string, Callable>

/** What makes tensors of nothing, and what each takes. */
const CREATORS = {
  normal: 'shape, { mean, deviation }',
  uniform: 'shape, { low, high }',
  tensor: 'numbers',
  ids: 'whole numbers',
  ones: 'shape',
  zeros: 'shape',
  full: 'shape, value',
} as const
type Creator = keyof typeof CREATORS

export const NAMES: readonly string[] = [...Object.keys(CREATORS), ...Object.keys(OPS)].sort()

/** What a function takes, as its signature has it; empty where it has none. */
export const takenBy = (name: string): string =>
  (CREATORS as Readonly<Record<string, string | undefined>>)[name] ??
  (OPS[name] as Partial<Pick<Op, 'text'>> | undefined)?.text ??
  ''

/** One op whose rule is wrong: every gradient that it hands on is so many times too large. */
export interface Fault {
  readonly op: string
  readonly factor: number
}

export interface RunOptions {
  readonly seed: number
  /** Tensors in place of those that a program draws, in order. */
  readonly inputs?: readonly Tensor[]
  readonly fault?: Fault | undefined
  /** Default: plain loops in float64. */
  readonly backend?: Backend
}

/** What came of a program. */
export interface Run {
  /** What was drawn or given, in order, and its names. */
  readonly inputs: readonly Tensor[]
  /** By the name that a line gave it. */
  readonly named: ReadonlyMap<string, unknown>
  readonly result: Tensor
}

/** A line of a program: what it computes, and what that is called, if it is. */
export interface Line {
  /** From 1. */
  readonly number: number
  readonly name: string | undefined
  readonly expression: Expression
}

const NAMED = /^(?:const\s+|let\s+)?([A-Za-z_]\w*)\s*=(?!=)(.*)$/

const refuse = (line: number, expected: string, got: string): never => {
  throw new RangeError(`line ${line}: expected ${expected} but got ${got}`)
}

/** The lines of a program, empty ones and remarks left out. @throws RangeError where one is no expression. */
export function read(code: string): readonly Line[] {
  return code.split('\n').flatMap((text, at) => {
    const trimmed = text
      .replace(/\/\/.*$/, '')
      .replace(/;\s*$/, '')
      .trim()
    if (trimmed === '') return []
    const [, name, rest] = NAMED.exec(trimmed) ?? []
    try {
      return [{ number: at + 1, name, expression: jsep(rest ?? trimmed) }]
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      return refuse(at + 1, 'an expression of ops, as in y = matmul(x, w),', `'${trimmed}': ${words}`)
    }
  })
}

/** Ops of two or three inputs of one shape, which broadcast. */
const ALIKE = /^(\.\.\.n, )+\.\.\.n -> \.\.\.n$/

/** An op as it is, but for its rule. */
function faulty(name: string, { factor }: Fault): Callable {
  const { text, definition } = OPS[name] as unknown as Op
  const wrong: Op['definition'] = {
    ...definition,
    vjp: (g, inputs, y, settings) => definition.vjp(autograd.scaleShift(g, { factor }), inputs, y, settings),
  }
  const made = autograd.op(name, text, wrong)
  return (ALIKE.test(text) ? broadcasting(made as never) : made) as unknown as Callable
}

/** The names of ops that a program calls by themselves, whose rules can be broken. */
export function callsOf(lines: readonly Line[]): readonly string[] {
  const found = new Set<string>()
  JSON.stringify(lines, (_, value: unknown) => {
    const node = value as { readonly type?: string; readonly callee?: { readonly name?: string } } | null
    const name = node?.type === 'CallExpression' ? node.callee?.name : undefined
    if (name !== undefined && Object.hasOwn(OPS, name) && 'definition' in OPS[name]) found.add(name)
    return value
  })
  return [...found]
}

/** Runs a program. @throws RangeError for what is not known, by its line; what an op refuses, in its words. */
export function run(lines: readonly Line[], { seed, inputs: given, fault, backend = cpu64 }: RunOptions): Run {
  const random = stream(seed)
  const inputs: Tensor[] = []
  const named = new Map<string, unknown>()
  let result: unknown

  const keep = (make: (at: number) => Tensor): Tensor => {
    const at = inputs.length
    const made = given?.[at] ?? make(at)
    inputs.push(made)
    return made
  }
  const creators: Readonly<Record<Creator, (first: never, second: never) => unknown>> = {
    normal: (shape, options) => keep((at) => normal(shape, random.stream(`input ${at}`), options, backend)),
    uniform: (shape, options) => keep((at) => uniform(shape, random.stream(`input ${at}`), options, backend)),
    tensor: (values, shape) => keep(() => tensor(values, shape, backend)),
    ids: (values) => ids(values, undefined, backend),
    ones: (shape) => keep(() => ones(shape, backend)),
    zeros: (shape) => keep(() => zeros(shape, backend)),
    full: (shape, value) => keep(() => full(shape, value, backend)),
  }
  const called = (line: number, name: string, args: readonly unknown[]): unknown => {
    const known = Object.hasOwn(creators, name) || Object.hasOwn(OPS, name)
    if (!known) refuse(line, 'an op that there is', `'${name}'`)
    const creator = (creators as Readonly<Record<string, Callable | undefined>>)[name]
    try {
      return (creator ?? (fault?.op === name ? faulty(name, fault) : OPS[name]))(...args)
    } catch (error) {
      throw new RangeError(`line ${line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  const valueOf = (line: number, given: Expression): unknown => {
    const node = given as CoreExpression | ObjectExpression
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'number' || typeof node.value === 'boolean'
          ? node.value
          : refuse(line, 'a number', node.raw)
      case 'UnaryExpression': {
        const value = valueOf(line, node.argument)
        return node.operator === '-' && typeof value === 'number'
          ? -value
          : refuse(line, 'a number behind −', `${node.operator}: neg(x) is the op`)
      }
      case 'Identifier':
        return named.has(node.name)
          ? named.get(node.name)
          : refuse(line, 'a value that a line above names', `'${node.name}'`)
      case 'ArrayExpression':
        return node.elements.map((each) => (each ? valueOf(line, each) : refuse(line, 'a list of values', 'a gap')))
      case 'ObjectExpression':
        return Object.fromEntries(
          node.properties.map((each) =>
            each.type === 'Property' && each.key.type === 'Identifier' && each.value
              ? [each.key.name as string, valueOf(line, each.value)]
              : refuse(line, 'options by name, as in { axis: 1 },', 'something else'),
          ),
        )
      case 'MemberExpression': {
        const list = valueOf(line, node.object)
        const at = node.computed ? valueOf(line, node.property) : undefined
        return Array.isArray(list) && typeof at === 'number'
          ? list[at]
          : refuse(line, 'a member of a list by its number', 'another member')
      }
      case 'CallExpression':
        return node.callee.type === 'Identifier'
          ? called(
              line,
              node.callee.name as string,
              node.arguments.map((each) => valueOf(line, each)),
            )
          : refuse(line, 'the name of an op', `a ${node.callee.type}`)
      default:
        return refuse(line, 'a call of an op, a name, a number or a list', `a ${node.type}: add(x, y) is x + y`)
    }
  }
  for (const { number, name, expression } of lines) {
    result = valueOf(number, expression)
    if (name !== undefined) named.set(name, result)
  }
  if (!(result instanceof Tensor))
    throw new RangeError('the program: expected its last line to be a tensor, as in sum(y), but it is none')
  return { inputs, named, result }
}
