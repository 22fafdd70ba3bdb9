/* The tests that drive a real browser lie in /tests/browser; the tools they need lie here. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { PassFail } from './vite/passFail.ts'

const here = (p: string) => fileURLToPath(new URL(p, import.meta.url))

/* The only limits of the browser tests, in milliseconds. They end what hangs and measure nothing: a busy machine is no fault.
 * What is waited for gives up first, since it can say what did not come. */
const wait = 120_000
const test = 600_000

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
    // scripts/pictures takes pictures and tests nothing.
    include: [process.env.JISHI_PICTURES ? 'pictures.ts' : '**/*.spec.ts'],
    reporters: [new PassFail()],
    fileParallelism: false,
    testTimeout: test,
    hookTimeout: test,
    expect: { poll: { timeout: wait } },
    provide: { wait },
    environment: 'node',
    globals: true,
  },
})

declare module 'vitest' {
  interface ProvidedContext {
    /** How long a page may keep a test waiting. */
    wait: number
  }
}
