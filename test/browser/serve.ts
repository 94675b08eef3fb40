/** What a page finds that serves programs saved elsewhere, by `plegrad/serve` alone: itself, and in a worker. */
import { checkArrived } from '../serve/rows.ts'
import type { Travelling } from '../serve/rows.ts'
import { tell } from './finding.ts'

const programs = (await (await fetch('/programs.json')).json()) as readonly Travelling[]

await tell({
  'saved programs score the bits of their models': () => Promise.resolve(checkArrived(programs)),
  'and do so in a worker': () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('/worker.js', { type: 'module' })
      worker.onmessage = ({ data }: MessageEvent<{ readonly said?: string; readonly error?: string }>) => {
        if (data.said === undefined) reject(new Error(data.error))
        else resolve(data.said)
      }
      worker.onerror = ({ message }) => {
        reject(new Error(message))
      }
      worker.postMessage(programs)
    }),
})
