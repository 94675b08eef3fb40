/** The tiles of a matrix product, each written out for its number of rows. */
import { tile } from './tile.ts'
import { wideTile } from './wide.ts'

/** Where a multiply-add is one instruction: twelve sums, two vectors of b and a factor fill the registers. */
export function fusedTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  second: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  tile(6, a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
}

/** Where it is two: a product needs a register, too. */
export function tallTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  second: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  tile(5, a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
}

/** What tall tiles leave over. */
export function shortTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  out: usize,
  outRow: usize,
  second: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  tile(4, a, aRow, aStep, end, bStep, out, outRow, second, k, row, rows)
}

/** Sixteen columns, where a multiply-add is one instruction. */
export function wideFusedTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  from: usize,
  fromRow: usize,
  out: usize,
  outRow: usize,
  ends: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  wideTile(6, a, aRow, aStep, end, bStep, from, fromRow, out, outRow, ends, k, row, rows)
}

/** Sixteen columns, where it is two, and what taller tiles leave over. */
export function wideShortTile(
  a: usize,
  aRow: usize,
  aStep: usize,
  end: usize,
  bStep: usize,
  from: usize,
  fromRow: usize,
  out: usize,
  outRow: usize,
  ends: usize,
  k: i32,
  row: i32,
  rows: i32,
): void {
  wideTile(4, a, aRow, aStep, end, bStep, from, fromRow, out, outRow, ends, k, row, rows)
}
