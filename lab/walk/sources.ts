/** The sources of the ops as texts, put into the build by the bundler. */
/// <reference types="vite/client" />

export const SOURCES: Readonly<Record<string, string>> = import.meta.glob('../../src/autograd/ops/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})
