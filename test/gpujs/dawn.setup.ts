/** Gives a test process of Node WebGPU, where it was started with a Vulkan driver. */
import { giveNavigator } from '../kernels/gpujs/dawn.ts'

if (process.env.VK_ICD_FILENAMES) await giveNavigator()
