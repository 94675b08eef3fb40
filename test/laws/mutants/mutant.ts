/** A mutant: an op or a backend with one planted fault, and the hunt for it. The laws prove by it that they can fail. */
import { cpu } from '../../../src/index.ts'
import type { Backend } from '../../../src/index.ts'
import type { Buffer, Floats } from '../../../src/kernels.ts'
import { examineOp } from '../../../src/testing.ts'
import type { AnyOp } from '../../../src/testing.ts'

export const FIRST = 'gradient of order 1'
export const SECOND = 'gradient of order 2'
export const FUSED = 'fused equals plain'
export const AGREE = 'backends agree'
export const WRITTEN = 'writes all of its output'
export const LARGE = 'large inputs stay finite'
export const REFUSED = 'a wrong shape is refused'

export interface Mutant {
  readonly fault: string
  /** The law that must see it, of several that may. */
  readonly law: string
  readonly op: AnyOp
  /** For a fault of a backend and not of the op. */
  readonly backend?: Backend
}

/** The numbers of a buffer: mutants run on the CPU alone. */
export const floats = (buffer: Buffer): Floats => buffer as Floats

/** The laws that a mutant breaks. */
export async function brokenBy(
  { op, backend = cpu }: Mutant,
  options: { cases: number; seed: number },
): Promise<string[]> {
  const { laws } = await examineOp(op, { ...options, backends: [backend] })
  return laws.filter(({ failure }) => failure !== undefined).map(({ law }) => law)
}
