/** Ctrl-C as a request: whoever runs long ends with what there is. It refuses to be asked a second time. */

/** The exit status of what was interrupted, by a shell's convention. */
export const EXIT_INTERRUPTED = 130

/** Aborts at the first Ctrl-C; another one does not ask. Runners pass one on twice: those are at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController()
  let first: number | undefined
  process.on('SIGINT', () => {
    first ??= Date.now()
    if (Date.now() - first > 1000) process.exit(EXIT_INTERRUPTED)
    controller.abort()
  })
  return controller.signal
}
