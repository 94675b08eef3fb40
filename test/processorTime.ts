/** Time that others on a busy machine do not count into: what this process has had of the processor. */

/** Milliseconds of the processor that `work` takes, with those of the engine's own threads meanwhile. */
export function processorTime(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
