import type { Page } from '@common/api/types'
import { reactive } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useLive, usePages } from './load'

/** A list that is searched. What is asked for stands in the address, where it is not as in `usual`, so that
 * loading again and coming back bring the same list. */
export function useSearchPage<Key extends string, T>(
  usual: Record<Key, string>,
  fetch: (asked: Record<Key, string>, cursor: string | undefined) => Promise<Page<T>>,
) {
  const route = useRoute()
  const router = useRouter()
  const keys = Object.keys(usual) as Key[]
  const asked = reactive({ ...usual }) as Record<Key, string>
  for (const k of keys) {
    const said = route.query[k]
    if (typeof said === 'string') asked[k] = said
  }
  const trimmed = () => Object.fromEntries(keys.map((k) => [k, (asked[k] ?? '').trim()])) as Record<Key, string>
  const pages = usePages((cursor) => fetch(trimmed(), cursor))
  async function search(): Promise<void> {
    const now = trimmed()
    await router.replace({
      query: Object.fromEntries(keys.filter((k) => now[k] && now[k] !== usual[k]).map((k) => [k, now[k]])),
    })
    await pages.first()
  }
  function reset(): Promise<void> {
    Object.assign(asked, usual)
    return search()
  }
  void pages.first()
  useLive(
    (e) => e.verb !== 'look',
    () => pages.reload(true),
  )
  return { asked, pages, search, reset }
}
