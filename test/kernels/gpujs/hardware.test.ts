/** What a host says about its devices, and which of them are GPUs. */
import { describe, expect, it } from 'vitest'
import { deviceOf, isSoftware } from '../../../src/kernels/gpujs/hardware.ts'
import type { GlContext, Host } from '../../../src/kernels/gpujs/hardware.ts'

/** A host whose WebGPU has this adapter. */
const withAdapter = (info: object | null): Host => ({
  navigator: { gpu: { requestAdapter: () => Promise.resolve(info && { info }) } },
})

const NVIDIA = { vendor: 'nvidia', architecture: 'hopper', device: '', description: '' }

/** A canvas whose contexts, of some kinds, name this renderer. `given` counts contexts that were given back. */
function withRenderer(renderer: string, kinds: readonly string[], given = { back: 0 }): Host {
  const extensions: Readonly<Record<string, object>> = {
    WEBGL_debug_renderer_info: { UNMASKED_RENDERER_WEBGL: 37446 },
    WEBGL_lose_context: { loseContext: () => given.back++ },
  }
  const context = {
    RENDERER: 7937,
    getParameter: (name: number) => (name === 37446 ? renderer : 'masked'),
    getExtension: (name: string) => extensions[name] ?? null,
  }
  class Canvas {
    getContext(kind: string): typeof context | null {
      return kinds.includes(kind) ? context : null
    }
  }
  return { OffscreenCanvas: Canvas }
}

describe('a name tells a program from a GPU', () => {
  it.each([
    'google swiftshader SwiftShader Device (LLVM 10.0.0)',
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
    'llvmpipe (LLVM 15.0.6, 256 bits)',
    'Mesa lavapipe',
    'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)',
    'Software Adapter',
  ])('%s is a program', (name) => {
    expect(isSoftware(name)).toBe(true)
  })

  it.each([
    'nvidia hopper',
    'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11)',
    'apple metal-3',
    'Mali-G78',
    'WebKit WebGL',
  ])('%s is a GPU', (name) => {
    expect(isSoftware(name)).toBe(false)
  })
})

describe('webgpu', () => {
  it('is named by what its adapter says, each word once', async () => {
    expect(await deviceOf('webgpu', withAdapter(NVIDIA))).toEqual({ name: 'nvidia hopper', software: false })
    const twice = withAdapter({ vendor: 'apple', architecture: 'metal-3', description: 'apple' })
    expect(await deviceOf('webgpu', twice)).toEqual({ name: 'apple metal-3', software: false })
  })

  it('has a name even where the adapter tells nothing', async () => {
    expect(await deviceOf('webgpu', withAdapter({}))).toEqual({ name: 'an adapter without a name', software: false })
  })

  it('is a program where the adapter is a fallback, in the old place and the new', async () => {
    expect(await deviceOf('webgpu', withAdapter({ ...NVIDIA, isFallbackAdapter: true }))).toMatchObject({
      software: true,
    })
    const old = { navigator: { gpu: { requestAdapter: () => Promise.resolve({ isFallbackAdapter: true }) } } }
    expect(await deviceOf('webgpu', old)).toMatchObject({ software: true })
  })

  it('is lacking without navigator.gpu, without an adapter, and where asking fails', async () => {
    expect(await deviceOf('webgpu', {})).toEqual({ lack: 'the host has no navigator.gpu' })
    expect(await deviceOf('webgpu', withAdapter(null))).toEqual({ lack: 'navigator.gpu has no adapter to give' })
    const failing = { navigator: { gpu: { requestAdapter: () => Promise.reject(new Error('blocked')) } } }
    expect(await deviceOf('webgpu', failing)).toEqual({ lack: 'the host failed when asked: blocked' })
  })
})

describe('webgl', () => {
  it.each(['webgl2', 'webgl'] as const)('%s is named by its renderer, and the context is given back', async (mode) => {
    const given = { back: 0 }
    const found = await deviceOf(mode, withRenderer('Mali-G78', [mode], given))
    expect(found).toEqual({ name: 'Mali-G78', software: false })
    expect(given.back).toBe(1)
  })

  it('asks a canvas of the document where there is no other', async () => {
    const { OffscreenCanvas } = withRenderer('llvmpipe', ['webgl2'])
    const document = { createElement: () => new OffscreenCanvas!(1, 1) }
    expect(await deviceOf('webgl2', { document })).toEqual({ name: 'llvmpipe', software: true })
  })

  it('takes the masked name where a host does not tell the other', async () => {
    const context: GlContext = { RENDERER: 7937, getParameter: () => 'WebKit WebGL', getExtension: () => null }
    const document = { createElement: () => ({ getContext: () => context }) }
    expect(await deviceOf('webgl', { document })).toEqual({ name: 'WebKit WebGL', software: false })
  })

  it('is lacking without a canvas, and where that gives no such context', async () => {
    expect(await deviceOf('webgl2', {})).toEqual({ lack: 'the host has no canvas' })
    expect(await deviceOf('webgl2', withRenderer('Mali', ['webgl']))).toEqual({
      lack: 'a canvas of the host gives no webgl2',
    })
  })

  it('needs the package gl to be given where there is no browser', async () => {
    const context: GlContext = { RENDERER: 7937, getParameter: () => 'ANGLE', getExtension: () => null }
    expect(await deviceOf('headlessgl', {})).toEqual({ lack: "the package 'gl' was not given" })
    expect(await deviceOf('headlessgl', {}, () => null)).toEqual({ lack: "the package 'gl' finds no display" })
    expect(await deviceOf('headlessgl', {}, () => context)).toEqual({ name: 'ANGLE', software: false })
  })
})
