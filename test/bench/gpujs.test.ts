/** The ladder of GPU.js: who won, from where on one passes another, and how it is told. */
import { describe, expect, it } from 'vitest'
import { contend } from '../../bench/gpujs/contender.ts'
import { crossover } from '../../bench/gpujs/crossover.ts'
import type { Point } from '../../bench/gpujs/crossover.ts'
import { driverText } from '../../bench/gpujs/drivers.ts'
import { asFile, crossoverPlot } from '../../bench/gpujs/figure.ts'
import { page } from '../../bench/gpujs/report.ts'
import type { Result, Rung } from '../../bench/gpujs/rung.ts'
import { GROUPS } from '../../bench/gpujs/rungs.ts'
import { trial } from '../../bench/gpujs/trial.ts'
import { amount, bestModeText, lines, passingLines, times, wonLines, wonText } from '../../bench/gpujs/words.ts'
import { bestMode, wonBy } from '../../bench/gpujs/won.ts'
import { add, exactVerb } from '../../bench/kernels/verb.ts'
import { agreement } from '../../bench/measure/agreement.ts'
import { machine } from '../../bench/measure/machine.ts'
import { spreadOf } from '../../bench/measure/statistics.ts'
import { LADDERS, parseOptions } from '../../bench/options.ts'
import { gpujs } from '../../src/gpujs.ts'
import { cpu, wasm } from '../../src/index.ts'
import type { Backend } from '../../src/index.ts'
import { cpuKernels } from '../../src/kernels/index.ts'
import { faultsOf } from '../examples/tableFaults.ts'

const time = (name: string, ...samples: readonly number[]) => ({ name, spread: spreadOf(samples) })

describe('the winner', () => {
  it('is the fastest by its median, with how much longer the next one takes', () => {
    expect(wonBy([time('b', 3), time('a', 1.5), time('c', 9)])).toEqual({ names: ['a'], ahead: 2 })
  })

  it('is nobody alone where samples overlap', () => {
    const won = wonBy([time('a', 1, 2, 3), time('b', 2.1, 2.2, 2.3), time('c', 5)])
    expect(won).toEqual({ names: ['a', 'b'], ahead: 2.5 })
  })

  it('is ahead of nobody where it ran alone, and there is none where nobody ran', () => {
    expect(wonBy([time('a', 1)])).toEqual({ names: ['a'], ahead: Infinity })
    expect(wonBy([])).toBeUndefined()
  })

  it('of the modes of GPU.js is held against the fastest of the others', () => {
    const others = [time('cpu', 8), time('wasm', 2)]
    expect(bestMode([...others, time('gpujs webgl', 6), time('gpujs cpu', 7)])).toEqual({
      name: 'gpujs webgl',
      multiple: 3,
    })
    expect(bestMode([...others, time('gpujs webgpu', 1)])?.multiple).toBe(0.5)
    expect(bestMode(others)).toBeUndefined()
  })
})

/** Samples so close that they can be told from all others. */
const exactly = (work: number, milliseconds: number): Point => ({
  work,
  time: milliseconds,
  low: milliseconds,
  high: milliseconds,
})
const WORKS = [1e2, 1e3, 1e4, 1e5]
const along = (timeOf: (work: number) => number): readonly Point[] => WORKS.map((work) => exactly(work, timeOf(work)))

describe('a crossover', () => {
  it('is found where two power laws meet, whatever sizes were measured', () => {
    // 2·√work = work/100 at work = 40 000
    const found = crossover(
      along((work) => 2 * Math.sqrt(work)),
      along((work) => work / 100),
    )
    expect(found).toMatchObject({ range: [1e2, 1e5], leads: false, crossings: [{ gains: true }] })
    expect(found?.crossings[0].work).toBeCloseTo(4e4, 6)
    expect(found?.crossings[0].time).toBeCloseTo(400, 8)
  })

  it('is none where one of them is faster all along, and who says so', () => {
    const [slow, fast] = [along((work) => work), along((work) => work / 2)]
    expect(crossover(slow, fast)).toEqual({ range: [1e2, 1e5], crossings: [], leads: false })
    expect(crossover(fast, slow)).toEqual({ range: [1e2, 1e5], crossings: [], leads: true })
  })

  it('tells gains from losses, both where there are both', () => {
    const holder = along(() => 10)
    const challenger = [20, 5, 5, 20].map((milliseconds, at) => exactly(WORKS[at], milliseconds))
    const crossings = crossover(challenger, holder)?.crossings ?? []
    expect(crossings.map(({ gains }) => gains)).toEqual([true, false])
    expect(crossings[0].work).toBeCloseTo(10 ** 2.5, 6)
  })

  it('looks only at sizes that both ran, in any order', () => {
    const holder = along((work) => work).slice(0, 3)
    const challenger = [...along(() => 5000)].reverse()
    const found = crossover(challenger, holder)
    expect(found?.range).toEqual([1e2, 1e4])
    expect(found?.crossings[0].work).toBeCloseTo(5000, 6)
    expect(crossover([exactly(7, 1)], holder)).toBeUndefined()
  })

  it('makes nothing of a size at which samples overlap', () => {
    const holder = [10, 10, 10].map((milliseconds, at) => ({ ...exactly(WORKS[at], milliseconds), low: 8, high: 12 }))
    const challenger = [exactly(1e2, 20), { work: 1e3, time: 9, low: 8.5, high: 30 }, exactly(1e4, 20)]
    expect(crossover(challenger, holder)?.crossings).toEqual([])
    expect(crossover([challenger[1]], holder)).toBeUndefined()
  })
})

const timed = (name: string, milliseconds: number): Result => ({
  name,
  cold: 120,
  deviation: 1e-7,
  resident: spreadOf([milliseconds / 2]),
  roundTrip: spreadOf([milliseconds]),
})
const rung = (work: number, ...results: readonly Result[]): Rung => ({
  group: 'softmax',
  size: '1024 rows of 1000',
  work,
  results,
})
const RUNGS = [
  rung(1e3, timed('cpu', 1), timed('wasm', 0.1), timed('gpujs webgl2', 10), timed('gpujs webgpu', 10)),
  rung(1e5, timed('cpu', 100), timed('wasm', 10), timed('gpujs webgl2', 10.5), {
    name: 'gpujs webgpu',
    away: 'left out: a call would take some 3.1 s',
  }),
]

describe('the words', () => {
  it('name the winner with its lead, and the best mode of GPU.js with its time over the best of the others', () => {
    expect([wonText(RUNGS[0], 'roundTrip'), bestModeText(RUNGS[0], 'roundTrip')]).toEqual(['wasm 10×', 'webgl2 100×'])
    const tie = rung(1, timed('cpu', 1), timed('wasm', 1))
    expect([wonText(tie, 'resident'), bestModeText(tie, 'resident')]).toEqual(['cpu ≈', 'none'])
    expect(wonText(rung(1, timed('cpu', 3), timed('gpujs webgpu', 1)), 'resident')).toBe('gpujs webgpu')
    expect(wonText(rung(1), 'resident')).toBe('nobody')
  })

  it('say where a mode passes whom, and who passes nobody', () => {
    expect(passingLines(RUNGS, 'values')).toEqual([
      'wasm beats cpu from 1000 to 100 thousand values',
      'gpujs webgl2 passes cpu at 10.2 thousand values',
      'past cpu, none within range: gpujs webgpu (to 1000)',
      'past wasm, none within range: gpujs webgl2, gpujs webgpu (to 1000)',
    ])
  })

  it('fit 80 columns', () => {
    const long = rung(1, timed('gpujs headlessgl', 999), timed('wasm', 11.1), { name: 'cpu', wrong: 'x'.repeat(99) })
    for (const line of [...lines(long), ...wonLines([long, ...RUNGS])]) expect(line.length).toBeLessThanOrEqual(80)
    const names = GROUPS.flatMap(({ name, verbs }) => verbs.map((make) => `${name} ${make().size}`))
    for (const name of names) expect(name.length).toBeLessThan(26)
  })

  it('write numbers with the digits that say something', () => {
    expect([0.0312, 4.26, 31.4, 123.4].map(times)).toEqual(['0.031×', '4.3×', '31×', '123×'])
    expect([2048, 33_554, 1_024_000].map(amount)).toEqual(['2048', '33.6 thousand', '1.02 million'])
  })
})

describe('a driver', () => {
  it('of software is called one, unless its name does', () => {
    expect(driverText({ name: 'google swiftshader', software: true })).toBe('google swiftshader (software)')
    expect(driverText({ name: 'a software rasterizer', software: true })).toBe('a software rasterizer')
  })

  it('of hardware keeps its name, and one that is not there says why', () => {
    expect(driverText({ name: 'nvidia hopper', software: false })).toBe('nvidia hopper')
    expect(driverText({ lack: 'the host has no canvas' })).toBe('the host has no canvas')
  })
})

describe('a round trip', () => {
  /** A backend that counts how often it is written to, and looked at. */
  const counting = (backend: Backend) => {
    const counts = { writes: 0, views: 0 }
    const counted: Backend = {
      ...backend,
      write: (buffer, values) => {
        counts.writes++
        backend.write(buffer, values)
      },
      view: (buffer) => {
        counts.views++
        return backend.view(buffer)
      },
    }
    return { counted, counts }
  }

  it('of a backend with memory of its own sends all inputs and brings the result back, each time', async () => {
    const { counted, counts } = counting(wasm({ bytes: 2 ** 20 }))
    const { roundTrip, apart } = contend(add(100), counted)
    const { writes, views } = { ...counts }
    await roundTrip(3)
    expect([apart, counts.writes - writes, counts.views - views]).toEqual([false, 6, 3])
  })

  it('of one that works on the caller’s arrays copies nothing', async () => {
    const { counted, counts } = counting(cpu)
    const { roundTrip } = contend(add(100), counted)
    const { views } = { ...counts }
    await roundTrip(3)
    expect(counts).toEqual({ writes: 0, views })
  })

  it('of a device waits for the numbers', async () => {
    const device = await gpujs({ mode: 'cpu' })
    const { roundTrip, resident, read, apart } = contend(add(100), device)
    expect(apart).toBe(true)
    for (const calls of [roundTrip, resident]) {
      await calls(2)
      expect(agreement(await read(), exactVerb(add(100)), 1e-6).wrong).toBeUndefined()
    }
    await device.release()
  })
})

describe('a trial', () => {
  it('times everyone in both ways, after a proof', async () => {
    const entrants = [
      { name: 'cpu', backend: cpu, expected: 0 },
      { name: 'wasm', backend: wasm({ bytes: 2 ** 20 }), expected: 0 },
      { name: 'slow', backend: cpu, expected: 1e6 },
    ]
    const [plain, fast, slow] = await trial(add(100), entrants)
    for (const result of [plain, fast]) {
      expect(result).toMatchObject({ resident: { count: expect.any(Number) as number } })
      expect(result).toHaveProperty('roundTrip.median')
    }
    expect(slow).toEqual({ name: 'slow', away: 'left out: a call would take some 1000.0 s' })
  })

  it('times nobody whose numbers are wrong', async () => {
    const twice: typeof cpuKernels.add = (a, _, out, n) => cpuKernels.add(a, a, out, n)
    const liar = { ...cpu, kernels: { add: twice } }
    const [result] = await trial(add(100), [{ name: 'liar', backend: liar, expected: 0 }])
    expect(result).toHaveProperty('wrong')
  })
})

describe('the page and the plot', () => {
  const SOFTMAX = { name: 'softmax', unit: 'values' }

  it('say what won, on which driver, and who is missing', () => {
    const entries = [{ name: 'gpujs webgl2', driver: 'llvmpipe (software)' }]
    const skipped = [{ name: 'gpujs webgpu', driver: 'navigator.gpu has no adapter to give' }]
    const html = page({ machine: machine(), hosts: [{ name: 'Node v20', entries, skipped, rungs: RUNGS }] })
    for (const said of ['llvmpipe (software)', 'no adapter to give', 'wasm 10×', 'left out', 'passes cpu at'])
      expect(html).toContain(said)
    expect(html).not.toMatch(/<script|src=|href="http/)
    expect(html).toContain('<table>')
    expect(faultsOf(html)).toEqual([])
  })

  it('mark a crossing of a mode of GPU.js, or say that there is none', () => {
    expect(crossoverPlot(SOFTMAX, RUNGS, []).markup).toContain('gpujs webgl2 &lt; cpu from')
    expect(crossoverPlot(SOFTMAX, [RUNGS[0]], []).markup).toContain('none within range')
  })

  it('call a driver in software what it is', () => {
    const entries = [{ name: 'gpujs webgl2', driver: 'llvmpipe (software)' }]
    expect(crossoverPlot(SOFTMAX, RUNGS, entries).markup).toContain('gpujs webgl2, software')
    expect(crossoverPlot(SOFTMAX, RUNGS, entries).markup).not.toContain('gpujs webgpu, software')
  })

  it('stand alone as a file', () => {
    const file = asFile(crossoverPlot(SOFTMAX, RUNGS, []))
    expect(file).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    for (const [, variable] of file.matchAll(/var\((--[\w-]+)\)/g)) expect(file).toContain(`${variable}:`)
  })
})

describe('the command line', () => {
  it('chooses a ladder, modes, hosts and verbs, all of them unasked', () => {
    const asked = parseOptions(['gpujs', '--modes', 'cpu, webasm', '--hosts', 'node', '--verbs', 'add'])
    expect(asked).toMatchObject({ ladder: 'gpujs', modes: ['webasm', 'cpu'], hosts: ['node'], groups: ['add'] })
    expect(parseOptions([])).toMatchObject({ ladder: LADDERS[0], publish: false, flags: [] })
    expect(parseOptions([]).groups).toHaveLength(GROUPS.length)
  })
})
