/** The bytes of a file, which must be the same for as long as the version is: somebody has files of it. */
import { describe, expect, it } from 'vitest'
import { fileOf, readFile } from '../../src/serve/file.ts'

const numbersOf = ({ count, numbersTo }: ReturnType<typeof readFile>): readonly number[] => {
  const numbers = new Array<number>(count)
  numbersTo(numbers)
  return numbers
}
const file = fileOf({ name: 'é' }, [[1, [0.5, -2]]], 4)
/** `p` `l` `e` `g`, 1, 16 bytes of JSON, their sum; `{"name":"é"}` in UTF-8 and three spaces; 0, 0.5, −2 and 0. */
const HEX =
  '706c6567 01000000 10000000 c873568e' +
  ' 7b226e61 6d65223a 22c3a922 7d202020' +
  ' 00000000 0000003f 000000c0 00000000'

describe('a file', () => {
  it('has the bytes that version 1 has', () => {
    expect(Buffer.from(file).toString('hex')).toBe(HEX.replaceAll(' ', ''))
  })

  it('is read as it was written', () => {
    const read = readFile(file)
    expect(read.header).toEqual({ name: 'é' })
    expect(numbersOf(read)).toEqual([0, 0.5, -2, 0])
    expect(numbersOf(readFile(fileOf({}, [], 0)))).toEqual([])
  })

  it('whose JSON ends between two words is refused before it is read beyond its end', () => {
    const other = new Uint8Array(file.length + 2)
    other.set(file)
    other[8] = 18
    expect(() => readFile(other)).toThrow('loadProgram: expected a file as it was written but got another')
  })
})
