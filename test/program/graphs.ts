/** Random training steps: graphs of ops that always fit together, with parameters, gradients and an optimizer. */
import * as fc from 'fast-check'
import * as ops from '../../src/autograd/index.ts'
import type { Backend } from '../../src/kernels/index.ts'
import { Ids, Parameter, fromValues, showShape, sizeOf, stream } from '../../src/tensor/index.ts'
import type { Shape, Tensor } from '../../src/tensor/index.ts'
import { adagrad, adam, adamW, clipByGlobalNorm, exponentialDecay, ftrl, sgd } from '../../src/training/index.ts'
import type { Optimizer } from '../../src/training/index.ts'

/** What a node may ask for while it is made. */
interface Making {
  /** A tensor that is there already: the `nth` by which the node is drawn, of those that `fits`. */
  readonly pick: (nth: 0 | 1, fits?: (x: Tensor) => boolean) => Tensor
  readonly parameter: (shape: Shape) => Parameter
  readonly ids: Ids
  /** Small whole numbers, drawn. */
  readonly roll: (sides: number) => number
  readonly step: () => number
}

const same = (x: Tensor) => (y: Tensor) => showShape(x.shape) === showShape(y.shape)
const fitting = (axis: 0 | 1, x: Tensor, of: 0 | 1) => (y: Tensor) => y.shape[of] === x.shape[axis]

/** Every kind of op: matrices in, a matrix out, whose numbers stay small. */
const NODES: Readonly<Record<string, (make: Making) => Tensor>> = {
  relu: ({ pick }) => ops.relu(pick(0)),
  tanh: ({ pick }) => ops.tanh(pick(0)),
  sigmoid: ({ pick }) => ops.sigmoid(pick(0)),
  softplus: ({ pick }) => ops.softplus(pick(0)),
  neg: ({ pick }) => ops.neg(pick(0)),
  abs: ({ pick }) => ops.abs(pick(0)),
  sin: ({ pick }) => ops.sin(pick(0)),
  elu: ({ pick }) => ops.elu(pick(0)),
  gelu: ({ pick }) => ops.gelu(pick(0)),
  selu: ({ pick }) => ops.selu(pick(0)),
  swish: ({ pick }) => ops.swish(pick(0)),
  softsign: ({ pick }) => ops.softsign(pick(0)),
  leakyRelu: ({ pick }) => ops.leakyRelu(pick(0)),
  clip: ({ pick }) => ops.clip(pick(0), { min: -1, max: 1 }),
  scaleShift: ({ pick, roll }) => ops.scaleShift(pick(0), { factor: roll(3) / 2 - 0.5, shift: roll(2) }),
  root: ({ pick }) => ops.sqrt(ops.scaleShift(ops.square(ops.tanh(pick(0))), { shift: 1 })),
  dropout: ({ pick, roll, step }) => ops.dropout(pick(0), { rate: 0.5, key: step, counter: roll(3) }),
  add: ({ pick }) => ops.add(pick(0), pick(1, same(pick(0)))),
  sub: ({ pick }) => ops.sub(pick(0), pick(1, same(pick(0)))),
  mul: ({ pick }) => ops.mul(ops.tanh(pick(0)), pick(1, same(pick(0)))),
  div: ({ pick }) => ops.div(pick(0), ops.scaleShift(ops.sigmoid(pick(1, same(pick(0)))), { shift: 0.5 })),
  maximum: ({ pick }) => ops.maximum(pick(0), pick(1, same(pick(0)))),
  where: ({ pick }) => ops.where(ops.greater(pick(0), 0), pick(0), pick(1, same(pick(0)))),
  addRow: ({ pick, parameter }) => ops.add(pick(0), parameter([pick(0).shape[1]])),
  mulColumn: ({ pick, parameter }) => ops.mul(pick(0), parameter([pick(0).shape[0], 1])),
  addNumber: ({ pick, roll }) => ops.add(pick(0), roll(3) / 4),
  matmul: ({ pick }) => {
    const fits = fitting(1, pick(0), 0)
    const other = pick(1, (y) => fits(y) || y === pick(0))
    return ops.tanh(ops.matmul(pick(0), fits(other) ? other : ops.transpose(other)))
  },
  matmulNT: ({ pick }) => ops.tanh(ops.matmulNT(pick(0), pick(1, fitting(1, pick(0), 1)))),
  matmulTN: ({ pick }) => ops.tanh(ops.matmulTN(pick(0), pick(1, fitting(0, pick(0), 0)))),
  product: ({ pick, parameter, roll }) => ops.matmul(pick(0), parameter([pick(0).shape[1], 1 + roll(4)])),
  dense: ({ pick, parameter, roll }) => {
    const width = 1 + roll(4)
    return ops.dense(pick(0), parameter([pick(0).shape[1], width]), parameter([width]))
  },
  denseRelu: ({ pick, parameter, roll }) => {
    const width = 1 + roll(4)
    return ops.denseRelu(pick(0), parameter([pick(0).shape[1], width]), parameter([width]))
  },
  layer: ({ pick, parameter, roll }) => {
    const width = 1 + roll(4)
    return ops.relu(ops.add(ops.matmul(pick(0), parameter([pick(0).shape[1], width])), parameter([width])))
  },
  softmax: ({ pick }) => ops.softmax(pick(0)),
  logSoftmax: ({ pick }) => ops.tanh(ops.logSoftmax(pick(0))),
  mix: ({ pick, parameter }) => {
    const experts = [pick(0), pick(1, same(pick(0))), ops.tanh(pick(0))]
    return ops.mix(ops.softmax(ops.matmul(pick(0), parameter([pick(0).shape[1], 3]))), experts)
  },
  mean: ({ pick, roll }) => ops.mean(pick(0), { axis: roll(2), keepDims: true }),
  max: ({ pick, roll }) => ops.max(pick(0), { axis: roll(2), keepDims: true }),
  logSumExp: ({ pick, roll }) => ops.logSumExp(pick(0), { axis: roll(2), keepDims: true }),
  layerNorm: ({ pick, parameter }) => {
    const width = pick(0).shape[1]
    return ops.tanh(ops.layerNorm(pick(0), parameter([width]), parameter([width])))
  },
  transpose: ({ pick }) => ops.transpose(pick(0)),
  reshape: ({ pick }) => ops.reshape(pick(0), [...pick(0).shape].reverse()),
  concat: ({ pick, roll }) => {
    const axis = roll(2) as 0 | 1
    const other = (1 - axis) as 0 | 1
    return ops.concat([pick(0), pick(1, fitting(other, pick(0), other))], { axis })
  },
  slice: ({ pick, roll }) => {
    const axis = roll(2)
    const extent = pick(0).shape[axis]
    return ops.slice(pick(0), { axis, start: roll(extent), end: extent })
  },
  gather: ({ parameter, ids, roll }) => ops.gather(parameter([ids.bound, 1 + roll(3)]), ids),
  gatherSide: ({ parameter, ids, roll }) =>
    ops.concat(
      [1, 1 + roll(3), 2].map((width) => ops.gather(parameter([ids.bound, width]), ids)),
      { axis: 1 },
    ),
  gatherMade: ({ parameter, ids, roll }) => ops.gather(ops.tanh(parameter([ids.bound, 1 + roll(3)])), ids),
  segmentSum: ({ parameter, ids, roll }) =>
    ops.segmentSum(ops.gather(parameter([ids.bound, 1 + roll(3)]), ids), ids, { count: ids.bound }),
  segmentMean: ({ parameter, ids, roll }) =>
    ops.segmentMean(ops.gather(parameter([ids.bound, 1 + roll(3)]), ids), ids, { count: ids.bound }),
  segmentMax: ({ parameter, ids, roll }) =>
    ops.segmentMax(ops.gather(parameter([ids.bound, 1 + roll(3)]), ids), ids, { v: ids.bound }),
}

const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ learningRate: 0.05 }),
  momentum: () => sgd({ learningRate: exponentialDecay(0.05, { every: 2 }), momentum: 0.9, nesterov: true }),
  adagrad: () => adagrad({ learningRate: 0.05, initialAccumulator: 0.1 }),
  adam: () => adam({ learningRate: 0.01, epsilon: 1e-4 }),
  adamW: () => adamW({ learningRate: 0.01, epsilon: 1e-4, decay: 0.1 }),
  ftrl: () => ftrl({ learningRate: 0.05, l1: 1e-3, l2: 1e-3, beta: 0.1 }),
}

export interface Graph {
  readonly rows: number
  readonly columns: number
  readonly vocabulary: number
  readonly nodes: readonly {
    readonly kind: string
    /** Which tensors it takes, counted from the last one that fits. */
    readonly picks: readonly [number, number]
    readonly rolls: readonly [number, number]
  }[]
  readonly optimizer: string
  /** The norm that gradients are clipped to. */
  readonly clip: number | null
}

/** Graphs of these kinds of nodes; they shrink to fewer nodes that take what is nearest. */
export const graphs = (
  kinds: readonly string[] = Object.keys(NODES),
  optimizers: readonly string[] = Object.keys(OPTIMIZERS),
): fc.Arbitrary<Graph> =>
  fc.record({
    rows: fc.constantFrom(1, 2, 3, 4, 5, 6, 0),
    columns: fc.constantFrom(1, 2, 3, 4),
    vocabulary: fc.constantFrom(2, 1, 4),
    nodes: fc.array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        picks: fc.tuple(fc.nat(20), fc.nat(20)),
        rolls: fc.tuple(fc.nat(11), fc.nat(11)),
      }),
      { minLength: 1, maxLength: 14, size: 'max' },
    ),
    optimizer: fc.constantFrom(...optimizers),
    clip: fc.constantFrom(null, 0.5),
  })

/** What a step takes: the same numbers on any backend. */
export interface Example {
  readonly x: Tensor
  readonly ids: Ids
}

export function exampleOf({ rows, columns, vocabulary }: Graph, seed: number, backend: Backend): Example {
  const random = stream(seed)
  const x = Float64Array.from({ length: rows * columns }, (_, at) => Math.fround(random.normal(at)))
  const named = backend.allocateIds(rows)
  backend.writeIds(
    named,
    Array.from({ length: rows }, (_, at) => Math.floor(random.stream('ids').uniform(at) * vocabulary)),
  )
  return { x: fromValues(x, [rows, columns], backend), ids: new Ids([rows], named, vocabulary, backend) }
}

export interface TrainingStep {
  /** By name, once `prepare` or a step has run. */
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Makes the parameters: a recording must find them made. */
  readonly prepare: (example: Example) => void
  readonly step: (example: Example) => Readonly<Record<string, Tensor>>
}

/** No side of a matrix gets longer than this. */
const LONGEST = 6

/** The step of a graph, with parameters of its own on a backend. */
export function trainingStep(graph: Graph, backend: Backend): TrainingStep {
  const parameters = new Map<string, Parameter>()
  const optimizer = OPTIMIZERS[graph.optimizer]()
  const parameter = (shape: Shape, which: number): Parameter => {
    const name = `${shape.join('×')} ${which}`
    const random = stream(1).stream(name)
    const make = (): Parameter =>
      new Parameter(
        fromValues(
          Float64Array.from({ length: sizeOf(shape) }, (_, at) => Math.fround(random.normal(at) / 2)),
          shape,
          backend,
        ),
      )
    const found = parameters.get(name) ?? make()
    parameters.set(name, found)
    return found
  }
  const forward = ({ x, ids }: Example): readonly Tensor[] => {
    const made = [x]
    for (const { kind, picks, rolls } of graph.nodes) {
      let rolled = 0
      const y = NODES[kind]({
        pick: (nth, fits = () => true) => {
          const found = made.filter(fits)
          return found[found.length - 1 - (picks[nth] % found.length)]
        },
        parameter: (shape) => parameter(shape, rolls[1] % 2),
        roll: (sides) => (sides === 0 ? 0 : Math.floor(rolls[rolled++ % 2] / (rolled > 2 ? 2 : 1)) % sides),
        ids,
        step: () => optimizer.steps,
      })
      made.push([0, 1].reduce((z, axis) => (z.shape[axis] > LONGEST ? ops.slice(z, { axis, end: LONGEST }) : z), y))
    }
    return made
  }
  return {
    parameters,
    prepare: forward,
    step: (example) => {
      const made = forward(example)
      const last = made.slice(-3)
      const loss = last.map((y) => ops.sum(ops.square(ops.tanh(y)))).reduce((total, part) => ops.add(total, part))
      const learned = [...parameters.values()]
      const [dx, ...found] = ops.gradients(loss, [example.x, ...learned], { sparse: true })
      const clipped = graph.clip === null ? found : clipByGlobalNorm(found, graph.clip)
      optimizer.step(learned, clipped)
      return { loss, dx: ops.toDense(dx), ...Object.fromEntries(last.map((y, at) => [`y${at}`, y])) }
    },
  }
}
