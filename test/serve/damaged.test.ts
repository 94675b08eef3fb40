/** Damaged files: refused in words, wherever they are damaged; and where somebody made their sums right, within memory. */
import { describe, expect, it } from 'vitest'
import { kernelsOf } from '../../src/kernels/index.ts'
import { fileOf, loadProgram } from '../../src/serve/index.ts'
import { readFile } from '../../src/serve/file.ts'
import { compilePredictor, saveProgram } from '../../src/training/index.ts'
import { damage, randomOf } from '../fuzz/damage.ts'
import { SAVED_PROGRAMS, checkForged } from '../fuzz/served.ts'
import { fencedCpu } from './fenced.ts'
import { FEATURES, MODELS } from './programs.ts'
import { TRANSFORMS } from './rows.ts'

const options = { transforms: TRANSFORMS, backend: fencedCpu }
const file = saveProgram(compilePredictor(MODELS.PLE(), { rows: 2 }))
const FORGED = 1000

/** What is said of a file; nothing where it runs. */
function saying(bytes: Uint8Array): string | undefined {
  let served
  try {
    served = loadProgram(bytes, options)
  } catch (error) {
    return (error as Error).message
  }
  served.run()
  return undefined
}

describe('a file', () => {
  it('with any one byte changed is refused', () => {
    for (let at = 0; at < file.length; at += at < 64 ? 1 : 37) {
      const other = file.slice()
      other[at] ^= 1 << (at % 8)
      expect(saying(other), `byte ${at}`).toMatch(/^loadProgram: expected .* but got .*: because /s)
    }
  })

  it('that ends early, or goes on, is refused', () => {
    for (const length of [0, 1, 4, 15, 16, 17, 20, 1000, file.length - 4, file.length - 1])
      expect(saying(file.slice(0, length)), `${length} bytes`).toMatch(/^loadProgram: expected .* but got/)
    const longer = new Uint8Array(file.length + 4)
    longer.set(file)
    expect(saying(longer)).toMatch(/^loadProgram: expected a file as it was written but got another/)
  })

  it('of something else, or of another version, is refused in its own words', () => {
    expect(saying(new TextEncoder().encode('{"version":1,"kind":"PLE"}'))).toMatch(
      /^loadProgram: expected the bytes that saveProgram gave but got 26 others/,
    )
    expect(saying('a path' as never)).toMatch(/^loadProgram: expected the bytes that saveProgram gave but got 'a path'/)
    const newer = file.slice()
    newer[4] = 2
    expect(saying(newer)).toBe(
      'loadProgram: expected version 1 but got 2: because another version of plegrad has written it',
    )
  })
})

const SIZE = FEATURES.findIndex(({ name }) => name === 'size')

type Json = Record<string | number, unknown>

/** A file whose sums are right, with another value at a path of its header; without it where that is undefined. */
function forged(path: readonly (string | number)[] = [], value?: unknown): Uint8Array {
  const { header, count, numbersTo } = readFile(file)
  const numbers = new Float32Array(count)
  numbersTo(numbers)
  const { calls } = header as { readonly calls: readonly (readonly unknown[])[] }
  // A call is named by its verb.
  const [first, ...rest] = path.flatMap((step) => {
    const call = calls.findIndex(([verb]) => verb === step)
    return call < 0 ? [step] : ['calls', call]
  })
  if (path.length > 0) {
    const all = [first, ...rest]
    const parent = all.slice(0, -1).reduce((tree, step) => tree[step] as Json, header as Json)
    if (value === undefined) Reflect.deleteProperty(parent, all[all.length - 1])
    else parent[all[all.length - 1]] = value
  }
  return fileOf(header as object, [[0, numbers]], count)
}

it('a kernel that leaves its memory is caught', () => {
  const [table, out] = [new Float32Array(4), new Float32Array(2)]
  expect(() => kernelsOf(fencedCpu).gather(table, Int32Array.of(2), out, 1, 2)).toThrow('a kernel reads at 4 of 4')
  expect(() => kernelsOf(fencedCpu).gather(table, Int32Array.of(1, 1), out, 2, 2)).toThrow('a kernel writes at 2 of 2')
})

describe('a forged file', () => {
  it.each<readonly [string, readonly (string | number)[], unknown, RegExp]>([
    ['of kernels that only train', ['softmax', 0], 'adam', /expected kernels of a forward pass but got 'adam'/],
    ['of no kernels', ['softmax', 0], 'toString', /expected kernels of a forward pass but got 'toString'/],
    ['of a call that is none', ['softmax'], 'softmax', /expected 'calls' as saveProgram writes it but got/],
    ['of fewer arguments', ['softmax'], ['softmax', 1, 2, 2], /expected a call of softmax within its memory but got/],
    ['of sizes that are too large', ['softmax', 3], 1000, /expected a call of softmax within its memory but got/],
    ['of no size', ['softmax', 3], 0, /expected a call of softmax within its memory but got/],
    ['of half a size', ['softmax', 3], 0.5, /expected a call of softmax within its memory but got/],
    ['of parts that there are not', ['softmax', 1], 9999, /expected a call of softmax within its memory but got/],
    ['of parts below 0', ['softmax', 1], -1, /expected a call of softmax within its memory but got/],
    ['of parts that are none', ['softmax', 1], null, /expected a call of softmax within its memory but got/],
    ['of parts by name', ['softmax', 1], 'length', /expected a call of softmax within its memory but got/],
    ['of parts beyond memory', ['floats', 0, 0], 1e6, /expected parts within a memory of \d+ but got/],
    ['of less memory than numbers', ['memory'], 16, /expected parts within a memory of 16 but got/],
    ['of more memory than anybody has', ['memory'], 2 ** 40, /expected 'memory' as saveProgram writes it but got/],
    ['of ids beyond a table', ['inputs', 'ids.hour', 2], 25, /expected a call of gatherEach within its memory but got/],
    ['of ids of no range', ['inputs', 'ids.hour', 2], 0, /expected a range of its own for 'ids.hour' but got 0/],
    [
      'of ids that nothing writes',
      ['inputs', 'ids.hour'],
      undefined,
      /expected a call of gatherEach within its memory but got/,
    ],
    [
      'of inputs without a feature',
      ['inputs', 'ids.x'],
      [0, 0, 1],
      /expected inputs that features have but got 'ids.x'/,
    ],
    ['of other rows', ['rows'], 3, /expected 3 numbers in 'ids.user' but got 2/],
    ['of outputs that there are not', ['outputs', 'like'], 9999, /expected 2 numbers of 'like' but got undefined/],
    ['of outputs that are no rows', ['outputs', 'like'], 0, /expected 2 numbers of 'like' but got/],
    ['of lists of two lengths', ['gatherEach', 5], [3], /expected a call of gatherEach within its memory but got/],
    ['of a list that is none', ['gatherEach', 1], 5, /expected a call of gatherEach within its memory but got/],
    ['of features of no kind', ['features', 0, 'kind'], 'text', /expected 'features' as saveProgram writes it but got/],
    [
      'of features with other members',
      ['features', 0, 'secret'],
      1,
      /expected 'features' as saveProgram writes it but got/,
    ],
    ...['missing', 'least', 'most', 'mean', 'deviation'].map(
      (step) =>
        [
          `of a scaling with other numbers for '${step}'`,
          ['features', SIZE, 'scaling', step],
          [1],
          /expected 'features' as saveProgram writes it/,
        ] as const,
    ),
    ['without features', ['features'], undefined, /expected 'features' as saveProgram writes it but got/],
    ['of other members', ['owner'], 'me', /expected 'owner' as saveProgram writes it but got/],
  ])('%s is refused', (_, path, value, said) => {
    expect(saying(forged(path, value))).toMatch(said)
  })

  it('that is not forged runs', () => {
    expect(saying(forged())).toBeUndefined()
  })

  it('in whatever way is refused in words, or runs within its memory', () => {
    let refused = 0
    for (let seed = 0; seed < FORGED; seed++) {
      const { text, numbers } = SAVED_PROGRAMS[seed % SAVED_PROGRAMS.length]
      try {
        if (checkForged({ text: damage(text, randomOf(seed)), numbers })) refused++
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
    }
    // Both happen often, or the damage is too great or too small to tell anything.
    expect(refused).toBeGreaterThan(FORGED / 2)
    expect(FORGED - refused).toBeGreaterThan(FORGED / 50)
  })
})
