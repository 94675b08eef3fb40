/**
 * A large model is saved and restored in seconds, with its bytes in memory at most once beside it. Of 50 million numbers
 * that is measured by `bench/files.ts`; here the disk and the machine may be busy, and time is that of the processor.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newFolder } from './folders.ts'
import type { Folder } from './folders.ts'
import { DOINGS, measureFiles } from './memory.ts'

const NUMBERS = 20_000_000
const LONGEST = 3000
/** Times the bytes of the numbers: with a file in memory, and without. */
const MOST = { saveModel: 2.2, restoreModel: 2.2, writeModel: 1.2, readModel: 1.2 }

describe.each(['cpu', 'wasm'] as const)('a model of 20 million numbers on %s', (backend) => {
  let folder: Folder
  let measured: ReturnType<typeof measureFiles>
  beforeAll(() => {
    folder = newFolder()
    measured = measureFiles(folder.path, backend, NUMBERS)
  })
  afterAll(() => {
    folder.remove()
  })

  it.each(DOINGS)(
    'takes %s less than three seconds of the processor, and no memory but for what it has to give',
    (what) => {
      const { processor, peak, numbers } = measured[what]
      expect(numbers).toBeGreaterThanOrEqual(NUMBERS)
      expect(processor).toBeLessThan(LONGEST)
      expect(peak / (4 * numbers)).toBeLessThan(MOST[what])
      // Less than the numbers themselves would be no measure of anything.
      expect(peak / (4 * numbers)).toBeGreaterThan(MOST[what] - 0.3)
    },
  )

  it('has a file of four bytes a number and a header, and comes back as it was', () => {
    for (const { file, numbers, sample } of Object.values(measured)) {
      expect(file - 4 * numbers).toBeGreaterThan(0)
      expect(file - 4 * numbers).toBeLessThan(4096)
      expect(sample).toBe(measured.saveModel.sample)
    }
  })
})
