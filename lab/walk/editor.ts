/**
 * The editor of programs, CodeMirror's: completion of ops with their signatures, undo, and the line that is wrong. Tab leaves
 * it, as it leaves every field, so that it traps nobody who has no mouse.
 */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete'
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascriptLanguage } from '@codemirror/lang-javascript'
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { EditorState, StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView, drawSelection, keymap } from '@codemirror/view'
import type { DecorationSet } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** What can be typed: its name, what it takes, and what it is. */
export interface Offer {
  readonly name: string
  readonly takes: string
  readonly does: string
}

export interface EditorOptions {
  readonly code: string
  readonly label: string
  readonly offers: readonly Offer[]
  readonly changed: (code: string) => void
}

export interface Editor {
  readonly dom: HTMLElement
  /** Shows a program, where it is another than the one that stands there. */
  set(code: string): void
  /** Marks lines as wrong, from 1. */
  mark(lines: readonly number[]): void
  focus(at: number): void
}

const WRONG = Decoration.line({ class: 'wrong-line' })
const marked = StateEffect.define<readonly number[]>()

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { effects, changes, state }) {
    const lines = effects.flatMap((effect) => (effect.is(marked) ? [effect.value] : [])).pop()
    if (!lines) return before.map(changes)
    const there = lines.filter((line) => line <= state.doc.lines).sort((a, b) => a - b)
    return Decoration.set(there.map((line) => WRONG.range(state.doc.line(line).from)))
  },
  provide: (field) => EditorView.decorations.from(field),
})

const COLOURS = HighlightStyle.define([
  { tag: tags.number, color: 'var(--loss)' },
  { tag: [tags.function(tags.variableName), tags.keyword], color: 'var(--heat)' },
  { tag: tags.comment, color: 'var(--soft)' },
  { tag: tags.propertyName, color: 'var(--gain)' },
])

/** Names that lines above give, and ops. */
const completer =
  (offers: readonly Offer[]) =>
  (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[A-Za-z_]\w*/)
    if (!word && !context.explicit) return null
    const above = context.state.sliceDoc(0, context.state.doc.lineAt(context.pos).from)
    const names = new Set([...above.matchAll(/^\s*(?:(?:const|let)\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, name]) => name))
    const options: Completion[] = [
      ...[...names].map((label) => ({ label, type: 'variable', boost: 1 })),
      ...offers.map(({ name, takes, does }) => ({
        label: name,
        type: 'function',
        detail: takes,
        apply: `${name}(`,
        ...(does !== '' && { info: does }),
      })),
    ]
    return { from: word?.from ?? context.pos, options, validFor: /^\w*$/ }
  }

/** An editor of a program. */
export function editorOf({ code, label, offers, changed }: EditorOptions): Editor {
  const view = new EditorView({
    state: EditorState.create({
      doc: code,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        javascriptLanguage,
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [completer(offers)], icons: false }),
        marks,
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ id: 'code', 'aria-label': label }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) changed(state.doc.toString())
        }),
      ],
    }),
  })
  return {
    dom: view.dom,
    set(next) {
      const { doc } = view.state
      if (doc.toString() !== next) view.dispatch({ changes: { from: 0, to: doc.length, insert: next } })
    },
    mark: (lines) => view.dispatch({ effects: marked.of(lines) }),
    focus(at) {
      view.focus()
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } })
    },
  }
}
