/** A hundred thousand damaged files: refused in words or read as what they say, soon and in little memory. And the check can fail. */
import { describe, expect, it } from 'vitest'
import { readSafetensors } from '../../src/safetensors.ts'
import type { Safetensors } from '../../src/safetensors.ts'
import type { Fate } from '../fuzz/damage.ts'
import { FILES, checkDamagedFile, damagedOf } from './damage.ts'
import { rawFile } from './rawFile.ts'

const COUNT = 100_000
/** Milliseconds for each megabyte of a file, and for what is smaller than one. */
const LONGEST = 100
const MB = 1e6

/** Milliseconds of the processor, which others on a busy machine do not count into; the least of a few tries. */
function timeOf(read: () => unknown): number {
  let least = Infinity
  for (let time = 0; time < 5 && (time === 0 || least > LONGEST / 2); time++) {
    const before = process.cpuUsage()
    read()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
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

  const one = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
  const many = Array.from({ length: 20_000 }, (_, at) => `"name ${at}":${one}`).join(',')
  const LARGE: readonly (readonly [string, string])[] = [
    ['names', `{${many}}`],
    ['names, the last twice', `{${many},"name 7":${one}}`],
    ['words of metadata', `{"__metadata__":{"a":"${'点击😀'.repeat(100_000)}"}}`],
    ['escaped characters', `{"__metadata__":{"a":"${'\\"\\u0041\\\\'.repeat(100_000)}"}}`],
    ['objects in objects', `${'{"a":'.repeat(200_000)}0${'}'.repeat(200_000)}`],
    ['lists in lists', `{"x":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
    ['extents', `{"x":{"dtype":"U8","shape":[${'1,'.repeat(500_000)}1],"data_offsets":[0,1]}}`],
    ['digits', `{"x":{"dtype":"U8","shape":[${'1'.repeat(1_000_000)}],"data_offsets":[0,1]}}`],
    ['spaces', `{${' '.repeat(1_000_000)}}`],
    ['quotes', `{"x":"${'\\"'.repeat(500_000)}`],
  ]
  it.each(LARGE.map(([what, header]) => ({ what, header })))(
    'takes no longer where it has many $what',
    ({ header }) => {
      const file = rawFile({ header })
      expect(timeOf(quietly(file)) / Math.max(1, file.length / MB)).toBeLessThan(LONGEST)
    },
  )

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
      const before = process.memoryUsage().arrayBuffers
      const read = quietly(file)() as Safetensors | undefined
      const values = read && Object.values(read.tensors).map((tensor) => tensor.values)
      const taken = process.memoryUsage().arrayBuffers - before
      expect(taken).toBeLessThan(2 * file.length + MB)
      if (values && values[0] instanceof Float32Array) expect(taken).toBeGreaterThan(numbers)
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
