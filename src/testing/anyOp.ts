/** What the laws need to know of an op, whatever its signature; ops and broadcasting ops alike have it. */
import { checkValue, having } from '../checks/index.ts'
import type { NumberOrGetter } from '../kernels/index.ts'
import { Ids, Tensor, bind } from '../tensor/index.ts'
import type { Argument, Signature, Sizes } from '../tensor/index.ts'
import type { Domain, Draw } from '../autograd/index.ts'

/** Options of an op: its free axes and attributes, by name. */
export type Options = Readonly<Record<string, unknown>>

/** An op of whatever signature, as the laws take it. */
export interface AnyOp {
  (...args: never[]): Tensor
  readonly op: string
  readonly signature: Signature
  readonly definition: {
    readonly attributes?: Readonly<Record<string, NumberOrGetter | boolean>>
    readonly refuse?: (settings: never) => string | undefined
    readonly nobody?: boolean
    readonly means?: (...args: never[]) => Tensor
    readonly domain?: readonly Domain[]
    readonly draw?: (draw: Draw, sizes: never) => Options
  }
}

const OP = having('an op, as `op` declares it', 'op', 'signature', 'definition')

/** Throws a RangeError unless laws can be run on it. */
export const checkIsOp = (who: string, op: AnyOp): void => {
  checkValue(who, 'op', op, OP)
}

type Call = (...args: readonly unknown[]) => Tensor

/** The op of these arguments; an op that broadcasts takes no options, so none are given where there are none. */
export const apply = (op: AnyOp, args: readonly Argument[], options: Options): Tensor =>
  (op as unknown as Call)(...args, ...(Object.keys(options).length > 0 ? [options] : []))

/** Axis sizes, attributes and options: what the op's own functions receive. */
export const settingsOf = (op: AnyOp, args: readonly Argument[], options: Options): Sizes => {
  const { sizes } = bind(op.op, op.signature, args, options)
  return { ...op.definition.attributes, ...options, ...sizes } as Sizes
}

/** The plain expression that a fused op promises to equal, of these arguments; undefined if it promises none. */
export const meaning = (op: AnyOp, args: readonly Argument[], options: Options): Tensor | undefined =>
  (op.definition.means as Call | undefined)?.(...args, settingsOf(op, args, options))

/** The tensors among arguments, lists laid out flat. */
export const tensorsOf = (args: readonly Argument[]): Tensor[] =>
  args.flatMap((argument) => (argument instanceof Ids ? [] : argument))

/** The arguments with other tensors in the places of theirs. */
export function replaced(args: readonly Argument[], tensors: readonly Tensor[]): Argument[] {
  let at = 0
  return args.map((argument) => {
    if (argument instanceof Ids) return argument
    return argument instanceof Tensor ? tensors[at++] : argument.map(() => tensors[at++])
  })
}
