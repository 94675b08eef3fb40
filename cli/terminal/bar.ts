/** A bar of progress in a terminal, for whoever trains. It leaves no trace when it stops. */
import { SingleBar } from 'cli-progress'

/** By a format of cli-progress; so many columns are the bar itself. */
export const barOf = (format: string, barsize: number): SingleBar =>
  new SingleBar({
    format,
    barsize,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is asked for by whoever trains, and is no end of the process.
    gracefulExit: false,
    fps: 12,
    stream: process.stdout,
  })

/** Losses of batches jump; what is shown follows them slowly. */
export function following(): (now: Readonly<Record<string, number>>) => Readonly<Record<string, number>> {
  const shown: Record<string, number> = {}
  return (now) => {
    for (const [task, loss] of Object.entries(now)) shown[task] = 0.9 * (shown[task] ?? loss) + 0.1 * loss
    return shown
  }
}
