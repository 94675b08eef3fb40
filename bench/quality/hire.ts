/** Starts a process that trains, and speaks with it. A worker that goes away takes its task with it, as an error. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Task, Trained, Worker } from './runner.ts'

/** What a worker answers. */
export type Answer = { readonly trained: Trained } | { readonly error: string }

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A worker that knows the studies of `module`, a file that exports them as `STUDIES`. */
export function hire(module: string): Worker {
  const child = fork(WORKER, [module], { cwd: ROOT, execArgv: ['--import', 'tsx'] })
  let settle: { readonly resolve: (trained: Trained) => void; readonly reject: (error: Error) => void } | undefined
  let gone: Error | undefined
  const leave = (error: Error): void => {
    gone ??= error
    settle?.reject(gone)
  }
  child.on('message', (answer: Answer) => {
    if ('trained' in answer) settle?.resolve(answer.trained)
    else settle?.reject(new Error(answer.error))
    settle = undefined
  })
  child.on('error', leave)
  child.on('exit', (code, signal) => leave(new Error(`the worker ended with ${signal ?? `code ${code}`}`)))
  return {
    train: (task: Task) =>
      new Promise((resolve, reject) => {
        if (gone) reject(gone)
        else {
          settle = { resolve, reject }
          child.send(task)
        }
      }),
    stop: () => {
      child.kill('SIGKILL')
    },
  }
}
