import type { Measure } from '@common/api/types'
import { inject, provide, type InjectionKey, type Ref } from 'vue'

/** The measures of the file that is open, for fields that stand for one of them. */
const key: InjectionKey<Ref<Measure[]>> = Symbol('measures')

export function provideMeasures(of: Ref<Measure[]>): void {
  provide(key, of)
}

export function useMeasures(): Ref<Measure[]> | undefined {
  return inject(key, undefined)
}
