import type { FollowUp } from '@common/api/types'
import { inject, provide, type InjectionKey, type Ref } from 'vue'

/** What is to be done at the file that is open, for fields that stand for one of it. */
const key: InjectionKey<Ref<FollowUp[]>> = Symbol('follow-ups')

export function provideFollowUps(of: Ref<FollowUp[]>): void {
  provide(key, of)
}

export function useFollowUps(): Ref<FollowUp[]> | undefined {
  return inject(key, undefined)
}
