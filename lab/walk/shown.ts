/** What the room of the tape is given to show, and what it tells of. */
import type { TemplateResult } from 'lit-html'
import type { GradientErrors } from '../../src/autograd/index.ts'
import type { Walk } from './link.ts'
import type { Rule } from './rules.ts'
import type { Tape } from './tape.ts'

export interface View {
  readonly walk: Walk
  /** None where the program is none. */
  readonly tape: Tape | undefined
  readonly complaints: readonly string[]
  /** The op whose rule is broken. */
  readonly broken: string
  readonly checked: GradientErrors | undefined
  /** What takes the place of the plain field, once it is there. */
  readonly editor: { readonly dom: HTMLElement } | undefined
  /** What came of compiling, once it is there. */
  readonly compiled: TemplateResult | undefined
  readonly ruleOf: (op: string) => Rule | undefined
  readonly choose: (example: string) => void
  readonly type: (code: string) => void
  readonly edit: (event: Event) => void
  readonly sow: (seed: string) => void
  readonly derive: (by: string) => void
  readonly compile: (target: string) => void
  readonly go: (step: number) => void
  readonly break: (op: string) => void
  readonly check: () => void
}
