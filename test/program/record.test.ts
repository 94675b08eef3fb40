/** What a recording notes, and what it refuses: it has calls and slots, and no numbers. */
import { describe, expect, it } from 'vitest'
import { add, concat, exp, gather, mean, neg, nonzeroMask, relu, reshape, sum } from '../../src/autograd/index.ts'
import { cpu, cpu64, kernel, recordOn, run } from '../../src/kernels/index.ts'
import type { Recorder } from '../../src/kernels/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { record } from '../../src/program/record.ts'
import { Slot } from '../../src/program/slot.ts'
import type { Place } from '../../src/program/slot.ts'
import { Ids, Parameter, Tensor, detach, ids, ones, tensor } from '../../src/tensor/index.ts'

const symbol = (recorder: Recorder, ...shape: readonly number[]): Tensor => {
  const size = shape.reduce((total, extent) => total * extent, 1)
  return new Tensor(shape, new Slot('floats', shape, size, { at: 'input', path: 'x' }), recorder)
}
const slotOf = ({ buffer }: Tensor | Ids): Slot => {
  if (!(buffer instanceof Slot)) throw new Error('not a slot')
  return buffer
}
const placeOf = (held: Tensor | Ids): Place => slotOf(held).place

describe('a recording', () => {
  it('has the calls in order, with their op, and a slot of the op’s shape for each result', () => {
    const { recorder, calls } = record(cpu)
    const x = symbol(recorder, 2, 3)
    const y = recordOn(recorder, () => relu(exp(x)))
    expect(calls.map(({ kernel, op }) => [kernel.verb, op])).toEqual([
      ['exp', 'exp'],
      ['relu', 'relu'],
    ])
    expect(calls[1].args).toEqual([calls[0].args[1], slotOf(y), 6])
    expect(slotOf(y).shape).toEqual([2, 3])
    expect(placeOf(y)).toEqual({ at: 'arena' })
  })

  it('says which op a kernel of another name belongs to', () => {
    const { recorder, calls } = record(cpu)
    recordOn(recorder, () => mean(symbol(recorder, 4)))
    expect(calls.map(({ kernel: { verb }, op }) => `${verb} of ${op}`)).toEqual([
      'sum of sum',
      'scaleShift of scaleShift',
    ])
  })

  it('runs nothing', () => {
    const { recorder } = record({ ...cpu, kernels: { exp: () => expect.fail('exp ran') } })
    expect(recordOn(recorder, () => exp(tensor([1, 2]))).size).toBe(2)
  })

  it('has a kernel that is nobody’s but the caller’s', () => {
    const half = kernel('half', 'x:n -> out:n | n', (x, out, n) => {
      for (let j = 0; j < n; j++) out[j] = x[j] / 2
    })
    const { recorder, calls } = record(cpu)
    const [x, out] = [recorder.allocate(3), recorder.allocate(3)]
    run(recorder, half, x, out, 3)
    expect(calls).toEqual([{ kernel: half, args: [x, out, 3], op: '' }])
  })

  it('shares the slot of what only changes its shape', () => {
    const { recorder, calls } = record(cpu)
    const x = symbol(recorder, 2, 3)
    expect(recordOn(recorder, () => slotOf(reshape(detach(x), [3, 2])))).toBe(slotOf(x))
    expect(calls).toEqual([])
  })
})

describe('what comes from outside', () => {
  it('has one slot for each buffer, however often it is read', () => {
    const { recorder, calls } = record(cpu)
    const w = tensor([1, 2])
    recordOn(recorder, () => add(w, reshape(w, [2])))
    expect(calls[0].args[0]).toBe(calls[0].args[1])
  })

  it('is held as what it is: a tensor, a parameter, ids', () => {
    const { recorder, calls } = record(cpu)
    const [w, named] = [new Parameter(ones([3, 2])), ids([2, 0])]
    recordOn(recorder, () => gather(w, named))
    const [table, rows] = calls[0].args as readonly Slot[]
    expect(table.place).toEqual({ at: 'captured', held: w })
    expect(rows.place).toEqual({ at: 'captured', held: named })
    expect([table.kind, rows.kind]).toEqual(['floats', 'ids'])
  })

  it('is a parameter where a parameter and another tensor share memory, for it may move', () => {
    const { recorder, calls } = record(cpu)
    const w = new Parameter(ones([2]))
    const plain = detach(w)
    recordOn(recorder, () => [neg(plain), neg(w), neg(plain)])
    const places = calls.map(({ args }) => (args[0] as Slot).place)
    expect(places.map((place) => place.at === 'captured' && place.held)).toEqual([w, w, w])
  })

  it('is a constant where its numbers are made while recording', () => {
    const { recorder, calls } = record(cpu)
    const x = symbol(recorder, 4, 3)
    recordOn(recorder, () => add(exp(x), 5))
    const repeat = calls.find((call) => call.kernel === kernels.repeat)
    const five = repeat?.args[0] as Slot
    expect(five.place).toEqual({ at: 'constant', values: [5] })
    expect(five.shape).toEqual([1])
  })

  it('keeps the numbers that a constant was made of, whatever becomes of the array', () => {
    const { recorder } = record(cpu)
    const values = Float64Array.of(1, 2)
    const made = recordOn(recorder, () => tensor(values))
    values[0] = 9
    expect(placeOf(made)).toEqual({ at: 'constant', values: [1, 2] })
  })
})

describe('a recording refuses', () => {
  const message =
    'compile: expected a step made of ops but it asked for numbers: because there are none while it is recorded; ' +
    'leave them to the program by `eachRun`, or compute them outside of the step'

  it.each<readonly [string, (x: Tensor) => unknown]>([
    ['values', (x) => x.values],
    ['item', (x) => sum(x).item()],
    ['read', (x) => x.read()],
    ['values of ids', (x) => new Ids([4], nonzeroMask(ids([1, 2, 3, 4])).buffer, 5, x.backend).values],
    ['printing', (x) => String(x)],
  ])('%s', (_, ask) => {
    const { recorder } = record(cpu)
    expect(() => recordOn(recorder, () => ask(exp(symbol(recorder, 2, 2))))).toThrow(message)
  })

  it('numbers for what an op has made', () => {
    const { recorder } = record(cpu)
    expect(() => recordOn(recorder, () => recorder.write({ length: 2 }, [1, 2]))).toThrow(
      'compile: expected a slot of this recording but got a buffer',
    )
  })

  it('tensors of another dtype, in a list too', () => {
    const { recorder } = record(cpu)
    const other = tensor([[1]], undefined, cpu64)
    expect(() => recordOn(recorder, () => concat([symbol(recorder, 1, 1), other], { axis: 0 }))).toThrow(
      'compile: expected float32 throughout but got float64, on cpu64',
    )
  })
})
