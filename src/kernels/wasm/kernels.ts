/**
 * The kernels that the binary does itself, the others being the reference's; and what their calls come to where the
 * arguments stay the same: bare calls of the binary with every address worked out, which take half the time to get there.
 */
import type { Backend } from '../backend.ts'
import type { Floats } from '../buffer.ts'
import type { AnyKernel } from '../kernel.ts'
import type { Room } from '../run.ts'
import { binary } from './binary.ts'
import { dense } from './dense.ts'
import type { Exports, Own } from './exports.ts'
import { matmul } from './matmul.ts'
import { mix } from './mix.ts'
import { addresses, wrapped } from './plain.ts'
import { rows } from './rows.ts'
import { shape } from './shape.ts'

type Run = () => void
type Kernel = (...args: never[]) => void
/** An export in the place of another, of the kernel that it is. */
export type Share = (kernel: AnyKernel, alone: Kernel) => Kernel

/** Verbs that call the binary by other names or with other numbers, which follow from their arguments alone. */
const adapted = (exports: Exports, list: Int32Array) => ({
  ...matmul(exports),
  ...mix(exports, list),
  ...dense(exports, list),
  ...binary(exports),
  ...shape(exports),
  ...rows(exports, list),
})

/** Verbs that note a list, which prepared calls have one each of. */
const NOTING: ReadonlySet<string> = new Set([
  'mix',
  'mixDot',
  'mixScale',
  'mixScaleSum',
  'gatherEach',
  'gatherRounded',
  'denseRounded',
])

const longest = (args: readonly unknown[]): number =>
  args.reduce<number>((most, each) => (Array.isArray(each) ? Math.max(most, each.length) : most), 1)

/** What a call comes to, by having its verb call exports that only note what they are given. */
function prepared(verb: string, args: readonly unknown[], exports: Exports, list: Int32Array): Run {
  const calls: Run[] = []
  // The list as `this`, which no kernel looks at, so that it lives as long as the calls that read it.
  const note =
    (kernel: Kernel) =>
    (...numbers: never[]) =>
      calls.push(kernel.bind(list, ...numbers))
  const noting = Object.fromEntries(Object.entries(exports).map(([name, kernel]) => [name, note(kernel as Kernel)]))
  const verbs = adapted(noting as unknown as Exports, list) as unknown as Readonly<Record<string, Kernel>>
  verbs[verb](...(args as never[]))
  if (calls.length === 1) return calls[0]
  return () => {
    for (let at = 0; at < calls.length; at++) calls[at]()
  }
}

/**
 * The kernels over exports, of which `share` may have others done. `list` is for calls that are not prepared; the others
 * find room for their own, but for those of `learning`, whose numbers change from call to call.
 */
export function kernelsOver(
  exports: Exports,
  list: Int32Array,
  learning: (exports: Exports, list: Int32Array) => Partial<Own>,
  share: Share = (_, alone) => alone,
): Pick<Backend<Floats, Int32Array>, 'kernels' | 'own'> {
  const kernels = adapted(exports, list)
  for (const [verb, kernel] of Object.entries(kernels))
    Object.assign(kernel, {
      prepared: (room: Room, args: readonly unknown[]) =>
        prepared(verb, args, exports, NOTING.has(verb) ? room(6 * longest(args)) : list),
    })
  const plain = new Map<string, Kernel>()
  return {
    kernels: { ...kernels, ...learning(exports, list) },
    own: (kernel) => {
      const { verb } = kernel
      const known = plain.get(verb)
      if (known || !Object.hasOwn(exports, verb)) return known
      const alone = share(kernel, exports[verb as keyof Exports])
      const made = Object.assign(wrapped(kernel, alone as (...args: number[]) => void), {
        prepared: (_: Room, args: readonly unknown[]) => alone.bind(list, ...(addresses(args) as never[])),
      })
      plain.set(verb, made)
      return made
    },
  }
}
