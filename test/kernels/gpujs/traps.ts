/**
 * What GPU.js and the drivers below it do that is not what their kernels say, each shown by GPU.js alone. Where one of
 * these goes away, a test fails and tells that a precaution of src/kernels/gpujs/ may go too.
 */
import { GPU } from 'gpu.js'

export type TrapMode = 'cpu' | 'webasm' | 'webgpu'

/** The parts of GPU.js that traps use: looser than its own types, which know neither promises nor strings. */
interface Kernel {
  (...args: readonly unknown[]): unknown
  readonly kernel: { readonly constructor: unknown; readonly fallbackReason?: string | null }
}
interface Pipeline {
  (...args: readonly unknown[]): Promise<unknown>
  readonly executorKind: string
  readonly fallbackReason: string | null
}
export interface Library {
  readonly Kernel: unknown
  createKernel(source: unknown, settings: Readonly<Record<string, unknown>>): Kernel
  createPipeline(plan: (...args: readonly unknown[]) => unknown): Pipeline
  destroy(): Promise<void> | undefined
}

export const libraryIn = (mode: TrapMode): Library => new GPU({ mode: mode as 'cpu' }) as unknown as Library

export interface Trap {
  readonly trap: string
  /** What plegrad does about it. */
  readonly so: string
  readonly run: (gpu: Library) => unknown
  /** What that comes to as a text, or how its error begins, in each mode that has the trap. */
  readonly shows: Readonly<Partial<Record<TrapMode, string>>>
  /** Whether it is the driver's and not GPU.js's: held on the software driver only. */
  readonly software?: true
}

/** The one element that a kernel makes. */
const one = (gpu: Library, source: unknown, args: readonly unknown[], settings = {}): unknown =>
  gpu.createKernel(source, { output: [1], ...settings })(...args)

/** What is in an array, or on the device. */
const valuesOf = (made: unknown): unknown =>
  made instanceof Float32Array ? made : (made as { toArray: () => unknown }).toArray()

const numbers = (...values: readonly number[]): Float32Array => Float32Array.from(values)
const everywhere = (text: string): Trap['shows'] => ({ cpu: text, webasm: text, webgpu: text })
const shaders = (text: string): Trap['shows'] => ({ webasm: text, webgpu: text })
/** How far the element is from what it should be, as a fraction. */
const error = async (made: unknown, expected: number): Promise<number> =>
  Math.abs(((await made) as Float32Array)[0] / expected - 1)

const EXACT = 2 ** 24
/** At 2²⁴ there is 1, at the next element 2. */
const long = (): Float32Array => {
  const values = new Float32Array(EXACT + 2)
  values.set([1, 2], EXACT)
  return values
}

const COUNT = 'function (n) { let sum = 0; for (let i = 0; i < n; i++) { sum += 1; } return sum; }'
const outer = 2
const arrow = (x: Float32Array): number => x[0]
const closure = function (x: Float32Array): number {
  return x[0] * outer
}
const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const SUM_OF_EIGHT = `function (${EIGHT.join()}) { return ${EIGHT.map((name) => `${name}[0]`).join(' + ')}; }`
const ADD_ONE = 'function (x) { return x[this.thread.x] + 1; }'
const FIRST = 'function (x) { return x[0]; }'

export const TRAPS: readonly Trap[] = [
  {
    trap: 'a loop up to an argument ends after 1000 rounds, and nobody is told',
    so: 'bounds of loops are constants',
    run: (gpu) => one(gpu, COUNT, [3000]),
    shows: everywhere('1000'),
  },
  {
    trap: 'a loop up to a constant does not',
    so: 'bounds of loops are constants',
    run: (gpu) =>
      one(gpu, COUNT.replace('(n)', '()').replace('< n', '< this.constants.n'), [], { constants: { n: 3000 } }),
    shows: everywhere('3000'),
  },
  {
    trap: 'constants are part of the program: another value is not seen any more',
    so: 'a kernel is built for each set of constants',
    run: async (gpu) => {
      const constants = { n: 1 }
      const kernel = gpu.createKernel('function () { return this.constants.n; }', { output: [1], constants })
      const before = await kernel()
      constants.n = 2
      return [before, await kernel()]
    },
    shows: everywhere('1,1'),
  },
  {
    trap: 'an index that was worked out is a float, so that beyond 2²⁴ the neighbour is read',
    so: 'longer arrays are refused',
    run: (gpu) => one(gpu, 'function (x, at) { return x[at + 1]; }', [long(), EXACT]),
    shows: shaders('1'),
  },
  {
    trap: 'ids become floats on their way',
    so: 'larger ids are refused',
    run: (gpu) => one(gpu, 'function (ids) { return ids[0] - 16777216; }', [Int32Array.of(EXACT + 1)]),
    shows: shaders('0'),
  },
  {
    trap: 'numbers that are given become floats before anything is done with them',
    so: 'what cancels, as 1 − β does, comes from the host',
    run: (gpu) => one(gpu, 'function (beta) { return (1 - beta) * 1000; }', [0.999]),
    shows: shaders('0.9999871253967285'),
  },
  {
    trap: 'mode cpu adds up in float64, others in float32',
    so: 'laws allow for the rounding of float32',
    run: (gpu) =>
      one(gpu, 'function (x) { let sum = 0; for (let i = 0; i < 3; i++) { sum += x[i]; } return sum; }', [
        numbers(EXACT, 1, -EXACT),
      ]),
    shows: { cpu: '1', webasm: '0', webgpu: '0' },
  },
  {
    trap: 'an eighth array is one too many for WebGPU',
    so: 'no kernel takes more than seven',
    run: (gpu) =>
      one(
        gpu,
        SUM_OF_EIGHT,
        EIGHT.map(() => numbers(1)),
      ),
    shows: { webgpu: 'Error creating WebGPU compute pipeline' },
  },
  {
    trap: 'an empty array is a TypeError',
    so: 'an array of one number stands for it',
    run: (gpu) => one(gpu, 'function (x) { return 3; }', [numbers()]),
    shows: shaders('Cannot read properties of undefined'),
  },
  {
    trap: 'an output of two axes comes as an array of rows',
    so: 'outputs are flat',
    run: async (gpu) => {
      const rows = await gpu.createKernel('function () { return this.thread.y; }', { output: [3, 2] })()
      return [Array.isArray(rows), (rows as readonly Float32Array[]).map((row) => row.constructor.name)]
    },
    shows: everywhere('true,Float32Array,Float32Array'),
  },
  {
    trap: 'a kernel that was built takes no longer array',
    so: 'a kernel is built for each set of lengths',
    run: async (gpu) => {
      const kernel = gpu.createKernel(FIRST, { output: [1] })
      await kernel(numbers(1, 2))
      return kernel(numbers(1, 2, 3))
    },
    shows: { webasm: 'argument "x" changed size', webgpu: 'argument "x" grew from 2 to 3' },
  },
  {
    trap: 'a kernel writes over the output of its last call',
    so: 'kernels are immutable: each call has an output of its own',
    run: async (gpu) => {
      const kernel = gpu.createKernel(FIRST, { output: [1], pipeline: true })
      const [first, second] = [await kernel(numbers(1)), await kernel(numbers(2))]
      return [await valuesOf(first), await valuesOf(second)]
    },
    shows: { cpu: '2,2', webgpu: '2,2' },
  },
  {
    trap: 'an arrow function is no kernel',
    so: 'kernels are texts',
    run: (gpu) => one(gpu, arrow, [numbers(1)]),
    shows: everywhere('source not a function string'),
  },
  {
    trap: 'a function that uses what is around it is no kernel',
    so: 'kernels are texts, and constants are given',
    run: (gpu) => one(gpu, closure, [numbers(1)]),
    shows: {
      cpu: 'user_outer is not defined',
      webasm: 'Identifier is not defined',
      webgpu: 'Identifier is not defined',
    },
  },
  {
    trap: 'a function in which someone counts, as coverage does, is no kernel',
    so: 'kernels are texts, which tools leave alone',
    run: (gpu) => one(gpu, 'function (x) { counts()[0]++; return x[0]; }', [numbers(1)]),
    shows: {
      cpu: 'counts is not defined',
      webasm: 'update expression needs a variable',
      webgpu: 'Error compiling WGSL compute shader',
    },
  },
  {
    trap: 'a kernel that a mode cannot take runs on the CPU, and nobody is told but the console',
    so: 'the class of a kernel is looked at after each call',
    run: (gpu) => {
      const texture = { type: 'ArrayTexture(1)', toArray: () => numbers(5) }
      const kernel = gpu.createKernel(FIRST, { output: [1] })
      return [kernel(texture), kernel.kernel.constructor === gpu.Kernel, kernel.kernel.fallbackReason]
    },
    shows: { webasm: '5,false,argument "x" of type ArrayTexture(1) is not supported on the webasm backend' },
  },
  {
    trap: 'a pipeline reads back what it made, though its kernels would leave it there',
    so: 'resident programs run kernel by kernel',
    run: async (gpu) => {
      const kernel = gpu.createKernel(ADD_ONE, { output: [2], pipeline: true, immutable: true })
      const made = await gpu.createPipeline((x) => kernel(kernel(x)))(numbers(1, 2))
      return [(made as object).constructor.name, made]
    },
    shows: everywhere('Float32Array,3,4'),
  },
  {
    trap: 'a pipeline that is given what is on the device runs step by step from then on',
    so: 'resident programs are no pipelines',
    run: async (gpu) => {
      const kernel = gpu.createKernel(ADD_ONE, { output: [2], pipeline: true, immutable: true })
      const pipeline = gpu.createPipeline((x) => kernel(kernel(x)))
      await pipeline(numbers(1, 2))
      const before = pipeline.executorKind
      await pipeline(await kernel(numbers(1, 2)))
      return [before, pipeline.executorKind, pipeline.fallbackReason]
    },
    shows: { webgpu: 'fused-encoder,generic,pipeline argument 0 is a GPU-resident handle' },
  },
  {
    trap: 'in mode cpu a pipeline is no more than its steps',
    so: 'how a program ran is told by `how`',
    run: async (gpu) => {
      const kernel = gpu.createKernel(ADD_ONE, { output: [2], pipeline: true, immutable: true })
      const pipeline = gpu.createPipeline((x) => kernel(x))
      await pipeline(numbers(1, 2))
      return pipeline.executorKind
    },
    shows: { cpu: 'generic', webasm: 'fused-sync', webgpu: 'fused-encoder' },
  },
  {
    trap: 'expm1 of shaders is exp(x) − 1, which near 0 has no digits left',
    so: 'exponentialLessOne is its series there',
    run: async (gpu) =>
      (await error(one(gpu, 'function (x) { return Math.expm1(x[0]); }', [numbers(1e-7)]), 1e-7)) > 0.1,
    shows: { webgpu: 'true', webasm: 'false' },
  },
  {
    trap: 'log1p of shaders is log(1 + x), which near 0 has no digits left',
    so: 'logOfOneMore is its series there',
    run: async (gpu) =>
      (await error(one(gpu, 'function (x) { return Math.log1p(x[0]); }', [numbers(1e-7)]), 1e-7)) > 0.1,
    shows: { webgpu: 'true', webasm: 'false' },
  },
  {
    trap: 'sin of a shader may be off in the fifth digit',
    so: 'circular is a series',
    run: async (gpu) =>
      (await error(one(gpu, 'function (x) { return Math.sin(x[0]); }', [numbers(2)]), Math.sin(2))) > 5e-5,
    shows: { webgpu: 'true' },
    software: true,
  },
  {
    trap: 'log of a negative number may be a number',
    so: 'logarithm makes it NaN',
    run: async (gpu) => {
      const made = (await one(gpu, 'function (x) { return Math.log(x[0]); }', [numbers(-2)])) as Float32Array
      return Math.abs(made[0] - Math.log(2)) < 1e-4
    },
    shows: { webgpu: 'true' },
    software: true,
  },
  {
    trap: 'a negative number to a whole power may be positive',
    so: 'power asks for the sign',
    run: (gpu) => one(gpu, 'function (x) { return Math.pow(x[0], 3); }', [numbers(-2)]),
    shows: { webgpu: '8' },
    software: true,
  },
  {
    trap: 'tanh of a large number may be NaN',
    so: 'hyperbolicTangent cannot overflow',
    run: (gpu) => one(gpu, 'function (x) { return Math.tanh(x[0]); }', [numbers(100)]),
    shows: { webgpu: 'NaN' },
    software: true,
  },
  {
    trap: 'max of NaN and a number is the number',
    so: 'larger and smaller compare, and keep NaN',
    run: (gpu) => one(gpu, 'function (x) { return Math.max(x[0], 1); }', [numbers(NaN)]),
    shows: { webgpu: '1' },
    software: true,
  },
  {
    trap: 'exp of NaN may be infinite',
    so: 'exponential asks whether a number is one',
    run: (gpu) => one(gpu, 'function (x) { return Math.exp(x[0]); }', [numbers(NaN)]),
    shows: { webgpu: 'Infinity' },
    software: true,
  },
  {
    trap: 'NaN may be taken for no other than itself',
    so: 'nothing asks whether x != x',
    run: (gpu) => one(gpu, 'function (x) { return x[0] != x[0] ? 1 : 0; }', [numbers(NaN)]),
    shows: { webgpu: '0' },
    software: true,
  },
]

/** What a trap comes to, as a text; of an error its first line. */
export async function shown({ run }: Trap, gpu: Library): Promise<string> {
  try {
    return String(await run(gpu))
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0]
  }
}
