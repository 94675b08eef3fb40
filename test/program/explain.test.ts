/** What a reader is told of a program: names, costs, changes, drawings and times. */
import { describe, expect, it } from 'vitest'
import {
  concat,
  dense,
  denseRelu,
  gather,
  gradients,
  matmul,
  mean,
  mul,
  neg,
  op,
  relu,
  sum,
} from '../../src/autograd/index.ts'
import { batches } from '../../src/data/index.ts'
import { cpu, cpu64, eachRun } from '../../src/kernels/index.ts'
import * as kernels from '../../src/kernels/table/index.ts'
import { PLE, parameters, trainable } from '../../src/models/index.ts'
import { compile, explain, mermaid, profile, showProfile } from '../../src/program/index.ts'
import { costOf } from '../../src/program/cost.ts'
import type { Cost } from '../../src/program/cost.ts'
import { finalOf } from '../../src/program/explain.ts'
import { nodesOf } from '../../src/program/graph.ts'
import { naming, showListing } from '../../src/program/names.ts'
import { Parameter, ids, ones, tensor } from '../../src/tensor/index.ts'
import type { Ids, Tensor } from '../../src/tensor/index.ts'
import { adam, taskLosses, weightedSum } from '../../src/training/index.ts'
import { FEATURES, TASKS, TYPES, feed } from '../models/feed.ts'
import { fusedCpu } from './fusedCpu.ts'

/** A training step of a PLE, and its parameters by path. */
function ple() {
  const model = new PLE({ features: FEATURES, taskNames: TASKS, taskTypes: TYPES, expertDnnHiddenUnits: [4] })
  const optimizer = adam()
  const learned = Object.values(trainable(model))
  const [batch] = batches(feed(8), { batchSize: 8 })
  const step = compile(
    (given: typeof batch) => {
      const losses = taskLosses(model.forward(given, { training: true, step: 0 }).logits, given, model.tasks)
      optimizer.step(learned, gradients(weightedSum(losses, {}), learned, { sparse: true }))
      return losses
    },
    { backend: fusedCpu },
  )
  return { program: step.program(batch), names: parameters(model), optimizer }
}

describe('names', () => {
  it('are paths of inputs and parameters, values of constants, numbers of the rest', () => {
    const w = new Parameter(ones([3]))
    const step = ({ deep: [x] }: { deep: readonly [Tensor] }): Tensor => mul(neg(x), mul(w, tensor([2, 2, 2])))
    const { listing } = compile(step).program({ deep: [ones([3])] }).stages[0]
    expect(showListing(listing).split('\n')).toEqual([
      '%1 = neg(deep.0, 3)',
      '%2 = mul(@1, 2 ×3, 3)',
      '%3 = mul(%1, %2, 3)',
      'return %3',
    ])
    expect(showListing(listing, naming([listing], { 'layer.weight': w }))).toContain('%2 = mul(layer.weight, 2 ×3, 3)')
  })

  it('of an optimizer’s memory follow the parameter, and functions have their own', () => {
    const { program, names } = ple()
    const text = showListing(finalOf(program), naming([finalOf(program)], names))
    expect(text).toContain('host(advance, [], [])')
    expect(text).toMatch(/adam\(towers\.click\.bias, %\d+, towers\.click\.bias′, towers\.click\.bias″, null/)
    expect(text).not.toContain('@')
  })
})

describe('the cost of a call', () => {
  const costs = (step: (x: Tensor) => unknown, x: Tensor, backend = cpu): readonly Cost[] => {
    const program = compile(step, { backend }).program(x)
    return finalOf(program).calls.map((call) => costOf(call, backend === (cpu64 as unknown) ? 8 : 4))
  }
  const x = ones([8, 4])
  const [w, c] = [new Parameter(ones([4, 3])), new Parameter(ones([3]))]

  it('is two operations for each product of numbers, and one for what is added', () => {
    expect(costs((x) => matmul(x, w), x)).toEqual([{ flops: 2 * 8 * 4 * 3, bytes: 4 * (32 + 12 + 24) }])
    expect(costs((x) => dense(x, w, c), x)[0].flops).toBe(2 * 8 * 4 * 3 + 8 * 3)
    expect(costs((x) => denseRelu(x, w, c), x)[0].flops).toBe(2 * 8 * 4 * 3 + 2 * 8 * 3)
  })

  it('is the same however calls are joined', () => {
    const step = (x: Tensor): unknown => [dense(x, w, c), denseRelu(x, w, c), matmul(x, w)]
    const total = (list: readonly Cost[]): number => list.reduce((sum, { flops }) => sum + flops, 0)
    expect(total(costs(step, x, fusedCpu))).toBe(total(costs(step, x)))
    expect(costs(step, x, fusedCpu)).toHaveLength(1)
  })

  it('is one operation for each element, read or made', () => {
    expect(costs((x) => neg(x), x)).toEqual([{ flops: 32, bytes: 4 * 64 }])
    expect(costs((x) => sum(x), x)).toEqual([{ flops: 32, bytes: 4 * 33 }])
    expect(costs((x) => mul(x, x), x)).toEqual([{ flops: 32, bytes: 4 * 64 }])
  })

  it('is the rows that are gathered, and not the table', () => {
    const table = new Parameter(ones([1000, 2]))
    const program = compile((named: Ids) => gather(table, named)).program(ids([1, 2, 3]))
    expect(finalOf(program).calls.map((call) => costOf(call, 4))).toEqual([
      { flops: 0, bytes: 4 * (3 * 2 + 3 + 3 * 2) },
    ])
  })

  it('is bytes alone for what only moves', () => {
    expect(costs((x) => concat([x, x], { axis: 0 }), x)).toEqual([{ flops: 0, bytes: 4 * (32 + 64) }])
  })
})

describe('explain', () => {
  it('tells in 80 columns what runs, on what, and at what cost', () => {
    const { program, names } = ple()
    const text = explain(program, { names })
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(text).toMatch(/^\d+ calls on fused cpu, of \d+ that were recorded\n/)
    for (const word of ['denseEach', 'gatherEach', 'ids.user', 'towers.click.bias', 'mixScaleSum', '(distinctRows)'])
      expect(text).toContain(word)
    const rows = text.split('\n').filter((line) => /^ *\d+ \w/.test(line) && !/recorded|apart/.test(line))
    expect(rows).toHaveLength(finalOf(program).calls.length)
  })

  it('tells what each pass took out and put in, and which did nothing', () => {
    const [w, c] = [new Parameter(ones([4, 3])), new Parameter(ones([3]))]
    const step = compile((x: Tensor) => {
      neg(x)
      return relu(dense(x, w, c))
    })
    const text = explain(step.program(ones([8, 4])), { names: { w, c } })
    expect(text.slice(text.indexOf('what each pass changed')).split('\n')).toEqual([
      'what each pass changed:',
      '  drop dead calls, 3 → 2 calls: leaves out calls whose results nobody reads',
      '    − %1 = neg(input, 32)',
      '  fuse layers, 2 → 1 calls: joins a product, its bias and its relu to one call',
      '    − %2 = dense(input, w, c, 8, 4, 3)',
      '    − %3 = relu(%2, 24)',
      '    + %3 = denseRelu(input, w, c, 8, 4, 3)',
      '  nothing: share calls, settle last, fuse mixtures, sum products, gather',
      '    columns, merge layers',
    ])
  })

  it('runs nothing', () => {
    const step = compile((x: Tensor) => {
      eachRun(() => expect.fail('the host was called'))
      return neg(x)
    })
    expect(explain(step.program(ones([2])))).toContain('host')
  })
})

describe('a drawing', () => {
  it('has a node for each input, call and output, and only lines from earlier to later ones', () => {
    const { program, names } = ple()
    const nodes = nodesOf(program, { names })
    const count = (kind: string): number => nodes.filter((node) => node.kind === kind).length
    expect(count('call') + count('update')).toBe(finalOf(program).calls.length)
    expect(count('output')).toBe(3)
    nodes.forEach(({ from }, index) => {
      for (const maker of from) expect(maker).toBeLessThan(index)
    })
  })

  it('is a Mermaid flowchart', () => {
    const w = new Parameter(ones([4, 3]))
    const step = compile(({ x }: { x: Tensor }) => relu(matmul(x, w)))
    expect(mermaid(step.program({ x: ones([8, 4]) }), { names: { 'a "w"': w } }).split('\n')).toEqual([
      'flowchart TD',
      '  n0(["x<br>8×4"])',
      '  n1["matmul<br>a #34;w#34;<br>8×3"]',
      '  n2["relu<br>8×3"]',
      '  n3(["%2<br>8×3"])',
      '  n0 --> n1',
      '  n1 --> n2',
      '  n2 --> n3',
    ])
  })

  /** Names that are read as something else by who shows labels, and by terminals. */
  const HOSTILE = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"]; click n0 "javascript:alert(1)"',
    '`**bold**`',
    '```\n<b>',
    'a\nn9["forged"]',
    '#quot;#35;lt;script>',
    '&lt;&amp;',
    'a\\nb',
    '\u001b[2J\u0000\u2028\ufffe\ud800',
    `${'🙂'.repeat(30)}<`,
  ]

  it.each(HOSTILE)('has %j as a name like any other', (name) => {
    const [w, named] = [
      new Parameter(ones([4, 3])),
      op(name, 'm n -> m n', { forward: (call, [x], y) => call(kernels.neg, x, y, x.length), vjp: (g) => [() => g] }),
    ]
    const step = compile((input: Readonly<Record<string, Tensor>>) => {
      eachRun({ [name]: () => undefined }[name])
      return named(matmul(input[name], w))
    })
    const program = step.program({ [name]: ones([8, 4]) })
    const names = { [name]: w }
    const plain = name.replace(/[^ -~🙂]/gu, '\ufffd')

    const chart = mermaid(program, { names })
    for (const line of chart.split('\n').slice(1)) expect(line).toMatch(/^ {2}n\d( --> n\d|\W{1,2}"[^"]*"\W{1,2})$/)
    const labels = [...chart.matchAll(/"(.*?)"/g)].flatMap(([, label]) => label.split('<br>'))
    for (const label of labels) expect(label).not.toMatch(/[<>&"'`\\]|#(?!\d+;)/)
    const shown = labels.map((label) => label.replace(/#(\d+);/g, (_, code) => String.fromCharCode(Number(code))))
    expect(shown.filter((label) => label === plain)).toHaveLength(3)

    expect(explain(program, { names })).not.toMatch(/[^\n\P{Cc}]/u)
  })

  it('of nothing is empty', () => {
    const program = compile((x: Tensor) => [x].slice(1)).program(ones([2]))
    expect(mermaid(program)).toBe('flowchart TD')
  })
})

it.each<readonly [string, (program: never, options: never) => unknown, unknown, string]>([
  ['explain', explain, { name: {} }, "expected options among names, changes but got 'name', did you mean 'names'?"],
  ['explain', explain, { changes: -1 }, 'expected changes to be an integer of at least 0 but got -1'],
  [
    'mermaid',
    mermaid,
    { names: [] },
    'expected names to be an object, each of its members to be a parameter but got a list of 0',
  ],
  ['profile', profile, { run: 5 }, "expected options among runs, names but got 'run', did you mean 'runs'?"],
  ['showProfile', showProfile, { most: NaN }, 'expected most to be an integer of at least 0 but got NaN'],
])('%s refuses options that are unknown or out of their range: %#', (name, show, options, message) => {
  const program = compile((x: Tensor) => neg(x)).program(ones([2]))
  const given = name === 'showProfile' ? profile(program, { runs: 1 }) : program
  expect(() => show(given as never, options as never)).toThrow(new RangeError(`${name}: ${message}`))
})

describe('profile', () => {
  it('really runs the program, and says so', () => {
    const { program, names, optimizer } = ple()
    const found = profile(program, { runs: 5, names })
    expect(optimizer.steps).toBe(6)
    expect(found.calls).toHaveLength(finalOf(program).calls.length)
    expect(found.calls.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 6)
    expect(found.milliseconds).toBeGreaterThan(0)
    const text = showProfile(found, { most: 5 })
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(text).toMatch(/^median of 5 runs on fused cpu, which moved what they move: \d+\.\d+ ms\n/)
    expect(text).toContain('more calls take')
  })

  it('refuses no runs, and a program that was released', () => {
    const step = compile((x: Tensor) => mean(x))
    const program = step.program(ones([2]))
    expect(() => profile(program, { runs: 0 })).toThrow(
      'profile: expected runs to be an integer of at least 1 but got 0',
    )
    step.release()
    expect(() => profile(program)).toThrow('it was released')
  })
})
