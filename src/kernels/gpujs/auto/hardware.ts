/**
 * What a mode of GPU.js would run on, asked of the host itself. It refuses to load GPU.js for that, and to take a driver
 * that computes on the CPU for a GPU.
 */
import type { Mode } from '../library.ts'

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

/** A device, or why there is none. */
export type Found =
  { readonly name: string; readonly software: boolean; readonly lack?: never } | { readonly lack: string }

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|\bwarp\b|software/i

/** Whether a device of this name is a program that stands in for one. */
export const isSoftware = (name: string): boolean => SOFTWARE.test(name)

async function webgpuDevice({ navigator }: Host): Promise<Found> {
  if (!navigator?.gpu) return { lack: 'the host has no navigator.gpu' }
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) return { lack: 'navigator.gpu has no adapter to give' }
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {}
  const words = [vendor, architecture, device, description].filter((word) => word !== undefined && word !== '')
  const name = [...new Set(words)].join(' ') || 'an adapter without a name'
  return { name, software: isSoftware(name) || (isFallbackAdapter ?? adapter.isFallbackAdapter ?? false) }
}

function canvasOf({ OffscreenCanvas, document }: Host): Canvas | undefined {
  if (OffscreenCanvas) return new OffscreenCanvas(1, 1)
  return document?.createElement('canvas')
}

/** The renderer of a context, which is given back: a page may have only some. */
function rendererOf(context: GlContext): Found {
  const debug = context.getExtension('WEBGL_debug_renderer_info') as { UNMASKED_RENDERER_WEBGL: number } | null
  const name = String(context.getParameter(debug?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  const losing = context.getExtension('WEBGL_lose_context') as { loseContext(): void } | null
  losing?.loseContext()
  return { name, software: isSoftware(name) }
}

function canvasDevice(kind: 'webgl' | 'webgl2', host: Host): Found {
  const canvas = canvasOf(host)
  if (!canvas) return { lack: 'the host has no canvas' }
  const context = canvas.getContext(kind)
  return context ? rendererOf(context) : { lack: `a canvas of the host gives no ${kind}` }
}

function headlessDevice(gl: HeadlessGl | undefined): Found {
  if (!gl) return { lack: "the package 'gl' was not given" }
  const context = gl(1, 1)
  if (!context) return { lack: "the package 'gl' finds no display" }
  const debug = context.getExtension('STACKGL_destroy_context') as { destroy(): void } | null
  const found = rendererOf(context)
  debug?.destroy()
  return found
}

/** What `mode` would run on. Never throws: a host that does is one without a device. */
export async function deviceOf(mode: Mode, host: Host, gl?: HeadlessGl): Promise<Found> {
  try {
    switch (mode) {
      case 'webgpu':
        return await webgpuDevice(host)
      case 'webgl2':
      case 'webgl':
        return canvasDevice(mode, host)
      case 'headlessgl':
        return headlessDevice(gl)
      case 'webasm':
      case 'cpu':
        return { name: 'the CPU', software: true }
    }
  } catch (error) {
    return { lack: `the host failed when asked: ${error instanceof Error ? error.message : String(error)}` }
  }
}
