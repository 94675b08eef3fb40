/** Task losses: cross-entropy and squared error, each averaged over the rows of the task's own sample space. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../../../src/autograd/index.ts'
import { cpu, cpu64 } from '../../../src/kernels/index.ts'
import { Parameter, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { kindOf } from '../../../src/models/index.ts'
import { taskLoss, taskLosses, weightedSum } from '../../../src/training/index.ts'

const of = (...values: number[]): Tensor => tensor(values, undefined, cpu64)
const outputs = (...values: number[]): Parameter => new Parameter(of(...values))

const crossEntropy = (z: number, t: number): number =>
  -(t * Math.log(1 / (1 + Math.exp(-z))) + (1 - t) * Math.log(1 - 1 / (1 + Math.exp(-z))))

describe('the loss of a row', () => {
  it('is, of a binary task, the cross-entropy of its logit, for soft labels too', () => {
    const [z, t] = [
      [-3, -0.5, 0, 1, 2.5],
      [0, 1, 0.5, 0.25, 1],
    ]
    const losses = kindOf('binary').loss(of(...z), of(...t)).values
    z.forEach((logit, row) => expect(losses[row]).toBeCloseTo(crossEntropy(logit, t[row]), 12))
  })

  it('is, of a regression, the squared error, not halved', () => {
    expect([...kindOf('regression').loss(of(1, -2, 3), of(1, 1, 0)).values]).toEqual([0, 9, 9])
  })

  it.each([cpu, cpu64])('stays finite for logits of ±10,000, and so do its gradients, on $name', (backend) => {
    const z = new Parameter(tensor([1e4, 1e4, -1e4, -1e4], undefined, backend))
    const losses = kindOf('binary').loss(z, tensor([1, 0, 1, 0], undefined, backend))
    expect([...losses.values]).toEqual([0, 1e4, 1e4, 0])
    const [gradient] = gradients(losses, [z], { seed: tensor([1, 1, 1, 1], undefined, backend) })
    expect([...gradient.values].map((value) => value + 0)).toEqual([0, 1, -1, 0])
  })
})

describe('the loss of a task', () => {
  const rows = [0, 4, 1]

  it('is averaged over the rows inside its sample space, and reaches no other row', () => {
    const output = outputs(1, 5, 2, 100)
    const loss = taskLoss('regression', output, of(0, 3, 0, 0), of(1, 1, 1, 0))
    expect(loss.item()).toBeCloseTo((1 + 4 + 4) / 3, 14)
    const [gradient] = gradients(loss, [output])
    expect([...gradient.values].map((value) => value + 0)).toEqual([2 / 3, 4 / 3, 4 / 3, 0])
  })

  it('is 0, with gradient 0, where no row is inside', () => {
    for (const type of ['binary', 'regression'] as const) {
      const output = outputs(...rows)
      const loss = taskLoss(type, output, of(1, 0, 1), of(0, 0, 0))
      expect(loss.item()).toBe(0)
      expect([...gradients(loss, [output])[0].values].map(Math.abs)).toEqual([0, 0, 0])
    }
  })

  it('is a weighted mean under fractional masks', () => {
    const output = outputs(...rows)
    const loss = taskLoss('regression', output, of(1, 2, 3), of(0.25, 0.5, 0.05))
    expect(loss.item()).toBeCloseTo((0.25 * 1 + 0.5 * 4 + 0.05 * 4) / 0.8, 14)
    const [gradient] = gradients(loss, [output])
    const expected = [(0.25 * -2) / 0.8, (0.5 * 4) / 0.8, (0.05 * -4) / 0.8]
    expected.forEach((value, row) => expect(gradient.values[row]).toBeCloseTo(value, 14))
  })

  it('does not depend on the scale of the mask, however small', () => {
    const loss = (scale: number): number => taskLoss('binary', of(...rows), of(1, 0, 1), of(scale, 0, 2 * scale)).item()
    expect(loss(1e-6)).toBeCloseTo(loss(1), 14)
  })
})

describe('the losses of all tasks', () => {
  const batch = {
    rows: 2,
    ids: {},
    numbers: {},
    labels: { buy: of(2, 0), click: of(1, 0), other: of(NaN, NaN) },
    masks: { buy: of(1, 0), click: of(1, 1), other: of(1, 1) },
  }
  const logits = { click: of(0, 0), buy: of(5, 5), unlabelled: of(1, 1) }

  it('are by task, of its type; outputs and labels of no task are left alone', () => {
    const losses = taskLosses(logits, batch, { click: 'binary', buy: 'regression' })
    expect(Object.keys(losses)).toEqual(['click', 'buy'])
    expect(losses.click.item()).toBeCloseTo(Math.LN2, 14)
    expect(losses.buy.item()).toBe(9)
    expect(losses.click.shape).toEqual([])
  })

  it('add up by their weights, 1 where none is given', () => {
    const losses = { click: of(3), buy: of(5) }
    expect(weightedSum(losses, {}).item()).toBe(8)
    expect(weightedSum(losses, { buy: 0.5 }).item()).toBe(5.5)
    expect(weightedSum(losses, { buy: 0, click: 2 }).item()).toBe(6)
  })
})
