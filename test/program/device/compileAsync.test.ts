/** What steps on a device promise: the same numbers, one launch where it can be, and nothing changed where one fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gpujs } from '../../../src/gpujs.ts'
import type { CompilesAsync, GpujsBackend } from '../../../src/gpujs.ts'
import { add, dropout, gather, gradients, matmul, mul, neg, softmax, square, sum } from '../../../src/autograd/index.ts'
import { cpu, cpu64, eachRun } from '../../../src/kernels/index.ts'
import type { Floats } from '../../../src/kernels/index.ts'
import { compile } from '../../../src/program/index.ts'
import { compileAsync } from '../../../src/program/device/index.ts'
import { Parameter, ids, onHost, tensor } from '../../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../../src/tensor/index.ts'
import { adam, sgd, stepDecay } from '../../../src/training/index.ts'

const parameter = (...values: readonly number[]): Parameter => new Parameter(tensor(Float32Array.from(values)))
const numbers = ({ values }: Tensor | Ids): number[] => [...values]

let backend: GpujsBackend & CompilesAsync
beforeAll(async () => {
  backend = await gpujs({ mode: 'webasm' })
})
afterAll(() => backend.release())

/** A step on w towards 0 at rate 0.1: it halves the loss's gradient 2w. */
const descent = (w: Parameter) => {
  const optimizer = sgd({ learningRate: 0.1 })
  return (x: Tensor) => {
    const loss = sum(mul(square(w), x))
    optimizer.step([w], gradients(loss, [w]))
    return loss
  }
}

describe.each([false, true])('a step on a device, resident: %s', (resident) => {
  const on = <I, O>(step: (input: I) => O) => compileAsync(step, { backend, resident })

  it('does what the step does, anew for every input', async () => {
    const run = on((x: Tensor) => softmax(add(x, 1)))
    for (const x of [tensor([[0, 1]]), tensor([[2, -1]])]) {
      const got = numbers(await run(x))
      numbers(softmax(add(x, 1))).forEach((value, at) => {
        expect(got[at]).toBeCloseTo(value, 6)
      })
    }
    await run.release()
  })

  it('gives tensors at hand, in the same memory each time', async () => {
    const run = on((x: Tensor) => neg(x))
    const first = await run(tensor([1]))
    expect([first.backend, numbers(first)]).toEqual([cpu, [-1]])
    expect(await run(tensor([2]))).toBe(first)
    expect(numbers(first)).toEqual([-2])
    await run.release()
  })

  it('takes its turn: steps that nobody awaits run one after the other', async () => {
    const w = parameter(1)
    const run = on(descent(w))
    const losses = await Promise.all([1, 1, 1].map(async () => (await run(tensor([1]))).item()))
    // The memory of the outputs is shared, so that all three read what is last there.
    expect(losses[2]).toBeCloseTo(0.8 ** 4, 6)
    await run.release()
    expect(w.values[0]).toBeCloseTo(0.8 ** 3, 6)
  })

  it('has programs for other shapes, which share parameters', async () => {
    const w = new Parameter(tensor([[1], [1]]))
    const optimizer = sgd({ learningRate: 1 })
    const run = on((x: Tensor) => {
      const y = sum(matmul(x, w))
      optimizer.step([w], gradients(y, [w]))
      return y
    })
    expect((await run(tensor([[1, 2]]))).item()).toBe(3)
    // w is 0 and −1 now.
    const two = tensor([
      [1, 2],
      [3, 4],
    ])
    expect((await run(two)).item()).toBe(-6)
    await run.release()
    expect(numbers(w)).toEqual([-4, -7])
  })

  it('takes and gives ids, and is recorded anew for ids larger than before', async () => {
    const table = new Parameter(tensor([[1], [2], [3]]))
    const run = on(({ at }: { at: Ids }) => gather(table, at))
    expect(numbers(await run({ at: ids([0, 1]) }))).toEqual([1, 2])
    expect(numbers(await run({ at: ids([2, 1]) }))).toEqual([3, 2])
    await run.release()
  })

  it('takes empty tensors', async () => {
    const run = on((x: Tensor) => ({ y: neg(x), total: sum(x) }))
    const { y, total } = await run(tensor(new Float32Array(), [0]))
    expect([numbers(y), numbers(total)]).toEqual([[], [0]])
    await run.release()
  })

  it('asks for what changes at every run: rates, counts of steps, keys of coins', async () => {
    const [here, there] = [parameter(1, 2, 3, 4), parameter(1, 2, 3, 4)]
    const stepOf = (w: Parameter) => {
      const optimizer = adam({ learningRate: stepDecay(0.1, { every: 1 }) })
      return (x: Tensor) => {
        const loss = sum(mul(dropout(square(w), { rate: 0.5, key: () => optimizer.steps }), x))
        optimizer.step([w], gradients(loss, [w]))
        return loss
      }
    }
    const [run, reference] = [on(stepOf(there)), compile(stepOf(here))]
    for (let step = 0; step < 5; step++) {
      const [got, expected] = [await run(tensor([1])), reference(tensor([1]))]
      expect(got.item()).toBeCloseTo(expected.item(), 5)
    }
    await run.fetch()
    numbers(here).forEach((value, at) => {
      expect(there.values[at]).toBeCloseTo(value, 5)
    })
    await run.release()
  })

  it('lets the host look at numbers in its middle, and fill tensors', async () => {
    const seen: number[][] = []
    const run = on((x: Tensor) => {
      const y = neg(x)
      eachRun((values: Floats) => seen.push([...values]), [y])
      const [z] = onHost((given, filled) => filled.set(given.map((value) => 10 * value)), [y], [[2]])
      return add(z, x)
    })
    expect(numbers(await run(tensor([1, 2])))).toEqual([-9, -18])
    expect(seen).toEqual([[-1, -2]])
    await run.release()
  })

  it('changes nothing where the host refuses what it sees', async () => {
    const w = parameter(3)
    const step = descent(w)
    let allowed = true
    const run = on((x: Tensor) => {
      const loss = step(x)
      eachRun(
        (values: Floats) => {
          if (!allowed) throw new Error(`no to ${values[0]}`)
        },
        [loss],
      )
      return loss
    })
    await run(tensor([1]))
    allowed = false
    await expect(run(tensor([1]))).rejects.toThrow('no to ')
    await run.fetch()
    expect(w.values[0]).toBeCloseTo(2.4, 6)
    allowed = true
    await run(tensor([1]))
    await run.release()
    expect(w.values[0]).toBeCloseTo(1.92, 6)
  })

  it('leaves nothing behind', async () => {
    const before = backend.counts().handles
    const run = on(descent(parameter(1)))
    for (let step = 0; step < 3; step++) await run(tensor([1]))
    await run.release()
    expect(backend.counts().handles).toBe(before)
    await expect(run.program(tensor([1])).release()).resolves.toBeUndefined()
  })

  it('does not run once its program was released', async () => {
    const program = on((x: Tensor) => neg(x)).program(tensor([1]))
    await program.release()
    await expect(program.run()).rejects.toThrow('program: expected one that is alive but it was released')
  })

  it('refuses float64, a look at numbers, and tensors of another recording', () => {
    const run = on((x: Tensor) => neg(x))
    const kept: Tensor[] = []
    const keep = on((x: Tensor) => {
      kept.push(neg(x))
      return kept[0]
    })
    keep.program(tensor([1]))
    expect(() => keep.program(tensor([1, 2]))).toThrow('another recording')
    expect(() => on((x: Tensor) => x.item()).program(tensor([1]))).toThrow('it asked for numbers')
    expect(() =>
      compileAsync((x: Tensor) => add(x, tensor([1], undefined, cpu64)), { backend }).program(tensor([1])),
    ).toThrow('expected float32 throughout but got float64')
    expect(run.program(tensor([1])).stages.length).toBeGreaterThan(1)
  })
})

describe('what one launch is', () => {
  it('is a whole program, with parameters at home after each', async () => {
    const w = parameter(1)
    const run = compileAsync(descent(w), { backend })
    await run(tensor([1]))
    expect(run.program(tensor([1])).how?.kind).toMatch(/^fused/)
    expect(w.values[0]).toBeCloseTo(0.8, 6)
    // What the host writes between two runs counts.
    w.values[0] = 10
    expect((await run(tensor([1]))).item()).toBe(100)
    await run.release()
  })

  it('is not one that leaves parameters there, or in which the host looks at numbers; it says so', async () => {
    const resident = compileAsync(descent(parameter(1)), { backend, resident: true })
    await resident(tensor([1]))
    expect(resident.program(tensor([1])).how).toEqual({
      kind: 'kernel by kernel',
      because: 'parameters stay on the device, which one launch cannot leave them on',
    })
    const looked = compileAsync(
      (x: Tensor) => {
        eachRun(() => undefined, [x])
        return neg(x)
      },
      { backend },
    )
    await looked(tensor([1]))
    expect(looked.program(tensor([1])).how?.because).toBe('a function of the host looks at numbers in its middle')
    await Promise.all([resident.release(), looked.release()])
  })
})

describe('parameters that stay on the device', () => {
  it('are old at home until they are fetched, and brought again afterwards', async () => {
    const w = parameter(1)
    const run = compileAsync(descent(w), { backend, resident: true })
    await run(tensor([1]))
    expect(w.values[0]).toBe(1)
    await run.fetch()
    expect(w.values[0]).toBeCloseTo(0.8, 6)
    w.values[0] = 10
    expect((await run(tensor([1]))).item()).toBe(100)
    await run.release()
  })

  it('are one copy for all programs there', async () => {
    const w = parameter(1)
    const down = compileAsync(descent(w), { backend, resident: true })
    const look = compileAsync((x: Tensor) => mul(w, x), { backend, resident: true })
    await down(tensor([1]))
    expect((await look(tensor([1]))).item()).toBeCloseTo(0.8, 6)
    await down.release()
    await look.release()
  })

  it('are seen by programs of one launch too, which take them home first', async () => {
    const w = parameter(1)
    const down = compileAsync(descent(w), { backend, resident: true })
    const look = compileAsync((x: Tensor) => mul(w, x), { backend })
    await down(tensor([1]))
    expect((await look(tensor([1]))).item()).toBeCloseTo(0.8, 6)
    await down(tensor([1]))
    expect((await look(tensor([1]))).item()).toBeCloseTo(0.64, 6)
    await Promise.all([down.release(), look.release()])
    expect(w.values[0]).toBeCloseTo(0.64, 6)
  })

  it.each([false, true])(
    'are seen as the program before left them, though nobody awaited it, resident: %s',
    async (resident) => {
      const w = parameter(1)
      const down = compileAsync(descent(w), { backend, resident: true })
      const look = compileAsync((x: Tensor) => mul(w, x), { backend, resident })
      const seen = [1, 2, 3].map(() => {
        void down(tensor([1]))
        return look(tensor([1]))
      })
      // Each time the same memory: what is last there.
      expect((await Promise.all(seen))[0].item()).toBeCloseTo(0.8 ** 3, 6)
      await Promise.all([down.release(), look.release()])
      expect(w.values[0]).toBeCloseTo(0.8 ** 3, 6)
    },
  )

  it('may have been made there', async () => {
    const w = new Parameter(tensor([1, 2], undefined, backend))
    const run = compileAsync((x: Tensor) => mul(w, x), { backend })
    expect(numbers(await run(tensor([3, 3])))).toEqual([3, 6])
    expect(run.program(tensor([3, 3])).how?.because).toBe('tensors of its own are on the device')
    await run.release()
  })
})
