/**
 * Compiles src/kernels/wasm/assembly to a binary of all kernels and one of those that scoring needs, and writes them down as
 * text in files beside it. With --check it writes nothing, and fails where a text is not what the source builds to.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import asc from 'assemblyscript/asc'
import binaryen from 'assemblyscript/binaryen'
import { STORED, VECTOR } from '../src/kernels/wasm/variant.ts'
import { encode } from './wasm-text.ts'

const FOLDER = 'src/kernels/wasm'
/** The binaries, by the file in assembly/ that says what they export. */
export const BINARIES = { index: `${FOLDER}/binary.generated.ts`, serving: `${FOLDER}/serving.generated.ts` } as const
type Entry = keyof typeof BINARIES

/** 65536 pages are all that a binary may ask for; how many there are is the host's decision. */
const FLAGS = [
  '--optimizeLevel 3 --shrinkLevel 1 --converge --noAssert --runtime stub',
  // Locals that are used most have the smallest numbers, which repeat most.
  '--runPasses reorder-locals',
  '--importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536 --enable simd',
  // What hosts cannot exchange is never exported, and addresses stay 32 bits wide.
  '--disableWarning 112 --disableWarning 201',
].join(' ')

/** The binary that the source compiles to; a test may edit it before. */
export async function compile(entry: Entry, more = '', edit = (source: string) => source): Promise<Uint8Array> {
  const from = `${FOLDER}/assembly/${entry}.ts`
  let binary: Uint8Array | undefined
  let said = ''
  const { error } = await asc.main([from, '--outFile', 'out.wasm', ...`${FLAGS} ${more}`.trim().split(' ')], {
    readFile: (name) => {
      try {
        // Imports name the file with its ending, as everywhere; the compiler adds another.
        return edit(readFileSync(name.replace(/\.ts\.ts$/, '.ts'), 'utf8'))
      } catch {
        return null
      }
    },
    writeFile: (_, contents) => {
      binary = contents as Uint8Array
    },
    listFiles: () => [],
    stderr: {
      write: (text) => {
        said += String(text)
      },
    },
  })
  if (error !== null || said !== '' || !binary)
    throw new Error(`build-wasm: expected ${from} to compile without a word but got:\n${said}`)
  return binary
}

/**
 * Refuses a binary in which a half of a multiply-add stands alone, because the other half would be no sum of its product,
 * or one where the bytes of a half stand for something else.
 */
export function checkHalves(binary: Uint8Array): void {
  const tree = binaryen.readBinary(binary).emitText()
  const pairs = tree.match(/\(i16x8\.avgr_u\s+\(i16x8\.q15mulr_sat_s\s/g)?.length ?? 0
  const halves = STORED.map((half) => binary.filter((byte, at) => byte === VECTOR && binary[at + 1] === half).length)
  if (pairs === 0 || halves.some((count) => count !== pairs))
    throw new Error(`build-wasm: expected halves of ${pairs} multiply-adds but got ${halves.join(' and ')}`)
}

/** A generated file and its text, and the binary that it holds. */
export interface Built {
  readonly file: string
  readonly text: string
  readonly binary: Uint8Array
}

export async function build(entry: Entry): Promise<Built> {
  const binary = await compile(entry)
  checkHalves(binary)
  const head = `/** The kernels of assembly/${entry}.ts as text: \`npm run build:wasm\` writes this file. */`
  const text = `${head}\nexport const binary = ${JSON.stringify(encode(binary))}\n`
  return { file: BINARIES[entry], text, binary }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
  for (const entry of Object.keys(BINARIES) as Entry[]) {
    const { file, text, binary } = await build(entry)
    console.log(`${entry.padEnd(8)} ${binary.length} bytes, ${gzipped(binary)} gzipped, ${gzipped(text)} as text`)
    if (!process.argv.includes('--check')) writeFileSync(file, text)
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${file}: expected what its source builds to but got another text: run npm run build:wasm`)
      process.exitCode = 1
    }
  }
}
