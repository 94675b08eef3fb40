/** The room as it is seen: what is trained, how it stands, and what came of it. It draws what it is given, and decides nothing. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { form } from './fields.ts'
import type { Form } from './fields.ts'
import type { Snapshot } from './messages.ts'
import { network } from './network.ts'
import type { Pair } from './pair.ts'
import { SIDES } from './settings.ts'
import type { SideName } from './settings.ts'
import { MEASURES, letterOf, metric, sideName } from './words.ts'

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

/** How one side was at an epoch, or as it is where the epoch is to come. */
export const snapshotAt = (snapshots: readonly Snapshot[], at: number): Snapshot | undefined =>
  snapshots.find(({ epoch }) => epoch === at) ?? snapshots[snapshots.length - 1]

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

/** The lower of two is the better. */
function numbers(pair: Pair, at: number): TemplateResult | typeof nothing {
  const [a, b] = SIDES.map((side) => snapshotAt(pair.sides[side].snapshots, at))
  if (!a || !b) return nothing
  const cell = (id: string, value: number | undefined, other: number | undefined, compared = true): TemplateResult =>
    value === undefined
      ? html`<td>–</td>`
      : html`<td class=${compared && other !== undefined && value < other ? 'best' : ''}>
          <data id=${id} value=${value}>${metric(value)}</data>
        </td>`
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Numbers of the epoch">
    <table class="numbers">
      <caption>
        After epoch ${Math.min(a.epoch, b.epoch)}. The lower, the better.
      </caption>
      <thead>
        <tr>
          <td></td>
          ${SIDES.map((side) => html`<th scope="col">${sideName(side, pair.settings)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${Object.entries(a.validation).map(([task, scores]) => {
          const [[measure, value]] = Object.entries(scores)
          const other = b.validation[task][measure]
          return html`<tr>
              <th scope="row">${task}<small>${MEASURES[measure]}, rows that validate</small></th>
              ${cell(`a-validation-${task}`, value, other)}${cell(`b-validation-${task}`, other, value)}
            </tr>
            <tr>
              <th scope="row">${task}<small>loss while training</small></th>
              ${cell(`a-loss-${task}`, a.losses[task], undefined, false)}${cell(`b-loss-${task}`, b.losses[task], undefined, false)}
            </tr>`
        })}
      </tbody>
    </table>
  </div>`
}

/** Charts are put into these by whoever draws them. */
const place = (id: string, title: string, words: string): TemplateResult =>
  html`<figure class="card">
    <figcaption>
      <h3>${title}</h3>
      <p class="soft">${words}</p>
    </figcaption>
    <div class="plot" id=${id}></div>
  </figure>`

function results({ pair, at }: View): TemplateResult | typeof nothing {
  if (!pair || SIDES.some((side) => pair.sides[side].snapshots.length === 0)) return nothing
  const tasks = Object.keys(pair.sides.a.ready!.tasks)
  if (pair.epochs() === 0 && pair.sides.a.batches.length === 0)
    return html`<p class="hint-first soft">
      Train, and the losses, the gates and the gradients of both appear here, as they come.
    </p>`
  const gated = SIDES.filter((side) => pair.sides[side].snapshots[0].gates.length > 0)
  const sharing = SIDES.filter((side) => pair.sides[side].snapshots[0].parts.length > 0)
  return html`<section aria-labelledby="losses-title">
      <h2 id="losses-title">Losses</h2>
      <p>Strong lines are rows that validate, after each epoch; the haze is the batches. The axis is logarithmic.</p>
      <div class="two">
        ${tasks.map((task) => place(`losses-${task}`, task, MEASURES[Object.keys(pair.sides.a.snapshots[0].validation[task])[0]]))}
      </div>
      <div class="two after">
        ${place('seesaw', 'The seesaw', `${tasks[0]} to the right, ${tasks[1]} upwards: down and left is better for both, a step aside gives one what it takes from the other.`)}
        <div class="card">${numbers(pair, at)}</div>
      </div>
    </section>
    ${
      gated.length === 0
        ? nothing
        : html`<section aria-labelledby="gates-title">
            <h2 id="gates-title">Whom the gates hear</h2>
            <p>
              Each band is an expert, as wide as its mean weight over the rows that validate. Colours are those of the
              picture above.
            </p>
            <div class="two">
              ${gated.map((side) => place(`utilisation-${side}`, sideName(side, pair.settings), 'expert utilisation'))}
            </div>
          </section>`
    }
    ${
      sharing.length === 0
        ? nothing
        : html`<section aria-labelledby="cosines-title">
            <h2 id="cosines-title">Where tasks pull against each other</h2>
            <p>
              The cosine between the gradients of the tasks, by each part that they share:
              <b class="gain">green</b> where a step for one is a step for the other, <b class="loss">orange</b> where
              it is a step against it.
            </p>
            <div class="two">
              ${sharing.map((side) => place(`cosines-${side}`, sideName(side, pair.settings), 'the newest is written out'))}
            </div>
          </section>`
    }`
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
    ${results(view)}`
}
