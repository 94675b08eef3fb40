/** Programs to walk through: each computes one number of tensors that are drawn by the seed. */

export interface Example {
  readonly title: string
  readonly code: string
}

export const EXAMPLES = {
  dense: {
    title: 'A dense layer',
    code: `x = normal([2, 3])
w = normal([3, 2])
c = normal([2])
h = relu(add(matmul(x, w), c))
sum(square(h))`,
  },
  gate: {
    title: 'A gate',
    code: `x = normal([2, 3])
w = normal([3, 2])
clicks = normal([2, 2])
shared = normal([2, 2])
weights = softmax(matmul(x, w))
heard = mix(weights, [clicks, shared])
mean(square(heard))`,
  },
  cgc: {
    title: 'One CGC level',
    code: `x = normal([2, 3])
click = denseRelu(x, normal([3, 2]), ones([2]))
shared = denseRelu(x, normal([3, 2]), ones([2]))
buy = denseRelu(x, normal([3, 2]), ones([2]))
clickGate = softmax(matmul(x, normal([3, 2])))
buyGate = softmax(matmul(x, normal([3, 2])))
clickSignal = mix(clickGate, [click, shared])
buySignal = mix(buyGate, [buy, shared])
add(sum(square(clickSignal)), sum(square(buySignal)))`,
  },
  rows: {
    title: 'Rows of a table',
    code: `table = normal([5, 3])
user = ids([1, 3, 1])
rows = gather(table, user)
sum(tanh(rows))`,
  },
} as const satisfies Readonly<Record<string, Example>>

export type ExampleName = keyof typeof EXAMPLES
