/* What a device keeps is sealed: without the officer's key, which the server gives with the session, it is noise.
 * Not by the browser's own crypto: that is missing on plain http, which offices use. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hexToBytes, managedNonce } from '@noble/ciphers/utils.js'

export interface Seal {
  close(what: unknown): Uint8Array
  /** Undefined: not closed with this key, or not whole. */
  open<T>(sealed: Uint8Array): T | undefined
}

/** `key`: 64 hexadecimal digits. */
export function sealBy(key: string): Seal {
  const cipher = managedNonce(xchacha20poly1305)(hexToBytes(key))
  return {
    close: (what) => cipher.encrypt(new TextEncoder().encode(JSON.stringify(what))),
    open: <T>(sealed: Uint8Array) => {
      try {
        return JSON.parse(new TextDecoder().decode(cipher.decrypt(sealed))) as T
      } catch {
        return undefined
      }
    },
  }
}
