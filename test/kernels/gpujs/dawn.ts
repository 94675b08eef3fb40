/**
 * WebGPU in Node: a software driver, and processes that have it. A driver is found when a process starts, so that a test
 * which needs one, or needs none, starts a process of its own and reads what that prints.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** Where Debian's Chromium has its Vulkan loader, and the driver that needs no GPU. */
const FOLDER = '/usr/lib/chromium'
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`

type Variables = Readonly<Record<string, string>>

/** What a process must be started with to have a driver, undefined where none is known. */
export const driver: Variables | undefined = process.env.VK_ICD_FILENAMES
  ? {}
  : existsSync(DRIVER)
    ? { LD_LIBRARY_PATH: FOLDER, VK_ICD_FILENAMES: DRIVER }
    : undefined

export const NO_DRIVER = `no Vulkan driver: neither $VK_ICD_FILENAMES nor ${DRIVER}`

/** What makes a process see no driver, wherever it runs. */
export const NOTHING: Variables = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' }

/** Gives this process `navigator.gpu`. */
export async function giveNavigator(): Promise<void> {
  const { create, globals } = await import('webgpu')
  const gpu = create([])
  // Whoever holds it must never let go: the process would end with it.
  Object.assign(globalThis, globals, { dawn: gpu })
  if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })
}

/** Runs a file in a process with these variables; the last line that it prints is its answer. */
export async function answerOf<T>(file: string, variables: Variables): Promise<T> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', resolve(import.meta.dirname, file)],
    {
      env: { ...process.env, ...variables },
      timeout: 100_000,
    },
  )
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T
}

/** Tells whoever started this process. */
export const answer = (value: unknown): boolean => process.stdout.write(`\n${JSON.stringify(value)}\n`)

/** What a promise was rejected with. */
export const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `expected a refusal but got ${String(value)}`,
    (error: unknown) => String(error),
  )
