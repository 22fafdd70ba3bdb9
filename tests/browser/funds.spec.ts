/* Figures with their rows; a fund, its payments; members who move and who end. The orchard pack has one of each. */
import type { Indicators, Measure, Page as List, Subject, SubjectFile } from '@common/api/types'
import { uuid7 } from '@common/uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, settled, start, stop, visit, type Visit } from './kit'
import { secondOfficer } from './place'

beforeAll(start)
afterAll(stop)

const put = (v: Visit, path: string, body: unknown, version?: number) =>
  v.page.evaluate(
    async ([p, b, m]) => {
      const r = await fetch(`/api/v1${p}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', ...(m ? { 'If-Match': m } : {}) },
        body: b,
      })
      if (!r.ok) throw new Error(`${p}: ${await r.text()}`)
      return r.json()
    },
    [path, JSON.stringify(body), version === undefined ? '' : `"${version}"`] as const,
  )
const gardens = async (v: Visit) => (await ask<List<Subject>>(v, '/subjects/garden?limit=100')).items
const fileOf = (v: Visit, id: string) => ask<SubjectFile>(v, `/subjects/garden/${id}/file`)

/** A garden with an approved measure of `yuan`, and a purse with a budget. */
async function approved(v: Visit): Promise<{ garden: Subject; measure: Measure }> {
  const packs = await ask<{ today: string }>(v, '/packs')
  const garden = (await gardens(v)).find((g) => g.colour !== 'green')!
  const of = (await fileOf(v, garden.id)).cases.find((c) => !c.closed)
  const events = uuid7()
  if (!of)
    await put(v, `/events/check/${events}`, {
      subject: garden.id,
      on: packs.today,
      fields: { ill: 99 },
    })
  const open = (await fileOf(v, garden.id)).cases.find((c) => !c.closed)!
  const id = uuid7()
  const proposed = (await put(v, `/measures/${id}`, {
    kind: 'spraying',
    subject: garden.id,
    case: open.id,
    form: { trees: 1 },
  })) as Measure
  let measure = proposed
  // Whoever proposed it does not decide on it.
  await visit(
    async (other) => {
      measure = (await put(other, `/measures/${id}`, { state: 'approved' }, proposed.version)) as Measure
    },
    { as: secondOfficer },
  )
  const purses = (await ask<{ items: { key: string }[] }>(v, '/keys/purse')).items
  if (!purses.length)
    await put(v, `/subjects/purse/${uuid7()}`, {
      area: garden.area,
      fields: { name: '果园资金', budget: 100000 },
    })
  return { garden, measure }
}

describe('figures and funds', () => {
  it('shows each figure as the interface has it, with definition, parts and rows', () =>
    visit(async (v) => {
      await goto(v, '/figures')
      const told = await ask<Indicators>(v, '/indicators')
      for (const i of told.items) await v.page.getByText(i.definition.zh, { exact: true }).first().waitFor()
      const count = told.items.find((i) => i.name === 'gardens')!
      await v.page.getByRole('button', { name: `${count.title.zh} ${count.value} 明细` }).click()
      const rows = v.page.locator('.el-drawer:visible tbody tr')
      await expect.poll(() => rows.count()).toBe(Math.min(100, Number(count.value)))
      await rows.first().getByRole('link').click()
      await v.page.waitForURL(/\/s\/garden\//)
    }))

  it('pays an approved measure from a fund, once, and the fund shows it', () =>
    visit(async (v) => {
      await goto(v, '/')
      const { garden, measure } = await approved(v)
      await goto(v, `/s/garden/${garden.id}`)
      await v.page.getByRole('button', { name: /发放补助/ }).click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByRole('combobox', { name: '哪项措施' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option').first().click()
      await drawer.getByRole('textbox', { name: '金额' }).fill(String(measure.amount! / 100))
      await drawer.getByRole('combobox', { name: '资金' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option').first().click()
      await drawer.getByRole('button', { name: '保存' }).click()
      await drawer.getByText('再登记一条').waitFor()
      await drawer.getByText('再登记一条').click()
      await drawer.getByRole('combobox', { name: '哪项措施' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option').first().click()
      await drawer.getByRole('textbox', { name: '金额' }).fill('1')
      await drawer.getByRole('combobox', { name: '资金' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option').first().click()
      v.expected.add(409)
      await drawer.getByRole('button', { name: '保存' }).click()
      await drawer
        .getByText(/不能多发或重复发放/)
        .first()
        .waitFor()
      await goto(v, '/funds')
      const fund = (await ask<{ items: { title: string; paid: number; left: number }[] }>(v, '/funds')).items[0]!
      expect(fund.paid).toBe(measure.amount)
      const line = v.page.getByRole('row', { name: new RegExp(fund.title) }).first()
      await line
        .getByText((fund.paid / 100).toFixed(2))
        .first()
        .waitFor()
      await v.page.getByRole('table', { name: '支付明细' }).getByRole('link', { name: garden.title }).waitFor()
    }))

  it('moves a member to another unit with what happened to it, and shows last who ended', () =>
    visit(async (v) => {
      await goto(v, '/')
      const [from, to] = (await gardens(v)).slice(0, 2) as [Subject, Subject]
      const tree = (await fileOf(v, from.id)).children[0]!
      await goto(v, `/s/garden/${from.id}`)
      await v.page.getByRole('tab', { name: /^果树/ }).click()
      await v.page.getByRole('button', { name: `迁移 ${tree.title}` }).click()
      const drawer = v.page.locator('.el-drawer:visible')
      await drawer.getByRole('combobox').click({ force: true })
      await drawer.getByRole('combobox').fill(to.title)
      await v.page
        .locator('.el-select-dropdown:visible')
        .getByRole('option', { name: new RegExp(`^${to.title} `) })
        .first()
        .click()
      await drawer.getByRole('button', { name: '迁过去' }).click()
      await v.page.getByText('已迁移。').waitFor()
      expect((await fileOf(v, to.id)).children.map((c) => c.id)).toContain(tree.id)
      await goto(v, `/s/garden/${to.id}`)
      await v.page.getByRole('tab', { name: /^果树/ }).click()
      await v.page.getByRole('button', { name: `修改 ${tree.title}` }).click()
      const form = v.page.locator('.el-drawer:visible')
      await form
        .getByRole('combobox', { name: '砍伐日期' })
        .or(form.getByRole('textbox', { name: '砍伐日期' }))
        .fill('2020-01-01')
      await v.page.keyboard.press('Enter')
      await form.getByRole('button', { name: '保存' }).click()
      await settled(v)
      const last = v.page.getByRole('table', { name: '果树' }).locator('tbody tr').last()
      await last.getByText('砍伐日期 2020-01-01').waitFor()
      expect(await last.getByRole('button', { name: /迁移/ }).count()).toBe(0)
    }))
})
