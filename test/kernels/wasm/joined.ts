/** What V8 joins of a binary, told by itself: the pass that does it writes down what it finds, function by function. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Joined {
  /** Pairs of vectors that are stored as one. */
  readonly stores: number
  /** Pairs of values that became one. */
  readonly values: number
  /** Pairs of stores that it began with and gave up. */
  readonly failed: number
}

/** Everything is compiled at once, in order, and by the compiler that joins. */
const FLAGS = [
  ...['--experimental-wasm-revectorize', '--trace-wasm-revectorize'],
  ...['--no-liftoff', '--no-wasm-lazy-compilation', '--single-threaded'],
]
const PROGRAM = "new WebAssembly.Module(require('fs').readFileSync(process.argv[1]))"

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

/** Functions by file and name, such as `unary/exp`; none on a processor without AVX2. The binary must have names. */
export function joinedBy(node: string, binary: Uint8Array): ReadonlyMap<string, Joined> {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-joined-'))
  try {
    const file = join(folder, 'kernels.wasm')
    writeFileSync(file, binary)
    const { status, signal, stdout, stderr } = spawnSync(node, [...FLAGS, '-e', PROGRAM, file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    if (status !== 0)
      throw new Error(`expected Node to compile the kernels but it left with ${status ?? signal}: ${stderr}`)
    const told = stdout.split(/^Begin revec function /m).slice(1)
    return new Map(
      told.map((text) => {
        const [line] = text.split('\n', 1)
        const name = line.split('/').slice(-2).join('/').replace('.ts/', '/')
        const decided = /Decide to vectorize, (\d+) revectorizable nodes:/.exec(text)
        const packed = decided ? text.slice(decided.index) : ''
        return [
          name,
          {
            stores: count(packed, /: Store\(/g),
            values: count(packed, /: \S+\(#\d+, #\d+\)/g),
            failed: count(text, /Build tree failed!/g),
          },
        ] as const
      }),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
