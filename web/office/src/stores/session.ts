import { api, onLocked, onSignedOut } from '@common/api/client'
import { Problem } from '@common/api/problem'
import { closeStream, openStream } from '@common/api/stream'
import type { Area, Officer, SessionAnswer } from '@common/api/types'
import type { Drafts } from '@common/device/drafts'
import { makeBook, type Book } from '@common/packs/book'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

/** Who is signed in, and what the packs and areas say: loaded once, needed by every page. */
export const useSession = defineStore('session', () => {
  const officer = shallowRef<Officer | null>(null)
  const book = shallowRef<Book | null>(null)
  const areas = shallowRef<Area[]>([])
  const over = ref(false)
  const locked = ref(false)
  /** The password was given by another: nothing goes on until it is changed. */
  const first = ref(false)
  /** The county demands one-time codes, and he has none yet: likewise. */
  const codesFirst = ref(false)
  let deviceKey = ''
  let ownDrafts: Promise<Drafts> | null = null
  let idleMs = 0
  let usedMs = Date.now()
  const ready = computed(() => !!officer.value && !!book.value)

  async function take(x: SessionAnswer): Promise<void> {
    locked.value = false
    first.value = x.first_password
    codesFirst.value = !x.first_password && x.codes_first
    if (first.value || codesFirst.value) return
    idleMs = x.idle_minutes * 60_000
    usedMs = Date.now()
    const o = x.officer
    const [packs, list] = await Promise.all([api.packs(), api.areas()])
    book.value = makeBook(packs, o.sees)
    areas.value = list.items
    deviceKey = x.device_key
    ownDrafts = null
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
    deviceKey = ''
    ownDrafts = null
    book.value = null
    areas.value = []
  }
  /** What he typed on this device and has not saved; null when nobody is signed in. */
  function drafts(): Promise<Drafts> | null {
    const of = officer.value
    if (!of) return null
    const key = deviceKey
    ownDrafts ??= import('@common/device/drafts').then((m) => m.draftsOf(of.id, key))
    return ownDrafts
  }
  async function signIn(login: string, password: string, code?: string): Promise<void> {
    await take(await api.signIn(login, password, code))
  }
  /** True when the browser still holds a session. */
  async function resume(): Promise<boolean> {
    if (ready.value) return true
    try {
      await take(await api.whoAmI())
      return ready.value
    } catch (e) {
      if (e instanceof Problem && (e.status === 401 || e.status === 423)) return false
      throw e
    }
  }
  /** The first password or a later one: the session goes on with the new one. */
  async function changePassword(old: string, next: string): Promise<void> {
    await take(await api.changePassword(old, next))
  }
  async function unlock(password: string): Promise<void> {
    const x = await api.unlock(password)
    idleMs = x.idle_minutes * 60_000
    usedMs = Date.now()
    locked.value = false
    openStream()
  }
  async function lock(): Promise<void> {
    locked.value = true
    closeStream()
    await api.lock().catch(() => undefined)
  }
  /** Use is what a person does; what the page asks by itself is none. */
  if (typeof window !== 'undefined') {
    for (const what of ['keydown', 'pointerdown', 'wheel'])
      window.addEventListener(what, () => (usedMs = Date.now()), { passive: true })
    window.setInterval(() => {
      if (ready.value && !locked.value && idleMs && Date.now() - usedMs >= idleMs) void lock()
    }, 15_000)
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
  onLocked(() => {
    if (officer.value) locked.value = true
  })
  return {
    locked,
    first,
    codesFirst,
    lock,
    unlock,
    changePassword,
    itIs,
    officer,
    book,
    areas,
    over,
    ready,
    signIn,
    signOut,
    resume,
    may,
    registers,
    readAreas,
    drafts,
  }
})
