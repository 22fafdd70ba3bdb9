import { reactive, ref, shallowRef } from 'vue'

/** A drawer: whether it is open, and what it is about, which stays while it closes. */
export function useDrawer<T>() {
  const about = shallowRef<T | null>(null)
  const isOpen = ref(false)
  function open(what: T): void {
    about.value = what
    isOpen.value = true
  }
  return reactive({ about, isOpen, open })
}
