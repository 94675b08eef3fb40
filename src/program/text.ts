/** Text in columns, for reports on programs: lines that wrap, numbers that line up. It refuses to be wider than asked. */

/** Units of a thousand, with three digits: `0.05`, `1.25`, `12.5`, `1250`. */
export function thousands(value: number): string {
  const amount = value / 1000
  return amount.toFixed(amount >= 100 || amount === 0 ? 0 : amount >= 10 ? 1 : 2)
}

/** Text without what is no character to look at, which would end lines, or say things to a terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu, '\ufffd')

/** Words on lines of at most `width`, all but the first indented by `indent`. What is longer is cut, which shows. */
export function wrap(words: readonly string[], width: number, indent: number): readonly string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines[lines.length - 1]
    if (lines.length > 0 && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(cut(lines.length > 0 ? ' '.repeat(indent) + word : word, width))
  }
  return lines
}

/** The first `width` characters, the last of them … where there are more. */
export const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text
