import vue from '@vitejs/plugin-vue'
import AutoImport from 'unplugin-auto-import/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { noForeignHost } from './vite/noForeignHost.ts'

const here = (p: string) => fileURLToPath(new URL(p, import.meta.url))

export default defineConfig({
  root: here('./office'),
  base: '/',
  resolve: { alias: { '@common': here('./common'), '@office': here('./office/src') } },
  define: { __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  plugins: [
    vue(),
    AutoImport({ resolvers: [ElementPlusResolver()], dts: here('./office/auto-imports.d.ts') }),
    Components({ dirs: [], resolvers: [ElementPlusResolver()], dts: here('./office/components.d.ts') }),
    noForeignHost(),
  ],
  server: { proxy: { '/api': process.env.JISHI_URL ?? 'http://127.0.0.1:8099' } },
  build: {
    outDir: here('./dist/office'),
    emptyOutDir: true,
    target: 'chrome87',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      checks: { bundlerTimings: false }, // how long the build took is no warning to a county
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/, priority: 20 },
            {
              name: 'element',
              test: /node_modules[\\/](element-plus|@element-plus|@vueuse|@floating-ui|dayjs|async-validator|lodash|lodash-es)[\\/].*\.m?js$/,
              priority: 10,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
})
