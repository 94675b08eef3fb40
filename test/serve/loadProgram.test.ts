/** A saved program scores as the model it came from, bit by bit, wherever it was saved and wherever it runs. */
import { describe, expect, it } from 'vitest'
import { denseFeature, sparseFeature } from '../../src/data/index.ts'
import type { Batch } from '../../src/data/index.ts'
import { cpu, cpu64, eachRun, servingCpu, wasm } from '../../src/kernels/index.ts'
import { PLE, SharedBottom, parameters } from '../../src/models/index.ts'
import { loadProgram } from '../../src/serve/index.ts'
import type { LoadOptions, ServedProgram } from '../../src/serve/index.ts'
import { ids as idsOf, ones } from '../../src/tensor/index.ts'
import { gather } from '../../src/autograd/index.ts'
import { compilePredictor, saveProgram } from '../../src/training/index.ts'
import type { Predictor } from '../../src/training/index.ts'
import { device } from '../laws/device.ts'
import { stir } from '../models/feed.ts'
import { MODELS } from './programs.ts'
import { ROWS, TRANSFORMS } from './rows.ts'

const options = { transforms: TRANSFORMS }
const own = wasm({ bytes: 2 ** 24 })
const BACKENDS = [servingCpu, own]
const onCpu = (file: Parameters<typeof loadProgram>[0], more: Partial<LoadOptions> = {}) =>
  loadProgram(file, { backend: servingCpu, ...more })

const bits = (scores: Readonly<Record<string, ArrayLike<number>>>): object =>
  Object.fromEntries(
    Object.entries(scores).map(([name, values]) => [
      name,
      [...Uint32Array.from(new Uint32Array(Float32Array.from(values).buffer))],
    ]),
  )
const scored = (program: Predictor | ServedProgram): readonly unknown[] => [
  ...ROWS.map((row) => ({ ...program.score(row) })),
  bits(program.scoreAll(ROWS.slice(0, program.rows))),
]

const simple = (backend = cpu) =>
  stir(
    new PLE({
      features: [sparseFeature('user', { vocabularySize: 10 }), denseFeature('age')],
      taskNames: ['like', 'stay'],
      taskTypes: ['binary', 'binary'],
      backend,
    }),
  )

describe.each(Object.entries(MODELS))('%s', (_, modelOf) => {
  it.each([1, 3])('scores rows as its model does, on each backend, %i at a time', (rows) => {
    const files = BACKENDS.map((backend) => {
      const predictor = compilePredictor(modelOf(), { rows, backend })
      const file = saveProgram(predictor)
      const served = loadProgram(file, { ...options, backend })
      expect(scored(served)).toEqual(scored(predictor))
      expect([served.backend, served.rows]).toEqual([backend.name, rows])
      predictor.release()
      served.release()
      return file
    })
    // Whatever backend it was compiled on.
    expect(files[0]).toEqual(files[1])
  })
})

describe('a saved program', () => {
  it('is its model when it was saved, and no later', () => {
    const model = simple()
    const predictor = compilePredictor(model, { backend: cpu })
    const before = { ...predictor.score({ user: 3, age: 1 }) }
    const served = onCpu(saveProgram(predictor))
    stir(model, 9)
    expect({ ...predictor.score({ user: 3, age: 1 }) }).not.toEqual(before)
    expect(served.score({ user: 3, age: 1 })).toEqual(before)
  })

  it('keeps numbers as they are, also those that are none', () => {
    const model = simple()
    parameters(model)['towers.like.bias'].assign([NaN])
    parameters(model)['towers.stay.bias'].assign([-Infinity])
    expect(onCpu(saveProgram(compilePredictor(model))).score({ user: 3, age: 1 })).toEqual({ like: NaN, stay: 0 })
  })

  it('takes four bytes for a number, and little beside', () => {
    const large = new PLE({
      ...{ features: [sparseFeature('user', { vocabularySize: 10_000, dimension: 8 })], taskNames: ['like', 'stay'] },
      taskTypes: ['binary', 'binary'],
    })
    const numbers = Object.values(parameters(large)).reduce((all, { size }) => all + size, 0)
    const { length } = saveProgram(compilePredictor(large))
    expect(length).toBeGreaterThan(4 * numbers)
    expect(length).toBeLessThan(4 * numbers + 8192)
  })

  it('is read from wherever it lies in memory', () => {
    const file = saveProgram(compilePredictor(simple()))
    const wanted = { ...onCpu(file).score({ user: 1, age: 1 }) }
    const padded = new Uint8Array(file.length + 7)
    padded.set(file, 3)
    expect(onCpu(padded.subarray(3, 3 + file.length)).score({ user: 1, age: 1 })).toEqual(wanted)
    expect(onCpu(file.slice().buffer).score({ user: 1, age: 1 })).toEqual(wanted)
  })

  it('refuses rows as a predictor does, in the same words', () => {
    const predictor = compilePredictor(simple())
    const served = onCpu(saveProgram(predictor))
    const saying = (act: () => unknown): string => {
      try {
        act()
      } catch (error) {
        return String(error)
      }
      return 'welcome'
    }
    for (const row of [
      {},
      { user: 10, age: 1 },
      { user: 'ann', age: 1 },
      { user: 1, age: 1, city: 2 },
      null,
      { user: 1, age: 'x' },
    ]) {
      const said = saying(() => predictor.score(row as never))
      expect(said).toContain('expected')
      expect(saying(() => served.score(row as never))).toBe(said)
    }
    expect(() =>
      served.scoreAll([
        { user: 1, age: 1 },
        { user: 1, age: 1 },
      ]),
    ).toThrow('scoreAll: expected at most 1 rows but got 2')
  })

  it('takes ids that are written to its batch, and none beyond its table', () => {
    const served = onCpu(saveProgram(compilePredictor(simple())))
    const wanted = { ...served.score({ user: 7, age: 0.5 }) }
    served.batch.ids.user.values[0] = 7
    served.run()
    expect(served.predictions.like[0]).toBe(wanted.like)
    served.batch.ids.user.values[0] = 10
    expect(() => {
      served.run()
    }).toThrow("program: expected ids of 'ids.user' in [0, 10) but got 10 at position 0")
  })

  it('scores rows of nothing before any was written, whatever was in its memory', () => {
    const dirty = wasm({ bytes: 2 ** 22 })
    for (const size of [2, 3, 4]) {
      const taken = Array.from({ length: 10 }, () => dirty.allocate(10 ** size))
      for (const buffer of taken) buffer.fill(NaN)
      for (const buffer of taken) dirty.releaseBuffer(buffer)
    }
    const file = saveProgram(compilePredictor(simple(), { rows: 2 }))
    const [served, clean] = [loadProgram(file, { backend: dirty }), loadProgram(file, { backend: own })]
    served.run()
    clean.run()
    expect(bits(served.predictions)).toEqual(bits(clean.predictions))
  })

  it('gives all memory back, once, and then does not run', () => {
    const backend = wasm({ bytes: 2 ** 22 })
    const free = backend.freeBytes()
    const served = loadProgram(saveProgram(compilePredictor(simple())), { backend })
    expect(backend.freeBytes()).toBeLessThan(free)
    served.release()
    served.release()
    expect(backend.freeBytes()).toBe(free)
    for (const act of [() => served.score({ user: 1, age: 1 }), () => served.run()] as const)
      expect(act).toThrow('program: expected one that is alive but it was released')
  })
})

describe('saveProgram refuses', () => {
  it('what is no predictor, and one that was released', () => {
    expect(() => saveProgram({} as never)).toThrow(
      'saveProgram: expected what compilePredictor gave but got an empty object',
    )
    const predictor = compilePredictor(simple())
    predictor.release()
    expect(() => saveProgram(predictor)).toThrow('program: expected one that is alive but it was released')
  })

  it('a model in float64', () => {
    expect(() => saveProgram(compilePredictor(simple(cpu64 as never)))).toThrow(
      'saveProgram: expected a model in float32 but got one in float64: because files hold float32',
    )
  })

  const withActivation = (dnnActivation: ConstructorParameters<typeof SharedBottom>[0]['dnnActivation']) =>
    compilePredictor(
      new SharedBottom({
        ...{ features: [denseFeature('age')], taskNames: ['a', 'b'], taskTypes: ['binary', 'binary'] },
        ...{ bottomDnnHiddenUnits: [2], dnnActivation: dnnActivation! },
      }),
    )
  it('functions of the host, and ids of its own', () => {
    const counted = withActivation((x) => {
      eachRun(() => undefined)
      return x
    })
    expect(() => saveProgram(counted)).toThrow(
      'saveProgram: expected a program that another process can run but got one with a function of the host',
    )
    const picked = withActivation((x) => gather(x, idsOf([0])))
    expect(() => saveProgram(picked)).toThrow(
      'saveProgram: expected a program that another process can run but got one with ids of its own',
    )
  })
})

it('saveProgram refuses outputs that are there before any run, which would be taken for others', () => {
  const inner = simple()
  const gates = [{ like: ones([1, 1]) }]
  const { features, tasks } = inner
  const model = { features, tasks, forward: (batch: Batch) => ({ ...inner.forward(batch), gates }), inner }
  expect(() => saveProgram(compilePredictor(model))).toThrow('but got one with 1 outputs that no call makes')
})

describe('loadProgram refuses', () => {
  it('options that it does not know, and backends that cannot run it', () => {
    const file = saveProgram(compilePredictor(simple()))
    expect(() => onCpu(file, { rows: 2 } as never)).toThrow(
      "loadProgram: expected options among backend, transforms but got 'rows'",
    )
    expect(() => loadProgram(file, {} as never)).toThrow(
      'loadProgram: expected backend to be a backend but got undefined',
    )
    expect(() => loadProgram(file, { backend: cpu })).toThrow(
      /^loadProgram: expected a backend that has \w+ but got cpu: because plain loops come with servingCpu$/,
    )
    expect(() => loadProgram(file, { backend: cpu64 })).toThrow(
      'loadProgram: expected a backend in float32 with memory at hand but got cpu64',
    )
    expect(() => loadProgram(file, { backend: device })).toThrow(
      'loadProgram: expected a backend in float32 with memory at hand but got',
    )
  })

  it('a transform that is missing, or not wanted, as restoring a model does', () => {
    const file = saveProgram(compilePredictor(MODELS.PLE()))
    expect(() => onCpu(file)).toThrow("expected a transform of 'minutes' but got none: because JSON holds no function")
    expect(() => onCpu(file, { transforms: { ...TRANSFORMS, place: Math.abs } })).toThrow(
      "expected no transform of 'place' but got one: because it was saved without",
    )
  })

  it('memory that there is not', () => {
    const file = saveProgram(
      compilePredictor(
        new PLE({
          ...{
            features: [sparseFeature('user', { vocabularySize: 100_000, dimension: 8 })],
            taskNames: ['like', 'stay'],
          },
          taskTypes: ['binary', 'binary'],
        }),
      ),
    )
    const backend = wasm({ bytes: 2 ** 20 })
    const free = backend.freeBytes()
    expect(() => loadProgram(file, { backend })).toThrow(/^wasm: expected room for \d+ bytes/)
    expect(backend.freeBytes()).toBe(free)
  })
})
