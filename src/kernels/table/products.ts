/** Kernels of layers: products, a gate’s mixture of experts, and what goes over rows. */
import * as layer from '../cpu/dense.ts'
import * as product from '../cpu/matmul.ts'
import * as mixture from '../cpu/mix.ts'
import * as rounded from '../cpu/rounded.ts'
import * as rowwise from '../cpu/softmax.ts'
import { fused, kernel } from '../kernel.ts'
import { wordsOf } from '../rounded.ts'

const PRODUCT = { flops: '2 m k n' }
const BATCH = { flops: '2 z m k n' }
const MIXTURE = { flops: '2 b e d' }
/** max, −, exp, Σ, ÷ */
const ROWWISE = { costly: true, flops: '5 b n' }

// Products, which are one another’s gradients; the batched forms do z of them.

/** (m k)·(k n) */
export const matmul = kernel('matmul', 'a:m k, b:k n -> out:m n | m k n', product.matmul, PRODUCT)
/** (m k)·(n k)ᵀ */
export const matmulNT = kernel('matmulNT', 'a:m k, b:n k -> out:m n | m k n', product.matmulNT, PRODUCT)
/** (k m)ᵀ·(k n) */
export const matmulTN = kernel('matmulTN', 'a:k m, b:k n -> out:m n | m k n', product.matmulTN, PRODUCT)
export const batchMatmul = kernel('batchMatmul', 'a:z m k, b:z k n -> out:z m n | z m k n', product.batchMatmul, BATCH)
export const batchMatmulNT = kernel(
  'batchMatmulNT',
  'a:z m k, b:z n k -> out:z m n | z m k n',
  product.batchMatmulNT,
  BATCH,
)
export const batchMatmulTN = kernel(
  'batchMatmulTN',
  'a:z k m, b:z k n -> out:z m n | z m k n',
  product.batchMatmulTN,
  BATCH,
)
/** out = Σₑ matmulNT of as[e] and bs[e], added up in order */
export const matmulNTSum = fused('matmulNTSum', '[as:m k+]e, [bs:n k+]e -> out:m n | m k[] n', {
  flops: '2 m k n',
})

// A gate’s mixture of experts, and its two gradients.

/** out[b,d] = Σₑ weights[b,e]·experts[e][b,d] */
export const mix = kernel('mix', 'weights:b e, [experts:b d]e -> out:b d | b e d', mixture.mix, MIXTURE)
/** out[b,e] = ⟨x[b], experts[e][b]⟩ */
export const mixDot = kernel('mixDot', 'x:b d, [experts:b d]e -> out:b e | b e d', mixture.mixDot, MIXTURE)
/** out[b,d] = weights[b,index]·x[b,d] */
export const mixScale = kernel('mixScale', 'weights:b e, x:b d -> out:b d | b e d index', mixture.mixScale, {
  inPlace: true,
  draw: ({ whole }) => ({ e: 3, index: whole(0, 2) }),
})
/** out = Σₗ mixScale of weights[l] and xs[l] at index[l]; where y is given, reluGradient of that */
export const mixScaleSum = fused('mixScaleSum', '[weights:b e+]l, [xs:b d]l, y?:b d -> out:b d | b e[] d index[]', {
  flops: '2 b d xs + -1 b d + b d y',
  draw: ({ whole }) => ({ e: [3, 2], index: [whole(0, 2), whole(0, 1)] }),
})

// One layer in one pass.

/** x·w + c */
export const dense = kernel('dense', 'x:b i, w:i o, c:o -> out:b o | b i o', layer.dense, {
  flops: '2 b i o + b o',
})
/** max(x·w + c, 0) */
export const denseRelu = kernel('denseRelu', 'x:b i, w:i o, c:o -> out:b o | b i o', layer.denseRelu, {
  flops: '2 b i o + 2 b o',
})
/** For each e: outs[e] = dense, or denseRelu where relu[e], or matmul where cs[e] is null, of one x */
export const denseEach = fused('denseEach', 'x:b i, [ws:i o+]e, [cs?:o+]e -> [outs:b o+]e | b i o[] relu?[]', {
  flops: '2 b i o + b o cs + b o relu',
})
/** As denseEach, of weights that are stored in 16 or 8 bits: see ../rounded.ts */
export const denseRounded = kernel(
  'denseRounded',
  'x:b i, [ws<:words+]e, [cs?:o+]e -> [outs:b o+]e | b i o[] bits relu?[] words[]',
  rounded.denseRounded,
  {
    flops: '2 b i o + b o cs + b o relu',
    draw: ({ whole }) => {
      const [i, bits, o] = [whole(0, 16), 8 * whole(1, 2), [whole(0, 150), whole(0, 40), whole(0, 9)]]
      return { i, o, bits, words: o.map((columns) => wordsOf(i, columns, bits)) }
    },
  },
)

// Over the last axis, n wide, of b rows.

export const softmax = kernel('softmax', 'x:b n -> out:b n | b n', rowwise.softmax, ROWWISE)
export const logSoftmax = kernel('logSoftmax', 'x:b n -> out:b n | b n', rowwise.logSoftmax, ROWWISE)
/** out = y·(g − ⟨g, y⟩): the gradient of softmax from its own output */
export const softmaxGradient = kernel('softmaxGradient', 'g:b n, y:b n -> out:b n | b n', rowwise.softmaxGradient, {
  flops: '4 b n',
})
