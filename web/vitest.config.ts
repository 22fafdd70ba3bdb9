import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (p: string) => fileURLToPath(new URL(p, import.meta.url))

export default defineConfig({
  resolve: { alias: { '@common': here('./common'), '@office': here('./office/src') } },
  test: { dir: here('./tests/unit'), include: ['**/*.test.ts'] },
})
