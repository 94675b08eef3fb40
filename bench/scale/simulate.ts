/** What a step would take on many ranks, from what one was measured to take: arithmetic, with its assumptions in one place. */

/** Median, first and third quartile. */
export type Spread = readonly [middle: number, low: number, high: number]

/** What `plegrad_torch.measuring` prints: seconds, and bytes of a rank and step. */
export interface Measured {
  readonly ranks: number
  readonly torch: string
  readonly alone: Spread
  readonly dense_bytes: number
  readonly row_bytes: number
  readonly one?: Spread
  readonly dense?: Spread
  readonly gathered?: Spread
  readonly exchanged?: Spread
  readonly together?: Spread
  readonly dealt?: Spread
}

/** Of a step of one rank. */
export interface Parts {
  readonly rows: number
  /** Seconds of a step by itself. */
  readonly compute: number
  /** Bytes of dense gradients. */
  readonly dense: number
  /** Bytes of the rows of tables that a step names: ids and numbers. */
  readonly tables: number
}

/** Of a network between machines with a rank each. */
export const ASSUMED = {
  /** 10 Gbit/s each way at each rank, and any pair at once. */
  bytesPerSecond: 1.25e9,
  /** From one rank to another. */
  messageSeconds: 50e-6,
  /** A rank sends these one after the other; they travel at once. */
  sendingSeconds: 2e-6,
  /** Of a step's own seconds, how much longer the slowest of many takes. */
  slowest: 0.1,
} as const

/**
 * Seconds of a step of all ranks. An all-reduce sends 2·(R − 1)/R of its bytes and has 2·⌈log₂ R⌉ messages behind each other.
 * Of whole tables each rank gets the rows of all others, and moves them; of dealt ones it tells ids, gets rows, and tells
 * gradients: about twice what it names.
 */
export function stepSeconds(kind: 'whole' | 'dealt', ranks: number, { compute, dense, tables }: Parts): number {
  if (ranks === 1) return compute
  const { bytesPerSecond, messageSeconds, sendingSeconds, slowest } = ASSUMED
  const others = ranks - 1
  const reduced = (2 * (others / ranks) * dense) / bytesPerSecond + 2 * Math.ceil(Math.log2(ranks)) * messageSeconds
  const told =
    kind === 'whole'
      ? (others * tables) / bytesPerSecond + 3 * Math.ceil(Math.log2(ranks)) * messageSeconds
      : (2 * (others / ranks) * tables) / bytesPerSecond + 4 * (messageSeconds + others * sendingSeconds)
  return compute * (1 + slowest) + reduced + told
}
