/** Numbers from the host amid ops: eager and on every run of a program, in order, and without a hold on memory. */
import { describe, expect, it } from 'vitest'
import { add, scaleShift, exp, mul, reshape, sum } from '../../src/autograd/index.ts'
import { cpu, cpu64, wasm } from '../../src/kernels/index.ts'
import type { Backend, Floats } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, Tensor, fromValues, ones, onHost, tensor } from '../../src/tensor/index.ts'
import { sgd } from '../../src/training/index.ts'

/** The largest and the least of a list, as numbers that ops go on with. */
const extremes = (x: Tensor): readonly Tensor[] =>
  onHost(
    (numbers: Floats, most: Floats, both: Floats) => {
      most[0] = Math.max(...numbers)
      both[0] = Math.min(...numbers)
      both[1] = most[0]
    },
    [x],
    [[], [1, 2]],
  )

/** Many intermediate results before and after, whose memory may be shared with what the host fills. */
function scene(x: Tensor): Tensor {
  const y = exp(scaleShift(exp(scaleShift(x, { factor: 0.1 })), { factor: 0.5 }))
  const [most, both] = extremes(mul(y, y))
  const z = mul(add(y, 1), most)
  const [again] = extremes(z)
  return add(mul(exp(scaleShift(z, { factor: 0.01 })), again), sum(reshape(both, [2])))
}

const inputs = [
  [1, -2, 3, 0.5],
  [-1, 2, 0, 4],
  [0, 0, 0, 1],
]

describe('numbers worked out by the host', () => {
  it('are written once op by op, of the shapes asked for', () => {
    const [most, both] = extremes(tensor([3, -1, 2]))
    expect([most.shape, most.item()]).toEqual([[], 3])
    expect([both.shape, Array.from(both.values)]).toEqual([
      [1, 2],
      [-1, 3],
    ])
  })

  it.each<readonly [string, Backend]>([
    ['cpu', cpu],
    ['cpu64', cpu64],
    ['wasm', wasm()],
  ])('are anew on every run of a program on %s', (_, backend) => {
    const own = backend.dtype === 'float64' ? cpu64 : cpu
    const run = compile(scene, { backend })
    for (const values of inputs) {
      const x = fromValues(values, [4], own)
      const [expected, actual] = [scene(x).values, run(x).values]
      expected.forEach((value, at) => expect(Math.abs(actual[at] - value)).toBeLessThanOrEqual(1e-5 * Math.abs(value)))
    }
    run.release()
  })

  it('are of the moment: before an update they are of the old parameter, after it of the new', () => {
    const w = new Parameter(ones([1]))
    const look = () => onHost((numbers: Floats, out: Floats) => (out[0] = numbers[0]), [w], [[]])[0]
    const optimizer = sgd({ learningRate: 1 })
    const step = compile((x: Tensor) => {
      const before = look()
      optimizer.step([w], [x])
      return { before, after: look() }
    })
    for (const [run, before, after] of [
      [0, 1, 0.5],
      [1, 0.5, 0],
    ]) {
      const seen = step(fromValues([0.5], [1]))
      expect([run, seen.before.item(), seen.after.item()]).toEqual([run, before, after])
    }
  })

  it('need no input, and are on the backend that is named', () => {
    let count = 0
    const [filled] = onHost((out: Floats) => out.fill(++count), [], [[3]], cpu64)
    expect(filled.backend).toBe(cpu64)
    expect(Array.from(filled.values)).toEqual([1, 1, 1])
  })

  it('leave what they read as it was, and share no memory with it', () => {
    const x = tensor([1, 2])
    const [out] = onHost((numbers: Floats, filled: Floats) => filled.set(numbers), [x], [[2]])
    out.values[0] = 9
    expect(Array.from(x.values)).toEqual([1, 2])
  })

  it('are refused where memory is not at hand', () => {
    const far: Backend = { ...cpu, name: 'far', view: () => undefined }
    const x = new Tensor([1], far.allocate(1), far)
    expect(() => onHost(() => undefined, [x], [[]])).toThrow(
      new Error('eachRun: expected memory at hand but it is on far'),
    )
  })
})
