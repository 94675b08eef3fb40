/** What GPU.js and the devices below it refuse, as numbers; each is held by a test. */

/** Array arguments of one kernel: WebGPU promises eight storage buffers, of which one is the output. */
export const ARRAYS = 7

/** Elements of one array: what a float of 32 bits counts exactly, in which GPU.js works out indices. */
export const ELEMENTS = 2 ** 24
