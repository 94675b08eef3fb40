/**
 * docs/derivations.md against the engine: every op has a section, and its closed form, which is plain JavaScript on plain
 * arrays, is what `gradients` returns, on kinks and ties too.
 */
import { readdirSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Ids, cpu64, gradients, stream, tensor } from '../../src/index.ts'
import { randomUniform } from '../../src/kernels/index.ts'
import type { Tensor } from '../../src/index.ts'
import { flatten, nest, sum, table } from './arrays.ts'
import type { Nested } from './arrays.ts'
import { blocksOf, inlineCodeOf, read, sectionsOf, unformatted } from './documents.ts'
import { COMPOSED, OPS, drawCase, isElementwise, merged } from './subjects.ts'
import type { Case, Subject } from './subjects.ts'

const DOCUMENT = 'docs/derivations.md'
const OPS_FOLDER = 'src/autograd/ops'
const CASES = 40
const SUBJECTS = { ...OPS, ...COMPOSED }

/** A closed form as a block has it: `derivative` of an element-wise op, `gradient` of any other. */
interface Derivation {
  readonly name: string
  readonly kind: string
  readonly rule: (...args: readonly unknown[]) => Nested
}

/** The constants that the blocks of a section define. */
const derivationsOf = (section: string): readonly Derivation[] =>
  blocksOf(DOCUMENT, section)
    .filter(({ language }) => language === 'js')
    .flatMap(({ info: kind, code }) => {
      const names = [...code.matchAll(/^const (\w+) =/gm)].map(([, name]) => name)
      const exported = `${code}\n;({ ${names.join(', ')} })`
      const rules = runInNewContext(exported, { sum, table, randomUniform }) as Record<string, Derivation['rule']>
      return names.map((name) => ({ name, kind, rule: rules[name] }))
    })

/** f' of each element, times g. */
function byDerivative({ rule }: Derivation, { plain, settings }: Case, g: readonly number[]): number[][] {
  const inputs = plain.map(flatten)
  const slopes = g.map((_, at) => flatten([rule(...inputs.map((values) => values[at]), settings)]))
  return inputs.map((_, input) => g.map((weight, at) => weight * slopes[at][input]))
}

/** The gradients themselves, a list's members one by one, without those of ids. */
function byGradient({ rule }: Derivation, { signature }: Subject, { plain, settings }: Case, g: Nested, y: Nested) {
  const found = rule(g, ...plain, { ...settings, y }) as readonly Nested[]
  return found
    .flatMap((each, input) => (signature.inputs[input].kind === 'list' ? (each as readonly Nested[]) : [each]))
    .filter((each) => each !== null)
    .map(flatten)
}

/** Runs a closed form beside the engine on one random case, and says where they differ, if they do. */
function differenceAt(derivation: Derivation, seed: number): string | undefined {
  const subject = SUBJECTS[derivation.name]
  const random = stream(seed)
  const drawn = drawCase(subject, random.stream('case'))
  const y = subject.call(drawn.inputs, drawn.options)
  const wrt = drawn.inputs.flat().filter((input): input is Tensor => !(input instanceof Ids))
  const g = Array.from({ length: y.size }, (_, index) => random.stream('g').normal(index))
  const actual = gradients(y, wrt, { seed: tensor(g, y.shape, cpu64) })

  const shape = merged(subject.signature.output, y.shape)
  const expected =
    derivation.kind === 'derivative'
      ? byDerivative(derivation, drawn, g)
      : byGradient(derivation, subject, drawn, nest(g, shape), nest(y.values, shape))
  if (expected.length !== actual.length) return `${expected.length} gradients, not ${actual.length}`
  for (const [input, { values, size }] of actual.entries()) {
    if (expected[input].length !== size) return `input ${input} has ${expected[input].length} gradients, not ${size}`
    const at = expected[input].findIndex(
      (value, index) => !(Math.abs(value - values[index]) <= 1e-10 * Math.max(1, Math.abs(value))),
    )
    if (at >= 0)
      return `element ${at} of input ${input} is ${expected[input][at]} here, ${values[at]} in the engine (seed ${seed})`
  }
  return undefined
}

const difference = (derivation: Derivation): string | undefined =>
  Array.from({ length: CASES }, (_, seed) => differenceAt(derivation, seed)).find((found) => found !== undefined)

const titleOf = (section: string): string => section.slice(3, section.indexOf('\n'))
/** What a section derives: the names in its heading. */
const derivedIn = (section: string): readonly string[] => inlineCodeOf(titleOf(section))

const document = read(DOCUMENT)
const sections = sectionsOf(document).filter((section) => derivedIn(section).length > 0)

describe.each(sections.map((section) => [titleOf(section), section] as const))('%s', (_, section) => {
  const derivations = derivationsOf(section)

  it.each(derivedIn(section))('%s is what the engine computes', (name) => {
    expect(Object.keys(SUBJECTS), 'ops, and what is made of them').toContain(name)
    const derivation = derivations.find((each) => each.name === name)
    if (!derivation) expect.fail(`${name} has no block in its section`)
    const elementwise = isElementwise(SUBJECTS[name].signature) && name !== 'dropout'
    expect(derivation.kind).toBe(elementwise ? 'derivative' : 'gradient')
    expect(difference(derivation)).toBeUndefined()
  })
})

describe('the page', () => {
  it('derives every op, and each once', () => {
    const derived = sections.flatMap(derivedIn)
    expect(Object.keys(OPS).length).toBeGreaterThan(50)
    expect(Object.keys(OPS).filter((name) => !derived.includes(name))).toEqual([])
    expect(derived.filter((name, index) => derived.indexOf(name) !== index)).toEqual([])
  })

  it('quotes rules as they stand in the code', () => {
    const files = readdirSync(OPS_FOLDER).map((file) => read(`${OPS_FOLDER}/${file}`))
    const source = unformatted(files.join('\n'))
    const quotes = document
      .split('\n')
      .filter((line) => line.startsWith('In the code:'))
      .flatMap(inlineCodeOf)
    expect(quotes.length).toBeGreaterThan(40)
    expect(quotes.filter((quote) => !source.includes(unformatted(quote)))).toEqual([])
  })
})

describe('the comparison', () => {
  const wrong: Readonly<Record<string, readonly [kind: string, code: string]>> = {
    'a wrong slope': ['derivative', 'const tanh = (x) => 1 - Math.tanh(x)'],
    'a factor that is missing': ['derivative', 'const square = (x) => x'],
    'another choice at a kink': ['derivative', 'const relu = (x) => (x >= 0 ? 1 : 0)'],
    'a tie given to both': ['derivative', 'const maximum = (a, b) => [a >= b ? 1 : 0, b >= a ? 1 : 0]'],
    'axes exchanged': [
      'gradient',
      'const swap = (g, x, { o, p, q, i }) => [table(o, p, q, i, (a, b, c, d) => g[a][c % p][b % q][d])]',
    ],
    'an id that counts once': [
      'gradient',
      'const gather = (g, t, ids, { v, d }) => [table(v, d, (row, j) => g[ids.indexOf(row)]?.[j] ?? 0), null]',
    ],
    'a gradient too few': ['gradient', 'const dense = (g, x, w, c) => [x, w]'],
  }

  it.each(Object.entries(wrong))('sees %s', (_, [kind, code]) => {
    const [derivation] = derivationsOf(`\`\`\`js ${kind}\n${code}\n\`\`\``)
    expect(difference(derivation)).toBeDefined()
  })
})
