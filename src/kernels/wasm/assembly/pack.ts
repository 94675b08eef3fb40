/** Rearranges four columns of a matrix into rows of four, which is how the product likes to read; padding repeats a column. */

/**
 * out[p·outStep + l] = lane_l[p·step] for l < 4 and p < count; strides are in bytes. Lanes may be the same column twice.
 */
export function interleave(
  lane0: usize,
  lane1: usize,
  lane2: usize,
  lane3: usize,
  step: usize,
  out: usize,
  outStep: usize,
  count: i32,
): void {
  // Neighbouring columns: a row of four is already one piece.
  if (lane1 - lane0 == 4 && lane2 - lane1 == 4 && lane3 - lane2 == 4) {
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
