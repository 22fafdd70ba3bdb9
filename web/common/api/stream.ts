/* The live feed: tells listeners quietly that something changed; bursts become one call. */
import type { StreamEntry } from './types'

type Listener = (entries: StreamEntry[]) => void

const QUIET_MS = 500
const AGAIN_MS = 15_000
const listeners = new Set<Listener>()
let source: EventSource | null = null
let waiting: StreamEntry[] = []
let timer: ReturnType<typeof setTimeout> | undefined
let again: ReturnType<typeof setTimeout> | undefined

function flush(): void {
  timer = undefined
  const entries = waiting
  waiting = []
  for (const f of [...listeners]) f(entries)
}

export function openStream(): void {
  if (source || typeof EventSource === 'undefined') return
  source = new EventSource('/api/v1/stream')
  source.addEventListener('entry', (m) => {
    try {
      waiting.push(JSON.parse((m as MessageEvent<string>).data) as StreamEntry)
    } catch {
      return
    }
    timer ??= setTimeout(flush, QUIET_MS)
  })
  /* The browser comes back by itself after a cut line, but not after a refusal. */
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return
    source = null
    again = setTimeout(openStream, AGAIN_MS)
  })
}

export function closeStream(): void {
  source?.close()
  source = null
  clearTimeout(timer)
  clearTimeout(again)
  timer = undefined
  waiting = []
}

/** Listens until the answer is called. */
export function listen(f: Listener): () => void {
  listeners.add(f)
  return () => listeners.delete(f)
}
