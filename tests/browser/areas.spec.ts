/* Areas change: the administrator renames a village and merges two, after he has seen what would move, and takes it back. */
import type { Area, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, goto, misfits, none, startWith, stop, visit, PHONE, type Visit } from './kit'
import { administrator } from './place'

const drawer = '.el-drawer:visible'
const areas = async (v: Visit) => (await ask<List<Area>>(v, '/areas')).items
const villages = async (v: Visit) => (await areas(v)).filter((a) => a.level === 'village')

const byAdministrator = (go: (v: Visit) => Promise<void>) => visit(go, { as: administrator })

async function pick(v: Visit, field: string, words: string) {
  await v.page
    .locator(`${drawer} .el-form-item`, { has: v.page.locator(field) })
    .locator('.el-select')
    .click()
  await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item', { hasText: words }).first().click()
}

async function sayWhy(v: Visit) {
  await v.page.locator('#area-reason').fill('撤并村居')
  await v.page.locator('#area-document').fill('济高新发〔2026〕9号')
  await v.page.locator(drawer).getByRole('button', { name: '先看会动什么' }).click()
  await v.page.locator(drawer).getByText('确认后立即生效').waitFor()
  await v.page.locator(drawer).getByRole('button', { name: '确认变更' }).click()
  await v.page.locator(drawer).waitFor({ state: 'hidden' })
}

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('areas', () => {
  beforeAll(() => startWith({ lastNotice: new Date().getFullYear() - 1 }))
  afterAll(stop)

  it('are renamed and merged by the administrator', () =>
    byAdministrator(async (v) => {
      const [first, second] = (await villages(v)) as [Area, Area]
      await goto(v, '/areas')
      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-from', first.code)
      await v.page.keyboard.press('Escape')
      await v.page.locator('#area-name-0').fill('新名村')
      await sayWhy(v)
      const table = v.page.getByRole('table', { name: '区划变更' })
      await table.getByText('济高新发〔2026〕9号').first().waitFor()
      expect((await areas(v)).find((a) => a.code === first.code)!.name).toBe('新名村')
      const row = await table.locator('tbody tr').first().innerText()
      expect(row).toContain(first.name) // as it was called then
      expect(row).toContain('新名村')

      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-way', '合并')
      await pick(v, '#area-from', first.code)
      await v.page.keyboard.press('Escape')
      await pick(v, '#area-into', second.code)
      await sayWhy(v)
      await table.locator('tbody tr').nth(1).waitFor()
      expect((await areas(v)).some((a) => a.code === first.code)).toBe(false)

      await table.locator('tbody tr').first().getByRole('button', { name: '撤销' }).click()
      await v.page.locator('.el-message-box__input input').fill('办错了')
      await v.page.locator('.el-message-box').getByRole('button', { name: '撤销' }).click()
      await table.getByText('已撤销').first().waitFor()
      expect((await areas(v)).some((a) => a.code === first.code)).toBe(true)
      none(await axe(v))
    }))

  it('zones are drawn by clicking, and drawn anew', () =>
    byAdministrator(async (v) => {
      const town = (await areas(v)).find((a) => a.level === 'town')!
      const code = `${town.code.slice(0, 9)}901`
      const map = v.page.getByRole('region', { name: '片区边界' })
      await goto(v, '/areas')
      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-way', '新增')
      await v.page.locator('#area-code-0').fill(code)
      await v.page.locator('#area-name-0').fill('一号片区')
      await v.page.locator('#area-colour-0').fill('#2f7d32')
      await map.waitFor()
      for (const [x, y] of [
        [150, 80],
        [260, 80],
        [200, 200],
      ] as const)
        await map.click({ position: { x, y } })
      await map.locator('.corner').nth(2).waitFor()
      await sayWhy(v)
      const zone = (await areas(v)).find((a) => a.code === code)!
      expect([zone.level, zone.colour, JSON.parse(zone.shape).coordinates[0].length]).toEqual(['zone', '#2f7d32', 4])

      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-from', code)
      await v.page.keyboard.press('Escape')
      await map.locator('.corner').nth(2).waitFor()
      await map.click({ position: { x: 60, y: 250 } })
      await map.locator('.corner').nth(3).waitFor()
      none(await axe(v))
      await sayWhy(v)
      const anew = (await areas(v)).find((a) => a.code === code)!
      expect([anew.name, JSON.parse(anew.shape).coordinates[0].length]).toEqual(['一号片区', 5])
      await v.page.getByRole('img', { name: '一号片区的边界' }).waitFor() // before and after, beside the change
    }))

  it('are split by who sees no record: what is registered stays until somebody who sees it moves it', async () => {
    let part = ''
    let gardens: string[] = []
    let old!: Area
    await visit(async (v) => {
      old = (await villages(v))[1]!
      part = `${old.code.slice(0, 9)}299`
      gardens = (await ask<List<Subject>>(v, `/subjects/garden?area=${old.code}`)).items.map((g) => g.id)
    })
    await byAdministrator(async (v) => {
      await goto(v, '/areas')
      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-way', '拆分')
      await pick(v, '#area-from', old.code)
      await v.page.keyboard.press('Escape')
      await v.page.locator('#area-code-1').fill(part)
      await v.page.locator('#area-name-1').fill('新北村')
      await v.page.locator(drawer).getByText('这里登记的对象您看不到').waitFor()
      none(await axe(v))
      await sayWhy(v)
    })
    await visit(async (v) => {
      expect((await areas(v)).find((a) => a.code === part)!.name).toBe('新北村')
      const there = await ask<List<Subject>>(v, `/subjects/garden?area=${old.code}`)
      expect(there.items.map((g) => g.id)).toEqual(gardens)
    })
  })

  it('a town is split, its villages each to a part, and numbers say who goes, by who sees no record', () =>
    byAdministrator(async (v) => {
      const town = (await areas(v)).find((a) => a.level === 'town')!
      const below = (await areas(v)).filter((a) => a.parent === town.code && a.level === 'village')
      const goes = below[below.length - 1]!
      const next = `${town.code.slice(0, 6)}098000`
      await goto(v, '/areas')
      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-way', '拆分')
      await pick(v, '#area-from', town.code)
      await v.page.keyboard.press('Escape')
      await v.page.locator('#area-code-1').fill(next)
      await v.page.locator('#area-name-1').fill('新街道')
      const parts = v.page.locator(`${drawer} section[aria-label="村（居）、片区划到哪里"]`)
      await parts.locator('li', { hasText: goes.code }).locator('.el-select').click()
      await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item', { hasText: '新街道' }).click()
      await v.page.locator(`#area-keys-${next}`).waitFor()
      none(await axe(v))
      await sayWhy(v)
      const moved = (await areas(v)).find((a) => a.code === next.slice(0, 9) + goes.code.slice(9))!
      expect(moved.name).toBe(goes.name)
    }))

  it('have another code, and what is there keeps its place', async () => {
    const gardens = (code: string) => async (v: Visit) =>
      (await ask<List<Subject>>(v, `/subjects/garden?area=${code}&limit=100`)).items.map((g) => g.id)
    let before: string[] = []
    let old!: Area
    await visit(async (v) => {
      old = (await villages(v))[0]!
      before = await gardens(old.code)(v)
    })
    const code = `${old.code.slice(0, 9)}288`
    await byAdministrator(async (v) => {
      await goto(v, '/areas')
      await v.page.getByRole('button', { name: '变更区划' }).click()
      await pick(v, '#area-way', '换代码')
      await pick(v, '#area-from', old.code)
      await v.page.keyboard.press('Escape')
      await v.page.locator('#area-code-0').fill(code)
      await sayWhy(v)
      expect((await areas(v)).find((a) => a.code === code)!.name).toBe(old.name)
    })
    await visit(async (v) => expect(await gardens(code)(v)).toEqual(before))
  })

  it('fit a telephone', () =>
    visit(
      async (v) => {
        await goto(v, '/areas')
        await v.page.getByRole('heading', { level: 1, name: '区划变更' }).waitFor()
        none(await misfits(v))
      },
      { view: PHONE, as: administrator },
    ))
})
