/**
 * Bytes as text that compresses about as well as the bytes themselves: most are one printable character each, where
 * base64 would cut across their repetitions. It knows nothing of what the bytes mean.
 */

/** Frequent bytes, 0xF8 and on and the small ones, come first of all. */
const TURN = 8
const PLAIN = 92
const FIRST = 32
/** A byte beyond the plain characters has `}` or `~` before it. */
const MARK = 124

export const encode = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => {
    const turned = (byte + TURN) & 255
    const marks = Math.floor(turned / PLAIN)
    return (marks > 0 ? String.fromCharCode(MARK + marks) : '') + String.fromCharCode(FIRST + (turned % PLAIN))
  }).join('')

export function decode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  let beyond = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > MARK) beyond = (code - MARK) * PLAIN
    else {
      bytes[length++] = code - FIRST + beyond - TURN
      beyond = 0
    }
  }
  return bytes.subarray(0, length)
}
