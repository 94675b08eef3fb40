/** A worker that serves saved programs, and says what it found. */
import { checkArrived } from '../serve/rows.ts'
import type { Travelling } from '../serve/rows.ts'

onmessage = ({ data }: MessageEvent<readonly Travelling[]>) => {
  try {
    postMessage({ said: checkArrived(data) })
  } catch (error) {
    postMessage({ error: String(error) })
  }
}
