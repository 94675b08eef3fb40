/** The room as it is seen: what is trained, how it stands, and what came of it. It draws what it is given, and decides nothing. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { form } from './fields.ts'
import type { Form } from './form.ts'
import { network } from './network.ts'
import type { Pair } from './pair.ts'
import { results, snapshotAt } from './results.ts'
import { SIDES } from './settings.ts'
import type { SideName } from './settings.ts'
import { letterOf, sideName } from './words.ts'

/** What the room shows and tells. */
export interface View extends Form {
  /** None where there cannot be one, or not yet. */
  readonly pair: Pair | undefined
  /** What is wrong, in words. */
  readonly complaints: readonly string[]
  /** What was done last, for whoever does not see it. */
  readonly said: string
  /** The epoch that is looked at. */
  readonly at: number
  readonly look: (epoch: number) => void
  readonly restart: () => void
  readonly share: () => void
  readonly keep: (side: SideName) => void
  readonly goOn: () => void
}

function bar({ pair, at, look, restart, share, goOn }: View): TemplateResult {
  const ready = pair !== undefined && SIDES.every((side) => pair.sides[side].snapshots.length > 0)
  const epochs = pair?.epochs() ?? 0
  const ended = epochs >= (pair?.settings.epochs ?? 1)
  const behind = at < epochs
  const idle = !ready || ended
  return html`<section class="bar card" aria-label="Training">
    <div class="buttons">
      <button class="main" id="run" ?disabled=${idle} @click=${() => (pair!.running ? pair!.pause() : pair!.run())}>
        ${pair?.running ? 'Pause' : epochs === 0 && !ended ? 'Train' : ended ? 'Trained' : 'Go on'}
      </button>
      <button id="step" title="one step of each" ?disabled=${idle} @click=${() => pair!.steps(1)}>Step</button>
      <button id="epoch" title="to the end of the epoch" ?disabled=${idle} @click=${() => pair!.epoch()}>Epoch</button>
      <button id="restart" title="from the first step" ?disabled=${!ready} @click=${restart}>Again</button>
      <button id="share" title="copy a link to what is trained here" @click=${share}>Link</button>
    </div>
    <div class="when">
      <label for="at">Epoch <output for="at">${at}</output> of ${pair?.settings.epochs ?? '–'}</label>
      <input
        id="at"
        type="range"
        min="0"
        max=${Math.max(1, epochs)}
        step="1"
        ?disabled=${epochs === 0}
        .value=${live(String(at))}
        @input=${({ target }: Event) => look(Number((target as HTMLInputElement).value))}
      />
      <button id="back" title="forget what came after this epoch, and train on" ?disabled=${!behind} @click=${goOn}>
        From here
      </button>
    </div>
  </section>`
}

function figure(view: View, side: SideName): TemplateResult {
  const { pair, at } = view
  const stand = pair?.sides[side]
  const snapshot = stand && snapshotAt(stand.snapshots, at)
  if (!pair || !stand?.ready || !snapshot) return html`<figure class="card model waiting"></figure>`
  const { ready, step } = stand
  const name = sideName(side, pair.settings)
  return html`<figure class="card model side-${side}">
    <figcaption>
      <h2><span class="key" aria-hidden="true"></span>${name}</h2>
      <p class="soft">
        ${ready.parameters.toLocaleString('en')} parameters, step <data id="${side}-step" value=${step}>${step}</data>,
        on ${ready.backend}
      </p>
    </figcaption>
    ${network(pair.settings[side].kind, name, Object.keys(ready.tasks), snapshot)}
    <p class="tools">
      <button id="keep-${side}" @click=${() => view.keep(side)}>
        Keep the model of epoch ${snapshot.epoch} as a file
      </button>
    </p>
  </figure>`
}

/** The whole room. */
export function room(view: View): TemplateResult {
  const { pair, complaints, said } = view
  const ready = pair?.sides.a.ready
  const failed = pair
    ? SIDES.flatMap((side) =>
        pair.sides[side].failed === undefined ? [] : [`Model ${letterOf(side)}: ${pair.sides[side].failed}`],
      )
    : []
  const words = [
    ...complaints,
    ...new Set(failed),
    ...(ready?.instead === undefined ? [] : [`Plain loops run instead of WebAssembly: ${ready.instead}`]),
  ]
  return html`${form(view)}
    <div role="alert">${words.map((each) => html`<p class="complaint">${each}</p>`)}</div>
    ${bar(view)}
    <p class="said" role="status">${said}</p>
    <div class="two models">${SIDES.map((side) => figure(view, side))}</div>
    ${ready ? html`<p class="remark">${ready.rows.train.toLocaleString('en')} rows train, ${ready.rows.validation.toLocaleString('en')} validate. ${ready.notes.join(' ')} A line from an expert to a gate is as wide as the gate's mean weight for it.</p>` : nothing}
    ${pair ? results(pair, view.at) : nothing}`
}
