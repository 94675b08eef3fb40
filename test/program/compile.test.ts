/** What compiled steps promise their callers: when they are recorded, what they return, and what an error leaves behind. */
import { describe, expect, it } from 'vitest'
import {
  add,
  scaleShift,
  exp,
  gather,
  gradients,
  matmul,
  mul,
  neg,
  reshape,
  softmax,
  square,
  sum,
} from '../../src/autograd/index.ts'
import { cpu, cpu64, eachRun } from '../../src/kernels/index.ts'
import type { Floats } from '../../src/kernels/index.ts'
import { BatchNorm } from '../../src/models/layers/normalization.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { adam, sgd } from '../../src/training/index.ts'

const parameter = (...values: readonly number[]): Parameter => new Parameter(tensor(Float32Array.from(values)))
const numbers = ({ values }: Tensor | Ids): number[] => [...values]

/** A step that counts how often it is recorded. */
function counted<I, O>(step: (input: I) => O) {
  const count = { recorded: 0 }
  const run = compile((input: I) => {
    count.recorded++
    return step(input)
  })
  return { run, count }
}

describe('a compiled step', () => {
  it('does what the step does, anew for every input', () => {
    const run = compile((x: Tensor) => add(exp(x), 1))
    for (const x of [tensor([0, 1]), tensor([2, -1])]) expect(numbers(run(x))).toEqual(numbers(add(exp(x), 1)))
  })

  it('returns the same memory each time', () => {
    const run = compile((x: Tensor) => neg(x))
    const first = run(tensor([1]))
    expect(run(tensor([2]))).toBe(first)
    expect(numbers(first)).toEqual([-2])
  })

  it('runs in place: written to its inputs, read from its outputs', () => {
    const program = compile(({ x }: { x: Tensor }) => [neg(x)]).program({ x: tensor([1, 2]) })
    program.inputs.x.values.set([3, 4])
    program.run()
    expect(numbers(program.outputs[0])).toEqual([-3, -4])
  })

  it('needs no inputs', () => {
    const w = parameter(1, 2)
    const optimizer = sgd({ learningRate: 1 })
    const run = compile(() => optimizer.step([w], gradients(sum(square(w)), [w])))
    run(undefined)
    run(undefined)
    expect(numbers(w)).toEqual([1, 2])
    expect(optimizer.steps).toBe(2)
  })

  it('is of float64 for inputs of float64', () => {
    const run = compile((x: Tensor) => exp(x))
    expect(run(tensor([0.1])).backend).toBe(cpu)
    const precise = run(tensor([0.1], [1], cpu64))
    expect(precise.backend).toBe(cpu64)
    expect(numbers(precise)).toEqual([Math.exp(0.1)])
  })

  it('takes float64 where it is told to run on float32, and the other way round', () => {
    expect(numbers(compile((x: Tensor) => exp(x), { backend: cpu })(tensor([0.1], [1], cpu64)))).toEqual([
      Math.fround(Math.exp(Math.fround(0.1))),
    ])
    expect(numbers(compile((x: Tensor) => neg(x), { backend: cpu64 })(tensor([0.1])))).toEqual([-Math.fround(0.1)])
  })

  it('works on parameters that are newer than itself', () => {
    const w = parameter(3)
    const run = compile((x: Tensor) => mul(x, w))
    expect(numbers(run(tensor([2])))).toEqual([6])
    w.assign([4])
    expect(numbers(run(tensor([2])))).toEqual([8])
  })
})

describe('a step is recorded', () => {
  it('once for inputs of one signature', () => {
    const { run, count } = counted(({ x }: { x: Tensor; name: string }) => neg(x))
    for (const value of [1, 2, 3]) run({ x: tensor([value]), name: 'a' })
    expect(count.recorded).toBe(1)
  })

  it.each<readonly [string, unknown]>([
    ['shape', { x: tensor([[1, 2]]), deep: [{ factor: 2 }] }],
    ['dtype', { x: tensor([1, 2], [2], cpu64), deep: [{ factor: 2 }] }],
    ['plain value', { x: tensor([1, 2]), deep: [{ factor: 3 }] }],
    ['plain value that JSON has no word for', { x: tensor([1, 2]), deep: [{ factor: Infinity }] }],
  ])('again for another %s', (_, other) => {
    interface Input {
      readonly x: Tensor
      readonly deep: readonly [{ readonly factor: number }]
    }
    const { run, count } = counted(({ x, deep: [{ factor }] }: Input) => scaleShift(x, { factor }))
    const first: Input = { x: tensor([1, 2]), deep: [{ factor: 2 }] }
    run(first)
    const { x, deep } = other as Input
    expect(numbers(run(other as Input))).toEqual(numbers(scaleShift(x, { factor: deep[0].factor })))
    expect(numbers(run(first))).toEqual([2, 4])
    expect(count.recorded).toBe(2)
  })

  it('again for larger ids, which may not fit, with room for all that came before', () => {
    const table = new Parameter(tensor([[1], [2], [3], [4]]))
    const { run, count } = counted(({ a, b }: { a: Ids; b: Ids }) => add(gather(table, a), gather(table, b)))
    const pick = (a: number, b: number): number[] => numbers(run({ a: ids([a]), b: ids([b]) }))
    expect(pick(1, 0)).toEqual([3])
    expect(pick(0, 0)).toEqual([2])
    expect(count.recorded).toBe(1)
    expect(pick(0, 3)).toEqual([5])
    expect(count.recorded).toBe(2)
    expect(pick(1, 3)).toEqual([6])
    expect(count.recorded).toBe(2)
    expect(() => pick(4, 0)).toThrow('id 4 in input 1 is not below 4')
    expect(pick(1, 3)).toEqual([6])
  })
})

describe('outputs', () => {
  const w = parameter(5, 6)

  it('are a tree of any depth, with plain values as they were', () => {
    const run = compile((x: Tensor) => ({ all: [neg(x), { deep: exp(x) }], name: 'y', nothing: null, count: 3 }))
    const { all, ...plain } = run(tensor([0]))
    expect(plain).toEqual({ name: 'y', nothing: null, count: 3 })
    expect(numbers((all as [Tensor])[0])).toEqual([-0])
    expect(numbers((all as [Tensor, { deep: Tensor }])[1].deep)).toEqual([1])
  })

  it('may be inputs, constants, parameters, and each other', () => {
    const run = compile((x: Tensor) => {
      const y = neg(x)
      const again = neg(x)
      return { x, y, again, same: y, w, reshaped: reshape(w, [2, 1]), five: tensor([5]), made: ones([2], x.backend) }
    })
    for (const given of [tensor([1, 2]), tensor([3, 4])]) {
      const { x, y, again, same, reshaped, five, made, w: returned } = run(given)
      expect(numbers(x)).toEqual(numbers(given))
      for (const each of [y, again, same]) expect(numbers(each)).toEqual(numbers(neg(given)))
      expect(returned).toBe(w)
      expect(reshaped.shape).toEqual([2, 1])
      expect(numbers(reshaped)).toEqual([5, 6])
      expect(numbers(five)).toEqual([5])
      expect(numbers(made)).toEqual([1, 1])
    }
  })

  it('may be nothing', () => {
    const run = compile((): unknown => undefined)
    expect(run(undefined)).toBeUndefined()
  })

  it('stay what they are until the next run, whatever else ran in the same arena', () => {
    const run = compile((x: Tensor) => {
      const early = exp(x)
      return { early, late: softmax(neg(square(early))) }
    })
    const x = tensor([[1, 2, 3]])
    expect(numbers(run(x).early)).toEqual(numbers(exp(x)))
  })
})

describe('no rows at all', () => {
  it('are a batch like any other', () => {
    const w = new Parameter(ones([3, 2]))
    const optimizer = adam()
    const run = compile((x: Tensor) => {
      const y = softmax(matmul(x, w))
      const loss = sum(square(y))
      optimizer.step([w], gradients(loss, [w]))
      return { y, loss }
    })
    const { y, loss } = run(tensor([], [0, 3]))
    expect(y.shape).toEqual([0, 2])
    expect(numbers(loss)).toEqual([0])
    expect(numbers(w)).toEqual([1, 1, 1, 1, 1, 1])
    expect(run(tensor([[1, 2, 3]])).y.shape).toEqual([1, 2])
  })

  it('are gathered and merged', () => {
    const table = new Parameter(ones([3, 2]))
    const optimizer = adam()
    const run = compile((named: Ids) => {
      optimizer.step([table], gradients(sum(square(gather(table, named))), [table], { sparse: true }))
    })
    run(ids([]))
    expect(numbers(table)).toEqual([1, 1, 1, 1, 1, 1])
    run(ids([1]))
    expect(numbers(table)[2]).toBeLessThan(1)
  })
})

describe('functions of the host', () => {
  it('run on every run and in their place, with the numbers they asked for', () => {
    const log: unknown[] = []
    const run = compile((x: Tensor) => {
      eachRun(() => log.push('begin'))
      const y = exp(x)
      eachRun(([first]) => log.push(first), [y])
      const z = neg(x)
      eachRun(([y], [z]) => log.push(y + z), [y, z])
      eachRun(() => log.push('end'))
      return z
    })
    expect(log).toEqual([])
    run(tensor([0]))
    run(tensor([0]))
    expect(log).toEqual(['begin', 1, 1, 'end', 'begin', 1, 1, 'end'])
  })

  it('see parameters as they were before or after they move, by where they stand', () => {
    const w = parameter(1)
    const optimizer = sgd({ learningRate: 1 })
    const seen: number[] = []
    const look = ([value]: Floats): void => void seen.push(value)
    const run = compile((g: Tensor) => {
      eachRun(look, [w])
      optimizer.step([w], [g])
      eachRun(look, [w])
    })
    run(tensor([1]))
    run(tensor([1]))
    expect(seen).toEqual([1, 0, 0, -1])
  })

  it('that throw at a loss leave parameters, statistics and the optimizer as they were', () => {
    const norm = new BatchNorm(2, {}, cpu)
    const w = new Parameter(ones([2, 2]))
    const learned = [w, norm.scale, norm.shift]
    const optimizer = adam()
    const run = compile((x: Tensor) => {
      const y = norm.forward(matmul(x, w), { training: true, step: 0 })
      const loss = sum(square(y))
      eachRun(
        ([value]) => {
          if (!Number.isFinite(value)) throw new Error(`loss ${value}`)
        },
        [loss],
      )
      optimizer.step(learned, gradients(loss, learned))
      return loss
    })
    run(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    )
    const lasting = [...learned, norm.runningMean, norm.runningVariance]
    const before = lasting.map(numbers)
    expect(() =>
      run(
        tensor([
          [1, 2],
          [Infinity, 5],
        ]),
      ),
    ).toThrow('loss NaN')
    expect(lasting.map(numbers)).toEqual(before)
    expect(optimizer.steps).toBe(1)
    run(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    )
    expect(optimizer.steps).toBe(2)
  })
})

describe('a program that was released', () => {
  it('does not run', () => {
    const run = compile((x: Tensor) => neg(x))
    const program = run.program(tensor([1]))
    run.release()
    expect(() => program.run()).toThrow('program: expected one that is alive but it was released')
  })

  it('is recorded again by its step', () => {
    const { run, count } = counted((x: Tensor) => neg(x))
    run(tensor([1]))
    run.release()
    expect(numbers(run(tensor([2])))).toEqual([-2])
    expect(count.recorded).toBe(2)
  })

  it('may be released again', () => {
    const program = compile((x: Tensor) => neg(x)).program(tensor([1]))
    program.release()
    program.release()
  })
})

describe('compile refuses, and nothing has changed', () => {
  const refused = (step: (x: Tensor) => unknown, message: string | RegExp): void => {
    const w = parameter(1, 2)
    const optimizer = sgd()
    const run = compile((x: Tensor) => {
      optimizer.step([w], [x])
      return step(x)
    })
    expect(() => run(tensor([1, 1]))).toThrow(message)
    expect(numbers(w)).toEqual([1, 2])
    expect(optimizer.steps).toBe(0)
  }

  it('a step that asks for numbers', () => {
    refused((x) => neg(x).values[0], 'compile: expected a step made of ops but it asked for numbers')
  })

  it('a step whose shapes do not fit, in the words of the op', () => {
    refused((x) => matmul(x, x), 'matmul: expected (m k), (k n)')
  })

  it('a step that returns what is no tree', () => {
    refused(() => ({ deep: [() => 1] }), "but got a function at 'deep.0'")
    refused(() => Promise.resolve(1), "but got an instance of Promise at ''")
  })

  it('a step that meets another dtype, which would be done once and not on every run', () => {
    refused(() => neg(tensor([1], [1], cpu64)), 'compile: expected float32 throughout but got float64')
  })

  it('inputs that are no tree', () => {
    const run = compile((input: unknown) => input)
    expect(() => run({ rows: new Float32Array(2) })).toThrow(
      "compile: expected tensors, ids, plain values, and records and lists of them but got an instance of Float32Array at 'rows'",
    )
    expect(() => run([{ f: () => 1 }])).toThrow("but got a function at '0.f'")
  })

  it('a step that calls a compiled step with what it is given', () => {
    const inner = compile((x: Tensor) => neg(x))
    refused((x) => inner(x), 'compile: expected a step made of ops but it asked for numbers')
  })
})
