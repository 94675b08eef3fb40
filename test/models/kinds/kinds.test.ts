/** Kinds of tasks beside binary and regression: their losses, what they predict, the labels they read and what they refuse. */
import { describe, expect, it } from 'vitest'
import { checkGradients, gradients, sum } from '../../../src/autograd/index.ts'
import { dataset, denseFeature } from '../../../src/data/index.ts'
import type { LabelColumn } from '../../../src/data/index.ts'
import { cpu64 } from '../../../src/kernels/index.ts'
import { ESMM, PLE, SingleTask, kindOf, restoreModel, saveModel } from '../../../src/models/index.ts'
import type { TaskKind, TaskType } from '../../../src/models/index.ts'
import { count, multiclass, multilabel, softmaxCrossEntropy } from '../../../src/tasks.ts'
import { meanPoissonDeviance } from '../../../src/metrics/index.ts'
import { Parameter, stream, tensor } from '../../../src/tensor/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { asVersion1 } from '../version1.ts'

const ROWS = 5
const KINDS: Readonly<Record<string, TaskType>> = {
  binary: 'binary',
  regression: 'regression',
  multiclass: multiclass(['low', 'middle', 'high']),
  multilabel: multilabel(2),
  count: count(),
}
/** Labels of `ROWS` rows that any kind takes. */
const labelsOf = (type: TaskType): Tensor => {
  const { labelWidth } = kindOf(type)
  const values = Array.from({ length: ROWS * labelWidth }, (_, at) => at % 2)
  return tensor(values, labelWidth > 1 ? [ROWS, labelWidth] : [ROWS], cpu64)
}
const logitsOf = (type: TaskType): Tensor => {
  const { width } = kindOf(type)
  const random = stream(3)
  const values = Array.from({ length: ROWS * width }, (_, at) => 1.5 * random.normal(at))
  return tensor(values, width > 1 ? [ROWS, width] : [ROWS], cpu64)
}

describe.each(Object.entries(KINDS))('%s', (name, type) => {
  const kind = kindOf(type)

  it('has a loss of each label, whose gradients of order 1 and 2 agree with finite differences', () => {
    const [logits, labels] = [logitsOf(type), labelsOf(type)]
    expect(kind.loss(logits, labels).shape).toEqual(labels.shape)
    checkGradients((z: Tensor) => sum(kind.loss(z, labels)), [logits], { seed: 1 })
  })

  it('predicts a number a row for each output, differentiably', () => {
    const predictions = kind.predictions(logitsOf(type))
    expect(predictions).toHaveLength(kind.classes?.length ?? 1)
    for (const [at, { shape }] of predictions.entries()) {
      expect(shape).toEqual([ROWS])
      checkGradients((z: Tensor) => sum(kind.predictions(z)[at]), [logitsOf(type)], { seed: 2 })
    }
  })

  it.skipIf(typeof type === 'string')('costs least where its mean prediction is what happens', () => {
    // The gradient of the mean loss vanishes where every logit is the link of its share.
    const { link, outcome } = type as TaskKind
    const labels = labelsOf(type)
    const outputs = kind.predictions(logitsOf(type)).length
    const mean = (output: number): number =>
      Array.from({ length: ROWS }, (_, row) => outcome(labels.values, row, output)).reduce((a, b) => a + b) / ROWS
    const best = Array.from({ length: outputs }, (_, output) => link(Math.max(mean(output), 1e-9)))
    const z = new Parameter(tensor(Array.from({ length: ROWS }, () => best).flat(), logitsOf(type).shape, cpu64))
    const slope = [...gradients(sum(kind.loss(z, labels)), [z])[0].values]
    for (let output = 0; output < outputs; output++)
      expect(slope.filter((_, at) => at % outputs === output).reduce((a, b) => a + b)).toBeCloseTo(0, 6)
  })

  it('measures by metrics of which the defaults are some', () => {
    for (const metric of kind.defaultMetrics) expect(Object.keys(kind.metrics), name).toContain(metric)
  })

  it('says what a file has of it', () => {
    if (typeof type !== 'string') expect(JSON.parse(JSON.stringify(type))).toMatchObject({ kind: name })
  })
})

/** Of PyTorch 2.13, `cross_entropy` by reduction='none', and the gradients of its sum. */
describe('softmax cross-entropy is that of PyTorch', () => {
  const Z = [0.5, -1, 2, 3, 0.1, -0.2, -4, 1, 1.5, 0, 0, 0]
  const Y = [2, 1, 0, 1]
  const third = 1 / 3

  it.each([
    [
      {},
      [0.24131129665715703, 2.9914713883680535, 5.976617603089336, 1.0986122886681098],
      [
        0.1752903921400367,
        0.03911257327068745,
        -0.21440296541072412,
        0.912587426394044,
        -0.9497865012168102,
        0.03719907482276628,
        -0.9974626057315528,
        0.3765826992690313,
        0.6208799064625214,
        third,
        -2 * third,
        third,
      ],
    ],
    [
      { labelSmoothing: 0.2 },
      [0.541311296657157, 2.8181380550347206, 5.276617603089336, 1.0986122886681098],
      [
        0.10862372547337003,
        -0.027554093395979216,
        -0.08106963207739082,
        0.8459207597273773,
        -0.8164531678834769,
        -0.02946759184390039,
        -0.8641292723982195,
        0.30991603260236467,
        0.5542132397958548,
        0.8 * third,
        -1.6 * third,
        0.8 * third,
      ],
    ],
    [
      { classWeights: [1, 2.5, 0.5] },
      [0.12065564832857852, 7.4786784709201335, 5.976617603089336, 2.7465307216702746],
      [
        0.08764519607001835,
        0.019556286635343725,
        -0.10720148270536206,
        2.28146856598511,
        -2.3744662530420255,
        0.09299768705691569,
        -0.9974626057315528,
        0.3765826992690313,
        0.6208799064625214,
        2.5 * third,
        -5 * third,
        2.5 * third,
      ],
    ],
    [
      { classWeights: [1, 2.5, 0.5], labelSmoothing: 0.2 },
      [0.760874197771438, 6.597335146967588, 5.358392109961958, 2.490187854314382],
      [
        0.050193594760024475, -0.1405916178195417, 0.0903980230595173, 2.001864833159833, -2.052849402758103,
        0.050984569598270225, -0.8639601127803229, 0.23502154588696683, 0.6289385668933564, 0.6888888888888888,
        -1.411111111111111, 0.7222222222222222,
      ],
    ],
  ])('with %o', (options, losses, slopes) => {
    const z = new Parameter(tensor(Z, [4, 3], cpu64))
    const loss = softmaxCrossEntropy(options)(z, tensor(Y, [4], cpu64))
    losses.forEach((value, row) => expect(loss.values[row]).toBeCloseTo(value, 12))
    const [{ values }] = gradients(sum(loss), [z])
    slopes.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 12))
  })

  it('costs a class that is ruled out nothing, and everything where it is the row’s own', () => {
    const z = tensor([0, -Infinity, 0, 0, -Infinity, 0], [2, 3], cpu64)
    expect([...softmaxCrossEntropy()(z, tensor([0, 1], [2], cpu64)).values]).toEqual([Math.LN2, Infinity])
  })

  it('refuses what makes it no loss', () => {
    expect(() => softmaxCrossEntropy({ labelSmoothing: 1 })).toThrow(
      'softmaxCrossEntropy: expected labelSmoothing to be a number in [0, 1) but got 1',
    )
    expect(() => softmaxCrossEntropy({ classWeights: [1, 0] })).toThrow('but got 0 at position 1')
    const loss = softmaxCrossEntropy({ classWeights: [1, 2] })
    expect(() => loss(tensor(Z, [4, 3], cpu64), tensor(Y, [4], cpu64))).toThrow(
      'softmaxCrossEntropy: expected a weight for each of 3 classes but got 2',
    )
  })
})

describe('the loss of counts', () => {
  it('is the Poisson loss of PyTorch, above what it is where the mean is the count', () => {
    const counts = [0, 1, 5, 2.5]
    const z = new Parameter(tensor([-1, 0.5, 2, 0], [4], cpu64))
    const loss = count().loss(z, tensor(counts, [4], cpu64))
    const [{ values }] = gradients(sum(loss), [z])
    const losses = [0.36787944117144233, 1.1487212707001282, -2.6109439010693496, 1]
    const slopes = [0.36787944117144233, 0.6487212707001282, 2.3890560989306504, -1.5]
    losses.forEach((value, row) => {
      const least = counts[row] === 0 ? 0 : counts[row] - counts[row] * Math.log(counts[row])
      expect(loss.values[row]).toBeCloseTo(value - least, 12)
    })
    slopes.forEach((value, row) => expect(values[row]).toBeCloseTo(value, 12))
  })

  it('is half of the deviance, and of large counts that are nearly right has all of its digits', () => {
    const [z, y] = [Math.log(1e6) + 1e-4, 1e6]
    const [loss] = count().loss(tensor([z]), tensor([y])).values
    const exact = count().loss(tensor([Math.fround(z)], [1], cpu64), tensor([y], [1], cpu64)).values[0]
    expect(exact).toBeCloseTo(meanPoissonDeviance([Math.exp(Math.fround(z))], [y]) / 2, 6)
    // float32 has no room for exp(z) and y·z beside it, of 1e6 and more.
    expect(Math.abs(loss / exact - 1)).toBeLessThan(0.02)
  })
})

describe('labels', () => {
  const features = [denseFeature('age')]
  const read = (kind: TaskKind, task: LabelColumn): number[] => [
    ...dataset({ features, columns: { age: Array.from(task, () => 1) }, labels: { task }, tasks: { task: kind } })
      .labels.task,
  ]
  const genre = multiclass(['comedy', 'drama'])
  const tags = multilabel(['fun', 'sad', 'long'])

  it('of classes are their numbers or their names', () => {
    expect(read(genre, ['drama', 0, 1n, 'comedy', NaN])).toEqual([1, 0, 1, 0, NaN])
    expect(read(multiclass(3), [2, 0, NaN])).toEqual([2, 0, NaN])
  })

  it('of several labels are lists of 0, 1 and NaN, or of names', () => {
    expect(read(tags, [[0, 1, NaN], ['long', 'fun'], [], NaN])).toEqual([0, 1, NaN, 1, 0, 1, 0, 0, 0, NaN, NaN, NaN])
  })

  it('of counts are numbers that are not negative', () => {
    expect(read(count(), [0, 7, 1.5, NaN])).toEqual([0, 7, 1.5, NaN])
  })

  it.each<[string, TaskKind, LabelColumn, string]>([
    [
      'a class that there is not',
      genre,
      ['comedy', 'news'],
      "expected labels of 'task' to be 'comedy', 'drama', a class from 0 to 1, or NaN but got 'news' at row 1",
    ],
    ['a class beyond', genre, [2], 'but got 2 at row 0'],
    [
      'a name where classes are numbers',
      multiclass(2),
      ['0'],
      "expected labels of 'task' to be a class from 0 to 1, or NaN but got '0' at row 0",
    ],
    ['half a class', genre, [0.5], 'but got 0.5 at row 0'],
    [
      'too few labels',
      tags,
      [[0, 1]],
      "expected labels of 'task' to be lists of 3 numbers, each 0, 1 or NaN, or of names among 'fun', 'sad', 'long', or NaN but got [0, 1] at row 0",
    ],
    ['a label that is between', multilabel(2), [[0, 0.5]], 'but got [0, 0.5] at row 0'],
    ['a name that there is not', tags, [['fun', 'odd']], "but got ['fun', 'odd'] at row 0"],
    ['no list', tags, [1], 'but got 1 at row 0'],
    [
      'a negative count',
      count(),
      [-1],
      "expected labels of 'task' to be finite numbers of at least 0, or NaN but got -1 at row 0",
    ],
    ['a count beyond float32', count(), [1e300], 'but got 1e+300 at row 0'],
  ])('refuse %s', (_, kind, labels, message) => {
    expect(() => read(kind, labels)).toThrow(message)
  })
})

describe('refused are', () => {
  const features = [denseFeature('age')]

  it.each([
    [
      'fewer than two classes',
      () => multiclass(1),
      'multiclass: expected classes to be an integer from 2 to 65536 or a list of at least 2, each to be a string but got 1',
    ],
    [
      'a class that stands twice',
      () => multiclass(['a', 'b', 'a']),
      "multiclass: expected names of classes that are distinct and not empty but got 'a' twice: because outputs are called by them",
    ],
    [
      'a class without a name',
      () => multilabel(['a', '']),
      "multilabel: expected names of classes that are distinct and not empty but got '': because outputs are called by them",
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new RangeError(message))
  })

  it('a task that is called as a class of another', () => {
    const taskTypes = [multiclass(['b', 'c']), 'binary'] as const
    expect(() => new SingleTask({ features, taskNames: ['a', 'a.c'], taskTypes })).toThrow(
      "SingleTask: expected distinct task names but got 'a.c' twice",
    )
  })

  it('a kind by a name that is none', () => {
    const taskTypes = ['binary', 'multiclass'] as unknown as TaskType[]
    expect(() => new PLE({ features, taskNames: ['a', 'b'], taskTypes })).toThrow(
      "expected taskTypes to be a list, each to be 'binary' or 'regression' or a kind of plegrad/tasks but got 'multiclass' at position 1",
    )
  })

  it.each([
    ['width', { width: 0 }, 'to be an integer of at least 1 but got 0'],
    ['labelWidth', { labelWidth: undefined }, 'to be an integer of at least 1 but got undefined'],
    ['loss', { loss: 'huber' }, "to be a function but got 'huber'"],
    ['predictions', { predictions: undefined }, 'to be a function but got undefined'],
    ['kind', { kind: 7 }, 'to be a string but got 7'],
  ])('a kind of one’s own whose %s is none', (part, wrong, message) => {
    const own = { ...count(), ...wrong } as TaskKind
    expect(() => new SingleTask({ features, taskNames: ['spent'], taskTypes: [own] })).toThrow(
      `SingleTask: expected ${part} of the kind of 'spent' ${message}`,
    )
  })

  it.each([
    ['more classes than outputs can be', { kind: 'multiclass', classes: 1e9 }, 'but got 1000000000'],
    ['no classes', { kind: 'multilabel' }, 'multilabel: expected classes to be'],
    [
      'what no count has',
      { kind: 'count', classes: 2 },
      "restoreModel, a task of kind 'count': expected options among kind but got 'classes'",
    ],
    [
      'a kind that there is not',
      { kind: 'tweedie', loss: 1 },
      "PLE: expected width of the kind of 'visits' to be an integer of at least 1 but got undefined",
    ],
  ])('a file with %s', (_, written, message) => {
    const model = new PLE({ features, taskNames: ['visits', 'like'], taskTypes: [count(), 'binary'] })
    const file = asVersion1(saveModel(model))
    const changed = { ...file, options: { ...file.options, taskTypes: [written, 'binary'] } }
    expect(() => restoreModel(changed)).toThrow(message)
  })

  it('types of tasks of ESMM, with the reason', () => {
    const options = { features, taskTypes: [multiclass(3), 'binary'] }
    expect(() => new ESMM(options)).toThrow(
      'ESMM: expected no taskTypes but got some: because both of its tasks are binary, for a conversion is a product of probabilities',
    )
  })
})
