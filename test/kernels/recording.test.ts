/** Who stands in for a backend, and for how long; what waits for each run of a program, and numbers that change. */
import { describe, expect, it } from 'vitest'
import {
  bufferOn,
  cpu,
  cpu64,
  derived,
  eachRun,
  now,
  recordOn,
  recordWithin,
  standIn,
} from '../../src/kernels/index.ts'
import type { Buffer, Held, Recorder } from '../../src/kernels/index.ts'
import { device } from '../laws/device.ts'

interface Noted {
  readonly captured: Held[]
  readonly runs: { readonly run: (...numbers: never[]) => void; readonly reads: readonly Buffer[] }[]
  readonly within: [op: string, shape?: readonly number[]][]
}

/** A recorder that notes what it is told. Its name for a buffer is another buffer of that length. */
function noting(dtype: Recorder['dtype'] = 'float32'): Recorder & { readonly noted: Noted } {
  const noted: Noted = { captured: [], runs: [], within: [] }
  return {
    ...(dtype === 'float32' ? cpu : cpu64),
    name: 'noting',
    noted,
    capture(held) {
      noted.captured.push(held)
      return { length: held.buffer.length }
    },
    eachRun: (run, reads) => noted.runs.push({ run, reads }),
    below: () => undefined,
    within: (op, shape) => noted.within.push(shape ? [op, shape] : [op]),
  }
}

const held = (...values: number[]): Held => ({ buffer: Float32Array.from(values), backend: cpu })

describe('a stand-in', () => {
  it('is nobody while nothing is recorded', () => {
    for (const backend of [cpu, cpu64, device]) expect(standIn(backend)).toBe(backend)
  })

  it('takes the place of every backend of its dtype, and its own, while the step runs', () => {
    const recorder = noting()
    const seen = recordOn(recorder, () => [cpu, device, recorder].map(standIn))
    expect(seen).toEqual([recorder, recorder, recorder])
    expect(standIn(cpu)).toBe(cpu)
  })

  it('gives back what the step gives', () => {
    expect(recordOn(noting(), () => 42)).toBe(42)
  })

  it('refuses a backend of another dtype, whose part would be done once and not on every run', () => {
    const message = /^compile: expected float32 throughout but got float64, on cpu64: because .* once/
    expect(() => recordOn(noting(), () => standIn(cpu64))).toThrow(TypeError)
    expect(() => recordOn(noting(), () => standIn(cpu64))).toThrow(message)
    expect(recordOn(noting('float64'), () => standIn(cpu64)).name).toBe('noting')
  })

  it('gives way to one within, and is back when that is done', () => {
    const [outer, inner] = [noting(), noting('float64')]
    recordOn(outer, () => {
      recordOn(inner, () => {
        expect(standIn(cpu64)).toBe(inner)
      })
      expect(standIn(cpu)).toBe(outer)
    })
    expect(standIn(cpu)).toBe(cpu)
  })

  it('leaves when the step throws, and lets the error through', () => {
    const [outer, inner] = [noting(), noting()]
    const failing = (): never => {
      throw new Error('the step failed')
    }
    recordOn(outer, () => {
      expect(() => recordOn(inner, failing)).toThrow('the step failed')
      expect(standIn(cpu)).toBe(outer)
    })
    expect(() => recordOn(outer, failing)).toThrow('the step failed')
    expect(standIn(cpu)).toBe(cpu)
  })
})

describe('a buffer', () => {
  it('is itself on its own backend, which captures nothing', () => {
    const x = held(1, 2)
    expect(bufferOn(cpu, x)).toBe(x.buffer)
    const recorder = noting()
    const own: Held = { buffer: { length: 3 }, backend: recorder }
    expect(recordOn(recorder, () => bufferOn(recorder, own))).toBe(own.buffer)
    expect(recorder.noted.captured).toEqual([])
  })

  it('has the name that the stand-in gives it where it is from elsewhere', () => {
    const recorder = noting()
    const x = held(1, 2)
    const name = recordOn(recorder, () => bufferOn(standIn(cpu), x))
    expect(name).not.toBe(x.buffer)
    expect(name).toEqual({ length: 2 })
    expect(recorder.noted.captured).toEqual([x])
  })

  it('is captured anew by a recorder within another', () => {
    const [outer, inner] = [noting(), noting()]
    const x: Held = { buffer: { length: 1 }, backend: outer }
    recordOn(outer, () => recordOn(inner, () => bufferOn(standIn(outer), x)))
    expect(inner.noted.captured).toEqual([x])
    expect(outer.noted.captured).toEqual([])
  })
})

describe('what the calls to come are part of', () => {
  it('is told to the recorder at work, with the shape if there is one, and else to nobody', () => {
    const recorder = noting()
    recordWithin('before')
    recordOn(recorder, () => {
      recordWithin('relu', [2, 3])
      recordWithin('adam')
    })
    recordWithin('after')
    expect(recorder.noted.within).toEqual([['relu', [2, 3]], ['adam']])
  })
})

describe('what is done on each run', () => {
  it('is done at once where nothing is recorded, with the numbers it reads, shared and not copied', () => {
    const [x, y] = [held(1, 2), held(3)]
    const calls: unknown[][] = []
    eachRun((...numbers) => calls.push([...numbers]), [x, y])
    expect(calls).toHaveLength(1)
    expect(calls[0][0]).toBe(x.buffer)
    expect(calls[0][1]).toBe(y.buffer)
    let done = 0
    eachRun(() => done++)
    expect(done).toBe(1)
  })

  it('is left to the recorder where there is one, with its names for what is read', () => {
    const recorder = noting()
    const x = held(1, 2)
    const own: Held = { buffer: { length: 5 }, backend: recorder }
    let done = 0
    const run = (): void => {
      done++
    }
    recordOn(recorder, () => {
      eachRun(run, [x, own])
    })
    expect(done).toBe(0)
    expect(recorder.noted.captured).toEqual([x])
    expect(recorder.noted.runs).toEqual([{ run, reads: [{ length: 2 }, own.buffer] }])
    expect(recorder.noted.runs[0].reads[1]).toBe(own.buffer)
  })

  it('refuses to read from a device, before anything is done', () => {
    const far: Held = { buffer: device.allocate(1), backend: device }
    let done = 0
    expect(() => {
      eachRun(() => done++, [held(1), far])
    }).toThrow('eachRun: expected memory at hand but it is on device')
    expect(done).toBe(0)
  })
})

describe('a number that may change', () => {
  it('is what it is, or what its function gives at this moment', () => {
    let step = 3
    const changing = (): number => step
    expect(now(7)).toBe(7)
    expect(now(changing)).toBe(3)
    step = 4
    expect(now(changing)).toBe(4)
  })

  it('is followed by what is made of it, as a number by a number that is made once', () => {
    let made = 0
    const double = (value: number): number => {
      made++
      return 2 * value
    }
    const fixed = derived(7, double)
    expect(fixed).toBe(14)
    expect([now(fixed), now(fixed), made]).toEqual([14, 14, 1])
  })

  it('is followed anew at each look where it is a function, and not before', () => {
    let step = 3
    const looked: number[] = []
    const followed = derived(
      () => step,
      (value) => {
        looked.push(value)
        return 10 * value
      },
    )
    expect(looked).toEqual([])
    expect(now(followed)).toBe(30)
    step = 5
    expect(now(followed)).toBe(50)
    expect(looked).toEqual([3, 5])
    const twice = derived(followed, (value) => value + 1)
    step = 6
    expect(now(twice)).toBe(61)
  })
})
