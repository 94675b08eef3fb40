/**
 * Who is told of every op and function of ops as it is called: one variable, set for the length of one synchronous call.
 * It refuses to say what a trace is good for; whoever writes a function down in another language does.
 */

/**
 * Hears of one call, after it: inputs and options as they were given, and what came of them. Of an op, which is told apart
 * by its definition and not by its name, `settings` are its attributes and the sizes of its axes.
 */
export type Listener = (
  name: string,
  given: readonly unknown[],
  result: unknown,
  definition?: object,
  settings?: object,
) => void

/** Undefined but within `traced`. */
export let listener: Listener | undefined

/** Runs `act` while `listen` is told of every call. A function of ops is told of after the ops that it is made of. */
export function traced<T>(listen: Listener, act: () => T): T {
  const before = listener
  listener = listen
  try {
    return act()
  } finally {
    listener = before
  }
}
