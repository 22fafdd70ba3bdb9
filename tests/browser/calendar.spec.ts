/* Working days beyond the last holiday notice: a step's deadline, a duty, a finding say that they are provisional, until the notice is
 * taken in. The notices end with last year, whatever day it is. */
import type { Case, DutyLine, Page as List, Subject } from '@common/api/types'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, startWith, stop, tell, visit, type Visit } from './kit'
import { administrator } from './place'

const drawer = '.el-drawer:visible'
const findingNote = '暂定：所依据的工作日里，有的年份尚无放假通知'
const dayNote = (day: string) => `暂定：尚无${day.slice(0, 4)}年放假通知`
/** The county's, which is eight hours ahead. */
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
const year = Number(today().slice(0, 4))

const gardens = async (v: Visit) => (await ask<List<Subject>>(v, '/subjects/garden?limit=5')).items
const check = (v: Visit, garden: string, ill: number) =>
  tell(v, 'PUT', `/events/check/${randomUUID()}`, { subject: garden, on: today(), fields: { ill } })
const onlyCase = async (v: Visit) => (await ask<List<Case>>(v, '/cases?state=treating')).items[0]!

// Someone else's server has notices of its own; the mock has none.
describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('provisional days', () => {
  beforeAll(() => startWith({ lastNotice: year - 1 }))
  afterAll(stop)

  it('of the deadline after a step', () =>
    visit(async (v) => {
      const garden = (await gardens(v))[0]!
      await check(v, garden.id, 99)
      const found = (await ask<List<Case>>(v, '/cases?state=found')).items.find((c) => c.subject.root === garden.id)!
      await goto(v, `/cases/${found.id}`)
      expect(await v.page.getByText('暂定').count()).toBe(0) // three calendar days are three days
      await v.page.getByRole('button', { name: '开始救治', exact: true }).click()
      await v.page.locator('#step-people').fill('2')
      await v.page.locator(drawer).getByRole('button', { name: '开始救治', exact: true }).click()
      await v.page.getByRole('heading', { level: 2, name: '救治' }).waitFor()
      const { deadline } = await onlyCase(v)
      await v.page.getByText(dayNote(deadline!)).first().waitFor()
    }))

  it('of a duty that counts them, and of no other', () =>
    visit(async (v) => {
      await goto(v, '/duties')
      const lines = (await ask<List<DutyLine>>(v, '/duties?limit=200')).items
      const row = (duty: string) =>
        v.page
          .getByRole('table', { name: '巡查走访' })
          .locator('tbody tr')
          .filter({ hasText: lines.find((l) => l.duty === duty)!.title.zh })
          .first()
      await row('look')
        .getByText(dayNote(lines.find((l) => l.duty === 'look')!.to))
        .waitFor()
      expect(await row('month').getByText('暂定').count()).toBe(0)
    }))

  it('of a finding whose rule holds by them, and of no other', () =>
    visit(async (v) => {
      const garden = (await gardens(v))[1]!
      for (const [tag, planted] of [
        ['新栽', today()],
        ['老树', `${year - 1}-03-02`],
      ] as const)
        await tell(v, 'PUT', `/subjects/tree/${randomUUID()}`, {
          parent: garden.id,
          fields: { tag, planted, pests: ['mite'] },
        })
      await goto(v, '/findings?rule=mites_unrooted')
      const row = (tag: string) => v.page.locator('tbody tr').filter({ hasText: `${tag}有螨` })
      await row('新栽').getByText(findingNote).waitFor()
      expect(await row('老树').getByText('暂定').count()).toBe(0)
      await goto(v, `/s/garden/${garden.id}`)
      await v.page.getByRole('tab', { name: /^预警/ }).click()
      const card = (tag: string) => v.page.locator('article').filter({ hasText: `${tag}有螨` })
      await card('新栽').getByText(findingNote).waitFor()
      expect(await card('老树').getByText('暂定').count()).toBe(0)
    }))

  it('is over when the notice is taken in', () =>
    visit(async (v) => {
      const before = await onlyCase(v)
      const notices = [year, year + 1].map((y) => ({
        year: y,
        reference: `${y}年测试通知`,
        holidays: [...new Set([`${y}-01-01`, before.deadline!])].filter((d) => d.startsWith(String(y))),
        workdays: [],
      }))
      await visit((a) => tell(a, 'POST', '/calendar', { notices }), { as: administrator })
      await check(v, (await gardens(v))[1]!.id, 0) // what is due comes before the next entry
      const after = await onlyCase(v)
      expect(after.deadline! > before.deadline!).toBe(true) // it is a holiday now
      await goto(v, `/cases/${before.id}`)
      await v.page.getByText(after.deadline!).first().waitFor()
      expect(await v.page.getByText('暂定').count()).toBe(0)
      for (const [path, words] of [
        ['/findings?rule=mites_unrooted', '新栽有螨'],
        ['/duties', '每周看一遍'],
      ] as const) {
        await goto(v, path)
        await v.page.getByText(words).first().waitFor()
        expect(await v.page.getByText('暂定').count()).toBe(0)
      }
    }))
})
