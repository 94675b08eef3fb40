/** No rows, no columns, no ids: what every op, optimizer and program makes of empty tensors, in every mode of GPU.js. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, argmax, dropout, gather, gradients, segmentMean, square, sum } from '../../src/autograd/index.ts'
import { compileAsync } from '../../src/gpujs.ts'
import { cpu } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { compile } from '../../src/program/index.ts'
import { Parameter, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Argument, Ids, Tensor } from '../../src/tensor/index.ts'
import { apply, tensorsOf } from '../../src/testing/anyOp.ts'
import { opInputs } from '../../src/testing/opInputs.ts'
import { OPTIMIZERS } from '../../src/training/optimizers/optimizers.ts'
import { everyOp } from '../laws/everyOp.ts'
import type { Given } from './given.ts'

const CASES = 3

const isEmpty = (argument: Argument): boolean => ('buffer' in argument ? argument.size === 0 : argument.some(isEmpty))

const expectClose = (got: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(got.length).toBe(expected.length)
  Array.from(expected).forEach((value, at) => {
    if (Number.isFinite(value)) expect(got[at]).toBeCloseTo(value, 3)
    else expect(got[at]).toBe(value)
  })
}

export const empty = (given: Given): void => {
  describe.each(everyOp.map((op) => [op.op, op] as const))('%s', (_, op) => {
    it('of empty inputs makes what the CPU makes, and so do its gradients, op by op and compiled', async () => {
      const cases = opInputs(op).filter(({ on }) => on(cpu).some(isEmpty))
      for (const { on, options } of fc.sample(cases, { numRuns: CASES, seed: 7 })) {
        const step = (args: readonly Argument[]): readonly Tensor[] => {
          const y = apply(op, args, options)
          return [y, ...gradients(sum(square(y)), tensorsOf(args))]
        }
        const expected = compile(step)(on(cpu)).map(({ values }) => values)
        const backend = given()
        const eager = await Promise.all(step(on(backend)).map((each) => each.read()))
        eager.forEach((values, index) => {
          expectClose(values, expected[index])
        })
        for (const resident of [false, true]) {
          const compiled = compileAsync(step, { backend, resident })
          for (let run = 0; run < 2; run++)
            (await compiled(on(cpu))).forEach(({ values }, index) => {
              expectClose(values, expected[index])
            })
          await compiled.release()
        }
      }
    })
  })

  const NOTHING: Readonly<Record<string, (on: Backend) => Tensor>> = {
    'dropout, of no rows': (on) => dropout(ones([0, 3], on), { rate: 0.5, key: 1 }),
    'means of segments without rows': (on) => segmentMean(ones([0, 2], on), ids([], [0], on), { count: 3 }),
    'means of no segments': (on) => segmentMean(ones([0, 2], on), ids([], [0], on), { count: 0 }),
    'rows of a table by no ids': (on) => gather(ones([3, 2], on), ids([], [0], on)),
    'rows of an empty table by no ids': (on) => gather(ones([0, 2], on), ids([], [0], on)),
  }
  it.each(Object.entries(NOTHING))('%s', async (_, make) => {
    const expected = make(cpu)
    expectClose(await make(given()).read(), expected.values)
    for (const resident of [false, true]) {
      const compiled = compileAsync(() => make(cpu), { backend: given(), resident })
      const made = await compiled(undefined)
      expect(made.shape).toEqual(expected.shape)
      expectClose(made.values, expected.values)
      await compiled.release()
    }
  })

  it('the place of the largest of no rows', async () => {
    const compiled = compileAsync((x: Tensor) => argmax(x, { axis: 1 }), { backend: given() })
    expect((await compiled(ones([0, 3]))).shape).toEqual([0])
    await compiled.release()
  })

  it.each(Object.entries(OPTIMIZERS))('%s moves what is there by what is not', async (_, make) => {
    for (const resident of [false, true]) {
      const [optimizer, none, w, table] = [make(), ...[[0, 3], [2], [3, 2]].map((shape) => new Parameter(ones(shape)))]
      const learned = [none, w, table]
      const compiled = compileAsync(
        ({ x, at }: { readonly x: Tensor; readonly at: Ids }) => {
          const loss = add(sum(square(none)), sum(square(gather(table, at))))
          optimizer.step(learned, gradients(loss, learned, { sparse: true }))
          return { loss, x }
        },
        { backend: given(), resident },
      )
      const { loss, x } = await compiled({ x: tensor([], [0, 2]), at: ids([]) })
      expect([[...loss.values], [...x.values]]).toEqual([[0], []])
      await compiled.release()
      expect([...table.values]).toEqual([1, 1, 1, 1, 1, 1])
      expect(optimizer.steps).toBe(1)
    }
  })
}
