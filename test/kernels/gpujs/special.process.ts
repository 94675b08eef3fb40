/** What ops make of NaN, infinities and zeros in mode webgpu: run by special.test.ts in a process that has a driver. */
import { gpujs } from '../../../src/gpujs.ts'
import { answer, giveNavigator } from './dawn.ts'
import { SPECIAL, differences } from './special.ts'

await giveNavigator()
const backend = await gpujs({ mode: 'webgpu' })
const found: Record<string, readonly string[]> = {}
for (const name of SPECIAL) found[name] = await differences(name, backend)
await backend.destroy()
answer(found)
