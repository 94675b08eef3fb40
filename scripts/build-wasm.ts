/**
 * Compiles src/kernels/wasm/assembly to a binary that serves with and without relaxed SIMD, and writes it down as text in
 * binary.generated.ts. With --check it writes nothing, and fails where the text is not what the source builds to.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import asc from 'assemblyscript/asc'
import binaryen from 'assemblyscript/binaryen'
import { encode } from '../src/kernels/wasm/text.ts'
import { STORED, VECTOR } from '../src/kernels/wasm/variant.ts'

const FOLDER = 'src/kernels/wasm'
const ENTRY = `${FOLDER}/assembly/index.ts`
const GENERATED = `${FOLDER}/binary.generated.ts`

/** 65536 pages are all that a binary may ask for; how many there are is the host's decision. */
const FLAGS = [
  '--optimizeLevel 3 --shrinkLevel 1 --converge --noAssert --runtime stub',
  '--importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536 --enable simd',
  // What hosts cannot exchange is never exported, and addresses stay 32 bits wide.
  '--disableWarning 112 --disableWarning 201',
].join(' ')

/** The binary that the source compiles to; a test may edit it before. */
export async function compile(more = '', edit = (source: string): string => source): Promise<Uint8Array> {
  let binary: Uint8Array | undefined
  let said = ''
  const { error } = await asc.main([ENTRY, '--outFile', 'out.wasm', ...`${FLAGS} ${more}`.trim().split(' ')], {
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
    throw new Error(`build-wasm: expected ${ENTRY} to compile without a word but got:\n${said}`)
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

/** The generated file and its text, and the binary that it holds. */
export async function build(): Promise<{ readonly file: string; readonly text: string; readonly binary: Uint8Array }> {
  const binary = await compile()
  checkHalves(binary)
  const head = '/** The kernels of assembly/ as text: `npm run build:wasm` writes this file. */'
  return { file: GENERATED, binary, text: `${head}\nexport const binary = ${JSON.stringify(encode(binary))}\n` }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { file, text, binary } = await build()
  const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length
  console.log(`binary   ${binary.length} bytes, ${gzipped(binary)} gzipped`)
  console.log(`as text  ${text.length} bytes, ${gzipped(text)} gzipped`)
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file}: expected what ${ENTRY} builds to but got another text: run npm run build:wasm`)
    process.exitCode = 1
  }
}
