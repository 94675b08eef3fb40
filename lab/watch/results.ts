/** What came of two trainings: places for charts, and the numbers of an epoch. */
import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { Snapshot } from './messages.ts'
import type { Pair } from './pair.ts'
import { SIDES } from './settings.ts'
import { MEASURES, metric, sideName } from './words.ts'

/** How one side was at an epoch, or as it is where the epoch is to come. */
export const snapshotAt = (snapshots: readonly Snapshot[], at: number): Snapshot | undefined =>
  snapshots.find(({ epoch }) => epoch === at) ?? snapshots[snapshots.length - 1]

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

/** All that is drawn of two trainings, as places for it, and their numbers at an epoch. */
export function results(pair: Pair, at: number): TemplateResult | typeof nothing {
  if (SIDES.some((side) => pair.sides[side].snapshots.length === 0)) return nothing
  const tasks = Object.keys(pair.sides.a.ready!.tasks)
  if (pair.epochs() === 0 && pair.sides.a.batches.length === 0)
    return html`<p class="hint-first soft">
      Train, and the losses, the gates and the gradients of both appear here, as they come.
    </p>`
  const gated = SIDES.filter((side) => pair.sides[side].snapshots[0].gates.length > 0)
  const sharing = SIDES.filter((side) => pair.sides[side].snapshots[0].parts.length > 0)
  return html`<section aria-labelledby="losses-title">
      <h2 id="losses-title">Losses</h2>
      <p>
        Strong lines are rows that validate, after each epoch; the haze is the batches. Axes of squared errors are
        logarithmic.
      </p>
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
