/** The tape of a typed program: what arrives where, whose rule that is, and what is refused. */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cpu64, gradients, matmul, normal, relu, add, square, stream, sum, tensor } from '../../src/index.ts'
import { compiledOf } from '../../lab/walk/compiled.ts'
import { EXAMPLES } from '../../lab/walk/examples.ts'
import { TARGETS, queryOf, readWalk } from '../../lab/walk/link.ts'
import type { Target } from '../../lab/walk/link.ts'
import { NAMES, OPS, read, run, takenBy } from '../../lab/walk/program.ts'
import { ruleOf, wordsOf } from '../../lab/walk/rules.ts'
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
      const { ok, message } = tapeOf(code, 4, { fault: { op, factor: 1.5 } }).check()
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
  const plain = { seed: 1, by: undefined, step: 0, target: undefined, pass: undefined }
  for (const walk of [
    { ...plain, example: 'cgc' as const, code: EXAMPLES.cgc.code, seed: 3, step: 7 },
    { ...plain, example: undefined, code: 'x = ones([2])\nsum(x)' },
    {
      ...plain,
      example: 'dense' as const,
      code: EXAMPLES.dense.code,
      by: 'w',
      target: 'wasm' as const,
      pass: 'fuse layers',
    },
  ])
    expect(readWalk(queryOf(walk))).toEqual({ walk, complaints: [] })
  expect(readWalk('?seed=-1&example=none&compile=gpu').complaints).toEqual([
    "The link: expected seed to be a whole number but got '-1', so the default stands.",
    "The link: expected compile to be one of cpu, wasm but got 'gpu', so the default stands.",
    "The link: expected example to be one of dense, gate, cgc, rows but got 'none', so the default stands.",
  ])
})

describe.each(Object.values(EXAMPLES).flatMap(({ code }) => tapeOf(code, 4).givens.map((by) => [by, code] as const)))(
  'of second order by %s of %j',
  (by, code) => {
    const tape = tapeOf(code, 4, { by })
    const result = tape.entries[tape.entries.length - 1]

    it('ends in the squared length of the gradient of first order', () => {
      const first = tapeOf(code, 4)
      const gradient = first.cotangents[first.entries.find(({ name }) => name === by)!.index]
      const named = tape.entries.find(({ name }) => name === `∂${by}`)!
      expect(named.tensor.values).toEqual(gradient.values)
      expect(named.derived).toBe(true)
      expect(result.tensor.item()).toBe(sum(square(gradient)).item())
    })

    it('has at every entry what gradients has, once all have handed on', () => {
      for (const entry of tape.entries) {
        const arrived = tape.arrived(entry, tape.steps.length)
        expect(arrived?.values ?? new Float64Array(entry.tensor.size)).toEqual(tape.cotangents[entry.index].values)
      }
    })

    it('has a name of its own for each entry', () => {
      expect(new Set(tape.entries.map(({ name }) => name)).size).toBe(tape.entries.length)
    })

    it('agrees with differences of the gradient of first order', () => {
      const { inputs, cotangents, entries } = tape
      const at = inputs.findIndex(({ name }) => name === by)
      const cell = entries.find(({ name }) => name === by)!
      const moved = (far: number): number => {
        const given = inputs.map(({ tensor }) => tensor)
        const values = given[at].values.slice()
        values[0] += far
        return tape
          .resultOf(
            given.map((each, index) => (index === at ? tensor(values, given[at].shape, cpu64) : each)),
            cpu64,
          )
          .item()
      }
      expect((moved(1e-5) - moved(-1e-5)) / 2e-5).toBeCloseTo(cotangents[cell.index].values[0], 4)
    })
  },
)

it('refuses to derive by what is not given', () => {
  expect(() => tapeOf(EXAMPLES.dense.code, 1, { by: 'h' })).toThrow(
    "second order: expected by to be one of x, w, c but got 'h'",
  )
})

describe.each(
  Object.entries(EXAMPLES).flatMap(([name, { code }]) =>
    [undefined, tapeOf(code, 4).givens[0]].flatMap((by) =>
      Object.keys(TARGETS).map((target) => [name, by ?? 'nothing', target as Target, tapeOf(code, 4, { by })] as const),
    ),
  ),
)('%s derived by %s and compiled for %s', (_, _by, target, tape) => {
  const compiled = compiledOf(tape, target)
  const calls = compiled.passes[compiled.passes.length - 1].calls.length

  it('computes what the tape has', () => {
    const { tensor } = tape.entries[tape.entries.length - 1]
    expect(Math.abs(compiled.result / tensor.item() - 1)).toBeLessThan(1e-5)
    expect(compiled.apartFromTape).toBeLessThan(1e-5)
  })

  it('says of every pass what it took out and put in', () => {
    compiled.passes.slice(1).forEach(({ calls, change }, at) => {
      const before = compiled.passes[at].calls
      if (!change) expect(calls).toEqual(before)
      else {
        const left = [...before]
        for (const line of change.gone) left.splice(left.indexOf(line), 1)
        expect([...left, ...change.made].sort()).toEqual([...calls].sort())
      }
    })
  })

  it('has no two results in one place at one time but where one takes the place of the other', () => {
    const { stretches, arena, most } = compiled
    for (const one of stretches) {
      expect(one.start + one.bytes).toBeLessThanOrEqual(arena)
      expect(one.to).toBeLessThanOrEqual(calls)
      for (const other of stretches) {
        const [meet, overlap] = [
          one.from <= other.to && other.from <= one.to,
          one.start < other.start + other.bytes && other.start < one.start + one.bytes,
        ]
        if (one !== other && meet && overlap) {
          expect(one.start).toBe(other.start)
          expect(one.from === other.to || other.from === one.to).toBe(true)
        }
      }
    }
    expect(most).toBeLessThanOrEqual(arena)
  })
})

it('has words for what can be typed', () => {
  expect(takenBy('matmul')).toBe('m k, k n -> m n')
  expect(takenBy('normal')).toContain('deviation')
  const silent = Object.keys(OPS).filter((name) => wordsOf(name, SOURCES) === '')
  expect(silent).toEqual([])
})
