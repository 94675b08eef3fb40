import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: [process.env.MUTANTS_TESTS ?? 'test/{data,program,training}/**/*.test.ts'], testTimeout: 60_000 },
})
