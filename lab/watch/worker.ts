/** Trains one model away from the page, at its pace and by its orders. It holds no more than one training. */
import { saveModel } from '../../src/index.ts'
import type { Progress } from '../../src/index.ts'
import type { News, Order, Snapshot } from './messages.ts'
import { invented } from './data.ts'
import { backendHere } from './models.ts'
import { trainingOf } from './training.ts'
import type { Training } from './training.ts'

/** What of a worker's own side is used here; the types of pages call it a window. */
interface Port {
  onmessage: ((event: MessageEvent<Order>) => void) | null
  postMessage(news: News): void
}
const port = globalThis as unknown as Port
const tell = (news: News): void => port.postMessage(news)

/** Between two batches that are told, in milliseconds; and how long steps may keep orders waiting. */
const APART = 80
const BREATH = 12

const later = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Asked for by whoever has a file. */
const table = () => import('./table.ts')

let training: Training | undefined
let signal = { aborted: false }
let running: Promise<void> = Promise.resolve()
/** What is allowed, at which pace, and who waits for more. */
let allowed = { step: 0, seconds: 0 }
let wake: (() => void) | undefined
let [told, breathed] = [0, 0]

/** Waits until the next step is allowed. */
async function held(step: number): Promise<void> {
  while (step >= allowed.step && !signal.aborted) {
    tell({ kind: 'held', step })
    await new Promise<void>((resolve) => (wake = resolve))
  }
}

async function onBatch({ step, batch, batches, losses }: Progress): Promise<void> {
  const holds = step >= allowed.step
  const now = performance.now()
  if (holds || now - told > APART) {
    told = now
    tell({ kind: 'batch', step, losses })
  }
  if (allowed.seconds > 0 || now - breathed > BREATH) {
    // Orders are heard between two steps, and a pace is kept by waiting.
    await later(allowed.seconds > 0 ? Math.max(0, breathed + (1000 * allowed.seconds) / batches - now) : 0)
    breathed = performance.now()
  }
  // At the end of an epoch it is told first what came of it.
  if (batch < batches) await held(step)
}

async function onEpoch(snapshot: Snapshot): Promise<void> {
  tell({ kind: 'epoch', snapshot })
  await later(0)
  await held(snapshot.epoch * training!.batches)
}

const failed = (error: unknown): void =>
  tell({ kind: 'failed', words: error instanceof Error ? error.message : String(error) })

async function run(step: number): Promise<void> {
  signal = { aborted: false }
  await held(step)
  if (!signal.aborted) await training!.train({ onBatch, onEpoch }, signal)
}

/** Ends what runs, and waits for the end. */
async function stop(): Promise<void> {
  signal.aborted = true
  wake?.()
  await running
}

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'look':
      tell({ kind: 'found', table: await table().then(({ foundInFile }) => foundInFile(order.file)) })
      break
    case 'start': {
      const { settings, side, file } = order
      const { backend, instead } = backendHere()
      const prepared = file
        ? await table().then(({ preparedFile }) => preparedFile(file, settings))
        : invented(settings)
      training = trainingOf(prepared, settings, settings[side], backend)
      const { batches, parameters } = training
      const { tasks, train, validation, notes } = prepared
      const rows = { train: train.rows, validation: validation.rows }
      tell({
        kind: 'ready',
        ready: {
          backend: backend.name,
          ...(instead !== undefined && { instead }),
          batches,
          parameters,
          tasks,
          rows,
          notes,
        },
      })
      tell({ kind: 'epoch', snapshot: training.first() })
      running = run(0).catch(failed)
      break
    }
    case 'until':
      allowed = order
      wake?.()
      break
    case 'back': {
      await stop()
      const step = order.epoch * training!.batches
      allowed = { step, seconds: allowed.seconds }
      await training!.back(order.epoch)
      tell({ kind: 'returned', epoch: order.epoch })
      running = run(step).catch(failed)
      break
    }
    case 'keep': {
      const bytes = Uint8Array.from(saveModel(await training!.modelAfter(order.epoch)))
      tell({ kind: 'kept', epoch: order.epoch, bytes })
    }
  }
}

port.onmessage = ({ data }) => void obey(data).catch(failed)
