/** The laws of kernels and recorded trainings where V8 joins pairs of vectors. Run under Node 24 by `npm run test:wide`. */
import { defineConfig } from 'vitest/config'

const report = process.env.VITEST_JSON

export default defineConfig({
  test: {
    include: [
      'test/kernels/*.test.ts',
      'test/kernels/wasm/{kernels,laws,accuracy,lanes,variant,wide}.test.ts',
      'test/models/recorded.test.ts',
    ],
    setupFiles: ['test/wide/setup.ts'],
    pool: 'forks',
    execArgv: ['--experimental-wasm-revectorize'],
    maxWorkers: 2,
    testTimeout: 300_000,
    retry: report ? 1 : 0,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
