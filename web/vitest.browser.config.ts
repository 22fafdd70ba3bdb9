/* The tests that drive a real browser lie in /tests/browser; the tools they need lie here. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { PassFail } from './vite/passFail.ts'

const here = (p: string) => fileURLToPath(new URL(p, import.meta.url))

export default defineConfig({
  root: here('../tests/browser'),
  cacheDir: here('./node_modules/.vite-browser'),
  resolve: {
    alias: {
      vitest: here('./node_modules/vitest'),
      'playwright-core': here('./node_modules/playwright-core/index.mjs'),
      '@common': here('./common'),
    },
  },
  test: {
    include: ['**/*.spec.ts'],
    reporters: [new PassFail()],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    environment: 'node',
    globals: true,
  },
})
