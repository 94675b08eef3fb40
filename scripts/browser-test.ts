/** Runs the minified library in a real browser, on a page that is cross-origin isolated and on one that is not. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Findings } from '../test/browser/page.ts'
import { NO_CHROMIUM, chromium, open } from './chromium.ts'

const PATIENCE = 180_000
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
const PAGE = '<!doctype html><meta charset="utf-8"><title>plegrad</title><script type="module" src="/page.js"></script>'

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/page.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0].contents
}

/** Opens a page that is served with these headers, and returns what it says. */
async function visit(
  browser: string,
  script: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Findings> {
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
    } else if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript', ...headers }).end(script)
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(PAGE)
    } else response.writeHead(404).end()
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

const browser = chromium()
if (browser === undefined) console.log(NO_CHROMIUM)
else {
  console.log(browser)
  const script = await bundle()
  for (const [isolated, headers] of [
    [true, ISOLATION],
    [false, {}],
  ] as const) {
    const said = await visit(browser, script, headers)
    console.log(`\na page that is ${isolated ? '' : 'not '}cross-origin isolated`)
    const isAsServed = { claim: 'is as it was served', holds: said.isolated === isolated, detail: '' }
    for (const { claim, holds, detail } of [isAsServed, ...said.findings]) {
      console.log(`${holds ? '✓' : '✗'} ${claim}${detail && `: ${detail}`}`)
      if (!holds) process.exitCode = 1
    }
  }
}
