/** What a device and the process hold, counted beside the library: buffers and textures that were made and not given back. */

interface Maker {
  readonly prototype: Record<string, (...args: unknown[]) => unknown>
}

let alive = 0

/** Counts calls of one method up and of another down, of classes that this host has. */
function count(maker: string, makes: string, ender: string, ends: string): void {
  const [first, last] = [maker, ender].map(
    (name) => (globalThis as unknown as Readonly<Record<string, Maker | undefined>>)[name],
  )
  if (!first || !last) return
  const [make, end] = [first.prototype[makes], last.prototype[ends]]
  first.prototype[makes] = function (...args) {
    alive++
    return make.apply(this, args)
  }
  last.prototype[ends] = function (...args) {
    alive--
    return end.apply(this, args)
  }
}

let counting = false

/** From the first call on: buffers of WebGPU and textures of WebGL that are alive. */
export function deviceObjects(): number {
  if (!counting) {
    counting = true
    count('GPUDevice', 'createBuffer', 'GPUBuffer', 'destroy')
    count('WebGL2RenderingContext', 'createTexture', 'WebGL2RenderingContext', 'deleteTexture')
    count('WebGLRenderingContext', 'createTexture', 'WebGLRenderingContext', 'deleteTexture')
  }
  return alive
}

/**
 * Bytes on the JavaScript heap and in arrays outside of it, after collections where the host allows them: what a driver's
 * objects hold is let go of in a later turn of the event loop.
 */
export async function heapBytes(): Promise<number> {
  const host = globalThis as unknown as {
    readonly gc?: () => void
    readonly process?: { readonly memoryUsage?: () => { readonly heapUsed: number; readonly arrayBuffers: number } }
    readonly performance: { readonly memory?: { readonly usedJSHeapSize: number } }
  }
  for (let turn = 0; turn < 3; turn++) {
    host.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { heapUsed, arrayBuffers } = host.process?.memoryUsage?.() ?? { heapUsed: 0, arrayBuffers: 0 }
  return heapUsed + arrayBuffers || (host.performance.memory?.usedJSHeapSize ?? 0)
}
