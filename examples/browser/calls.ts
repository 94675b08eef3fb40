/** Calls of the session by messages: the page asks, the worker answers, and tells how training goes. */
import type { Epoch, Session, Step } from './session.ts'

type Calls = { [Name in keyof Session]: Session[Name] }

export interface Asked {
  readonly id: number
  readonly call: keyof Calls
  readonly args: readonly unknown[]
}

export type Told =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly step: Step }
  | { readonly epoch: Epoch }

type Given<Name extends keyof Calls> = Name extends 'train' ? [Parameters<Calls['train']>[0]] : Parameters<Calls[Name]>

export interface Progress {
  step: (step: Step) => void
  epoch: (epoch: Epoch) => void
}

/** The session of a worker, whose answers come later. */
export function callsOf(worker: Worker, progress: Progress) {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('step' in data) progress.step(data.step)
    else if ('epoch' in data) progress.epoch(data.epoch)
    else {
      const asked = waiting.get(data.id)
      waiting.delete(data.id)
      if ('error' in data) asked?.reject(new Error(data.error))
      else asked?.resolve(data.result)
    }
  }
  return <Name extends keyof Calls>(call: Name, ...args: Given<Name>): Promise<Awaited<ReturnType<Calls[Name]>>> =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve: resolve as (value: unknown) => void, reject })
      worker.postMessage({ id: last, call, args } satisfies Asked)
    })
}
