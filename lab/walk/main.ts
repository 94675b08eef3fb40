/** The room's page: a walk from the link, its tape, and what one does with it. */
import { render } from 'lit-html'
import type { GradientErrors } from '../../src/autograd/index.ts'
import type { Compiled } from './compiled.ts'
import type * as Compiling from './compiledView.ts'
import type { Editor } from './editor.ts'
import { EXAMPLES } from './examples.ts'
import type { ExampleName } from './examples.ts'
import { isTarget, queryOf, readWalk, wholeIn } from './link.ts'
import type { Walk } from './link.ts'
import { NAMES, takenBy } from './program.ts'
import { ruleOf, wordsOf } from './rules.ts'
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
let editor: Editor | undefined
let compiling: typeof Compiling | undefined
let compiled: Compiled | undefined

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What is asked of a program may be what it does not have: then it is asked no more, which is told for `by`. */
function fitted({ breakable, givens }: Tape): void {
  if (!breakable.includes(broken)) broken = ''
  const { by } = walk
  if (by === undefined || givens.includes(by)) return
  complaints = [
    ...complaints,
    `Second order: expected a gradient by one of ${givens.join(', ')} but got by ${by}, so the walk is of first order.`,
  ]
  walk = { ...walk, by: undefined }
}

/** Makes the tape anew; where it cannot be, says why, and keeps none. */
function record(): void {
  checked = undefined
  compiled = undefined
  try {
    tape = tapeOf(walk.code, walk.seed)
    fitted(tape)
    const fault = broken === '' ? undefined : { op: broken, factor: FACTOR }
    if (fault || walk.by !== undefined) tape = tapeOf(walk.code, walk.seed, { fault, by: walk.by })
    walk = { ...walk, step: Math.min(walk.step, 2 * tape.steps.length) }
    if (walk.target !== undefined) compileNow()
  } catch (error) {
    tape = undefined
    complaints = [...complaints, told(error)]
  }
}

/** Compiles what is walked, once what compiles is there. */
function compileNow(): void {
  if (!compiling) {
    void import('./compiledView.ts').then((loaded) => {
      compiling = loaded
      record()
      show()
    })
    return
  }
  try {
    compiled = compiling.compiledOf(tape!, walk.target!)
  } catch (error) {
    complaints = [...complaints, `Compiled for ${walk.target!}: ${told(error)}`]
  }
}

/** Has the box that the walk is at in sight, where the tape is taller than its place. */
function centre(): void {
  const place = root.querySelector('.tape-place')!
  const [box, { top, height }] = [
    root.querySelector('.tape g.now')?.getBoundingClientRect(),
    place.getBoundingClientRect(),
  ]
  if (box) place.scrollTop += box.top + box.height / 2 - top - height / 2
}

/** The drawing of memory, as wide as its place. */
function drawArena(): void {
  const place = root.querySelector<HTMLElement>('.plot')
  if (place && compiling && compiled) place.replaceChildren(compiling.arena(compiled, place.clientWidth))
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

const typed = (code: string): void => {
  if (code !== walk.code) change({ example: undefined, code })
}

async function load(): Promise<void> {
  const { SOURCES } = await import('./sources.ts')
  sources = SOURCES
  show()
}

/** Puts the editor in the place of the plain field, which is left as soon as it is entered. */
async function edit({ target }: Event): Promise<void> {
  const field = target as HTMLTextAreaElement
  if (editor) return
  const [{ editorOf }, { SOURCES }] = await Promise.all([import('./editor.ts'), import('./sources.ts')])
  const entered = document.activeElement === field
  editor = editorOf({
    code: walk.code,
    label: field.labels[0].textContent,
    offers: NAMES.map((name) => ({ name, takes: takenBy(name), does: wordsOf(name, SOURCES) })),
    changed: typed,
  })
  show()
  if (entered) editor.focus(field.selectionStart)
}

/** The lines that complaints are about. */
const wrongLines = (): readonly number[] =>
  complaints.flatMap((words) => {
    const line = /^line (\d+):/.exec(words)?.[1]
    return line === undefined ? [] : [Number(line)]
  })

function show(): void {
  render(
    room({
      walk,
      tape,
      complaints,
      broken,
      checked,
      editor,
      edit: (event) => void edit(event),
      compiled:
        compiled &&
        compiling?.compiledView(compiled, walk.pass, (pass) => {
          move({ pass })
          show()
        }),
      ruleOf: (op) => (sources ? ruleOf(op, sources) : undefined),
      choose: (name) => change({ example: name as ExampleName, code: EXAMPLES[name as ExampleName].code }),
      type: typed,
      sow(text) {
        const seed = wholeIn(text)
        if (seed !== undefined) {
          change({ seed })
          return
        }
        complaints = [`Seed: expected a whole number but got '${text}'.`]
        show()
      },
      derive: (by) => change({ by: by === '' ? undefined : by }),
      compile(target) {
        complaints = []
        move({ target: isTarget(target) ? target : undefined, pass: undefined })
        record()
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
          complaints = [told(error)]
        }
        show()
      },
    }),
    root,
  )
  editor?.set(walk.code)
  editor?.mark(wrongLines())
  centre()
  drawArena()
}

new ResizeObserver(drawArena).observe(root)

record()
show()
if (walk.step > 0) void load()
