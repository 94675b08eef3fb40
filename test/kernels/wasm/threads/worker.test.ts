/** What a thread is given as its program finds whom to listen to in every host, whichever globals that has. */
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { WORKER } from '../../../../src/kernels/wasm/threads/worker.ts'

interface Port {
  onmessage?: unknown
}

/** Whether the port listens once the program has run among these globals. */
const listens = (port: Port, globals: object): boolean => {
  runInContext(WORKER, createContext(globals))
  return typeof port.onmessage === 'function'
}
const processOf = (parentPort: Port) => ({ getBuiltinModule: () => ({ parentPort }) })
const postMessage = (): void => undefined

describe('a thread listens', () => {
  it('to its parent in Node', () => {
    const port: Port = {}
    expect(listens(port, { process: processOf(port) })).toBe(true)
  })

  it('to its parent in Bun, which has what browsers have beside it and tells nothing there', () => {
    const port: Port = {}
    expect(listens(port, { process: processOf(port), postMessage, self: {} })).toBe(true)
  })

  it('to its parent in Deno, which posts messages but has no self', () => {
    const port: Port = {}
    expect(listens(port, { process: processOf(port), postMessage })).toBe(true)
  })

  it('to itself in a browser', () => {
    const self: Port = {}
    expect(listens(self, { postMessage, self })).toBe(true)
  })
})

it('a thread that was woken for nothing looks at its post for as long as before, and then sleeps again', () => {
  const looks = [0]
  const port: { onmessage?: (event: object) => void; postMessage: () => void } = { postMessage }
  const globals = {
    process: processOf(port),
    WebAssembly: {
      Instance: class {
        readonly exports = { setScratch: () => undefined }
      },
    },
    Atomics: {
      load: () => looks[looks.length - 1]++ && 0,
      compareExchange: () => 0,
      wait: () => {
        if (looks.push(0) > 2) throw new Error('it sleeps again')
      },
    },
  }
  runInContext(WORKER, createContext(globals))
  const data = { module: {}, memory: { buffer: new ArrayBuffer(1024) }, names: [], post: 0, scratch: 0 }
  expect(() => port.onmessage?.({ data })).toThrow('it sleeps again')
  expect(looks[0]).toBeGreaterThan(10_000)
  expect(looks[1]).toBeGreaterThan(10_000)
})
