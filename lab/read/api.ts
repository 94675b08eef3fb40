/** The documentation of all that is exported, as Markdown: typedoc's, from the doc comments, with its own settings. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from 'typedoc'

/** What the settings of the plugin are called, which typedoc's own types do not know. */
interface Settings {
  readonly markdown: string
  readonly router: string
  readonly entryFileName: string
  readonly hidePageHeader: boolean
  readonly hideBreadcrumbs: boolean
  readonly useCodeBlocks: boolean
}

/** Every page by its path, as in `index/classes/PLE.md`; links to sources start with `source:`. @throws Error where typedoc refuses. */
export async function apiPages(): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-api-'))
  try {
    const settings: Settings = {
      markdown: folder,
      router: 'member',
      entryFileName: 'index',
      hidePageHeader: true,
      hideBreadcrumbs: true,
      useCodeBlocks: true,
    }
    const application = await Application.bootstrapWithPlugins({
      ...settings,
      options: 'typedoc.json',
      plugin: ['typedoc-plugin-markdown'],
      readme: 'none',
      sourceLinkTemplate: 'source:src/{path}#L{line}',
      logLevel: 'Warn',
    })
    const project = await application.convert()
    if (!project) throw new Error('the API: expected typedoc to read the entries but it did not')
    await application.generateOutputs(project)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
    return new Map(files.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
