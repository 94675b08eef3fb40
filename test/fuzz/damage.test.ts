/** Damaged files of saved models, thousands of them: refused in words, or models that score. And the check can fail. */
import { describe, expect, it } from 'vitest'
import { parameters, restoreModel } from '../../src/models/index.ts'
import type { SavableModel, SavedModel } from '../../src/models/index.ts'
import { checkDamaged, damage, randomOf } from './damage.ts'
import type { Fate } from './damage.ts'
import { checkDamagedBytes, damagedBytesOf } from './damagedBytes.ts'
import { SAVED_MODELS, TRANSFORMS } from './savedModels.ts'
import { processorTime } from '../processorTime.ts'

const FILES = 20_000
/** Milliseconds of the processor that one file may take, restored, scored and saved. */
const LONGEST = 3000
const MOST_BYTES = 600e6

/** By what is damaged of a saved model: what a seed makes of one, judged. */
const DAMAGED: Readonly<Record<string, (seed: number) => Fate>> = {
  'the text of version 1': (seed) =>
    checkDamaged(damage(SAVED_MODELS[seed % SAVED_MODELS.length].text, randomOf(seed))),
  'the bytes of version 2': (seed) => checkDamagedBytes(damagedBytesOf(seed)),
}

describe('a damaged saved model', () => {
  it.each(Object.entries(DAMAGED))(
    `%s: refused in words, or it scores and is saved again, ${FILES} of them`,
    { timeout: 600_000 },
    (_, fateOf) => {
      const fates: Record<Fate, number> = { refused: 0, restored: 0 }
      const before = process.memoryUsage.rss()
      let longest = 0
      let most = 0
      for (let seed = 0; seed < FILES; seed++) {
        const took = processorTime(() => {
          try {
            fates[fateOf(seed)]++
          } catch (error) {
            throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
          }
        })
        longest = Math.max(longest, took)
        if (seed % 50 === 0) most = Math.max(most, process.memoryUsage.rss())
      }
      expect(longest).toBeLessThan(LONGEST)
      expect(most - before).toBeLessThan(MOST_BYTES)
      // Both happen often, or the damage is too great or too small to tell anything.
      expect(fates.refused).toBeGreaterThan(FILES / 2)
      expect(fates.restored).toBeGreaterThan(FILES / 20)
    },
  )

  it.each(SAVED_MODELS)('is told from one that is none: $name', ({ text, bytes }) => {
    expect(checkDamaged(text)).toBe('restored')
    expect(checkDamagedBytes(bytes)).toBe('restored')
  })

  it('is the same for the same numbers, and another for others', () => {
    const [{ text }] = SAVED_MODELS
    expect(damage(text, randomOf(1))).toBe(damage(text, randomOf(1)))
    expect(new Set(Array.from({ length: 50 }, (_, seed) => damage(text, randomOf(seed)))).size).toBeGreaterThan(40)
  })
})

describe('the check of a damaged file', () => {
  const { text, bytes } = SAVED_MODELS[0]
  const throwing = (error: Error) => () => {
    throw error
  }
  const changed = (change: (model: SavableModel) => void) => (file: SavedModel, options: object) => {
    const model = restoreModel(file, options)
    change(model)
    return model
  }

  it.each([
    ['an accident', throwing(new TypeError("Cannot read properties of null (reading 'kind')"))],
    ['an accident in the words of a refusal', throwing(new RangeError('f: expected a list but got [object Object]'))],
    ['an error that says nothing', throwing(new RangeError('Invalid array length'))],
    ['an endless error', throwing(new RangeError(`f: expected a list but got ${'x'.repeat(5000)}`))],
    [
      'scores that are no numbers',
      changed((model) => {
        parameters(model)['towers.like.bias'].assign([NaN])
      }),
    ],
    [
      'a number that is another',
      changed((model) => {
        parameters(model)['towers.like.bias'].assign([7])
      }),
    ],
    [
      'an option that is lost',
      changed((model) => {
        Reflect.deleteProperty(model.options, 'seed')
      }),
    ],
    [
      'a feature that is lost',
      changed((model) => {
        ;(model.features as unknown[]).pop()
      }),
    ],
  ])('sees %s', (_, restore) => {
    expect(() => checkDamaged(text, restore)).toThrow()
    expect(() => checkDamagedBytes(bytes, restore as unknown as typeof restoreModel)).toThrow()
  })

  it('sees that a file which says nothing is restored', () => {
    expect(() => checkDamagedBytes(new Uint8Array(100), () => restoreModel(bytes, { transforms: TRANSFORMS }))).toThrow(
      'says nothing',
    )
  })
})
