/**
 * Numbers of formulas as they lie in memory, where each instance has a region of them: V8 loads a vector of such a number by
 * one instruction, and makes one of a number that stands in the code by three, at every use.
 */

let numbers: usize = 0

/** Bytes of the region. */
export const NUMBERS: usize = 160

/** Where they lie. A kernel asks once: loads are alike only if they are from one address. */
// @ts-ignore: AssemblyScript's decorators stand on functions
@inline
export function knownNumbers(): usize {
  return numbers
}

export function setNumbers(at: usize): void {
  numbers = at
  v128.store(at, f32x4(-104, 89, 1.44269504, 12582912))
  v128.store(at, f32x4(-0.693359375, 2.12194440e-4, 1.9875691500e-4, 1.3981999507e-3), 16)
  v128.store(at, f32x4(8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1), 32)
  v128.store(at, f32x4(0.24279078841, 0.40000972152, 0.28498786688, 0.66666662693), 48)
  v128.store(at, f32x4(9.0580006145e-6, 6.9313812256e-1, 0.5, 1), 64)
  v128.store(at, f32x4(1.17549435e-38, 8388608, -23, Infinity), 80)
  v128.store(at, f32x4(-Infinity, 9.926167350636332e-24, 0.625, -5.70498872745e-3), 96)
  v128.store(at, f32x4(2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1), 112)
  v128.store(at, i32x4(0x80000000, 127, 0x3f3504f3, 0x7fffff), 128)
  v128.store(at, i32x4(0x21f0aaad, 0x735a2d97, 0x9e3779b1, 8), 144)
}

// exp: beyond the first two the result is 0 or Infinity; then 1 / log 2.
export const LOWEST: usize = 0
export const HIGHEST: usize = 4
export const PER_LOG2: usize = 8
/** Added to a number below 2²², it leaves the nearest integer in the low bits of the sum. */
export const ROUND: usize = 12
/** −log 2 in two parts: the first has so few digits that a product with an integer is exact. */
export const LOG2_HIGH: usize = 16
export const LOG2_LOW: usize = 20
/** Six, of a polynomial, from its highest power on, as all of them are. */
export const EXP: usize = 24

// log: two and two of a polynomial, and log 2 in two parts.
export const EVEN: usize = 48
export const ODD: usize = 56
export const LOW: usize = 64
export const HIGH: usize = 68
export const HALF: usize = 72
export const ONE: usize = 76
/** The smallest normal number, how many times larger those below are taken, and what that adds to their logarithm to base 2. */
export const NORMAL: usize = 80
export const LARGER: usize = 84
export const SHIFT: usize = 88
export const INFINITE: usize = 92
export const LEAST: usize = 96

/** 1.5·2⁻⁷⁷ */
export const FAR: usize = 100

// tanh: up to where there is a polynomial, of five.
export const NEAR: usize = 104
export const TANH: usize = 108

// Integers: the bit of a sign, the exponent of 1, 1/√2, where mantissas begin, and the bits of one.
export const SIGN: usize = 128
export const EXPONENT: usize = 132
export const BEGIN: usize = 136
export const MANTISSA: usize = 140
/** Three factors of coins. */
export const SCATTER: usize = 144
export const EIGHT: usize = 156
