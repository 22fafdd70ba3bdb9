/* What is one's own: the subjects that a duty assigns to one, and what was promised, on the first page. Of the orchard pack. */
import type { FollowUp, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, login, misfits, none, PHONE, shot, start, stop, tell, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

const HAND = '帮工甲'

/** Three gardens that are looked after by whoever is signed in; one was seen today. */
async function mine(v: Visit): Promise<Subject[]> {
  const gardens = (await ask<List<Subject>>(v, '/subjects/garden?limit=3')).items
  const there = (await ask<List<Subject>>(v, '/subjects/hand')).items
  if (there.length) return gardens
  await tell(v, 'PUT', `/subjects/hand/${crypto.randomUUID()}`, {
    area: gardens[0]!.area,
    fields: { name: HAND, account: login() },
  })
  for (const g of gardens) await tell(v, 'PATCH', `/subjects/garden/${g.id}`, { fields: { minder: HAND } }, g.version)
  await check(v, gardens[0]!, {})
  return gardens
}
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
const check = (v: Visit, of: Subject, fields: object, on = today()) =>
  tell(v, 'PUT', `/events/check/${crypto.randomUUID()}`, { subject: of.id, on, fields })

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('what is mine', () => {
  for (const [name, view] of [
    ['desk', DESK],
    ['phone', PHONE],
  ] as const)
    it(`lists my gardens, how often of three each, and leads to the form (${name})`, () =>
      visit(
        async (v) => {
          const gardens = await mine(v)
          await goto(v, '/')
          const table = v.page.getByRole('table', { name: '我的果园：帮工每月三次' })
          await expect.poll(() => table.locator('tbody tr').count()).toBe(3)
          const row = table.locator('tbody tr').filter({ has: v.page.getByText(gardens[0]!.title, { exact: true }) })
          expect(await row.innerText()).toContain('1 / 3')
          expect(await table.innerText()).not.toContain(login())
          none([...(await misfits(v)), ...(await axe(v))])
          await shot(v, `mine-${name}`)
          await row.getByRole('link', { name: '去登记' }).click()
          await v.page.locator('.el-drawer:visible').getByLabel('病树数').waitFor()
        },
        { view },
      ))

  it('tells of a promise that is due, why it is late, and that it is kept', () =>
    visit(async (v) => {
      const [garden] = await mine(v)
      const before = new Date(Date.now() + 8 * 3600e3 - 5 * 86400e3).toISOString().slice(0, 10)
      await check(v, garden!, { promised: '修井台', promised_by: before }, before)
      await goto(v, '/')
      const row = v.page.getByRole('table', { name: '跟进事项' }).locator('tbody tr').filter({ hasText: '修井台' })
      await row.getByText('已超期 5 天').waitFor()
      await row.getByRole('button', { name: '未完成说明' }).click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByLabel('原因', { exact: true }).fill('等水泥')
      await drawer.getByRole('button', { name: '保存' }).click()
      await row.getByText('原因：等水泥').waitFor()
      await row.getByRole('link', { name: '去办' }).click()
      await drawer.getByText('修井台').waitFor()
      await drawer.getByLabel('结果').fill('修好了')
      await drawer.getByRole('button', { name: '保存' }).click()
      await drawer.getByText('登记后的结果').waitFor()
      expect((await ask<List<FollowUp>>(v, '/follow-ups')).items).toEqual([])
      await goto(v, `/s/garden/${garden!.id}`)
      await v.page.getByRole('tab', { name: '跟进事项 0' }).click()
      await v.page.getByRole('table', { name: '跟进事项' }).getByText('办结').first().waitFor()
    }))
})
