/**
 * What a mode of GPU.js would run on, asked of the host itself. It refuses to load GPU.js for that, and to take a driver
 * that computes on the CPU for a GPU.
 */
import { reasonOf } from './library.ts'
import type { Mode } from './library.ts'

interface AdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}

interface Adapter {
  readonly info?: AdapterInfo
  readonly isFallbackAdapter?: boolean
}

/** A WebGL context, as far as it tells what it runs on. */
export interface GlContext {
  readonly RENDERER: number
  getParameter(name: number): unknown
  getExtension(name: string): unknown
}

interface Canvas {
  getContext(kind: string): GlContext | null
}

/** The part of a browser, or of a Node with the package `webgpu`, that knows of devices. */
export interface Host {
  readonly navigator?: { readonly gpu?: { requestAdapter(): Promise<Adapter | null> } }
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
  readonly document?: { createElement(name: 'canvas'): Canvas }
}

/** What the package `gl` exports: WebGL without a browser. */
export type HeadlessGl = (width: number, height: number) => GlContext | null

/** A device's name and whether it is a program that stands in for a GPU, or why there is none. */
export interface Found {
  readonly name?: string
  readonly software?: boolean
  readonly lack?: string
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|\bwarp\b|software/i

/** Whether a device of this name is a program that stands in for one. */
export const isSoftware = (name: string): boolean => SOFTWARE.test(name)

async function webgpuDevice({ navigator }: Host): Promise<Found> {
  if (!navigator?.gpu) return { lack: 'the host has no navigator.gpu' }
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) return { lack: 'navigator.gpu has no adapter to give' }
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {}
  const name = [...new Set([vendor, architecture, device, description])].filter(Boolean).join(' ')
  return {
    name: name || 'an adapter without a name',
    software: isSoftware(name) || (isFallbackAdapter ?? adapter.isFallbackAdapter ?? false),
  }
}

/** The renderer of a context, which is given back: a page may have only some. */
function rendererOf(context: GlContext): Found {
  const debug = context.getExtension('WEBGL_debug_renderer_info') as { UNMASKED_RENDERER_WEBGL: number } | null
  const name = String(context.getParameter(debug?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  const losing = context.getExtension('WEBGL_lose_context') as { loseContext(): void } | null
  losing?.loseContext()
  return { name, software: isSoftware(name) }
}

function canvasDevice(kind: 'webgl' | 'webgl2', { OffscreenCanvas, document }: Host): Found {
  const canvas = OffscreenCanvas ? new OffscreenCanvas(1, 1) : document?.createElement('canvas')
  if (!canvas) return { lack: 'the host has no canvas' }
  const context = canvas.getContext(kind)
  return context ? rendererOf(context) : { lack: `a canvas of the host gives no ${kind}` }
}

function headlessDevice(gl: HeadlessGl | undefined): Found {
  if (!gl) return { lack: "the package 'gl' was not given" }
  const context = gl(1, 1)
  if (!context) return { lack: "the package 'gl' finds no display" }
  const destroying = context.getExtension('STACKGL_destroy_context') as { destroy(): void } | null
  const found = rendererOf(context)
  destroying?.destroy()
  return found
}

/** What `mode` would run on. Never throws: a host that does is one without a device. */
export async function deviceOf(mode: Mode, host: Host, gl?: HeadlessGl): Promise<Found> {
  try {
    if (mode === 'webgpu') return await webgpuDevice(host)
    if (mode === 'webgl2' || mode === 'webgl') return canvasDevice(mode, host)
    return mode === 'headlessgl' ? headlessDevice(gl) : { name: 'the CPU' }
  } catch (error) {
    return { lack: `the host failed when asked: ${reasonOf(error)}` }
  }
}
