/** Random sizes, shapes and tensors for fast-check, small but awkward: empty axes, odd ones, one past a power of two. */
import * as fc from 'fast-check'
import { checkOptions, finite, listOf, needed, whole } from '../checks/index.ts'
import type { Checks } from '../checks/index.ts'
import { cpu64 } from '../kernels/index.ts'
import type { Backend } from '../kernels/index.ts'
import { sizeOf, stream, tensor, zeros } from '../tensor/index.ts'
import type { Shape, Stream, Tensor } from '../tensor/index.ts'
import type { Domain } from '../autograd/index.ts'

/** The extents that axes are drawn from, so that the tails of vectorised loops and empty axes occur. */
export const SIZES: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]

/** The most elements that all axes of a case may span together. */
const LARGEST = 4096

/** How far test inputs keep from the kinks of their domain. */
const MARGIN = 0.0501

export const ANYWHERE: Domain = { min: -2, max: 2 }

/** One of `SIZES`, each as likely, but for 0, which leaves little to check and comes once in forty-five. */
export const sizes = (): fc.Arbitrary<number> =>
  fc.nat(44).map((roll) => SIZES[roll === 0 ? 0 : 1 + ((roll - 1) % (SIZES.length - 1))])

/** The same extents, the largest made smaller until the product of those that are not empty is bounded. */
export function bounded(extents: readonly number[]): number[] {
  const result = [...extents]
  while (sizeOf(result.map((extent) => Math.max(extent, 1))) > LARGEST) {
    const at = result.indexOf(Math.max(...result))
    result[at] = SIZES[SIZES.indexOf(result[at]) - 1]
  }
  return result
}

/** Shapes of `minRank` to `maxRank` axes; they shrink to fewer and smaller ones. */
export function shapes(options: { minRank?: number; maxRank?: number } = {}): fc.Arbitrary<Shape> {
  checkOptions('shapes', options, { minRank: whole(0), maxRank: whole(0) })
  const { minRank = 0, maxRank = Math.max(3, minRank) } = options
  if (minRank > maxRank) throw new RangeError(`shapes: expected minRank ≤ maxRank but got ${minRank} and ${maxRank}`)
  return fc.array(sizes(), { minLength: minRank, maxLength: maxRank }).map(bounded)
}

/**
 * Numbers of a domain, at least 0.05 from its kinks and exact in float32, so that every backend gets the same.
 * With a magnitude, about every other one is as large as that instead, negative too unless the domain is not.
 */
export function numbers(size: number, { min, max, away = [] }: Domain, random: Stream, magnitude = 0): Float64Array {
  const [places, sides] = [random.stream('place'), random.stream('side')]
  return Float64Array.from({ length: size }, (_, index) => {
    const place = places.uniform(index)
    const side = sides.uniform(index)
    if (magnitude > 0 && side < 0.5)
      return Math.fround((min < 0 && side < 0.25 ? -1 : 1) * magnitude * (1 + place) * 0.5)
    let x = min + (max - min) * place
    for (const kink of away) if (Math.abs(x - kink) < MARGIN) x += x < kink ? -MARGIN : MARGIN
    return Math.fround(x)
  })
}

const STRANGE = [NaN, Infinity, -Infinity, 0, -0]
const PLAIN = [1, -1, 0.5, -2.5]

/** Few numbers that any formula is exact for, and one in eight that is not a number, infinite or a zero of either sign. */
export function specials(size: number, random: Stream): Float64Array {
  const [kinds, places] = [random.stream('kind'), random.stream('place')]
  return Float64Array.from({ length: size }, (_, index) => {
    const among = kinds.uniform(index) < 1 / 8 ? STRANGE : PLAIN
    return among[Math.floor(places.uniform(index) * among.length)]
  })
}

const DOMAIN: Checks<Domain> = { min: needed(finite), max: needed(finite), away: listOf(finite) }

/** Tensors of one shape with numbers in a domain. They do not shrink: shrink the shape instead. */
export function tensors(shape: Shape, domain: Domain = ANYWHERE, backend: Backend = cpu64): fc.Arbitrary<Tensor> {
  checkOptions('tensors', domain, DOMAIN)
  const size = zeros(shape, backend).size
  return fc.noShrink(fc.noBias(fc.nat())).map((seed) => tensor(numbers(size, domain, stream(seed)), shape, backend))
}
