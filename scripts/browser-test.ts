/**
 * Runs the minified library in a real browser: on a page that is cross-origin isolated, on one that is not, on one that
 * serves saved programs, on one that keeps models in files, on one that runs exported ONNX files, and on one that can use
 * GPU.js, cut into the files that are downloaded when they are needed. Then the suites of tables and of pages, in the same.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { build } from 'esbuild'
import type { Findings } from '../test/browser/finding.ts'
import { travelling } from '../test/serve/travelling.ts'
import { ISOLATION, NO_CHROMIUM, PAGE, chromium, open } from './chromium.ts'

const PATIENCE = 180_000

type Files = ReadonlyMap<string, Uint8Array>

/** What a server has to give for a page: /page.js, and what that loads later. */
async function bundle(page: string, more: Readonly<Record<string, string>> = {}): Promise<Files> {
  const { outputFiles } = await build({
    entryPoints: { page, ...more },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: '.',
    write: false,
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]))
}

/** Opens a page that is served with these headers, and returns what it says. */
async function visit(browser: string, files: Files, headers: Readonly<Record<string, string>>): Promise<Findings> {
  let hear: (findings: Findings) => void = () => undefined
  const heard = new Promise<Findings>((resolve) => (hear = resolve))
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = ''
      request.on('data', (part: Buffer) => (body += String(part)))
      request.on('end', () => {
        response.writeHead(204).end()
        hear(JSON.parse(body) as Findings)
      })
      return
    }
    const { url = '' } = request
    const file = files.get(url)
    const type = url.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'
    if (file) response.writeHead(200, { 'content-type': type, ...headers }).end(file)
    else if (url === '/') response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(PAGE)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { close, ended } = open(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      heard,
      ended.then((why) => Promise.reject(new Error(why))),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`the page says nothing for ${PATIENCE / 1000} s`)), PATIENCE)
      }),
    ])
  } finally {
    clearTimeout(timer)
    close()
    server.closeAllConnections()
    server.close()
    await ended
  }
}

const ORT = 'test/onnxruntime/node_modules/onnxruntime-web/dist'
const NO_ORT = 'a page that runs ONNX files: npm ci --prefix test/onnxruntime brings ONNX Runtime'

/** ONNX Runtime with its WebAssembly, as a page asks for them. */
const runtime = (): Files =>
  new Map(
    ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'].map((name) => [
      `/ort/${name}`,
      readFileSync(`${ORT}/${name}`),
    ]),
  )

const browser = chromium()
if (browser === undefined) console.log(NO_CHROMIUM)
else {
  console.log(browser)
  const whole = await bundle('test/browser/page.ts')
  const serving = new Map([
    ...(await bundle('test/browser/serve.ts', { worker: 'test/browser/worker.ts' })),
    ['/programs.json', Buffer.from(JSON.stringify(travelling()))] as const,
  ])
  const pages = [
    { page: 'a page that is cross-origin isolated', files: whole, headers: ISOLATION },
    { page: 'a page that is not cross-origin isolated', files: whole, headers: {} },
    { page: 'a page that serves saved programs', files: serving, headers: {} },
    {
      page: 'a page that keeps models in files of its own',
      files: await bundle('test/browser/files.ts'),
      headers: ISOLATION,
    },
    ...(existsSync(ORT)
      ? [
          {
            page: 'a page that runs exported ONNX files',
            files: new Map([...(await bundle('test/browser/onnx.ts')), ...runtime()]),
            headers: {},
          },
        ]
      : []),
    { page: 'a page that can use GPU.js', files: await bundle('test/browser/peer.ts'), headers: {} },
  ]
  for (const { page, files, headers } of pages) {
    const said = await visit(browser, files, headers)
    console.log(`\n${page}`)
    const isAsServed = { claim: 'is as it was served', holds: said.isolated === (headers === ISOLATION), detail: '' }
    for (const { claim, holds, detail } of [isAsServed, ...said.findings]) {
      console.log(`${holds ? '✓' : '✗'} ${claim}${detail && `: ${detail}`}`)
      if (!holds) process.exitCode = 1
    }
  }
  const { status } = spawnSync('npx vitest run --config vitest.browser.config.ts', { shell: true, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
  if (!existsSync(ORT)) {
    console.log(`\n– ${NO_ORT}`)
    if (process.env.ONNXRUNTIME_REQUIRE) process.exitCode = 1
  }
}
