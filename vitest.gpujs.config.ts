/** The suites of GPU.js: in Node, and in a Chromium that has WebGL and WebGPU without a GPU. Run by `npm run test:gpujs`. */
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type {} from './test/gpujs/laws.shared.ts'
import type { TestProjectConfiguration } from 'vitest/config'
import { chromium } from './scripts/chromium.ts'

const report = process.env.VITEST_JSON
const executablePath = chromium()

/** A driver in software, precise sizes of the heap, and a collector that can be called. */
const ARGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-precise-memory-info',
  '--js-flags=--expose-gc',
]

const patience = { testTimeout: 300_000, hookTimeout: 120_000, retry: report ? 1 : 0 }

const node: TestProjectConfiguration = {
  test: {
    ...patience,
    name: 'Node',
    include: ['test/gpujs/node/*.gpujs.ts'],
    setupFiles: ['test/gpujs/dawn.setup.ts'],
    // Drivers are loaded once for a process, and a process that lost its device has no other.
    pool: 'forks',
    execArgv: ['--expose-gc'],
  },
}

const browser = (path: string): TestProjectConfiguration => ({
  optimizeDeps: { include: ['gpu.js', 'fast-check'] },
  test: {
    ...patience,
    name: 'Chromium',
    fileParallelism: false,
    include: ['test/gpujs/chromium/*.gpujs.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: path, args: ARGS } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

export default defineConfig({
  server: { host: '127.0.0.1' },
  test: {
    api: { host: '127.0.0.1' },
    provide: { lawsSeed: Number(process.env.LAWS_SEED ?? Math.floor(Math.random() * 2 ** 31)) },
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: executablePath === undefined ? [node] : [node, browser(executablePath)],
  },
})
