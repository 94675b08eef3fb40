/**
 * Compiles src/kernels/wasm/assembly to two binaries, without and with relaxed SIMD, and writes them down as text in
 * binary.generated.ts. With --check it writes nothing, and fails where the text is not what the source builds to.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import asc from 'assemblyscript/asc'
import { encode } from '../src/kernels/wasm/text.ts'

const ENTRY = 'src/kernels/wasm/assembly/index.ts'
export const GENERATED = 'src/kernels/wasm/binary.generated.ts'

/** 65536 pages are all that a binary may ask for; how many there are is the host's decision. */
const FLAGS = [
  '--optimizeLevel 3 --shrinkLevel 1 --converge --noAssert --runtime stub',
  '--importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536 --enable simd',
  // What hosts cannot exchange is never exported, and addresses stay 32 bits wide.
  '--disableWarning 112 --disableWarning 201',
].join(' ')
const VARIANTS = { simd: '', relaxed: '--enable relaxed-simd' }

/** The binary of one variant. */
async function compile(flags: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined
  let said = ''
  const { error } = await asc.main([ENTRY, '--outFile', 'out.wasm', ...flags.split(' ')], {
    readFile: (name) => {
      try {
        // Imports name the file with its ending, as everywhere; the compiler adds another.
        return readFileSync(name.replace(/\.ts\.ts$/, '.ts'), 'utf8')
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

/** The text of the generated file, and the binaries it holds. */
export async function build(): Promise<{ readonly text: string; readonly binaries: Record<string, Uint8Array> }> {
  const binaries: Record<string, Uint8Array> = {}
  for (const [name, more] of Object.entries(VARIANTS)) binaries[name] = await compile(`${FLAGS} ${more}`.trim())
  const lines = Object.entries(binaries).map(
    ([name, binary]) => `export const ${name} = ${JSON.stringify(encode(binary))}`,
  )
  const head = '/** The kernels of assembly/ as text: `npm run build:wasm` writes this file. */'
  return { text: [head, ...lines, ''].join('\n'), binaries }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { text, binaries } = await build()
  for (const [name, binary] of Object.entries(binaries))
    console.log(`${name.padEnd(8)} ${binary.length} bytes, ${gzipSync(binary, { level: 9 }).length} gzipped`)
  console.log(`as text  ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`)
  if (!process.argv.includes('--check')) writeFileSync(GENERATED, text)
  else if (readFileSync(GENERATED, 'utf8') !== text) {
    console.error(`${GENERATED}: expected what ${ENTRY} builds to but got another text: run npm run build:wasm`)
    process.exitCode = 1
  }
}
