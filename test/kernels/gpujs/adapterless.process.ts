/** What `gpujs` says where `navigator.gpu` has nothing to give: run by errors.test.ts in a process without a driver. */
import { gpujs } from '../../../src/gpujs.ts'
import { answer, giveNavigator, refusal } from './dawn.ts'

await giveNavigator()
answer(await refusal(gpujs({ mode: 'webgpu' })))
