import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [process.env.MUTANTS_TESTS ?? 'test/{data,program,training}/**/*.test.ts'],
    // What counts bytes counts those of the instrumented sources too.
    exclude: [...configDefaults.exclude, 'test/program/allocation.test.ts', 'test/training/step/memory.test.ts'],
    testTimeout: 60_000,
  },
})
