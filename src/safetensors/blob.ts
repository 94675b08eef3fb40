/** A Blob as a source of bytes: a file that a user chose, or one of the browser's private file system. */
import { checkValue, having } from '../checks/index.ts'
import type { ByteSource } from './read.ts'

/** What is needed of a Blob; a File is one. */
export interface BlobLike {
  /** Bytes in all. */
  readonly size: number
  /** The bytes from one on to before another. */
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** Bytes at a time: what is read is in memory twice until it is copied to where it belongs. */
const AT_ONCE = 2 ** 22

/**
 * A Blob, such as a File, as a source for `openSafetensors` and `restoreModelFrom`: of its bytes those are read that are
 * asked for, a few at a time.
 * @throws RangeError for what is no Blob. Reading throws an Error where a file has become shorter meanwhile, and what the
 * host throws.
 */
export function blobSource(blob: BlobLike): ByteSource {
  checkValue('blobSource', 'blob', blob, having('a Blob', 'size', 'slice'))
  return {
    size: blob.size,
    async read(target, position) {
      for (let at = 0; at < target.length; at += AT_ONCE) {
        const length = Math.min(AT_ONCE, target.length - at)
        const piece = new Uint8Array(await blob.slice(position + at, position + at + length).arrayBuffer())
        if (piece.length !== length)
          throw new Error(
            `blobSource: expected ${length} bytes from ${position + at} on but got ${piece.length}: because the blob has changed`,
          )
        target.set(piece, at)
      }
    },
  }
}
