/** The room's page: a walk from the link, its tape, and what one does with it. */
import { render } from 'lit-html'
import type { GradientErrors } from '../../src/autograd/index.ts'
import { EXAMPLES } from './examples.ts'
import type { ExampleName } from './examples.ts'
import { queryOf, readWalk, wholeIn } from './link.ts'
import type { Walk } from './link.ts'
import { ruleOf } from './rules.ts'
import { tapeOf } from './tape.ts'
import type { Tape } from './tape.ts'
import { room } from './view.ts'

/** How many times too large the gradients of a broken rule are. */
const FACTOR = 1.5

const root = document.querySelector<HTMLElement>('#room')!
const read = readWalk(location.search)
let walk = read.walk
let complaints = read.complaints
let broken = ''
let tape: Tape | undefined
let checked: GradientErrors | undefined
let sources: Readonly<Record<string, string>> | undefined

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Makes the tape anew; where it cannot be, says why, and keeps none. */
function record(): void {
  checked = undefined
  try {
    tape = tapeOf(walk.code, walk.seed, broken === '' ? undefined : { op: broken, factor: FACTOR })
    if (broken !== '' && !tape.breakable.includes(broken)) {
      broken = ''
      tape = tapeOf(walk.code, walk.seed)
    }
    walk = { ...walk, step: Math.min(walk.step, 2 * tape.steps.length) }
  } catch (error) {
    tape = undefined
    complaints = [...complaints, wordsOf(error)]
  }
}

function move(next: Partial<Walk>): void {
  walk = { ...walk, ...next }
  history.replaceState(null, '', queryOf(walk) || location.pathname)
}

function change(next: Partial<Walk>): void {
  complaints = []
  move({ step: 0, ...next })
  record()
  show()
}

async function load(): Promise<void> {
  const { SOURCES } = await import('./sources.ts')
  sources = SOURCES
  show()
}

function show(): void {
  render(
    room({
      walk,
      tape,
      complaints,
      broken,
      checked,
      ruleOf: (op) => (sources ? ruleOf(op, sources) : undefined),
      choose: (name) => change({ example: name as ExampleName, code: EXAMPLES[name as ExampleName].code }),
      type: (code) => change({ example: undefined, code }),
      sow(text) {
        const seed = wholeIn(text)
        if (seed !== undefined) {
          change({ seed })
          return
        }
        complaints = [`Seed: expected a whole number but got '${text}'.`]
        show()
      },
      go(step) {
        move({ step })
        show()
        if (!sources) void load()
      },
      break(op) {
        broken = op
        complaints = []
        record()
        show()
      },
      check() {
        try {
          checked = tape!.check()
        } catch (error) {
          complaints = [wordsOf(error)]
        }
        show()
      },
    }),
    root,
  )
}

record()
show()
if (walk.step > 0) void load()
