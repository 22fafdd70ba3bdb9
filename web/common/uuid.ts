/* UUID version 7 (RFC 9562): whoever creates a thing names it, so a repeated write is recognised. */
export function uuid7(now = Date.now()): string {
  const b = new Uint8Array(16)
  crypto.getRandomValues(b)
  for (let i = 5, t = now; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256
  b[6] = (b[6]! & 0x0f) | 0x70
  b[8] = (b[8]! & 0x3f) | 0x80
  const h = [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}
