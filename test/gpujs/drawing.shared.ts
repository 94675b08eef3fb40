/** What a kernel does when another one is gone: in WebGL all of them draw by the corners of the one that was built last. */
import { expect, it } from 'vitest'
import { neg } from '../../src/autograd/index.ts'
import { compileAsync } from '../../src/gpujs.ts'
import { classOf } from '../../src/kernels/gpujs/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import type { Given } from './given.ts'

const DRAWS: readonly string[] = ['webgl2', 'webgl', 'headlessgl']

export const drawing = (given: Given): void => {
  it('goes on when a program is given back', async () => {
    const backend = given()
    const read = async (...values: readonly number[]) => [...(await neg(tensor(values, undefined, backend)).read())]
    expect(await read(1, 2, 3)).toEqual([-1, -2, -3])
    const program = compileAsync(neg, { backend })
    await program(tensor([1, 2]))
    await program.release()
    expect(await read(4, 5, 6)).toEqual([-4, -5, -6])
  })

  it('would stop in WebGL, by GPU.js alone, and nobody would be told', async ({ skip }) => {
    const { mode } = given()
    if (!DRAWS.includes(mode)) skip('this mode does not draw')
    const gpu = new (await classOf())({ mode })
    const settings = {
      constants: {},
      pipeline: false,
      immutable: false,
      precision: 'single',
      tactic: 'precision',
    } as const
    const first = gpu.createKernel('function (x) { return -x[this.thread.x]; }', { output: [2], ...settings })
    const last = gpu.createKernel('function (x) { return x[this.thread.x]; }', { output: [2], ...settings })
    expect([...((await first(new Float32Array([1, 2]))) as Float32Array)]).toEqual([-1, -2])
    await last(new Float32Array([1, 2]))
    last.destroy()
    expect([...((await first(new Float32Array([3, 4]))) as Float32Array)]).not.toEqual([-3, -4])
    await gpu.destroy()
  })
}
