/** The CPU with a fence around every buffer: a kernel that reaches beyond one is caught, where a typed array says nothing. */
import { cpu, ownKernel, servingCpu } from '../../src/kernels/index.ts'
import type { Backend } from '../../src/kernels/index.ts'

type Numbers = Float32Array | Int32Array

const fence = (numbers: Numbers): Numbers =>
  new Proxy(numbers, {
    get(target, key) {
      if (typeof key === 'string' && /^-?\d+$/.test(key) && !(key in target))
        throw new Error(`a kernel reads at ${key} of ${target.length}`)
      const value: unknown = Reflect.get(target, key, target)
      if (key === 'fill')
        return (with_: number, start = 0, end = target.length) => {
          if (start < 0 || end > target.length) throw new Error(`a kernel fills to ${end} of ${target.length}`)
          return target.fill(with_, start, end)
        }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    set(target, key, value) {
      if (typeof key === 'string' && /^-?\d+$/.test(key) && !(key in target))
        throw new Error(`a kernel writes at ${key} of ${target.length}`)
      return Reflect.set(target, key, value, target)
    },
  })

const fenced = (argument: unknown): unknown =>
  ArrayBuffer.isView(argument) ? fence(argument as Numbers) : Array.isArray(argument) ? argument.map(fenced) : argument

export const fencedCpu: Backend = {
  ...(cpu as unknown as Backend),
  name: 'fenced cpu',
  own: (kernel) => {
    const loop = ownKernel(servingCpu, kernel) ?? (kernel.reference as typeof Reflect.apply)
    return (...args: readonly unknown[]) => {
      ;(loop as (...args: readonly unknown[]) => void)(...args.map(fenced))
    }
  },
}
