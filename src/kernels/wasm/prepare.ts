/**
 * The verbs that the binary does itself, the others being the reference's; and what their calls come to where the
 * arguments stay the same: bare calls of the binary with every address worked out, which take half the time to get there.
 */
import type { Room } from '../prepared.ts'
import { binary } from './binary.ts'
import { dense } from './dense.ts'
import type { Exports } from './exports.ts'
import { losses } from './losses.ts'
import { matmul } from './matmul.ts'
import { mix } from './mix.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import { rows } from './rows.ts'
import { shape } from './shape.ts'
import { softmax } from './softmax.ts'
import { unary } from './unary.ts'
import { update } from './update.ts'

type Run = () => void
type Kernel = (...args: never[]) => void

/** Verbs that do nothing but call the binary, with numbers that follow from their arguments. */
const fixed = (exports: Exports, list: Int32Array) => ({
  ...matmul(exports),
  ...mix(exports, list),
  ...dense(exports),
  ...softmax(exports),
  ...unary(exports),
  ...binary(exports),
  ...shape(exports),
  ...reduce(exports),
  ...rows(exports, list),
  ...losses(exports),
})

/** Verbs that note a list, which prepared calls have one each of. */
const NOTING: ReadonlySet<string> = new Set(['mix', 'mixDot', 'mixScale', 'mixScaleSum', 'gatherEach'])

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
  const verbs = fixed(noting as unknown as Exports, list) as unknown as Readonly<Record<string, Kernel>>
  verbs[verb](...(args as never[]))
  if (calls.length === 1) return calls[0]
  return () => {
    for (let at = 0; at < calls.length; at++) calls[at]()
  }
}

/** `list` is for calls that are not prepared; the others find room for their own. */
export function ownKernels(exports: Exports, list: Int32Array) {
  const kernels = fixed(exports, list)
  for (const [verb, kernel] of Object.entries(kernels))
    Object.assign(kernel, {
      prepared: (room: Room, args: readonly unknown[]) =>
        prepared(verb, args, exports, NOTING.has(verb) ? room(3 * longest(args)) : list),
    })
  return { ...kernels, ...random(exports), ...update(exports) }
}
