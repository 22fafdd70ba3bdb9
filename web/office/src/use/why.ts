import type { Explanation } from '@common/api/types'
import { shallowRef } from 'vue'

/** What the one drawer of reasons shows; null: it is closed. */
export const asked = shallowRef<{ title: string; fetch: () => Promise<Explanation> } | null>(null)

/** Opens the drawer: where a figure, a colour or a finding comes from. */
export function askWhy(title: string, fetch: () => Promise<Explanation>): void {
  asked.value = { title, fetch }
}
