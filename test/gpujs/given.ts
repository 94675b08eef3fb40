/** What each suite for a mode of GPU.js is given. */
import type { CompilesAsync, GpujsBackend } from '../../src/gpujs.ts'

/** The backend of a suite, once its tests run. */
export type Given = () => GpujsBackend & CompilesAsync
