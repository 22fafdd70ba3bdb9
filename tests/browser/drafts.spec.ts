/* Nothing typed is lost: reload, Back, Esc, signing out, no network; and it is sealed, and one's own. Of the orchard pack. */
import type { EventListed, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, misfits, none, PHONE, shot, signIn, start, stop, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

const drawer = (v: Visit) => v.page.locator('.el-drawer:visible')
const sick = (v: Visit) => drawer(v).getByLabel('病树数')
const note = (v: Visit) => drawer(v).getByText(/接着 .* 没保存的内容填/)

async function open(v: Visit): Promise<Subject> {
  const garden = (await ask<List<Subject>>(v, '/subjects/garden?limit=1')).items[0]!
  await goto(v, `/s/garden/${garden.id}?record=check`)
  await sick(v).waitFor()
  return garden
}
/** What is on the device: by form, as the browser holds it. */
const onDevice = (v: Visit) =>
  v.page.evaluate(
    () =>
      new Promise<number>((done) => {
        const asked = indexedDB.open('jishi')
        asked.onsuccess = () => {
          const base = asked.result
          if (!base.objectStoreNames.contains('drafts')) return (base.close(), done(0))
          const rows = base.transaction('drafts').objectStore('drafts').count()
          rows.onsuccess = () => (base.close(), done(rows.result))
        }
      }),
  )
const kept = (v: Visit, n: number) => expect.poll(() => onDevice(v)).toBe(n)

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('what is typed and not saved', () => {
  for (const [name, view] of [
    ['desk', DESK],
    ['phone', PHONE],
  ] as const)
    it(`outlives reload, Esc, Back and signing out; saved, it is gone (${name})`, () =>
      visit(
        async (v) => {
          await signIn(v) // a session of its own, as it is ended below
          const garden = await open(v)
          const checks = async () =>
            (await ask<List<EventListed>>(v, '/events/check?limit=500')).items.filter((e) => e.subject.id === garden.id)
          const before = (await checks()).length
          await sick(v).fill('7')
          await kept(v, 1)
          await v.page.reload()
          await note(v).waitFor()
          expect(await sick(v).inputValue()).toBe('7')
          none([...(await misfits(v)), ...(await axe(v))])
          await shot(v, `draft-${name}`, false)

          await v.page.keyboard.press('Escape')
          await v.page.getByText('没保存的内容留在这台设备上').first().waitFor()
          await goto(v, '/')
          const list = v.page.locator('section').filter({ hasText: '还没保存的内容' })
          await list.getByRole('link', { name: garden.title }).waitFor()
          none([...(await misfits(v)), ...(await axe(v))])
          await shot(v, `drafts-${name}`, false)

          await v.page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' }))
          await signIn(v, `/s/garden/${garden.id}?record=check`)
          await note(v).waitFor()
          expect(await sick(v).inputValue()).toBe('7')

          await drawer(v).getByRole('button', { name: '保存', exact: true }).click()
          await kept(v, 0)
          expect((await checks()).length).toBe(before + 1)
        },
        { view, signedOut: true },
      ))

  it('is thrown away when one says so', () =>
    visit(async (v) => {
      await open(v)
      await sick(v).fill('9')
      await kept(v, 1)
      await v.page.reload()
      await drawer(v).getByRole('button', { name: '从头填' }).click()
      await expect.poll(() => sick(v).inputValue()).toBe('')
      await kept(v, 0)
    }))

  it('without network: why stands beside the button, and nobody is sent to sign in', () =>
    visit(async (v) => {
      const garden = await open(v)
      await sick(v).fill('5')
      await kept(v, 1)
      await v.page.route('**/api/**', (r) => r.abort())
      v.offline = true
      await drawer(v).getByRole('button', { name: '保存', exact: true }).click()
      const footer = drawer(v).locator('.el-drawer__footer')
      await footer.getByText('连不上服务器').waitFor()
      await v.page.reload()
      await v.page.getByRole('heading', { name: '连不上服务器' }).waitFor()
      none([...(await misfits(v)), ...(await axe(v))])
      await shot(v, 'unreachable', false)
      await v.page.unroute('**/api/**')
      await v.page.getByRole('button', { name: '重新加载' }).click()
      await v.page.waitForURL((u) => u.pathname === `/s/garden/${garden.id}`)
      await note(v).waitFor()
      expect(await sick(v).inputValue()).toBe('5')
    }))
})
