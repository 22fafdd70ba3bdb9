import { api, onSignedOut } from '@common/api/client'
import { Problem } from '@common/api/problem'
import { closeStream, openStream } from '@common/api/stream'
import type { Area, Officer } from '@common/api/types'
import { makeBook, type Book } from '@common/packs/book'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

/** Who is signed in, and what the packs and areas say: loaded once, needed by every page. */
export const useSession = defineStore('session', () => {
  const officer = shallowRef<Officer | null>(null)
  const book = shallowRef<Book | null>(null)
  const areas = shallowRef<Area[]>([])
  const over = ref(false)
  const ready = computed(() => !!officer.value && !!book.value)

  async function take(o: Officer): Promise<void> {
    const [packs, list] = await Promise.all([api.packs(), api.areas()])
    book.value = makeBook(packs, o.sees)
    areas.value = list.items
    officer.value = o
    over.value = false
    openStream()
  }
  /** Areas change while a page is open. */
  async function readAreas(): Promise<void> {
    areas.value = (await api.areas()).items
  }
  function forget(): void {
    closeStream()
    officer.value = null
    book.value = null
    areas.value = []
  }
  async function signIn(login: string, password: string): Promise<void> {
    await take((await api.signIn(login, password)).officer)
  }
  /** True when the browser still holds a session. */
  async function resume(): Promise<boolean> {
    if (ready.value) return true
    try {
      await take((await api.whoAmI()).officer)
      return true
    } catch (e) {
      if (e instanceof Problem && e.status === 401) return false
      throw e
    }
  }
  async function signOut(): Promise<void> {
    try {
      await api.signOut()
    } finally {
      forget()
    }
  }
  /** The server's day, which moves on while a page stays open overnight. */
  function itIs(today: string): void {
    const b = book.value
    if (b && b.packs.today !== today) book.value = { ...b, packs: { ...b.packs, today } }
  }
  const registers = (kind: string | undefined): boolean => !!kind && !!officer.value?.registers.includes(kind)
  const may = (right: string): boolean => !!officer.value?.rights.includes(right)

  onSignedOut(() => {
    if (!officer.value) return
    forget()
    over.value = true
  })
  return { itIs, officer, book, areas, over, ready, signIn, signOut, resume, may, registers, readAreas }
})
