/**
 * Writes a file over and over, in turn full of ones and of twos, until it is killed: by `writeWhole`, or as a program does
 * that thinks no harm. Arguments: the file, how, bytes.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { writeWhole } from '../../src/node/index.ts'

const [, , path, how, size] = process.argv
const PIECE = 2 ** 14

function inPlace(bytes: Uint8Array): void {
  const descriptor = openSync(path, 'w')
  for (let at = 0; at < bytes.length; at += PIECE) writeSync(descriptor, bytes.subarray(at, at + PIECE))
  closeSync(descriptor)
}

for (let round = 0; ; round++) {
  const bytes = new Uint8Array(Number(size)).fill(1 + (round % 2))
  if (how === 'whole') await writeWhole('writing', path, [bytes.subarray(0, 1000), bytes.subarray(1000)])
  else inPlace(bytes)
  if (round === 0) process.stdout.write('written\n')
}
