/** What becomes of a call, and of its pool, where a thread does not start, dies, hangs or fails, or the caller does. */
import { kernelsOf } from '../../../../src/kernels/index.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { startThread } from '../../../../src/kernels/wasm/threads/host.ts'
import type { Thread } from '../../../../src/kernels/wasm/threads/host.ts'
import { everyone } from './everyone.ts'
import type { Everyone } from './everyone.ts'

/** Long enough for threads to start on a busy machine. */
const PATIENCE = 30_000
/** Of those who see to its end that there is one. */
const SHORT = 5000
/** Arguments of the kernel `repeat`, of rows of no numbers: once, and so often that nobody will see the end of it. */
const ONCE = [0, 0, 1, 1, 0]
const FOREVER = [0, 0, 2 ** 31 - 1, 2 ** 31 - 1, 0]

const teams: Everyone[] = []
async function teamOf(threads: number, patience = PATIENCE): Promise<Everyone> {
  const team = await everyone({ threads, patience })
  teams.push(team)
  return team
}
afterEach(() => {
  for (const { release } of teams.splice(0)) release()
})

/** A thread that says what it is told to say, and nothing else. */
const fake = (heard: () => Promise<unknown>, stopped: () => void = () => {}): Thread => ({
  send: () => {},
  heard,
  onEnd: () => {},
  unref: () => {},
  stop: stopped,
})

const milliseconds = (begin: number): number => performance.now() - begin

/** Has thread 1 call `kernel`, and the caller `own` once thread 1 has begun. */
function call(team: Everyone, kernel: string, args: readonly number[], own: () => void = () => {}): void {
  const number = team.numberOf(kernel)
  team.args[0].set(args)
  team.call(number, 2, (part) => {
    if (part !== 0) return
    team.begun(number, 2)
    own()
  })
}

describe('a thread that does not start', () => {
  it('because it never answers is an error once patience is at its end, and stops the others', async () => {
    let [started, stopped] = [0, 0]
    const answers = (): Promise<unknown> => (started++ === 0 ? Promise.resolve() : new Promise(() => {}))
    const begin = performance.now()
    await expect(everyone({ threads: 3, patience: 100, start: () => fake(answers, () => stopped++) })).rejects.toThrow(
      'wasmThreads: expected 3 threads but one does not start: because Error: it is not there after 100 ms',
    )
    expect(milliseconds(begin)).toBeGreaterThan(90)
    expect(stopped).toBe(2)
  })

  it('because it breaks is an error that says why', async () => {
    const breaks = (): Thread => fake(() => Promise.reject(new Error('no room for a stack')))
    await expect(everyone({ threads: 2, start: breaks })).rejects.toThrow(
      'wasmThreads: expected 2 threads but one does not start: because Error: no room for a stack',
    )
  })

  it('because its instance cannot be made is an error that says why', async () => {
    const start = (): Thread => {
      const thread = startThread()
      return { ...thread, send: (message) => thread.send({ ...(message as object), memory: 'none' }) }
    }
    await expect(everyone({ threads: 2, start })).rejects.toThrow(/one does not start: because .*memory/)
  })

  it('because the host refuses to make it is an error that says why', async () => {
    const refuses = (): Thread => {
      throw new Error('too many threads')
    }
    await expect(everyone({ threads: 2, start: refuses })).rejects.toThrow('because Error: too many threads')
  })
})

describe('a thread that dies between calls', () => {
  it('is an error of the next call, and of all after it', async () => {
    const team = await teamOf(3)
    call(team, 'repeat', ONCE)
    const gone = new Promise((resolve) => team.workers[1].onEnd(resolve))
    team.workers[1].stop()
    await gone
    for (let time = 0; time < 2; time++) {
      expect(() => {
        call(team, 'repeat', ONCE)
      }).toThrow('wasmThreads: expected 3 threads but got fewer: because thread 2 is gone: it ended with code 1')
    }
  })

  it('makes no difference as long as nobody can know: the caller does its part', async () => {
    const team = await teamOf(2)
    const dead = new Promise((resolve) => team.workers[0].onEnd(resolve))
    team.workers[0].stop()
    team.args[0].set(ONCE)
    // No turn of the event loop, and time to die: while it has not, it does its part.
    const done: number[] = []
    for (let time = 0; time < 300 && done.length < 2; time++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      done.length = 0
      team.call(team.numberOf('repeat'), 2, (part) => done.push(part))
    }
    expect(done).toEqual([0, 1])
    await dead
  })
})

describe('a thread that does not come to the end of its part', () => {
  it.each([
    ['hangs', (): void => {}],
    ['dies', (team: Everyone): void => team.workers[0].stop()],
  ])('because it %s is an error within patience, and later calls are errors at once', async (_, befall) => {
    const team = await teamOf(2, SHORT)
    const ended = new Promise((resolve) => team.workers[0].onEnd(resolve))
    const begin = performance.now()
    expect(() => {
      call(team, 'repeat', FOREVER, () => befall(team))
    }).toThrow(
      'wasmThreads: expected 2 threads but got fewer: because thread 1 has not done its part of repeat ' +
        `${SHORT} ms after the caller`,
    )
    expect(milliseconds(begin)).toBeGreaterThan(0.9 * SHORT)
    const again = performance.now()
    expect(() => {
      call(team, 'repeat', ONCE)
    }).toThrow('because thread 1 has not done its part')
    expect(milliseconds(again)).toBeLessThan(SHORT / 2)
    // Nor does it go on for ever.
    await ended
  })
})

describe('a part that fails', () => {
  const OUTSIDE = [2 ** 31, 2 ** 31, 100]

  it('in a thread is an error of that call alone', async () => {
    const team = await teamOf(2)
    expect(() => {
      call(team, 'relu', OUTSIDE)
    }).toThrow('relu: expected thread 1 to do its part but it failed: because of a trap, as for an address outside')
    expect(() => {
      call(team, 'repeat', ONCE)
    }).not.toThrow()
  })

  it('in the caller is its error, once nobody is at work any more', async () => {
    const team = await teamOf(2)
    const { backend } = team
    const [a, b] = [backend.allocate(512 * 512).fill(1), backend.allocate(512 * 512).fill(1)]
    const out = backend.allocate(512 * 512).fill(NaN)
    const product = [a.byteOffset, 512, 1, b.byteOffset, 512, 1, 0, out.byteOffset, 512, 512, 512, 0]
    expect(() => {
      call(team, 'gemm', product, () => {
        throw new Error('the caller is at fault')
      })
    }).toThrow('the caller is at fault')
    expect(out[512 * 512 - 1]).toBe(512)
    call(team, 'repeat', ONCE)
  })

  it('in the caller and in a thread is the error of the caller, and leaves nothing behind', async () => {
    const team = await teamOf(2)
    expect(() => {
      call(team, 'relu', OUTSIDE, () => {
        throw new Error('the caller is at fault')
      })
    }).toThrow('the caller is at fault')
    expect(() => {
      call(team, 'repeat', ONCE)
    }).not.toThrow()
  })

  it('of a kernel leaves the backend as good as it was', async () => {
    const { backend } = await teamOf(2)
    const { buffer } = backend.memory
    // Four megabytes from three before the end on: the caller's half lies inside, and the other does not.
    const outside = new Float32Array(buffer, buffer.byteLength - 3 * 2 ** 20, 0)
    expect(() => {
      kernelsOf(backend).relu(outside, outside, 2 ** 20)
    }).toThrow('relu: expected thread 1 to do its part')
    const x = backend.allocate(100).fill(-1)
    kernelsOf(backend).relu(x, x, 100)
    expect(x).toEqual(backend.allocate(100).fill(0))
  })
})

it('a pool that was released refuses calls, and its threads are gone', async () => {
  const team = await teamOf(3)
  const gone = team.workers.map((worker) => new Promise((resolve) => worker.onEnd(resolve)))
  team.release()
  team.release()
  expect(() => {
    call(team, 'repeat', ONCE)
  }).toThrow('wasmThreads: expected 3 threads but got fewer: because they were released')
  await Promise.all(gone)
})

it('a thread that has slept is woken', async () => {
  const team = await teamOf(2)
  for (let time = 0; time < 3; time++) {
    await sleep(20)
    call(team, 'repeat', ONCE)
  }
})
