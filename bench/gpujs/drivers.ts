/** What is beneath a mode of GPU.js: the driver by the name it gives itself. A driver in software is always called one. */
import type { Mode } from '../../src/gpujs.ts'

/** What these have in their names, and no hardware has. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|swrast|basic render|software/i

export const isSoftware = (name: string): boolean => SOFTWARE.test(name)

/** The parts that say something, once each, and whether it is software. */
export function driverText(parts: readonly (string | undefined)[], fallback = false): string {
  const said = [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join(' ') || 'a nameless driver'
  return (isSoftware(said) || fallback) && !/software/i.test(said) ? `${said} (software)` : said
}

async function webgpuDriver(): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) return 'no adapter'
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info
  return driverText([vendor, architecture, device, description], isFallbackAdapter)
}

type Gl = Pick<WebGLRenderingContext, 'getExtension' | 'getParameter' | 'RENDERER'>

function glDriver(gl: Gl | null | undefined): string {
  if (!gl) return 'no context'
  const more = gl.getExtension('WEBGL_debug_renderer_info')
  return driverText([String(gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER))])
}

async function headlessDriver(): Promise<string> {
  // Not a literal: the package is not installed everywhere.
  const name = 'gl'
  const { default: create } = (await import(name)) as { readonly default: (width: number, height: number) => Gl | null }
  return glDriver(create(1, 1))
}

export async function driverOf(mode: Mode): Promise<string> {
  switch (mode) {
    case 'webgpu':
      return webgpuDriver()
    case 'webgl2':
    case 'webgl':
      return glDriver(document.createElement('canvas').getContext(mode) as Gl | null)
    case 'headlessgl':
      return headlessDriver()
    case 'webasm':
      return 'WebAssembly, no GPU'
    case 'cpu':
      return 'JavaScript, no GPU'
  }
}
