/** The tape of a typed program: what arrives where, whose rule that is, and what is refused. */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cpu64, gradients, matmul, normal, relu, add, square, stream, sum } from '../../src/index.ts'
import { EXAMPLES } from '../../lab/walk/examples.ts'
import { queryOf, readWalk } from '../../lab/walk/link.ts'
import { NAMES, OPS, read, run } from '../../lab/walk/program.ts'
import { ruleOf } from '../../lab/walk/rules.ts'
import { tapeOf } from '../../lab/walk/tape.ts'

const SOURCES = Object.fromEntries(
  readdirSync('src/autograd/ops').map((file) => [
    `src/autograd/ops/${file}`,
    readFileSync(`src/autograd/ops/${file}`, 'utf8'),
  ]),
)

describe.each(Object.entries(EXAMPLES))('%s', (_, { code }) => {
  const tape = tapeOf(code, 4)

  it('has a gradient at every entry once all have handed on, which is that of gradients', () => {
    for (const entry of tape.entries)
      expect(tape.arrived(entry, tape.steps.length)?.values).toEqual(tape.cotangents[entry.index].values)
  })

  it('has nothing anywhere but at its end before any has', () => {
    for (const entry of tape.entries)
      expect(tape.arrived(entry, 0) !== undefined).toBe(entry.index === tape.entries.length - 1)
  })

  it('has every rule in the sources, with a formula', () => {
    for (const { op } of tape.steps) {
      const rule = ruleOf(op!, SOURCES)!
      expect(rule.formula, op).toMatch(/.{4}/)
      expect(rule.lines.split('\n').length).toBeLessThan(30)
      expect(
        SOURCES[rule.path]
          .split('\n')
          .slice(rule.line - 1)
          .join('\n')
          .startsWith(rule.lines),
      ).toBe(true)
    }
  })

  it('agrees with finite differences, and does not where any rule is broken', () => {
    expect(tape.check().message).toBeUndefined()
    for (const op of tape.breakable) {
      const { ok, message } = tapeOf(code, 4, { op, factor: 1.5 }).check()
      expect(ok, op).toBe(false)
      expect(message).toMatch(/by its rule and .* by differences/)
    }
  })
})

it('finds the declaration of every op that can be called', () => {
  const ops = Object.values(OPS).flatMap((each) => ('op' in each ? [each.op as string] : []))
  expect(ops.length).toBeGreaterThan(40)
  for (const op of ops) expect(ruleOf(op, SOURCES)?.lines, op).toContain(`op('${op}',`)
})

it('computes what the library does', () => {
  const { cotangents, entries } = tapeOf(EXAMPLES.dense.code, 4)
  const random = stream(4)
  const [x, w, c] = [[2, 3], [3, 2], [2]].map((shape, at) => normal(shape, random.stream(`input ${at}`), {}, cpu64))
  const loss = sum(square(relu(add(matmul(x, w), c))))
  expect(entries[entries.length - 1].tensor.item()).toBe(loss.item())
  const named = new Map(entries.map(({ name, index }) => [name, cotangents[index].values]))
  expect([named.get('x'), named.get('w'), named.get('c')]).toEqual(
    gradients(loss, [x, w, c]).map(({ values }) => values),
  )
})

it('knows options, lists, members, remarks and numbers below 0', () => {
  const { result } = run(
    read(`const parts = split(tensor([[1, -2, 3]]), { widths: [1, 2], axis: 1 }); // two
sum(parts[1])`),
    { seed: 1 },
  )
  expect(result.item()).toBe(1)
})

it.each([
  ['sum(x', "line 1: expected an expression of ops, as in y = matmul(x, w), but got 'sum(x'"],
  ['x = normal([2, 3])\ny = matmull(x, x)', "line 2: expected an op that there is but got 'matmull'"],
  ['sum(x)', "line 1: expected a value that a line above names but got 'x'"],
  ['x = normal([2, 3])\nmatmul(x, x)', 'line 2: matmul: expected (m k), (k n) but got (2×3), (2×3)'],
  ['x = normal([2])\nx + x', 'line 2: expected a call of an op, a name, a number or a list but got a BinaryExpression'],
  ['window.alert(1)', 'line 1: expected the name of an op but got a MemberExpression'],
  ['constructor(1)', "line 1: expected an op that there is but got 'constructor'"],
  ['x = normal([2, 3])', 'expected a loss of one value'],
  ['ids([1])', 'expected its last line to be a tensor'],
  ['', 'expected its last line to be a tensor'],
])('refuses %j in words', (code, words) => {
  expect(() => tapeOf(code, 1)).toThrow(words)
})

it('names what can be typed', () => {
  expect(NAMES).toContain('matmul')
  expect(NAMES).toContain('normal')
  expect(NAMES).not.toContain('gradients')
})

it('is a link and back, and what is wrong with one is told', () => {
  for (const walk of [
    { example: 'cgc' as const, code: EXAMPLES.cgc.code, seed: 3, step: 7 },
    { example: undefined, code: 'x = ones([2])\nsum(x)', seed: 1, step: 0 },
  ])
    expect(readWalk(queryOf(walk))).toEqual({ walk, complaints: [] })
  expect(readWalk('?seed=-1&example=none').complaints).toEqual([
    "The link: expected seed to be a whole number but got '-1', so the default stands.",
    "The link: expected example to be one of dense, gate, cgc, rows but got 'none', so the default stands.",
  ])
})
