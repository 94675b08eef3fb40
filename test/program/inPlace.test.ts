/** What the arena takes for granted of every backend: arithmetic may write its result over an input. */
import { describe, expect, it } from 'vitest'
import { cpu, cpu64, wasm } from '../../src/kernels/index.ts'
import type { Backend, Floats } from '../../src/kernels/index.ts'
import { IN_PLACE } from '../../src/program/arena.ts'
import { stream } from '../../src/tensor/index.ts'

/** What follows the buffers: one row, and options. */
const OPTIONS: Readonly<Record<string, (n: number) => readonly number[]>> = {
  leakyRelu: (n) => [n, 0.1],
  clip: (n) => [n, -0.5, 0.5],
  scaleShift: (n) => [n, 2, 1],
  dropout: (n) => [n, 0.5, 7, 3],
  // n rows of one, and two weights for each.
  mixScale: (n) => [n, 2, 1, 1],
}
const OPERANDS: Readonly<Record<string, number>> = { where: 3, mixScale: 2 }
const BINARY = 'add sub mul div maximum minimum equal greater greaterEqual less lessEqual reluGradient'.split(' ')
const operandsOf = (verb: string): number => OPERANDS[verb] ?? (BINARY.includes(verb) ? 2 : 1)

function buffer(backend: Backend, length: number, name: string): Floats {
  const random = stream(3).stream(name)
  const made = backend.allocate(length)
  backend.write(
    made,
    Array.from({ length }, (_, at) => random.normal(at)),
  )
  return backend.view(made)!
}

const backends: readonly Backend[] = [
  cpu,
  cpu64,
  wasm({ bytes: 2 ** 20, variant: 'simd' }),
  ...(['relaxed'] as const).flatMap((variant) => {
    try {
      return [wasm({ bytes: 2 ** 20, variant })]
    } catch {
      return []
    }
  }),
]

describe.each(backends.map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  it.each([...IN_PLACE])('%s may write over each input', (verb) => {
    const kernel = (backend.kernels as unknown as Readonly<Record<string, (...args: readonly unknown[]) => void>>)[verb]
    for (const n of [1, 3, 4, 5, 16, 17, 33])
      for (let over = verb === 'mixScale' ? 1 : 0; over < operandsOf(verb); over++) {
        const operands = (): Floats[] =>
          Array.from({ length: operandsOf(verb) }, (__, at) =>
            buffer(backend, verb === 'mixScale' && at === 0 ? 2 * n : n, `operand ${at}`),
          )
        const rest = OPTIONS[verb]?.(n) ?? [n]
        const out = buffer(backend, n, 'out')
        kernel(...operands(), out, ...rest)
        const same = operands()
        kernel(...same, same[over], ...rest)
        expect([...same[over]], `${n} over operand ${over}`).toEqual([...out])
      }
  })
})

it('exponentials are not among it: a backend may go over them twice', () => {
  for (const verb of ['exp', 'sigmoid', 'softplus', 'tanh', 'binaryCrossEntropy'] as const)
    expect(IN_PLACE.has(verb)).toBe(false)
})
