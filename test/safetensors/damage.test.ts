/** A hundred thousand damaged files: refused in words or read as what they say, soon and in little memory. And the check can fail. */
import { describe, expect, it } from 'vitest'
import { readSafetensors } from '../../src/safetensors.ts'
import type { Safetensors } from '../../src/safetensors.ts'
import type { Fate } from '../fuzz/damage.ts'
import { FILES, checkDamagedFile, damagedOf } from './damage.ts'
import { collect } from '../heapBytes.ts'
import { processorTime } from '../processorTime.ts'
import { rawFile } from './rawFile.ts'

const COUNT = 100_000
/** Milliseconds that one of them may take. */
const LONGEST = 100
const MB = 1e6

/** The least of a few tries, but for what is soon done. */
function timeOf(read: () => unknown, soon = LONGEST / 2): number {
  let least = Infinity
  for (let time = 0; time < 5 && (time === 0 || least > soon); time++) least = Math.min(least, processorTime(read))
  return least
}

/** What is thrown away: here time and memory are looked at. */
const quietly = (file: Uint8Array) => (): unknown => {
  try {
    return readSafetensors(file)
  } catch {
    return undefined
  }
}

describe('a damaged safetensors file', () => {
  it(`is refused in words or read as what it says: ${COUNT} of them`, { timeout: 600_000 }, () => {
    const fates: Record<Fate, number> = { refused: 0, restored: 0 }
    let longest = 0
    for (let seed = 0; seed < COUNT; seed++) {
      const file = damagedOf(seed)
      longest = Math.max(longest, timeOf(quietly(file)))
      try {
        fates[checkDamagedFile(file)]++
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
    }
    expect(longest).toBeLessThan(LONGEST)
    // Both happen often, or the damage is too great or too small to tell anything.
    expect(fates.refused).toBeGreaterThan(COUNT / 2)
    expect(fates.restored).toBeGreaterThan(COUNT / 20)
  })

  it.each([...FILES.keys()])('is told from one that is none: file %i', (index) => {
    expect(checkDamagedFile(FILES[index])).toBe('restored')
  })

  const named = (count: number): string =>
    Array.from({ length: count }, (_, at) => `"name ${at}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join(',')
  /** Headers of so many. */
  const LARGE: Readonly<Record<string, (count: number) => string>> = {
    names: (count) => `{${named(count / 50)}}`,
    'names, the last twice': (count) => `{${named(count / 50)},"name 7":${named(1).slice(9)}}`,
    'words of metadata': (count) => `{"__metadata__":{"a":"${'点击😀'.repeat(count / 10)}"}}`,
    'escaped characters': (count) => `{"__metadata__":{"a":"${'\\"\\u0041\\\\'.repeat(count / 10)}"}}`,
    'objects in objects': (count) => `${'{"a":'.repeat(count / 5)}0${'}'.repeat(count / 5)}`,
    'lists in lists': (count) => `{"x":${'['.repeat(count / 2)}${']'.repeat(count / 2)}}`,
    extents: (count) => `{"x":{"dtype":"U8","shape":[${'1,'.repeat(count / 2)}1],"data_offsets":[0,1]}}`,
    digits: (count) => `{"x":{"dtype":"U8","shape":[${'1'.repeat(count)}],"data_offsets":[0,1]}}`,
    spaces: (count) => `{${' '.repeat(count)}}`,
    quotes: (count) => `{"x":"${'\\"'.repeat(count / 2)}`,
  }
  const MANY = 1_000_000
  const SHARE = 16
  it.each(Object.entries(LARGE))('takes no longer for each where it has many %s', (_, headerOf) => {
    const [few, many] = [MANY / SHARE, MANY].map((count) => timeOf(quietly(rawFile({ header: headerOf(count) })), 0))
    // In proportion they would be equal; what grows with the square takes SHARE times as long for each.
    expect(many / SHARE).toBeLessThan(5 * Math.max(few, 0.5))
  })

  it('takes no memory of a size that it merely claims, and of what it has twice as much at most', () => {
    const numbers = 20 * MB
    const entry = { dtype: 'U8', shape: [numbers], data_offsets: [0, numbers] }
    const files = [
      rawFile({ header: { x: entry }, data: numbers }),
      rawFile({ header: { x: { ...entry, dtype: 'F64' } }, data: numbers }),
      rawFile({ header: { x: { ...entry, shape: [4e9], data_offsets: [0, 4e9] } }, data: numbers }),
      rawFile({ header: '{}', announced: 99_999_999n, data: numbers }),
      rawFile({ header: { x: entry }, data: numbers - 1 }),
      rawFile({ header: { x: { ...entry, dtype: 'BF16', shape: [numbers / 2] } }, data: numbers }),
    ]
    for (const file of files) {
      // What others left would be counted as given back while this one reads.
      collect()
      const before = process.memoryUsage().arrayBuffers
      const read = quietly(file)() as Safetensors | undefined
      const values = read && Object.values(read.tensors).map((tensor) => tensor.values)
      const taken = process.memoryUsage().arrayBuffers - before
      expect(taken).toBeLessThan(2 * file.length + MB)
      // Or memory is not what is measured here.
      if (values && values[0] instanceof Float32Array) expect(taken).toBeGreaterThanOrEqual(values[0].byteLength)
    }
  })
})

describe('the check of a damaged file', () => {
  const [file] = FILES
  const changed = (change: (read: Safetensors) => object) => (bytes: Uint8Array | ArrayBuffer) => ({
    ...readSafetensors(bytes),
    ...change(readSafetensors(bytes)),
  })
  const throwing = (error: Error) => () => {
    throw error
  }

  it.each([
    ['an accident', throwing(new TypeError("Cannot read properties of null (reading 'x')"))],
    ['an error that says nothing', throwing(new RangeError('Invalid typed array length: 7'))],
    ['an endless error', throwing(new RangeError(`f: expected a list but got ${'x'.repeat(5000)}`))],
    ['a tensor that is lost', changed(() => ({ tensors: {} }))],
    ['metadata that nobody wrote', changed(() => ({ metadata: { a: 'b' } }))],
    ['another shape', changed(({ tensors: { x } }) => ({ tensors: { x: { ...x, shape: [3, 2] } } }))],
    [
      'another number',
      changed(({ tensors: { x } }) => ({ tensors: { x: { ...x, values: x.values.slice().fill(7 as never) } } })),
    ],
  ])('sees %s', (_, read) => {
    expect(() => checkDamagedFile(file, read)).toThrow()
  })

  it('sees what lies where another does', () => {
    const overlapping = rawFile({
      header: {
        x: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
        y: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
      },
      data: 3,
    })
    const tensor = { dtype: 'U8', shape: [2], values: new Uint8Array(2) } as const
    expect(() => checkDamagedFile(overlapping, () => ({ metadata: {}, tensors: { x: tensor, y: tensor } }))).toThrow(
      'overlap',
    )
  })
})
