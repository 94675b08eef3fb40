/** What web pages import of the package, and what each may weigh. The documents say these budgets, and a test compares. */

export const KB = 1024

export interface Bundle {
  readonly name: string
  readonly code: string
  /** Where it should get to. */
  readonly goal?: number
  /** Holds what is reached, and fails the check when it grows. */
  readonly budget: number
  /** The one package that it may import. */
  readonly peer?: string
  /** Whether nothing of WebAssembly is counted. */
  readonly withoutWasm?: boolean
  /** Whether it runs in Node alone, and so may import what Node has. */
  readonly needsNode?: boolean
}

const names = (list: string, entry: string): string => `export { ${list} } from './dist/${entry}.js'`

/** An entry of the package with all that it has. */
const whole = (entry: string, budget: number, peer?: string): Bundle => ({
  name: entry === 'index' ? 'plegrad' : `plegrad/${entry}`,
  code: `export * from './dist/${entry}.js'`,
  budget: budget * KB,
  ...(peer === undefined ? {} : { peer }),
})

const PLE = '{ PLE, fit, adam }'

export const BUNDLES: readonly Bundle[] = [
  {
    name: '{ tensor, matmul, gradients }',
    code: names('tensor, matmul, gradients', 'index'),
    goal: 6.7 * KB,
    budget: 6.7 * KB,
  },
  { name: '{ compile, wasm }', code: names('compile, wasm', 'index'), goal: 20.5 * KB, budget: 25 * KB },
  { name: PLE, code: `export ${PLE} from './dist/index.js'`, goal: 37 * KB, budget: 51.75 * KB },
  {
    name: `${PLE} without WebAssembly`,
    code: `export ${PLE} from './dist/index.js'`,
    goal: 26 * KB,
    budget: 38.25 * KB,
    withoutWasm: true,
  },
  {
    name: 'a saved program on wasm',
    code: names('loadProgram, servingWasm', 'serve'),
    goal: 18 * KB,
    budget: 20 * KB,
  },
  { name: 'a saved program on cpu', code: names('loadProgram, servingCpu', 'serve'), goal: 10 * KB, budget: 10 * KB },
  { ...whole('index', 85), goal: 45 * KB },
  whole('check', 10),
  whole('deepctr', 26),
  whole('encoding', 6.5),
  whole('files', 34.75),
  whole('gpujs', 39.5, 'gpu.js'),
  whole('growth', 25),
  whole('insight', 41),
  whole('inspect', 5.5),
  whole('kernels', 6.5),
  whole('layers', 17.5),
  whole('metrics', 4),
  whole('ndarray', 3),
  { ...whole('node', 35), needsNode: true },
  whole('onnx', 30.5),
  whole('pytorch', 90),
  whole('safetensors', 5),
  whole('serve', 21.5),
  whole('streams', 36.5),
  whole('synthetic', 6.5),
  whole('tables', 28.5, '@duckdb/node-api'),
  whole('tasks', 11.5),
  whole('threads', 18.5),
  whole('vectors', 15.5),
]
