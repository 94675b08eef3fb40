/** The places in which the ladder is climbed: a process of Node, a page in Chromium. One that is not here says why. */
import { fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NO_CHROMIUM, chromium } from '../../scripts/chromium.ts'
import { openPage } from '../browser/open.ts'
import type { Missing } from '../measure/case.ts'
import type { Asked, Told } from './climb.ts'
import type { Window } from './page.ts'

type Hear = (told: Told) => void

interface Wanted extends Asked {
  /** Of Chromium. */
  readonly flags: readonly string[]
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const SYSTEM_DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d']
/** Chromium brings a Vulkan driver in software along, which Dawn takes as well. */
const SOFTWARE_DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json'

const hasDrivers = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.json'))

/** The environment of a process that looks for a Vulkan driver: its own choice, the system's, or Chromium's. */
function vulkan(): NodeJS.ProcessEnv {
  const { env } = process
  if (env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || SYSTEM_DRIVERS.some(hasDrivers) || !existsSync(SOFTWARE_DRIVER))
    return env
  const libraries = [dirname(SOFTWARE_DRIVER), env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  return { ...env, LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: SOFTWARE_DRIVER }
}

/** Climbs in a process of its own: what a driver tears down with it is told as an error. */
async function inNode({ modes, groups }: Asked, hear: Hear): Promise<string> {
  const child = fork(here('node.ts'), [JSON.stringify({ modes, groups } satisfies Asked)], { env: vulkan() })
  child.on('message', (told) => {
    hear(told as Told)
  })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (...end) => {
      resolve(end)
    })
  })
  if (code !== 0)
    throw new Error(`gpujs ladder: expected Node to end well but it ended with ${signal ?? `code ${String(code)}`}`)
  return `Node ${process.version}`
}

async function inChromium({ modes, groups, flags }: Wanted, hear: Hear): Promise<string | Missing> {
  const executablePath = chromium()
  if (executablePath === undefined) return { missing: NO_CHROMIUM }
  const { name, page, errors, close } = await openPage(
    executablePath,
    here('page.ts'),
    ['--enable-unsafe-webgpu', ...flags],
    (opened) => opened.exposeFunction('tell', hear),
  )
  try {
    const failed = await page
      .evaluate((given) => (globalThis as unknown as Window).climb(given), { modes, groups })
      .catch((error: unknown) => error as Error)
    const [error] = [...errors, failed]
    if (error) throw error
    return name
  } finally {
    await close()
  }
}

/** Climbs in a place, and gives its name with its version. */
export const PLACES = { node: inNode, chromium: inChromium } as const
export type Place = keyof typeof PLACES
