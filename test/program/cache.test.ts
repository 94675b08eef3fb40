/** Programs that a step keeps: so many, the oldest first to go, with nothing lost and nothing read of what is given back. */
import { afterAll, describe, expect, it } from 'vitest'
import { add, gather, gradients, mul, neg, reshape, square, sum } from '../../src/autograd/index.ts'
import { compileAsync, gpujs } from '../../src/gpujs.ts'
import { cpu, cpu64 } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { wasm } from '../../src/kernels/wasm/index.ts'
import { wasmThreads } from '../../src/kernels/wasm/threads/index.ts'
import { compile, explain } from '../../src/program/index.ts'
import type { CompileOptions } from '../../src/program/index.ts'
import { Parameter, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'
import { separate } from './separate.ts'

const numbers = ({ values }: Tensor | Ids): number[] => [...values]

/** A step that counts how often it is recorded. */
function counted<I, O>(step: (input: I) => O, options: CompileOptions) {
  const count = { recorded: 0 }
  const run = compile((input: I) => {
    count.recorded++
    return step(input)
  }, options)
  return { run, count }
}

const threads = await wasmThreads({ bytes: 2 ** 22, threads: 2 })
afterAll(() => {
  threads.release()
})

describe.each([
  ['wasm', wasm({ bytes: 2 ** 22 })],
  ['threads', threads],
])('a memory of 4 MB, on %s', (_, backend) => {
  it('is not full after hundreds of shapes, and free when all is released', () => {
    const w = new Parameter(ones([1]))
    const optimizer = sgd({ learningRate: 1e-4 })
    const step = compile(
      (x: Tensor) => {
        const [y, z] = [mul(x, w), neg(x)]
        const loss = sum(add(square(y), mul(y, z)))
        optimizer.step([w], gradients(loss, [w]))
        return { y, loss }
      },
      { backend },
    )
    const free = backend.freeBytes()
    for (let length = 1; length <= 700; length++) {
      const { y } = step(ones([length]))
      expect(y.size).toBe(length)
    }
    expect(optimizer.steps).toBe(700)
    step.release()
    expect(backend.freeBytes()).toBe(free)
  }, 120_000)
})

describe.each([false, true])('on GPU.js, resident: %s', (resident) => {
  it('kernels and arrays of programs that ran long ago are given back, and what they changed comes home', async () => {
    const backend = await gpujs({ mode: 'webasm' })
    const w = new Parameter(ones([1]))
    const optimizer = sgd({ learningRate: 0.5 })
    const step = compileAsync(
      ({ x }: { readonly x: Tensor }) => {
        optimizer.step([w], [sum(mul(x, 2), { axis: [0], keepDims: true })])
        return { y: neg(x) }
      },
      { backend, resident, programs: 3 },
    )
    const counts: number[] = []
    for (let length = 1; length <= 40; length++) {
      const { y } = await step({ x: tensor([1, ...Array<number>(length - 1).fill(0)]) })
      expect(numbers(y)).toEqual([-1, ...Array<number>(length - 1).fill(-0)])
      counts.push(backend.counts().handles)
    }
    expect(Math.max(...counts.slice(20))).toBeLessThanOrEqual(Math.max(...counts.slice(4, 20)))
    await step.release()
    expect(numbers(w)).toEqual([1 - 40])
    expect(backend.counts().handles).toBe(0)
    await backend.release()
  })
})

describe.each<readonly [string, () => Backend]>([
  ['cpu', () => cpu],
  ['wasm', () => wasm({ bytes: 2 ** 20 })],
  ['a backend that releases nothing twice', () => separate()],
])('a step on %s', (_, open) => {
  const xs = [1, 2, 3, 4].map((length) => ones([length]))

  it('keeps as many programs as it is told, and lets go of the one that ran longest ago', () => {
    const { run, count } = counted((x: Tensor) => neg(x), { backend: open(), programs: 2 })
    const recorded = (...calls: readonly number[]): number => {
      const before = count.recorded
      for (const call of calls) expect(numbers(run(xs[call]))).toEqual(Array(call + 1).fill(-1))
      return count.recorded - before
    }
    expect(recorded(0, 1, 0, 1)).toBe(2)
    expect(recorded(0, 2)).toBe(1)
    expect(recorded(0, 2)).toBe(0)
    expect(recorded(1)).toBe(1)
    expect(recorded(2, 1, 2)).toBe(0)
    expect(recorded(0)).toBe(1)
    run.release()
  })

  it('may keep one', () => {
    const { run, count } = counted((x: Tensor) => neg(x), { backend: open(), programs: 1 })
    for (const x of [xs[0], xs[0], xs[1], xs[0]]) run(x)
    expect(count.recorded).toBe(3)
  })

  it('leaves programs alone that somebody asked for, until they are released', () => {
    const { run, count } = counted((x: Tensor) => neg(x), { backend: open(), programs: 1 })
    run(xs[0])
    const programs = [xs[0], xs[1]].map((x) => run.program(x))
    expect(count.recorded).toBe(2)
    for (const x of [xs[2], xs[3], xs[2]]) run(x)
    expect(count.recorded).toBe(5)
    for (const program of programs) {
      program.inputs.values.fill(7)
      program.run()
      expect(numbers(program.outputs)).toEqual(Array(program.inputs.size).fill(-7))
      expect(program.alive).toBe(true)
    }
    run(xs[0])
    expect(count.recorded).toBe(5)
    programs[0].release()
    expect(programs[0].alive).toBe(false)
    expect(numbers(run(xs[0]))).toEqual([-1])
    expect(count.recorded).toBe(6)
    run.release()
    expect(() => {
      programs[1].run()
    }).toThrow('it was released')
  })

  it('leaves alone what somebody asked for where larger ids come', () => {
    const table = tensor([[1], [2], [3]])
    const run = compile((at: Ids) => gather(table, at), { backend: open() })
    const small = run.program(ids([0]))
    expect(numbers(run(ids([2])))).toEqual([3])
    small.inputs.values[0] = 1
    small.run()
    expect(numbers(small.outputs)).toEqual([2])
    run.release()
    expect(small.alive).toBe(false)
  })

  it('gives results that stay when their program goes, and takes them', () => {
    const backend = open()
    const run = compile(({ x, at }: { x: Tensor; at: Ids }) => ({ x: neg(x), at }), { backend, programs: 1 })
    const other = compile((x: Tensor) => add(x, 100), { backend })
    let state: { x: Tensor; at: Ids } = { x: tensor([1, 2, 3, 4]), at: ids([5]) }
    const seen = [...xs].map((x) => run({ x, at: ids([x.size]) }))
    for (const shape of [[4], [2, 2], [4, 1]]) {
      const { x, at } = run({ ...state, x: reshape(state.x, shape) })
      other(ones(shape))
      state = { x, at }
    }
    expect([numbers(state.x), numbers(state.at)]).toEqual([[-1, -2, -3, -4], [5]])
    run.release()
    other(ones([1, 1, 4]))
    expect([numbers(state.x), numbers(state.at)]).toEqual([[-1, -2, -3, -4], [5]])
    expect(seen.map(({ x, at }) => [numbers(x), numbers(at)])).toEqual(
      xs.map(({ size }) => [Array(size).fill(-1), [size]]),
    )
  })

  it('gives inputs that may be written to when their program is gone, and nobody else notices', () => {
    const backend = open()
    const run = compile((x: Tensor) => neg(x), { backend })
    const program = run.program(ones([4]))
    const { inputs } = program
    program.release()
    const other = compile((x: Tensor) => add(x, 0), { backend }).program(ones([4]))
    other.run()
    inputs.values.fill(9)
    expect(numbers(other.inputs)).toEqual([0, 0, 0, 0].map(() => other.inputs.values[0]))
    expect(numbers(other.outputs)).not.toContain(9)
  })

  it('may be made of what another one gave, whose program goes', () => {
    const backend = open()
    const made = compile((x: Tensor) => mul(x, 3), { backend, programs: 1 })
    const three = made(ones([2]))
    const step = compile((x: Tensor) => add(x, three), { backend })
    expect(numbers(step(ones([2])))).toEqual([4, 4])
    expect(numbers(made(tensor([2, 2])))).toEqual([6, 6])
    expect(numbers(step(ones([2])))).toEqual([7, 7])
    made(ones([3]))
    compile((x: Tensor) => add(x, 100), { backend })(ones([2]))
    expect(numbers(step(ones([2])))).toEqual([7, 7])
  })

  it('has its parameters where its last program needs them, and moves them out with it', () => {
    const backend = open()
    const w = new Parameter(tensor([2]))
    const run = compile((x: Tensor) => mul(x, w), { backend, programs: 1 })
    const own = w.buffer
    for (const x of xs) run(x)
    expect(backend.owns?.(w.buffer) ?? true).toBe(true)
    w.assign([3])
    expect(numbers(run(xs[1]))).toEqual([3, 3])
    run.release()
    expect(backend.owns?.(w.buffer) ?? w.buffer === own).toBe(backend === cpu)
    expect(numbers(w)).toEqual([3])
  })
})

it('of float64 is kept in float64 when its program goes', () => {
  const backend: Backend = { ...cpu64, name: 'giving back', releaseBuffer: () => undefined }
  const run = compile((x: Tensor) => mul(x, 0.1), { backend })
  const y = run(tensor([0.1], [1], cpu64))
  run.release()
  expect([numbers(y), y.backend]).toEqual([[0.1 * 0.1], cpu64])
})

describe('how many programs a step keeps', () => {
  it('is told by explain, 64 unless it says otherwise', () => {
    const step = (x: Tensor): Tensor => neg(x)
    expect(explain(compile(step).program(ones([1])))).toContain('its step keeps the 64 programs that it called last\n')
    expect(explain(compile(step, { programs: 5 }).program(ones([1])))).toContain('keeps the 5 programs')
  })

  it.each([0, -1, 1.5, NaN, '3', null])('is not %j', (programs) => {
    for (const compiler of [compile, compileAsync])
      expect(() => compiler((x: Tensor) => x, { programs, backend: cpu } as never)).toThrow(
        `${compiler.name}: expected programs to be an integer of at least 1 but got`,
      )
  })
})

describe('options of compilers', () => {
  it.each<readonly [unknown, string]>([
    [{ backends: cpu }, "expected options among programs, backend but got 'backends', did you mean 'backend'?"],
    [{ backend: 'wasm' }, "expected backend to be a backend but got 'wasm'"],
    [{ backend: wasm }, 'expected backend to be a backend but got a function'],
    [null, 'expected an object of options, as in { programs: … }, but got null'],
  ])('%j is refused', (options, message) => {
    expect(() => compile((x: Tensor) => x, options as never)).toThrow(new RangeError(`compile: ${message}`))
  })

  it.each<readonly [unknown, string]>([
    [{}, 'expected backend to be a backend but got undefined'],
    [{ backend: cpu, resident: 1 }, 'expected resident to be true or false but got 1'],
    [undefined, 'expected an object of options, as in { programs: … }, but got undefined'],
  ])('%j is refused of a device', (options, message) => {
    expect(() => compileAsync((x: Tensor) => x, options as never)).toThrow(new RangeError(`compileAsync: ${message}`))
  })

  it('a step is a function', () => {
    expect(() => compile({} as never)).toThrow('compile: expected the step to be a function but got an empty object')
    expect(() => compileAsync(5 as never, { backend: cpu } as never)).toThrow(
      'compileAsync: expected the step to be a function but got 5',
    )
  })
})
