/** What runs in Chromium: tables, where DuckDB is WebAssembly in a worker, and the pages of examples. Run by `npm run test:browser`. */
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type { TestProjectConfiguration } from 'vitest/config'
import { chromium } from './scripts/chromium.ts'

const executablePath = chromium()
const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const patience = { testTimeout: 300_000, hookTimeout: 120_000 }

const tables: TestProjectConfiguration = {
  // What is imported as the peer of Node is the browser's.
  resolve: { alias: { '@duckdb/node-api': at('test/tables/chromium/duckdb.ts') } },
  optimizeDeps: { include: ['@duckdb/duckdb-wasm', 'fast-check'] },
  test: {
    ...patience,
    name: 'tables in Chromium',
    include: ['test/tables/chromium/*.browser.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          ...(executablePath !== undefined && { executablePath }),
          args: ['--no-sandbox', '--disable-dev-shm-usage'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
}

const pages: TestProjectConfiguration = {
  test: { ...patience, name: 'pages in Chromium', include: ['test/examples/*.page.ts', 'test/docs/*.page.ts'] },
}

export default defineConfig({
  server: { host: '127.0.0.1' },
  test: {
    api: { host: '127.0.0.1' },
    maxWorkers: 1,
    projects: executablePath === undefined ? [pages] : [tables, pages],
  },
})
