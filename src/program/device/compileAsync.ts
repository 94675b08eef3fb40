/**
 * Compiles a step for a backend that answers by promise. Like `compile` it records the step once for each signature of
 * inputs, and it refuses to look at numbers meanwhile.
 */
import { checkOptions, checkValue, flag, needed } from '../../checks/index.ts'
import type { LaunchingBackend } from '../../kernels/index.ts'
import { buildAsync } from './asyncProgram.ts'
import { cache } from '../cache.ts'
import { BACKEND, KEEPS, KEPT, STEP, write } from '../compile.ts'
import type { AsyncCompiled, AsyncProgram, Resident } from '../compiles.ts'
import { awayOn, fetchAll } from './copies.ts'

/** What `compileAsync` takes. */
export interface CompileAsyncOptions extends Resident {
  /** Where the program runs. */
  readonly backend: LaunchingBackend
}

/** What each backend was asked for last: programs on it share parameters, and one takes home what another left there. */
const turns = new WeakMap<LaunchingBackend, Promise<unknown>>()

/** Acts once all programs of a backend have done what they were asked for before, well or not. */
export function inTurn<T>(backend: LaunchingBackend, act: () => Promise<T>): Promise<T> {
  const turn = (turns.get(backend) ?? Promise.resolve()).then(act)
  turns.set(
    backend,
    turn.catch(() => undefined),
  )
  return turn
}

/**
 * A function that does what `step` does on a device, see `compile`. All programs of a backend run one after the other, in
 * the order in which they were asked.
 *
 * @throws RangeError where an option is unknown or out of its range; Error where the step asks for numbers; TypeError
 * where it meets tensors of another dtype. A run rejects where a kernel fails or the device is lost, and parameters at home
 * are what they were.
 */
export function compileAsync<I, O>(step: (input: I) => O, options: CompileAsyncOptions): AsyncCompiled<I, O> {
  checkValue('compileAsync', 'the step', step, STEP)
  checkOptions('compileAsync', options, { ...KEEPS, backend: needed(BACKEND), resident: flag })
  const { backend, resident = false, programs = KEPT } = options
  /** Programs that were let go of: what they changed may still be away. */
  const leaving: AsyncProgram<I, O>[] = []
  const kept = cache<I, AsyncProgram<I, O>>(
    programs,
    (example) => buildAsync(step, example, backend, resident),
    (program) => leaving.push(program),
  )
  const leave = async (): Promise<void> => {
    for (const program of leaving.splice(0)) await program.release()
  }
  const run = (input: I): Promise<O> =>
    inTurn(backend, async () => {
      const made = kept.of(input, false)
      await leave()
      write(input, made.inputs)
      await made.run()
      return made.outputs
    })
  const fetch = (): Promise<void> => inTurn(backend, () => fetchAll(awayOn(backend)))
  const release = async (): Promise<void> => {
    await fetch()
    await inTurn(backend, async () => {
      leaving.push(...kept.clear())
      await leave()
    })
  }
  return Object.assign(run, { program: (input: I) => kept.of(input, true), fetch, release })
}
