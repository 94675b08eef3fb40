/** x·y + c on four lanes: fused where the build has relaxed SIMD, multiplied and then added where it has not. */

// @ts-ignore: decorator
@inline
export function madd(x: v128, y: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, c)
  return f32x4.add(f32x4.mul(x, y), c)
}
