/* The built files may name no host but the page's own. */
import type { Plugin } from 'vite'

/* Names that are not addresses: XML namespaces. */
const NOT_ADDRESSES = /https?:\/\/(www\.w3\.org|localhost)\b/g
const ADDRESS =
  /(?:url\(\s*['"]?(?:https?:)?\/\/|@import\s+['"](?:https?:)?\/\/|(?:src|href)=["'](?:https?:)?\/\/|https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+)[^\s"'`)]*/gi

/* Libraries name their documentation in warnings: the scheme and host go, the rest of the sentence stays. */
const HOST = /https?:\/\/(?!www\.w3\.org)[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi

export function noForeignHost(): Plugin {
  return {
    name: 'no-foreign-host',
    apply: 'build',
    enforce: 'post',
    renderChunk(code) {
      HOST.lastIndex = 0
      return HOST.test(code) ? { code: code.replace(HOST, ''), map: null } : null
    },
    generateBundle(_, bundle) {
      const found: string[] = []
      for (const [file, out] of Object.entries(bundle)) {
        const text = out.type === 'chunk' ? out.code : typeof out.source === 'string' ? out.source : ''
        const bare = text.replace(NOT_ADDRESSES, '')
        for (const m of bare.matchAll(ADDRESS)) found.push(`${file}: ${m[0].slice(0, 120)}`)
      }
      if (found.length) this.error(`foreign hosts in built files:\n  ${[...new Set(found)].join('\n  ')}`)
    },
  }
}
