/** What traps come to in mode webgpu: run by traps.test.ts in a process that has a driver. */
import { answer, giveNavigator } from './dawn.ts'
import { TRAPS, libraryIn, shown } from './traps.ts'

await giveNavigator()
const adapter = await navigator.gpu.requestAdapter()
const gpu = libraryIn('webgpu')
const texts: string[] = []
for (const trap of TRAPS) texts.push('webgpu' in trap.shows ? await shown(trap, gpu) : '')
await gpu.destroy()
answer({ architecture: adapter?.info.architecture ?? '', texts })
