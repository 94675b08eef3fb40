/** Programs in documents, made into files that import `plegrad` as a reader's would, and run or type-checked there. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import type { Block } from './documents.ts'

const TSX = resolve('node_modules/tsx/dist/cli.mjs')

/** A folder inside the repository, so that packages are found from it. `src` is where its programs import plegrad from. */
export interface Workshop {
  readonly folder: string
  /** Puts a file there and returns its path. */
  readonly write: (name: string, text: string) => string
  /** What is wrong with files by the type checker, as `file:line message`. */
  readonly typeErrors: (files: readonly string[]) => readonly string[]
  /** Runs a file in a process of its own and returns what it printed. */
  readonly run: (file: string) => Promise<string>
}

/** An empty workshop of that name. */
export function workshop(name: string, src: string): Workshop {
  const folder = resolve('.cache/docs', name)
  rmSync(folder, { recursive: true, force: true })
  const write = (file: string, text: string): string => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  const entry = (file: string): readonly string[] => [`./${relative(folder, resolve(src, file))}`.replaceAll('\\', '/')]
  const config = write(
    'tsconfig.json',
    JSON.stringify({
      extends: relative(folder, resolve('tsconfig.json')).replaceAll('\\', '/'),
      compilerOptions: {
        paths: { plegrad: entry('index.ts'), 'plegrad/*': entry('*.ts') },
      },
      include: ['./*.ts'],
    }),
  )

  const typeErrors = (files: readonly string[]): readonly string[] => {
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config,
      ts.sys,
      folder,
    )
    const program = ts.createProgram(files, options)
    return files
      .flatMap((file) => {
        const source = program.getSourceFile(file)
        return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      })
      .map(({ file, start = 0, messageText }) => {
        const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
        return `${file ? basename(file.fileName) : ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
  }
  const run = async (file: string): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [TSX, '--tsconfig', config, file], { cwd: folder })
    return stdout
  }
  return { folder, write, typeErrors, run }
}

/** A program, and what it prints if the document says so in a `text` block right behind it. */
export interface Program {
  readonly name: string
  readonly code: string
  readonly prints: string | undefined
}

/** The `ts` blocks that stand for themselves; those with a file of their own are no programs. */
export const programsOf = (blocks: readonly Block[]): readonly Program[] =>
  blocks.flatMap(({ document, language, info, line, code }, index) => {
    if (language !== 'ts' || info !== '') return []
    const next = blocks.at(index + 1)
    return [
      {
        name: `${basename(document, '.md')}-${line}`,
        code,
        prints: next?.language === 'text' && next.line === line + code.split('\n').length + 2 ? next.code : undefined,
      },
    ]
  })
