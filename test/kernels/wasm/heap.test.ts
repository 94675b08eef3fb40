/** The allocator: blocks never overlap, and all space comes back, whatever the order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heap } from '../../../src/kernels/wasm/heap.ts'

const BEGIN = 128
const END = 128 + 64 * 100

type Step = { readonly take: number } | { readonly giveBack: number }

const steps = fc.array(
  fc.oneof(fc.record({ take: fc.integer({ min: 1, max: 1500 }) }), fc.record({ giveBack: fc.nat() })),
  { maxLength: 200 },
)

/** Takes and gives back as told, and checks every block against all others. */
function walk(told: readonly Step[]) {
  const blocks = heap(BEGIN, END)
  const held: { readonly start: number; readonly bytes: number }[] = []
  for (const step of told) {
    if ('giveBack' in step) {
      const block = held.splice(step.giveBack % Math.max(held.length, 1), 1).at(0)
      if (block) blocks.release(block.start, block.bytes)
      continue
    }
    const start = blocks.allocate(step.take)
    if (start === undefined) continue
    expect(start % 64).toBe(0)
    expect(start).toBeGreaterThanOrEqual(BEGIN)
    expect(start + step.take).toBeLessThanOrEqual(END)
    for (const other of held)
      if (start < other.start + other.bytes && other.start < start + step.take) expect.fail('two blocks overlap')
    held.push({ start, bytes: step.take })
  }
  return { blocks, held }
}

describe('the heap', () => {
  it('gives out blocks that are aligned, within bounds, and apart', () => {
    fc.assert(
      fc.property(steps, (told) => void walk(told)),
      { numRuns: 200 },
    )
  })

  it('knows how much is free', () => {
    fc.assert(
      fc.property(steps, (told) => {
        const { blocks, held } = walk(told)
        const taken = held.reduce((total, { bytes }) => total + Math.ceil(bytes / 64) * 64, 0)
        expect(blocks.free()).toBe(END - BEGIN - taken)
      }),
      { numRuns: 200 },
    )
  })

  it('is one whole again when all blocks came back', () => {
    fc.assert(
      fc.property(steps, fc.integer(), (told, seed) => {
        const { blocks, held } = walk(told)
        held.sort((a, b) => ((a.start * 31 + seed) % 17) - ((b.start * 31 + seed) % 17))
        for (const { start, bytes } of held) blocks.release(start, bytes)
        expect(blocks.allocate(END - BEGIN)).toBe(BEGIN)
        expect(blocks.free()).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('finds room wherever there is a gap that is large enough', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3000 }), (told, bytes) => {
        const { blocks, held } = walk(told)
        const taken = held.map(({ start, bytes: size }) => [start, start + Math.ceil(size / 64) * 64])
        taken.sort(([a], [b]) => a - b)
        let [widest, from] = [0, BEGIN]
        for (const [start, end] of [...taken, [END, END]]) {
          widest = Math.max(widest, start - from)
          from = end
        }
        expect(blocks.allocate(bytes) !== undefined).toBe(bytes <= widest)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the block that came back last to the next who asks for as much', () => {
    const blocks = heap(BEGIN, END)
    const [first, second] = [blocks.allocate(1000), blocks.allocate(1000)]
    blocks.release(second!, 1000)
    expect(blocks.allocate(980)).toBe(second)
    expect(first).toBe(BEGIN)
  })
})
