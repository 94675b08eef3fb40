/**
 * Backends whose memory is out of reach, such as a GPU's: their kernel calls are written down and then run by promise. It
 * refuses to say how; a program only needs to know that it can.
 */
import type { Backend } from './backend.ts'
import type { Buffer } from './buffer.ts'

/** Kernel calls, and functions of the host's between them, in order. */
export interface Launches<B extends Buffer = Buffer> {
  /** Makes all of them. Rejects where one fails, with later ones not made. */
  run(): Promise<void>
  /** The same as one launch, which is given the numbers of `inputs` and gives those of `outputs`. */
  fuse(inputs: readonly B[], outputs: readonly B[]): FusedLaunch
  /** Gives back what they left in memory of their own. */
  release(): void
}

/** Kernel calls that a device makes as one. */
export interface FusedLaunch {
  run(inputs: readonly Float32Array[]): Promise<readonly Float32Array[]>
  /** How the last run was done, in the device's words, and why no better; undefined before the first. */
  readonly how: { readonly kind: string; readonly because: string | undefined } | undefined
  release(): Promise<void>
}

/** A backend whose memory is out of reach: what it computes comes back by promise. */
export interface LaunchingBackend<B extends Buffer = Buffer> extends Backend<B, B> {
  releaseBuffer(buffer: B): void
  /** When all is done that was asked for so far. */
  settled(): Promise<void>
  /** Writes down what `calls` would run; a function given to `between` runs when those before it are submitted. */
  record(calls: (between: (run: () => void) => void) => void): Launches<B>
  /** Keeps what is in these buffers through what replaces it, to be brought back or given back. */
  keep(buffers: readonly B[]): { readonly restore: () => void; readonly drop: () => void }
}
