/**
 * Runs what `saveProgram` wrote: memory, kernels and how cells are encoded, with no op, model or pass in it. It refuses a
 * file that would have a kernel leave its memory, before anything runs.
 */
import { anything, checkOptions, needed, show } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { vocabularyOf, withFunctions } from '../data/index.ts'
import type { Transforms } from '../data/index.ts'
import { FORWARD, ownKernel, prepare } from '../kernels/index.ts'
import type { Backend, Buffer } from '../kernels/index.ts'
import { checkGuarded } from '../program/index.ts'
import { BACKEND } from '../tensor/index.ts'
import { bind } from './bind.ts'
import type { Parts } from './bind.ts'
import { readFile, refuse } from './file.ts'
import { checkHeader } from './header.ts'
import { inputsOf } from './inputs.ts'
import { scoringOf } from './scoring.ts'
import type { Scoring } from './scoring.ts'

/** What `loadProgram` takes. */
export interface LoadOptions {
  /** What runs: `servingCpu`, or a `servingWasm`. */
  readonly backend: Backend
  /** The transforms of dense features that had one, by feature. */
  readonly transforms?: Transforms
}

/** A saved program that runs. */
export interface ServedProgram extends Scoring {
  /** What runs. */
  readonly backend: string
  /** Gives memory back. */
  release(): void
}

const OPTIONS: Checks<LoadOptions> = {
  backend: needed(BACKEND),
  transforms: anything,
}

/**
 * Takes memory for a saved program and is ready to score with it. Same bits as the model's own predictor on that backend.
 * @throws RangeError where the file is of another version, damaged, or not what `saveProgram` writes; where a transform is
 * missing or not wanted, an option is not known or makes no sense, or memory is short.
 */
export function loadProgram(bytes: Uint8Array | ArrayBuffer, options: LoadOptions): ServedProgram {
  checkOptions('loadProgram', options, OPTIONS)
  const { backend, transforms = {} } = options
  const { header, count, numbersTo } = readFile(bytes)
  checkHeader(header, count)
  const features = withFunctions('loadProgram', header.features, transforms, ({ values }) => vocabularyOf(values))
  const owned: Buffer[] = []
  const own = <B extends Buffer>(buffer: B): B => {
    owned.push(buffer)
    return buffer
  }
  let alive = true
  const release = (): void => {
    alive = false
    for (const buffer of owned.splice(0)) backend.releaseBuffer?.(buffer)
  }
  const room = (length: number): Int32Array => backend.viewIds(own(backend.allocateIds(length)))!
  try {
    const memory = backend.view(own(backend.allocate(header.memory)))
    const words = backend.viewIds(own(backend.allocateIds(header.ids.reduce((all, each) => all + each, 0))))
    if (!memory || !words || backend.dtype !== 'float32')
      return refuse('a backend in float32 with memory at hand', backend.name, 'a saved program runs on no other')
    memory.fill(0)
    words.fill(0)
    numbersTo(memory)
    let end = 0
    const parts: Parts = {
      floats: header.floats.map(([offset, length]) => memory.subarray(offset, offset + length)),
      ids: header.ids.map((length) => words.subarray(end, (end += length))),
      below: [],
    }
    const { batch, guarded } = inputsOf(header, features, parts, words)
    const steps = header.calls.map(([verb, ...args]) => {
      if (!Object.hasOwn(FORWARD, verb)) refuse('kernels of a forward pass', show(verb), 'it serves no other')
      const kernel = FORWARD[verb]
      if (!(kernel.reference ?? ownKernel(backend, kernel)))
        refuse(`a backend that has ${verb}`, backend.name, 'plain loops come with servingCpu')
      return prepare(backend, kernel, bind(kernel, args, parts), room)
    })
    const predictions = Object.fromEntries(
      Object.entries(header.outputs).map(([name, part]) => {
        const values = parts.floats[part] as Float32Array | undefined
        if (values?.length !== header.rows)
          refuse(`${header.rows} numbers of '${name}'`, show(values?.length), 'a row has one')
        return [name, values!]
      }),
    )
    const check = (): void => {
      if (!alive) throw new Error('program: expected one that is alive but it was released')
    }
    const run = (): void => {
      check()
      checkGuarded(guarded)
      for (let index = 0; index < steps.length; index++) steps[index]()
    }
    const { rows } = header
    return { backend: backend.name, ...scoringOf({ features, rows, batch, predictions, check, run }), release }
  } catch (error) {
    release()
    throw error
  }
}
