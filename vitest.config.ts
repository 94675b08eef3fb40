import { defineConfig } from 'vitest/config'

// A full check also leaves its counts in a file, for its closing line.
const report = process.env.VITEST_JSON

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2,
    // Laws draw hundreds of samples each; a single test beyond this hangs rather than works, on a busy machine too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Of twelve thousand tests one may trip over a busy machine. A full check names whoever passed the second time only.
    retry: report ? 1 : 0,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
