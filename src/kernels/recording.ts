/**
 * Who runs kernels in a backend's place while a step is being recorded: one variable, set for the length of one
 * synchronous call. It refuses to say what a recording is good for; the program floor does.
 */
import type { Backend } from './backend.ts'
import type { Buffer, Floats } from './buffer.ts'

/** A buffer and where it lies: what tensors, parameters and ids are to this floor. */
export interface Held {
  readonly buffer: Buffer
  readonly backend: Backend
}

/** What a program calls on every run, with numbers that it reads and memory that it fills. */
export interface EachRun {
  (...numbers: readonly Floats[]): void
  /** Takes back what the last call changed beside that memory: a step that is only tried counts for nothing. */
  readonly undo?: () => void
}

/** A backend that writes kernel calls down instead of doing them. */
export interface Recorder extends Backend {
  /** The name of a buffer of the recorded backend within the recording. */
  capture(held: Held): Buffer
  /** Notes a function of the host's, to be called in its place on every run, with the numbers it reads ready. */
  eachRun(run: EachRun, reads: readonly Buffer[], fills: readonly Buffer[]): void
  /** Notes that ids must be in [least, extent) on every run. */
  below(ids: Buffer, extent: number, least: number): void
  /** What the calls to come are part of, and the shape that they make. */
  within(op: string, shape?: readonly number[]): void
}

let active: Recorder | undefined
/** What is to be done when the recording ends. */
let ends: (() => void)[] = []
let watch: ((held: Held) => void) | undefined

/** Runs `step` while `recorder` stands in for every backend. */
export function recordOn<T>(recorder: Recorder, step: () => T): T {
  const before = [active, ends] as const
  active = recorder
  ends = []
  try {
    return step()
  } finally {
    for (const end of ends.reverse()) end()
    ;[active, ends] = before
  }
}

/** Has `undo` called when the recording ends, if there is one: for what is counted as done while it is only recorded. */
export function undoneAfterRecording(undo: () => void): void {
  if (active) ends.push(undo)
}

/** Runs `act` while `look` is shown whatever kernels are given. */
export function watching<T>(look: (held: Held) => void, act: () => T): T {
  const before = watch
  watch = look
  try {
    return act()
  } finally {
    watch = before
  }
}

/** The recorder, where one is at work; else the backend itself. Throws where that is of another dtype. */
export function standIn(backend: Backend): Backend {
  if (active && active.dtype !== backend.dtype)
    throw new TypeError(
      `compile: expected ${active.dtype} throughout but got ${backend.dtype}, on ${backend.name}: because that would be ` +
        `done once and not on every run; compile for a backend of ${backend.dtype}, or compute it outside of the step`,
    )
  return active ?? backend
}

/** A buffer as the kernels of `backend` know it, which may be the stand-in of the buffer's own. */
export function bufferOn(backend: Backend, held: Held): Buffer {
  watch?.(held)
  return backend === held.backend || backend !== active ? held.buffer : active.capture(held)
}

/** Tells the recorder, if there is one, what the calls to come are part of, and the shape that they make. */
export const recordWithin = (op: string, shape?: readonly number[]): void => active?.within(op, shape)

/** Whether a step is being recorded, whose program is then told that these ids must be in [least, extent). */
export function recordBelow(ids: Held, extent: number, least: number): boolean {
  active?.below(bufferOn(active, ids), extent, least)
  return active !== undefined
}

/**
 * Calls `run` now or, while a step is recorded, on every run of its program: for what a host keeps beside tensors, such
 * as a count of steps. It is given the numbers of `reads` and then the memory of `fills`, of which it writes all; both
 * are shared and not copied. Throws where they are on a device.
 */
export function eachRun(run: EachRun, reads: readonly Held[] = [], fills: readonly Held[] = []): void {
  const recorder = active
  if (recorder) {
    const named = (held: Held): Buffer => bufferOn(recorder, held)
    recorder.eachRun(run, reads.map(named), fills.map(named))
    return
  }
  run(
    ...[...reads, ...fills].map(({ backend, buffer }) => {
      const numbers = backend.view(buffer)
      if (!numbers) throw new Error(`eachRun: expected memory at hand but it is on ${backend.name}`)
      return numbers
    }),
  )
}
