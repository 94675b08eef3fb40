/**
 * Goes through the modes of GPU.js in order and takes the first whose device does the work sooner than the host does. It
 * refuses to load GPU.js before it knows of such a device and of work that is large, and to fail for want of either.
 */
import type { Backend } from '../../backend.ts'
import { cpu } from '../../cpu/index.ts'
import { inTime } from '../../inTime.ts'
import { reasonOf } from '../library.ts'
import type { Mode } from '../library.ts'
import { check, lineOf } from './calibrate.ts'
import type { Clock } from './calibrate.ts'
import { deviceOf } from './hardware.ts'
import type { HeadlessGl, Host } from './hardware.ts'
import type { Line } from './line.ts'
import { estimate, measured, rowsOf } from './thresholds.ts'
import type { Measured, Row, Thresholds, Work } from './thresholds.ts'
import { short, whyText } from './why.ts'
import type { Tried } from './why.ts'

export interface ChoiceOptions {
  /** What is going to be run. Default none, for which no GPU pays. */
  readonly work?: readonly Work[]
  /** Candidates in order. Default webgpu, webgl2, webgl, headlessgl. */
  readonly modes?: readonly Mode[]
  /** Lets a program that stands in for a GPU be one, for tests. Default false. */
  readonly software?: boolean
  /** What an earlier `auto` measured; used where it was on the same device. */
  readonly thresholds?: readonly Thresholds[]
  /** The package `gl`, for mode headlessgl. */
  readonly gl?: HeadlessGl
}

/** A backend of GPU.js, as far as this folder minds. */
export type Opened = Backend & { release(): Promise<void> }

/** What was measured in this process. */
export interface Memory {
  readonly thresholds: Map<string, Thresholds>
  readonly otherwise: Map<string, Line>
}

export interface Surroundings {
  readonly host: Host
  readonly clock: Clock
  readonly memory: Memory
  readonly open: (mode: Mode) => Promise<Opened>
  /** What runs things otherwise; where there is none, the CPU does. */
  readonly wasm: Backend | undefined
}

export interface Choice {
  /** Which backends were tried in order, on which devices, why each was taken or not, and what was measured. */
  readonly why: string
  readonly tried: readonly Tried[]
  /** Of the devices that were looked at. Plain JSON: keep it and give it back to save the time of measuring. */
  readonly thresholds: readonly Thresholds[]
  /** Gives a GPU back; does nothing for another backend. */
  release(): Promise<void>
}

export type AutoBackend = Backend & Choice

/** In milliseconds: about what it takes to hear from a device at all. Work that is done by then is not worth a look. */
const SMALL = 0.25

/** In milliseconds: a device that has neither been found, nor opened, nor timed a verb by then is taken to hang. */
const HANGS = 20_000
const soon = <T>(answer: Promise<T>): Promise<T> => inTime(answer, HANGS)

const NOTHING: Line = { fixed: 0, perMillion: 0 }

interface Verdict {
  readonly device?: string
  readonly reason: string
  /** The backend, if it is taken. */
  readonly taken?: Opened
}

const rowsOfVerb = (rows: readonly Row[], verb: string): readonly Row[] => rows.filter((row) => row.verb === verb)
const verbsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(({ verb }) => verb))]

class Choosing {
  readonly #around: Surroundings
  readonly #options: ChoiceOptions
  readonly #rows: readonly Row[]
  readonly #otherwise: Backend
  readonly thresholds: Thresholds[] = []

  constructor(rows: readonly Row[], options: ChoiceOptions, around: Surroundings) {
    this.#rows = rows
    this.#options = options
    this.#around = around
    this.#otherwise = around.wasm ?? cpu
  }

  /** How long a verb takes without GPU.js. */
  async #lineOtherwise(verb: string): Promise<Line> {
    const { memory, clock } = this.#around
    const key = `${this.#otherwise.name} ${verb}`
    const line = memory.otherwise.get(key) ?? (await lineOf(this.#otherwise, verb, clock))
    memory.otherwise.set(key, line)
    return line
  }

  /** What is known of a device: from before, in this process or an earlier one. */
  #known(mode: Mode, device: string): { readonly verbs: Readonly<Record<string, Measured>>; readonly note: string } {
    const otherwise = this.#otherwise.name
    const given = this.#options.thresholds?.filter((each) => each.mode === mode) ?? []
    const fitting = given.find((each) => each.device === device && each.otherwise === otherwise)
    const note =
      given.length > 0 && !fitting
        ? `; the thresholds that were given are of ${given[0].device} and ${given[0].otherwise}, and were not used`
        : ''
    const before = this.#around.memory.thresholds.get(`${mode} ${device} ${otherwise}`)
    return { verbs: { ...fitting?.verbs, ...before?.verbs }, note }
  }

  async consider(mode: Mode): Promise<Verdict> {
    const { software = false, gl } = this.#options
    let device: string | undefined
    let opening: Promise<Opened> | undefined
    const open = (): Promise<Opened> => soon((opening ??= this.#around.open(mode)))
    const giveBack = async (): Promise<void> => (await opening)?.release()
    try {
      const found = await soon(deviceOf(mode, this.#around.host, gl))
      if (found.lack !== undefined) return { reason: found.lack }
      device = found.name
      if (found.software && !software) return { device, reason: 'it is a program that stands in for a GPU' }
      const verdict = await this.#compare(mode, device, open)
      if (!verdict.taken) await soon(giveBack())
      return { ...verdict, device }
    } catch (error) {
      // Nobody waits for it: a device that failed may fail in this as well, and one that hangs may still come.
      giveBack().catch(() => undefined)
      return { ...(device !== undefined && { device }), reason: `it failed: ${reasonOf(error)}` }
    }
  }

  async #compare(mode: Mode, device: string, open: () => Promise<Opened>): Promise<Verdict> {
    const { clock, memory } = this.#around
    const rows = this.#rows
    const otherwise = this.#otherwise.name
    const { verbs: known, note } = this.#known(mode, device)
    const verbs: Record<string, Measured> = { ...known }
    const missing = verbsOf(rows).filter((verb) => !Object.hasOwn(known, verb))
    const start = missing.length > 0 ? clock() : 0
    const lines: Record<string, Line> = {}
    for (const verb of verbsOf(rows)) lines[verb] = known[verb]?.otherwise ?? (await this.#lineOtherwise(verb))
    const there = estimate(rows, (verb) => lines[verb])
    if (missing.length > 0 && there < SMALL)
      return { reason: `${otherwise} takes ${short(there)} ms: from ${SMALL} ms on GPUs are measured${note}` }

    const share = (verb: string): number => estimate(rowsOfVerb(rows, verb), () => lines[verb])
    const left = missing.sort((a, b) => share(a) - share(b))
    // As long as a verb is left, this is what it takes at least: the costly ones go first, and often say enough.
    const here = (): number => estimate(rows, (verb) => verbs[verb]?.gpujs ?? NOTHING)
    let took = ''
    while (left.length > 0 && here() < there) {
      const verb = left.pop()!
      verbs[verb] = measured(verb, await soon(lineOf(await open(), verb, clock)), lines[verb])
      took = `, measured in ${short(clock() - start)} ms`
    }
    const thresholds: Thresholds = { mode, device, otherwise, verbs }
    memory.thresholds.set(`${mode} ${device} ${otherwise}`, thresholds)
    this.thresholds.push(thresholds)

    const least = left.length > 0 ? 'at least ' : ''
    const reason = `it takes ${least}${short(here())} ms and ${otherwise} ${short(there)} ms${took}${note}`
    if (!(here() < there)) return { reason }
    const backend = await open()
    // What was known from before may be of a device that has gone since.
    if (took === '') await soon(check(backend, rows[0].verb))
    return { reason, taken: backend }
  }
}

const GPUS: readonly Mode[] = ['webgpu', 'webgl2', 'webgl', 'headlessgl']

export async function choose(options: ChoiceOptions, around: Surroundings): Promise<AutoBackend> {
  const { work = [], modes = GPUS } = options
  const rows = rowsOf(work)
  const choosing = new Choosing(rows, options, around)
  const tried: Tried[] = []
  const { thresholds } = choosing
  const choice = (): Omit<Choice, 'release'> => ({ why: whyText(rows, tried, thresholds), tried, thresholds })
  for (const mode of rows.length > 0 ? modes : []) {
    const { taken, ...verdict } = await choosing.consider(mode)
    tried.push({ backend: `gpujs-${mode}`, ...verdict, taken: taken !== undefined })
    // The same object: what programs leave on it is known by it.
    if (taken) return Object.assign(taken, choice())
  }
  const { wasm } = around
  if (!wasm) tried.push({ backend: 'wasm', taken: false, reason: 'the host has no WebAssembly with SIMD' })
  const reason = rows.length > 0 ? 'no GPU was taken' : 'no work was given'
  tried.push({ backend: (wasm ?? cpu).name, taken: true, reason })
  return { ...(wasm ?? cpu), ...choice(), release: () => Promise.resolve() }
}
