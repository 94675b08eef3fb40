/**
 * What a device backend gives that compiles for itself, as types: so that training can run on one without a line of code
 * for devices in it.
 */
import type { FusedLaunch, LaunchingBackend } from '../kernels/index.ts'
import type { Keeps } from './compile.ts'
import type { Program } from './program.ts'

/** One program on a device. */
export interface AsyncProgram<I = unknown, O = unknown> extends Pick<Program, 'stages'> {
  readonly backend: LaunchingBackend
  /** Of the shape of what the step takes, at hand: write to them, then run. */
  readonly inputs: I
  /** What the step gave, at hand: each run writes it anew. */
  readonly outputs: O
  /** Does all calls once. Rejects where one fails or an id is beyond its table; nothing has changed then, functions of the host's apart. */
  run(): Promise<void>
  /** Takes home what runs have changed on the device; the next run brings it there again. */
  fetch(): Promise<void>
  release(): Promise<void>
  /** Whether it was not released. */
  readonly alive: boolean
  /** How the last run was done, and why not as one launch where it was not. */
  readonly how: FusedLaunch['how']
}

export interface Resident extends Keeps {
  /**
   * Leaves parameters and what optimizers keep on the device between runs, until they are fetched: the CPU's numbers are
   * old until then. Default false: every run is one launch where it can be, after which the CPU has them.
   */
  readonly resident?: boolean
}

/** A step compiled for a device: a program for every shape of its inputs, run by promise. */
export interface AsyncCompiled<I, O> {
  /** Runs the step on these inputs, after all runs before. What it gives is overwritten by the next: copy what you keep. */
  (input: I): Promise<O>
  /** The program for inputs like these, recorded now if it was not yet. It is the caller's, and kept until it is released. */
  program(input: I): AsyncProgram<I, O>
  /** Takes home all that programs have changed on the device, at once: nobody sees a part of it. */
  fetch(): Promise<void>
  /** Fetches, and gives all memory back. */
  release(): Promise<void>
}

/** A backend that answers by promise, and compiles for itself. */
export interface CompilesAsync extends LaunchingBackend {
  compile<I, O>(step: (input: I) => O, options?: Resident): AsyncCompiled<I, O>
}
