/** The ladder in a process of Node, with WebGPU by Dawn where it loads. It is forked, for drivers are told by the environment. */
import '../measure/relaxed.ts'
import { climb } from './climb.ts'
import type { Asked } from './climb.ts'

/** Gives Node a navigator.gpu. It stays reachable for good: Dawn ends the process that lets go of it. */
async function installDawn(): Promise<void> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  const gpu: unknown = create([])
  const host = globalThis as { navigator?: object }
  host.navigator ??= {}
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true })
}

const asked = JSON.parse(process.argv[2]) as Asked
if (asked.modes.includes('webgpu'))
  await installDawn().catch((error: unknown) => {
    console.error(`webgpu does not load: ${String(error)}`)
  })
await climb(asked, (told) => process.send?.(told))
process.disconnect()
