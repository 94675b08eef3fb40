/** docs/gpujs.md against the code: the shader that it shows is the one that GPU.js makes, and its traps are those tested. */
import { GPU } from 'gpu.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matmul } from '../../src/kernels/gpujs/matmul.ts'
import type { GpuBuffer } from '../../src/kernels/gpujs/index.ts'
import { ELEMENTS } from '../../src/kernels/gpujs/limits.ts'
import { TRAPS } from '../kernels/gpujs/traps.ts'
import { blocksOf, read } from './documents.ts'

const DOCUMENT = 'docs/gpujs.md'

interface Shader {
  readonly source: string
  readonly constants: Readonly<Record<string, number>>
}

/** The kernel that a product of m k and k n launches. */
function launched(m: number, k: number, n: number): Shader {
  const shaders: Shader[] = []
  const product = matmul({
    launch: (source, _out, _inputs, constants = {}) => shaders.push({ source, constants }),
    host: () => expect.fail('a product has nothing for the host'),
    between: () => expect.fail('a product is one kernel'),
  })
  const nothing = undefined as unknown as GpuBuffer
  product.matmul(nothing, nothing, nothing, m, k, n)
  expect(shaders).toHaveLength(1)
  return shaders[0]
}

/** What GPU.js translates a kernel to before it asks for an adapter, which here there is none of. */
function translated({ source, constants }: Shader, lengths: readonly number[], length: number): string {
  const gpu = new GPU({ mode: 'webgpu' as 'gpu' })
  const kernel = gpu.createKernel(source as never, { output: [length], constants, pipeline: true, precision: 'single' })
  const answer = kernel(...(lengths.map((each) => new Float32Array(each)) as never[])) as unknown as Promise<unknown>
  answer.catch(() => undefined)
  return (kernel as unknown as { kernel: { compiledSource: string } }).kernel.compiledSource
}

const bare = (code: string): string => code.replaceAll(/\s+/g, '')
/** Whether `whole` has the pieces of `part`, which an ellipsis divides, in their order. */
const quotes = (whole: string, part: string): boolean => {
  let from = 0
  return part.split('…').every((piece) => {
    const at = bare(whole).indexOf(bare(piece), from)
    from = at + bare(piece).length
    return at >= 0
  })
}

describe('the shader', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  beforeAll(() => {
    const gpu = { requestAdapter: () => Promise.resolve(null) }
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  })
  afterAll(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before)
    else Reflect.deleteProperty(globalThis, 'navigator')
  })

  it('is what GPU.js makes of the kernel above it', () => {
    const [block, ...others] = blocksOf(DOCUMENT).filter(({ language }) => language === 'wgsl')
    expect(others).toEqual([])
    const [, sizes] = /^kernel=matmul sizes=([\d,]+)$/.exec(block.info) ?? []
    const [m, k, n] = sizes.split(',').map(Number)
    const shader = launched(m, k, n)
    const wgsl = translated(shader, [m * k, k * n], m * n)
    expect(quotes(wgsl, block.code)).toBe(true)
    expect(quotes(wgsl, block.code.replace('+0.5', ''))).toBe(false)
    const [source] = blocksOf(DOCUMENT).filter(({ info }) => info.endsWith('matmul.ts'))
    expect(bare(source.code)).toBe(bare(shader.source))
  })
})

it('the traps are those that are tested, in their words', () => {
  const rows = TRAPS.map(({ trap, so, shows, software }) => [
    trap,
    software
      ? 'driver'
      : Object.keys(shows)
          .map((mode) => `\`${mode}\``)
          .join(' '),
    so,
  ])
  const text = read(DOCUMENT)
  const told = text
    .slice(text.indexOf('| trap '))
    .split('\n\n')[0]
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  expect(told).toEqual(rows)
})

it('the limit is that of the code', () => {
  expect(ELEMENTS).toBe(2 ** 24)
  expect(read(DOCUMENT)).toContain('A float counts to 2²⁴')
})
