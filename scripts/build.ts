/** Builds src/ to dist/ as `tsc` would, with the marks of `pure.ts` for bundlers. The command line becomes one file beside it. */
import { rmSync } from 'node:fs'
import ts from 'typescript'
import { bundleCli } from './bundle-cli.ts'
import { markPureCalls } from './pure.ts'

const CONFIG = 'tsconfig.build.json'

const host: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
  },
}
const config = ts.getParsedCommandLineOfConfigFile(CONFIG, {}, host)
if (!config) throw new Error(`build: expected a configuration in ${CONFIG} but got none`)
rmSync('dist', { recursive: true, force: true })
const program = ts.createProgram(config.fileNames, config.options)
const { diagnostics } = program.emit(undefined, undefined, undefined, false, { before: [markPureCalls] })
const all = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
if (all.length > 0) {
  console.error(ts.formatDiagnosticsWithColorAndContext(all, ts.createCompilerHost(config.options)))
  process.exitCode = 1
} else await bundleCli('dist')
