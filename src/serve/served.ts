/**
 * The kernels that programs are served with: those of a forward pass. It refuses what only training calls, and what a
 * function of the host's does.
 */
import type { AnyKernel } from './form.ts'

const UNARY = 'x:n -> out:n | n'
const BINARY = 'a:n, b:n -> out:n | n'
const REDUCTION = 'x:o m i -> out:o i | o m i'
const TEXTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'neg abs sign exp expm1 log log1p sqrt square reciprocal sin cos tanh erf sigmoid softplus relu'
      .split(' ')
      .map((verb) => [verb, UNARY]),
  ),
  leakyRelu: 'x:n -> out:n | n slope',
  elu: 'x:n -> out:n | n alpha',
  pow: 'x:n -> out:n | n exponent',
  clip: 'x:n -> out:n | n min max',
  scaleShift: 'x:n -> out:n | n factor shift',
  ...Object.fromEntries(
    'add sub mul div maximum minimum equal greater greaterEqual less lessEqual'
      .split(' ')
      .map((verb) => [verb, BINARY]),
  ),
  where: 'condition:n, a:n, b:n -> out:n | n',
  matmul: 'a:m k, b:k n -> out:m n | m k n',
  matmulNT: 'a:m k, b:n k -> out:m n | m k n',
  matmulTN: 'a:k m, b:k n -> out:m n | m k n',
  batchMatmul: 'a:z m k, b:z k n -> out:z m n | z m k n',
  mix: 'weights:b e, [experts:b d]e -> out:b d | b e d',
  mixDot: 'x:b d, [experts:b d]e -> out:b e | b e d',
  dense: 'x:b i, w:i o, c:o -> out:b o | b i o',
  denseRelu: 'x:b i, w:i o, c:o -> out:b o | b i o',
  denseEach: 'x:b i, [ws:i o+]e, [cs?:o+]e -> [outs:b o+]e | b i o[] relu?[]',
  softmax: 'x:b n -> out:b n | b n',
  logSoftmax: 'x:b n -> out:b n | b n',
  repeat: 'x:o i -> out:o m i | o m i',
  swap: 'x:o p q i -> out:o q p i | o p q i',
  slice: 'x:o p i -> out:o q i | o p q i start',
  pad: 'x:o q i -> out:o p i | o q p i start',
  concat: '[xs:o p+ i]e -> out:o p+ i | o p[] i',
  sum: REDUCTION,
  max: REDUCTION,
  min: REDUCTION,
  logSumExp: REDUCTION,
  gather: 'table:v d, ids<v:b -> out:b d | b d',
  gatherEach: '[tables:v+ d+]e, [ids?<v:b]e -> out:b d+ | b d[]',
  nonzeroMask: 'ids<v:n -> out:n | n',
  presentIds: 'ids<v:n -> out<v:n | n',
}
export const SERVED: Readonly<Record<string, AnyKernel>> = Object.fromEntries(
  Object.entries(TEXTS).map(([verb, text]) => [verb, { verb, text }]),
)
