/**
 * Writes the Python package of python/ down as text in src, for `toPyTorch`. With --check it writes nothing, and fails where
 * the text is not what is there.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const FOLDER = 'python'
export const WRITTEN = 'src/exchange/pytorch/python.generated.ts'

/** The files of the package by path. */
const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /\.(py|toml|md)$/.test(path) && !path.split('/').some((part) => part.startsWith('.')))
      .sort()
      .map((path) => [path, readFileSync(`${folder}/${path}`, 'utf8')]),
  )

/** What the file in src says. */
export const textOf = (): string =>
  [
    '/** The Python package of python/, file by file, as text: `npm run build:python` writes it. It holds nothing else. */',
    `export const PYTHON: Readonly<Record<string, string>> = ${JSON.stringify(filesOf(FOLDER), null, 2)}`,
    '',
  ].join('\n')

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!process.argv.includes('--check')) writeFileSync(WRITTEN, textOf())
  else if (readFileSync(WRITTEN, 'utf8') !== textOf())
    throw new Error(
      `build-python: expected ${WRITTEN} to be that of ${FOLDER}/ but got another: run npm run build:python`,
    )
}
