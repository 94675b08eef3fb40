/** What a file of a saved program says beside its numbers. What names what is not there is refused where it is looked up. */
import { anything, checkOptions, checkValue, listOf, needed, recordOf, whole } from '../checks/index.ts'
import type { Check, Checks } from '../checks/index.ts'
import type { FeatureJSON } from '../data/index.ts'

/** Parts of memory are called by number: those of floats, and those of ids. */
export interface Header {
  readonly rows: number
  readonly features: readonly FeatureJSON[]
  /** Floats in all, of which those of the file come first. */
  readonly memory: number
  /** Where each part of them begins, and how many it has. */
  readonly floats: readonly (readonly [offset: number, length: number])[]
  /** How many ids each part has. */
  readonly ids: readonly number[]
  /** By path in a batch: the part, and of ids what they are at least and what they stay below. */
  readonly inputs: Readonly<Record<string, readonly [part: number, least?: number, below?: number]>>
  readonly calls: readonly (readonly [verb: string, ...args: unknown[]])[]
  readonly outputs: Readonly<Record<string, number>>
}

/** 4 GiB of them, which is all that a WebAssembly memory has. */
const EXTENT = whole(0, 2 ** 30)
const LIST: Check = { expected: 'to be a list', fits: Array.isArray }

const HEADER: Checks<Header> = {
  rows: needed(whole(1)),
  features: needed(LIST),
  memory: needed(EXTENT),
  floats: needed(listOf(listOf(EXTENT, 2))),
  ids: needed(listOf(EXTENT)),
  inputs: needed(recordOf(listOf(whole(-1), 1))),
  calls: needed(listOf(listOf(anything, 1))),
  outputs: needed(recordOf(EXTENT)),
}

/** Throws a RangeError unless this is a header, each part of which lies within its memory. */
export function checkHeader(header: unknown, numbers: number): asserts header is Header {
  checkOptions('loadProgram', header as Header, HEADER)
  const { memory, floats, ids } = header as Header
  checkValue('loadProgram', 'memory', memory, whole(numbers, 2 ** 30))
  checkValue(
    'loadProgram',
    'ids',
    ids.reduce((all, each) => all + each, 0),
    EXTENT,
  )
  for (const [offset, length] of floats)
    checkValue('loadProgram', 'the end of a part', offset + length, whole(0, memory))
}
