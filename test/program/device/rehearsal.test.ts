/** A rehearsal computes what the step does, any number of times, and afterwards everything is as it was. */
import { describe, expect, it, vi } from 'vitest'
import { add, gradients, mean, mul, square, sub } from '../../../src/autograd/index.ts'
import { cpu, defaultWasm, eachRun } from '../../../src/kernels/index.ts'
import type { Backend } from '../../../src/kernels/index.ts'
import { BatchNorm } from '../../../src/models/layers/normalization.ts'
import { compile } from '../../../src/program/index.ts'
import type { Program } from '../../../src/program/index.ts'
import { build } from '../../../src/program/program.ts'
import { rehearsed } from '../../../src/program/device/rehearsal.ts'
import { Parameter, onHost, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { adagrad, adam, adamW, ftrl, parameterGroups, sgd } from '../../../src/training/index.ts'
import type { Optimizer } from '../../../src/training/index.ts'

const X = tensor([[1, 2], [3, 5], [-1, 4]]) // prettier-ignore
const BACKENDS: readonly Backend[] = [cpu, defaultWasm()!]

function rehearse(step: (x: Tensor) => Tensor, backend: Backend): Program<Tensor, Tensor> {
  const program = build(step, X, backend, 1, rehearsed)
  backend.write(program.inputs.buffer, X.values)
  return program
}

/** A step of training, and all that it changes. */
function lesson(optimizerFor: (weights: Readonly<Record<string, Parameter>>) => Optimizer) {
  const norm = new BatchNorm(2, {}, cpu)
  const weights = { w: new Parameter(tensor([0.5, -1])), c: new Parameter(tensor([0.1, 0])) }
  const optimizer = optimizerFor(weights)
  const all = Object.values(weights)
  const step = (x: Tensor): Tensor => {
    const loss = mean(square(sub(add(mul(norm.forward(x, { training: true, step: 0 }), weights.w), weights.c), x)))
    optimizer.step(all, gradients(loss, all))
    return loss
  }
  const state = (): unknown => [
    ...[...all, norm.runningMean, norm.runningVariance].map(({ values }) => [...values]),
    optimizer.steps,
  ]
  return { step, state }
}

describe.each(BACKENDS.map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  it.each([
    ['sgd with momentum', () => sgd({ momentum: 0.9 })],
    ['adam', () => adam()],
    ['adamW', () => adamW()],
    ['adagrad', () => adagrad()],
    ['ftrl', () => ftrl()],
  ])('%s changes nothing, and trains then as if it had not been tried', (_, optimizerFor) => {
    const [tried, other] = [lesson(optimizerFor), lesson(optimizerFor)]
    const before = tried.state()
    const rehearsal = rehearse(tried.step, backend)
    const losses = [1, 2, 3].map(() => {
      rehearsal.run()
      return rehearsal.outputs.item()
    })
    expect(tried.state()).toEqual(before)
    // It moves copies: each run finds what the one before has left.
    expect(losses[2]).toBeLessThan(losses[0])
    rehearsal.release()
    expect(tried.state()).toEqual(before)
    const [train, expected] = [tried, other].map(({ step }) => compile(step, { backend }))
    expect(expected(X).item()).toBe(losses[0])
    train(X)
    expect([train(X).item(), tried.state()]).toEqual([expected(X).item(), other.state()])
    expect(tried.state()).not.toEqual(before)
    train.release()
    expected.release()
  })
})

it('counts no steps of groups either', () => {
  const { step, state } = lesson((model) =>
    parameterGroups(model, [{ paths: /^w$/, optimizer: adam() }, { optimizer: sgd() }]),
  )
  const before = state()
  const rehearsal = rehearse(step, cpu)
  rehearsal.run()
  expect(state()).toEqual(before)
})

it("calls the host's functions that fill a tensor or can be undone, and no others", () => {
  let count = 0
  const log = vi.fn()
  const undone = Object.assign(() => count++, { undo: () => count-- })
  const step = (x: Tensor): Tensor => {
    eachRun(undone)
    eachRun(log, [x])
    return onHost((given, out) => out.set(given.map((value) => value + count)), [x], [x.shape])[0]
  }
  const rehearsal = rehearse(step, cpu)
  rehearsal.run()
  expect([...rehearsal.outputs.values]).toEqual([...X.values])
  expect([count, log.mock.calls.length]).toEqual([0, 0])
  compile(step)(X)
  expect([count, log.mock.calls.length]).toEqual([1, 1])
})
