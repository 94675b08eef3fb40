/** Patience that ends: it waits for an answer that may never come, and refuses to wait longer than it was told to. */
declare function setTimeout(call: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

/** Rejects if the promise has not settled in so many milliseconds; what it does later is nobody's any more. */
export async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not there after ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
