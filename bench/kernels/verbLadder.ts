/** The ladder of each verb: the reference, WebAssembly plain, relaxed and threaded, and peers that have the same in one call. */
import { cpu } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Case, Contestant, Entrant, Missing } from '../measure/case.ts'
import { LADDER, nameOfWasm, wasmOf } from '../ours.ts'
import { gpuKernel } from '../peers/gpuJs.ts'
import type { Mode } from '../peers/gpuJs.ts'
import { tfjs, tfjsRan } from '../peers/tfjs.ts'
import type { Tf, TfTensor } from '../peers/tfjs.ts'
import { verbOnBackend } from './onBackend.ts'
import { exactVerb } from './verb.ts'
import type { Verb } from './verb.ts'

/** Shapes of the inputs by verb, and its call. */
const IN_TFJS: Readonly<
  Record<string, (tf: Tf, verb: Verb) => [TfTensor[], (given: readonly TfTensor[]) => TfTensor]>
> = {
  relu: (tf, { floats: [x] }) => [[tf.tensor(x, [x.length])], ([given]) => tf.relu(given)],
  sigmoid: (tf, { floats: [x] }) => [[tf.tensor(x, [x.length])], ([given]) => tf.sigmoid(given)],
  softmax: (tf, { floats: [x], scale }) => [[tf.tensor(x, [scale, x.length / scale])], ([given]) => tf.softmax(given)],
  'sum over rows': (tf, { floats: [x], length }) => [
    [tf.tensor(x, [x.length / length, length])],
    ([given]) => tf.sum(given, 0),
  ],
  gather: (tf, { floats: [table], ids = new Int32Array(), length, scale }) => [
    [tf.tensor(table, [(table.length * scale) / length, length / scale]), tf.tensor(ids, [ids.length], 'int32')],
    ([given, at]) => tf.gather(given, at),
  ],
}

async function byTfjs(verb: Verb): Promise<Contestant | Missing> {
  const tf = await tfjs('wasm')
  if (isMissing(tf)) return tf
  const [given, call] = IN_TFJS[verb.name](tf, verb)
  return {
    ran: tfjsRan('wasm'),
    run: () => call(given).dispose(),
    prove: () => {
      const out = call(given)
      const numbers = out.dataSync().slice()
      out.dispose()
      return numbers
    },
    close: () => {
      for (const tensor of given) tensor.dispose()
    },
  }
}

const IN_GPUJS: Readonly<Record<string, string>> = {
  relu: 'function (x) { return Math.max(x[this.thread.x], 0) }',
  sigmoid: 'function (x) { return 1 / (1 + Math.exp(-x[this.thread.x])) }',
}

async function byGpuJs({ name, floats, length }: Verb, mode: Mode): Promise<Contestant | Missing> {
  const kernel = await gpuKernel(mode, IN_GPUJS[name], [length, 1], {}, floats)
  if (isMissing(kernel)) return kernel
  const run = (): ArrayLike<number> => kernel.run(...floats)[0]
  return { ran: kernel.ran, run, prove: () => Float32Array.from(run()), close: kernel.close }
}

export function verbCase(verb: Verb): Case {
  const { name, size, scale, flops, bytes } = verb
  const peers: readonly Entrant[] = [
    ...(name in IN_GPUJS
      ? (['cpu', 'webasm'] as const).map((mode): Entrant => ({
          name: `gpu.js ${mode}`,
          side: 'peer',
          enter: () => byGpuJs(verb, mode),
        }))
      : []),
    ...(name in IN_TFJS ? [{ name: 'tfjs-wasm', side: 'peer', enter: () => byTfjs(verb) } as const] : []),
  ]
  return {
    group: name,
    size,
    scale,
    flops,
    bytes,
    exact: () => exactVerb(verb),
    tolerance: 2e-6,
    entrants: [
      ...peers,
      { name: 'cpu', side: 'ours', enter: () => verbOnBackend(verb, cpu) },
      ...LADDER.map((options): Entrant => ({
        name: nameOfWasm(options),
        side: 'ours',
        enter: async () => verbOnBackend(verb, await wasmOf(options)),
      })),
    ],
  }
}
