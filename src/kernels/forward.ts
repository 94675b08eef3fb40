/**
 * The kernels of a forward pass, with which saved programs are served: their lines, as the table has them, and not their
 * loops, so that nobody downloads what WebAssembly does for him. Those that it does not do have their loops here; the
 * others come with a backend. It refuses what only training calls.
 */
import { logSumExp, min } from './cpu/reduce.ts'
import { presentIds } from './cpu/rows.ts'
import { cos, elu, erf, expm1, log1p, pow, sign, sin } from './cpu/unary.ts'
import type { AnyKernel } from './kernel.ts'

const LINES: Readonly<Record<string, string>> = {
  'x:n -> out:n | n': 'neg abs sign exp expm1 log log1p sqrt square reciprocal sin cos tanh erf sigmoid softplus relu',
  'x:n -> out:n | n slope': 'leakyRelu',
  'x:n -> out:n | n alpha': 'elu',
  'x:n -> out:n | n exponent': 'pow',
  'x:n -> out:n | n min max': 'clip',
  'x:n -> out:n | n factor shift': 'scaleShift',
  'a:n, b:n -> out:n | n': 'add sub mul div maximum minimum equal greater greaterEqual less lessEqual',
  'condition:n, a:n, b:n -> out:n | n': 'where',
  'a:m k, b:k n -> out:m n | m k n': 'matmul',
  'a:m k, b:n k -> out:m n | m k n': 'matmulNT',
  'a:k m, b:k n -> out:m n | m k n': 'matmulTN',
  'a:z m k, b:z k n -> out:z m n | z m k n': 'batchMatmul',
  'x:b i, w:i o, c:o -> out:b o | b i o': 'dense denseRelu',
  'x:b i, [ws:i o+]e, [cs?:o+]e -> [outs:b o+]e | b i o[] relu?[]': 'denseEach',
  'weights:b e, [experts:b d]e -> out:b d | b e d': 'mix',
  'x:b d, [experts:b d]e -> out:b e | b e d': 'mixDot',
  'x:b n -> out:b n | b n': 'softmax logSoftmax',
  'x:o i -> out:o m i | o m i': 'repeat',
  'x:o p q i -> out:o q p i | o p q i': 'swap',
  'x:o p i -> out:o q i | o p q i start': 'slice',
  'x:o q i -> out:o p i | o q p i start': 'pad',
  '[xs:o p+ i]e -> out:o p+ i | o p[] i': 'concat',
  'x:o m i -> out:o i | o m i': 'sum max min logSumExp',
  'table:v d, ids<v:b -> out:b d | b d': 'gather',
  '[tables:v+ d+]e, [ids?<v:b]e -> out:b d+ | b d[]': 'gatherEach',
  'ids<v:n -> out:n | n': 'nonzeroMask',
  'ids<v:n -> out<v:n | n': 'presentIds',
}
const LOOPS: Readonly<Record<string, object>> = {
  ...{ sign, expm1, log1p, sin, cos, erf, elu, pow },
  ...{ min, logSumExp, presentIds },
}

/** By verb. */
export const FORWARD: Readonly<Record<string, AnyKernel>> = Object.fromEntries(
  Object.entries(LINES).flatMap(([text, verbs]) =>
    verbs
      .split(' ')
      .map((verb) => [verb, { verb, text, reference: LOOPS[verb], inPlace: false, costly: false }] as const),
  ),
)
