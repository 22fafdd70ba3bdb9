import { setLanguage } from '@common/api/client'
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { i18n } from '../i18n'

const read = (k: string): string | null => {
  try {
    return localStorage.getItem(k)
  } catch {
    return null
  }
}
const write = (k: string, v: string): void => {
  try {
    localStorage.setItem(k, v)
  } catch {
    /* a browser that keeps nothing still works */
  }
}

/** What an officer likes, kept in this browser. */
export const usePrefs = defineStore('prefs', () => {
  const locale = ref<'zh' | 'en'>(read('jishi.locale') === 'en' ? 'en' : 'zh')
  const large = ref(read('jishi.large') === '1')
  watch(
    locale,
    (l) => {
      i18n.global.locale.value = l
      setLanguage(l)
      document.documentElement.lang = l === 'en' ? 'en' : 'zh-CN'
      write('jishi.locale', l)
    },
    { immediate: true },
  )
  watch(
    large,
    (on) => {
      document.documentElement.classList.toggle('large', on)
      write('jishi.large', on ? '1' : '0')
    },
    { immediate: true },
  )
  return { locale, large }
})
