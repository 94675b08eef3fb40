/** A page that measures what it is asked to, one rung after the other, and one turn of it after the other. */
import { wasm } from '../../src/index.ts'
import { enableVectors } from '../../src/vectors.ts'
import { agreement } from '../measure/agreement.ts'
import { isMissing } from '../measure/case.ts'
import { ceilings } from '../measure/ceiling.ts'
import type { Ceilings } from '../measure/ceiling.ts'
import { RUNGS } from './rungs.ts'
import type { Rung } from './rungs.ts'

export interface Entered extends Pick<Rung, 'group' | 'size' | 'flops'> {
  readonly ran: string
  readonly deviation: number
}

/** What whoever opened the page may ask of it. */
export interface Climber {
  readonly rungs: number
  ceilings(): Ceilings
  /** @throws Error where numbers are wrong. */
  enter(rung: number): Entered
  /** Milliseconds of a run, by sample. */
  turn(): readonly number[]
  leave(): void
}

export interface Window {
  climber: Climber
}

/** Milliseconds: of a sample, which is many runs where they are short; of a turn at the least, and of warming up. */
const [SAMPLE, TURN, WARM] = [2, 60, 100]

enableVectors()
const backend = wasm({ bytes: 2 ** 28 })
let run: () => unknown = () => undefined
/** In a sample. */
let times = 1
let leave: (() => void) | undefined

/** Milliseconds of one run, out of a sample. */
function sample(): number {
  const start = performance.now()
  for (let time = 0; time < times; time++) run()
  return (performance.now() - start) / times
}

const climber: Climber = {
  rungs: RUNGS.length,
  ceilings,
  enter: (rung) => {
    const { group, size, flops, exact, tolerance, enter } = RUNGS[rung]()
    const contestant = enter(backend)
    if (isMissing(contestant)) throw new Error(contestant.missing)
    contestant.run()
    const { deviation, wrong } = agreement(contestant.prove() as ArrayLike<number>, exact(), tolerance)
    if (wrong !== undefined) throw new Error(`${group} ${size}: ${wrong}`)
    ;({ run, close: leave } = contestant)
    times = 1
    const start = performance.now()
    let each = sample()
    while (performance.now() - start < WARM) {
      if (times * each < SAMPLE) times *= 2
      each = sample()
    }
    return { group, size, ran: contestant.ran, deviation, ...(flops && { flops }) }
  },
  turn: () => {
    const samples: number[] = []
    const end = performance.now() + TURN
    do samples.push(sample())
    while (performance.now() < end)
    return samples
  },
  leave: () => leave?.(),
}
;(globalThis as unknown as Window).climber = climber
