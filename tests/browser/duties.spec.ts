/* Duties: what is left today, done by recording, excused by a word; forms that ask only what applies. The orchard pack has four. */
import type { DutyLine, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, start, stop, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

const lines = async (v: Visit, query = '') => (await ask<List<DutyLine>>(v, `/duties?limit=200${query}`)).items

describe('duties', () => {
  it('shows every line as the interface has it, and its objects', () =>
    visit(async (v) => {
      await goto(v, '/duties')
      const told = (await lines(v)).slice(0, 40)
      expect(told.length).toBeGreaterThan(0)
      const table = v.page.getByRole('table', { name: '巡查走访' })
      await expect.poll(() => table.locator('tbody tr').count()).toBe(told.length)
      const l = told.find((x) => x.duty === 'month')!
      const row = table.locator('tbody tr').filter({ hasText: l.title.zh }).first()
      expect(await row.innerText()).toContain(`${l.done} / ${l.need}`)
      await row.getByRole('button', { name: '明细' }).click()
      const objects = v.page.getByRole('table', { name: '明细' })
      await objects.locator('tbody tr').first().waitFor()
    }))

  it('goes from an object that is due to its form, and the line counts it', () =>
    visit(async (v) => {
      await goto(v, '/duties')
      const before = (await lines(v)).find((x) => x.duty === 'month' && x.state === 'due')!
      const row = v.page
        .getByRole('table', { name: '巡查走访' })
        .locator('tbody tr')
        .filter({ hasText: before.title.zh })
        .first()
      await row.getByRole('button', { name: '明细' }).click()
      await v.page.getByRole('table', { name: '明细' }).getByRole('link', { name: '去登记' }).first().click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByLabel('病树数').fill('0')
      await drawer.getByRole('button', { name: '保存' }).click()
      await drawer.getByText('登记后的结果').waitFor()
      const after = (await lines(v)).find((x) => x.duty === 'month' && x.area === before.area)!
      expect(after.done).toBe(before.done + 1)
    }))

  it('takes a reason for what was not done, and takes it back', () =>
    visit(async (v) => {
      await goto(v, '/duties')
      const team = (await lines(v)).find((x) => x.duty === 'month' && x.state === 'due')!
      const row = v.page
        .getByRole('table', { name: '巡查走访' })
        .locator('tbody tr')
        .filter({ hasText: team.title.zh })
        .first()
      await row.getByRole('button', { name: '未完成说明' }).click()
      const objects = v.page.getByRole('table', { name: '明细' })
      const title = (await objects.locator('tbody tr').first().getByRole('link').first().innerText()).trim()
      await objects.locator('tbody tr').first().getByRole('button', { name: '未完成说明' }).click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByLabel('原因', { exact: true }).fill('园主外出')
      await drawer.getByRole('button', { name: '保存' }).click()
      await v.page.getByText('园主外出').first().waitFor()
      const excused = (
        await ask<List<{ subject: { title: string }; state: string }>>(v, `/duties/month/subjects?state=excused`)
      ).items
      expect(excused.map((s) => s.subject.title)).toContain(title)
      await v.page.getByRole('button', { name: '撤回' }).click()
      await expect
        .poll(async () => (await ask<List<unknown>>(v, `/duties/month/subjects?state=excused`)).items.length)
        .toBe(0)
    }))

  it('asks of a subject only what applies to it', () =>
    visit(async (v) => {
      await goto(v, '/s/garden')
      const garden = (await ask<List<Subject>>(v, '/subjects/garden?limit=50')).items.find(
        (g) => g.fields.soil === 'clay',
      )!
      await goto(v, `/s/garden/${garden.id}`)
      await v.page.getByRole('button', { name: '修改' }).first().click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByText('土质').waitFor()
      expect(await drawer.getByText('沙粒粗细').count()).toBe(0)
      await drawer.getByRole('radio', { name: '沙土' }).check({ force: true })
      await drawer.getByText('沙粒粗细').waitFor()
    }))
})
