/** What a run ran on: results without it mean nothing. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { RELAXED } from './relaxed.ts'

export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly v8: string
  readonly relaxedSimd: string
  /** How many processes wanted a core in the minute before: what exceeds 1 is someone else. */
  readonly load: number
  /** Of every peer package that is installed. */
  readonly peers: Readonly<Record<string, string>>
}

interface Package {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const read = (path: string): Package | undefined => {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Package
  } catch {
    return undefined
  }
}

/** What to say before a run if others are at work on this machine. */
export const warning = ({ load, cores }: Pick<Machine, 'load' | 'cores'>): string | undefined =>
  load > cores / 4 ? `load ${load} on ${cores} cores: others are at work here, and these figures show it` : undefined

/** The installed version of a peer, if it is installed. */
export const versionOf = (name: string): string | undefined => read(`../node_modules/${name}/package.json`)?.version

export const machine = (): Machine => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  v8: process.versions.v8,
  relaxedSimd: RELAXED,
  load: Math.round(loadavg()[0] * 100) / 100,
  peers: Object.fromEntries(
    Object.keys(read('../package.json')?.dependencies ?? {}).flatMap((name) => {
      const version = versionOf(name)
      return version === undefined ? [] : [[name, version]]
    }),
  ),
})
