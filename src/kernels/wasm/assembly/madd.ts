/**
 * x·y + c on four lanes, written as two instructions that no kernel has otherwise: the host puts a product and a sum in
 * their places, or one instruction that does both, see ../variant.ts.
 */

// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function madd(x: v128, y: v128, c: v128): v128 {
  return i16x8.avgr_u(i16x8.q15mulr_sat_s(x, y), c)
}

/** Whether that rounds once. The number comes out of memory, at `address`, so that the compiler cannot answer. */
export function roundsOnce(address: usize): bool {
  // x² = 1 + 2⁻¹¹ + 2⁻²⁴, of which a product keeps no more than the first two.
  f32.store(address, 1.000244140625)
  const x = v128.load32_splat(address)
  return v128.any_true(madd(x, x, f32x4.splat(-1.00048828125)))
}
