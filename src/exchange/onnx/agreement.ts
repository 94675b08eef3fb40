/**
 * What several runs of one function agree on, each of which had another size of batch: shapes, settings and who made what.
 * What is the same in all of them is fixed, and a length that differs follows from the batch; all else is refused.
 */
import { show } from '../../checks/index.ts'
import { extentOf } from './extent.ts'
import type { Extent } from './extent.ts'
import { NO_EQUAL, mappingOf } from './mappings/index.ts'
import type { Leaf, Maker, Run, Traced } from './trace.ts'

/** Runs, and the size of the batch in each. */
export interface Runs {
  readonly who: string
  readonly runs: readonly Run[]
  readonly batches: readonly number[]
}

/** Of one thing that is in every run, as each has it. */
export interface Agreement {
  shapeOf(leaves: readonly Leaf[]): readonly Extent[]
  /** The call that leaves come of, if one made them: the outermost that ONNX has. */
  makerOf(leaves: readonly Leaf[]): Maker | undefined
  /** A call in each run. */
  callsOf(maker: number): readonly Traced[]
  /** A setting that may not depend on the batch. */
  settingOf(calls: readonly Traced[], setting: string): unknown
  /** A position or a length, which may; undefined where it was not given. */
  positionOf(calls: readonly Traced[], setting: string): Extent | undefined
  /** Refuses a run that does other things than the first, if there is one. */
  refuseOthers(isOther: (run: number) => boolean): void
}

/** A setting of one run and of another: a number, a flag or a list of them. */
const isSame = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.join() === b.join() : Object.is(a, b)

export function agreementOf({ who, runs, batches }: Runs): Agreement {
  const told = (values: readonly unknown[]): string => `${values.map(show).join(', ')} for ${batches.join(', ')} rows`

  const lengthOf = (lengths: readonly unknown[]): Extent => {
    const extent = extentOf(lengths as number[], batches)
    if (extent) return extent
    throw new RangeError(
      `${who}: expected what follows from the batch to be a multiple of it and a constant but got ${told(lengths)}`,
    )
  }

  const refuseOthers: Agreement['refuseOthers'] = (isOther) => {
    const other = runs.findIndex((_, run) => isOther(run))
    if (other < 0) return
    throw new RangeError(
      `${who}: expected the same ops for every size of batch but got others for ${batches[other]} rows than for ${batches[0]}`,
    )
  }

  const refuseOp = ({ name, definition }: Traced): never => {
    const because = definition
      ? 'no op of ONNX does what it does, and it has no means that says it in ops'
      : 'it is not made of ops alone'
    throw new RangeError(
      `${who}: expected ops that ONNX has but got ${name}: because ${Object.hasOwn(NO_EQUAL, name) ? NO_EQUAL[name] : because}`,
    )
  }

  return {
    refuseOthers,
    shapeOf(leaves) {
      const [{ shape }] = leaves
      refuseOthers((run) => leaves[run].shape.length !== shape.length)
      return shape.map((_, axis) => lengthOf(leaves.map((leaf) => leaf.shape[axis])))
    },
    makerOf(leaves) {
      const makers = leaves.map((leaf, run) => runs[run].makers.get(leaf) ?? [])
      const [first] = makers
      const { calls } = runs[0]
      refuseOthers((run) => makers[run].length > 0 !== first.length > 0)
      if (first.length === 0) return undefined
      const found = [...first].reverse().find(({ call }) => mappingOf(calls[call].name, calls[call].definition))
      if (!found) return refuseOp(calls[first[0].call])
      refuseOthers((run) => !makers[run].some(({ call, place }) => call === found.call && place === found.place))
      return found
    },
    callsOf(maker) {
      const calls = runs.map((run) => run.calls[maker])
      const [{ name, inputs }] = calls
      refuseOthers((run) => calls[run].name !== name || calls[run].inputs.flat().length !== inputs.flat().length)
      return calls
    },
    settingOf(calls, setting) {
      const all = calls.map(({ settings }) => settings[setting])
      if (all.every((value) => isSame(value, all[0]))) return all[0]
      throw new RangeError(
        `${who}: expected ${setting} of ${calls[0].name} to be the same for every batch but got ${told(all)}`,
      )
    },
    positionOf(calls, setting) {
      const all = calls.map(({ settings }) => settings[setting])
      return all[0] === undefined ? undefined : lengthOf(all)
    },
  }
}
