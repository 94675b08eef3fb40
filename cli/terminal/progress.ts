/** A training as it happens: a bar in a terminal, a line for each epoch anywhere else. */
import type { SingleBar } from 'cli-progress'
import type { EpochRecord, Progress } from '../../src/index.ts'
import { barOf, following } from './bar.ts'
import { WIDTH, cut, fold, widthOf } from './columns.ts'
import type { Print } from './print.ts'

const number = (value: number): string => (Number.isFinite(value) ? value.toPrecision(4) : '–')

/** `like loss 0.6538 auc 0.7147`: of training rows, then of validation rows. */
const epochParts = ({ losses, validation }: EpochRecord): readonly string[] =>
  Object.entries(losses).map(([task, loss]) => {
    const [name, score] = Object.entries(validation?.[task] ?? {}).at(0) ?? []
    return `${task} loss ${number(loss)}${name === undefined ? '' : ` ${name} ${number(score)}`}`
  })

const BAR = 20

/** Told of batches and epochs; `end` clears the bar. */
export function progress(print: Print, epochs: number) {
  let bar: SingleBar | undefined
  const follow = following()
  return {
    onBatch({ epoch, batch, batches, losses }: Progress): void {
      if (!print.terminal) return
      if (!bar) {
        bar = barOf('{bar} {epoch}  {losses}', BAR)
        bar.start(epochs * batches, 0, { epoch: '', losses: '' })
      }
      const where = `${epoch}/${epochs}`
      const told = Object.entries(follow(losses)).map(([task, loss]) => `${task} ${number(loss)}`)
      bar.update((epoch - 1) * batches + batch, {
        epoch: where,
        losses: cut(told.join('  '), WIDTH - BAR - widthOf(where) - 4),
      })
    },
    onEpoch(record: EpochRecord): void {
      const head = `epoch ${record.epoch}/${epochs}`
      bar?.stop()
      bar = undefined
      print.line(fold([head, ...epochParts(record), `${record.seconds.toFixed(1)} s`], { indent: head.length + 2 }))
    },
    end(): void {
      bar?.stop()
    },
  }
}
