/** The suites of the lab in Chromium, on the site as it is built. Run by `npm run test:lab`. */
import { defineConfig } from 'vitest/config'

const report = process.env.VITEST_JSON

export default defineConfig({
  test: {
    include: ['test/lab/**/*.page.ts'],
    globalSetup: 'test/lab/build.ts',
    // Frames are counted: nothing else may want the processor.
    maxWorkers: 1,
    testTimeout: 120_000 + 60_000 * Number(process.env.LAB_MINUTES ?? 0),
    hookTimeout: 120_000,
    retry: report ? 1 : 0,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
