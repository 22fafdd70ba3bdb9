import { asProblem, type Problem } from '@common/api/problem'
import { listen } from '@common/api/stream'
import type { Page, StreamEntry } from '@common/api/types'
import { onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  reload: (quiet?: boolean) => Promise<void>
}

/** Something fetched for a page. A quiet reload neither blanks the page nor speaks of errors; an answer that comes late is dropped. */
export function useLoad<T>(fetch: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let turn = 0
  async function reload(quiet = false): Promise<void> {
    const mine = ++turn
    if (!quiet) loading.value = true
    try {
      const got = await fetch()
      if (mine !== turn) return
      data.value = got
      problem.value = null
    } catch (e) {
      if (mine === turn && !quiet) problem.value = asProblem(e)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  return { data, problem, loading, reload }
}

/** Cursor pages: forward by what the server gave, back by what was kept. */
export function usePages<T>(fetch: (cursor: string | undefined) => Promise<Page<T>>) {
  const kept = ref<(string | undefined)[]>([undefined])
  const page = useLoad(() => fetch(kept.value[kept.value.length - 1]))
  return {
    ...page,
    number: () => kept.value.length,
    first: () => {
      kept.value = [undefined]
      return page.reload()
    },
    forward: () => {
      const next = page.data.value?.next
      if (!next) return
      kept.value = [...kept.value, next]
      return page.reload()
    },
    back: () => {
      if (kept.value.length < 2) return
      kept.value = kept.value.slice(0, -1)
      return page.reload()
    },
  }
}

/** Calls while the page is shown, when entries that matter to it arrive; never twice at a time, however fast they come. */
export function useLive(matters: (e: StreamEntry) => boolean, then: () => Promise<void>): void {
  let busy = false
  let more = false
  async function run(): Promise<void> {
    more = true
    if (busy) return
    busy = true
    while (more) {
      more = false
      await then()
    }
    busy = false
  }
  onUnmounted(listen((entries) => void (entries.some(matters) && run())))
}
