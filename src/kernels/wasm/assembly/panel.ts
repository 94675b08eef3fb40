/** Panels of a matrix product: the columns that a tile has, against all rows, by the tiles that suit the host. */
import { roundsOnce } from './madd.ts'
import { narrowTile } from './narrow.ts'
import { fusedTile, shortTile, tallTile, wideFusedTile, wideShortTile } from './tiles.ts'

/** Rows of the tallest tile that fits the registers of this host. */
let tall: i32 = 5
/** Whether this host joins pairs of vectors, so that tiles have sixteen columns where there are as many. */
export let isWide: bool = false

/** At `room` there are four bytes to try in. */
export function setTiles(room: usize, wide: bool): void {
  tall = roundsOnce(room) ? 6 : 5
  isWide = wide
}

/** One panel of up to eight columns, b packed or with rows `bStep` bytes apart, against `rows` rows. */
export function panel(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
  width: i32,
  k: i32,
  rows: i32,
  sums: usize, // room for 128 bytes
): void {
  const end = b + <usize>k * bStep
  const second = <usize>(width - 4) << 2
  for (let row = 0; row < rows; ) {
    const left = rows - row
    if (width <= 4) {
      const at = out + <usize>row * outRow
      narrowTile(a + <usize>row * aRow, aRow, aStep, b, at, outRow, outColumn, width, k, min(left, 8), sums)
      row += 8
    } else if (left <= 4 || (left > tall && left <= 8)) {
      shortTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += 4
    } else {
      if (tall > 5) fusedTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      else tallTile(a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
      row += tall
    }
  }
}

/** One panel of sixteen columns; sums go on from `from`, whose rows are `fromRow` apart. */
export function widePanel(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  from: usize,
  fromRow: usize,
  out: usize,
  outRow: usize,
  ends: usize,
  k: i32,
  rows: i32,
): void {
  const end = b + <usize>k * bStep
  for (let row = 0; row < rows; ) {
    const left = rows - row
    if (tall < 6 || left <= 4 || (left > 6 && left <= 8)) {
      wideShortTile(a, aRow, aStep, end, bStep, from, fromRow, out, outRow, ends, k, row, rows)
      row += 4
    } else {
      wideFusedTile(a, aRow, aStep, end, bStep, from, fromRow, out, outRow, ends, k, row, rows)
      row += 6
    }
  }
}
