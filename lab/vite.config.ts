/**
 * Builds the lab as a static site: a page for the hall and one for each room, addressed relative to one another, so that any
 * file server has it at any address. Pages may fetch nothing: what is dropped on them cannot leave.
 */
import ts from 'typescript'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'
import { markPureCalls } from '../scripts/pure.ts'
import { nav, policyOf } from './frame/page.ts'
import { readRoom } from './read/site.ts'
import { ROOMS } from './rooms.ts'

/** Marks the library's modules for the bundler as its published build is marked. */
const marks = (): Plugin => ({
  name: 'lab-marks',
  enforce: 'pre',
  transform: {
    filter: { id: /\/src\/.*(?<!\.d)\.ts$/ },
    handler(code, id) {
      const { outputText, sourceMapText } = ts.transpileModule(code, {
        fileName: id,
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
        transformers: { before: [markPureCalls] },
      })
      return { code: outputText, map: sourceMapText! }
    },
  },
})

const roomOf = (path: string): string => path.replace(/^\//, '').replace(/\/?index\.html$/, '')

const cards = (): string =>
  ROOMS.map(
    ({ folder, title, words }) =>
      `<li class="card"><h2><a href="./${folder}/index.html">${title}</a></h2><p>${words}</p></li>`,
  ).join('\n')

/** Puts into each page what all have: the policy, the way to the rooms and, in the hall, what they are. */
const frame: Plugin = {
  name: 'lab-frame',
  transformIndexHtml: {
    order: 'pre',
    handler: (html, { path, server }) => ({
      html: html
        .replace('<!-- nav -->', () => nav(roomOf(path), roomOf(path) === '' ? './' : '../'))
        .replace('<!-- rooms -->', cards),
      // While one edits, the bundler's own connection has to work.
      tags: server
        ? []
        : [
            {
              tag: 'meta',
              attrs: { 'http-equiv': 'Content-Security-Policy', content: policyOf(roomOf(path)) },
              injectTo: 'head-prepend' as const,
            },
          ],
    }),
  },
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [frame, marks(), readRoom()],
  worker: { format: 'es', plugins: () => [marks()] },
  build: {
    outDir: '../.cache/lab',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: Object.fromEntries(
        ['', ...ROOMS.map(({ folder }) => folder)].map((folder) => [
          folder === '' ? 'hall' : folder,
          `${import.meta.dirname}/${folder === '' ? '' : `${folder}/`}index.html`,
        ]),
      ),
    },
  },
})
