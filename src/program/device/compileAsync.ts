/**
 * Compiles a step for a backend that answers by promise. Like `compile` it records the step once for each signature of
 * inputs, and it refuses to look at numbers meanwhile.
 */
import type { LaunchingBackend } from '../../kernels/index.ts'
import { buildAsync } from './asyncProgram.ts'
import { widened, write } from '../compile.ts'
import type { AsyncCompiled, AsyncProgram, Resident } from '../compiles.ts'
import { signatureOf } from '../tree.ts'
import { awayOn, fetchAll } from './residence.ts'

export interface CompileAsyncOptions extends Resident {
  /** Where the program runs. */
  readonly backend: LaunchingBackend
}

/** What each backend was asked for last: programs on it share parameters, and one takes home what another left there. */
const turns = new WeakMap<LaunchingBackend, Promise<unknown>>()

/** Acts once all programs of a backend have done what they were asked for before, well or not. */
function inTurn<T>(backend: LaunchingBackend, act: () => Promise<T>): Promise<T> {
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
 * @throws Error where the step asks for numbers; TypeError where it meets tensors of another dtype. A run rejects where a
 * kernel fails or the device is lost, and parameters at home are what they were.
 */
export function compileAsync<I, O>(
  step: (input: I) => O,
  { backend, resident = false }: CompileAsyncOptions,
): AsyncCompiled<I, O> {
  const programs = new Map<string, AsyncProgram<I, O>>()
  /** Programs that ids outgrew: what they changed may still be away. */
  const outgrown: AsyncProgram<I, O>[] = []
  const program = (input: I): AsyncProgram<I, O> => {
    const signature = signatureOf(input)
    const known = programs.get(signature)
    const example = known ? widened(input, known.inputs) : input
    if (known && example === known.inputs) return known
    const made = buildAsync(step, example, backend, resident)
    if (known) outgrown.push(known)
    programs.set(signature, made)
    return made
  }
  const run = (input: I): Promise<O> =>
    inTurn(backend, async () => {
      for (const old of outgrown.splice(0)) await old.release()
      const made = program(input)
      write(input, made.inputs)
      await made.run()
      return made.outputs
    })
  const fetch = (): Promise<void> => inTurn(backend, () => fetchAll(awayOn(backend)))
  const release = async (): Promise<void> => {
    await fetch()
    await inTurn(backend, async () => {
      for (const made of [...programs.values(), ...outgrown]) await made.release()
    })
    programs.clear()
  }
  return Object.assign(run, { program, fetch, release })
}
