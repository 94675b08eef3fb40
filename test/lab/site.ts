/** The lab as it was built, served as any file server would. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
/** What is read as text, and may be changed on the way. */
const TEXTS = ['.html', '.js', '.css', '.svg']

export interface Site {
  /** Ends in a slash; not the root, so that addresses have to be relative. */
  readonly url: string
  /** Bytes that were sent, uncompressed, and what was asked for. */
  readonly sent: () => number
  readonly asked: () => readonly string[]
  close(): void
}

/** Serves a folder below `/somewhere/`; `change` may alter what a file says. */
export async function serve(folder: string, change = (_path: string, text: string): string => text): Promise<Site> {
  let bytes = 0
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://host').pathname.replace(/^\/somewhere\//, ''))
    asked.push(path)
    readFile(join(folder, path)).then(
      (content) => {
        const body = TEXTS.includes(extname(path)) ? Buffer.from(change(path, content.toString())) : content
        const etag = `"${createHash('sha256').update(body).digest('hex')}"`
        if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end()
        bytes += body.length
        return response
          .writeHead(200, { 'content-type': TYPES[extname(path)], etag, 'cache-control': 'no-cache' })
          .end(body)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/somewhere/`,
    sent: () => bytes,
    asked: () => asked,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
