/**
 * Workers that are held to the policy of their page. One that is started from an address of its own has no policy but what a
 * server sends with it; one that is started by a text of the page inherits the page's.
 */

/** Starts the module at an address as a worker. What is told to it before it has loaded waits for it. */
export function workerAt(address: string): Worker {
  const { href } = new URL(address, location.href)
  const text = new Blob([`import ${JSON.stringify(href)}`], { type: 'text/javascript' })
  const start = URL.createObjectURL(text)
  const worker = new Worker(start, { type: 'module' })
  URL.revokeObjectURL(start)
  return worker
}
