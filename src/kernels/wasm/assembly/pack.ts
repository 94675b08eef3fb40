/** Lays four columns of a matrix side by side, as a product likes to read them; the last stands in for missing ones. */

/** out[p·outStep + l] = from[p·step + l·column] for l < 4 and p < count, of which `width` columns exist; strides in bytes */
export function pack(
  from: usize,
  column: usize,
  width: i32,
  step: usize,
  out: usize,
  outStep: usize,
  count: i32,
): void {
  const last = width - 1
  let lane0 = from
  let lane1 = from + <usize>min(1, last) * column
  let lane2 = from + <usize>min(2, last) * column
  let lane3 = from + <usize>min(3, last) * column
  // Neighbouring columns: a row of four is already one piece.
  if (column == 4 && width > 3) {
    for (; count > 0; count--) {
      v128.store(out, v128.load(lane0))
      lane0 += step
      out += outStep
    }
    return
  }
  // Contiguous columns: four by four, turned in registers.
  if (step == 4) {
    for (; count >= 4; count -= 4) {
      const r0 = v128.load(lane0)
      const r1 = v128.load(lane1)
      const r2 = v128.load(lane2)
      const r3 = v128.load(lane3)
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2))
      out += outStep
      v128.store(out, v128.shuffle<f64>(low01, low23, 1, 3))
      out += outStep
      v128.store(out, v128.shuffle<f64>(high01, high23, 0, 2))
      out += outStep
      v128.store(out, v128.shuffle<f64>(high01, high23, 1, 3))
      out += outStep
      lane0 += 16
      lane1 += 16
      lane2 += 16
      lane3 += 16
    }
  }
  for (; count > 0; count--) {
    store<f32>(out, load<f32>(lane0))
    store<f32>(out, load<f32>(lane1), 4)
    store<f32>(out, load<f32>(lane2), 8)
    store<f32>(out, load<f32>(lane3), 12)
    lane0 += step
    lane1 += step
    lane2 += step
    lane3 += step
    out += outStep
  }
}

/** The same for sixteen neighbouring columns at once, which read each line of the cache a single time: out is (count 16). */
export function packRows(from: usize, step: usize, out: usize, count: i32): void {
  for (; count > 0; count--, from += step, out += 64) {
    const first = v128.load(from)
    const second = v128.load(from, 16)
    const third = v128.load(from, 32)
    const fourth = v128.load(from, 48)
    v128.store(out, first)
    v128.store(out, second, 16)
    v128.store(out, third, 32)
    v128.store(out, fourth, 48)
  }
}
