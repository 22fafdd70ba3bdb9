/* Numbers with units: figures, what-if, forms and files say them, and nothing that is no share is in percent. */
import type { Page as List, Subject } from '@common/api/types'
import { uuid7 } from '@common/uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, misfits, none, PHONE, settled, shot, start, stop, tell, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

/** A garden with two readings; only the program itself has the orchard pack. */
async function gauged(v: Visit): Promise<Subject> {
  const { today } = await ask<{ today: string }>(v, '/packs')
  const garden = (await ask<List<Subject>>(v, '/subjects/garden?limit=1')).items[0]!
  const put = (fields: object) => tell(v, 'PUT', `/events/gauge/${uuid7()}`, { subject: garden.id, on: today, fields })
  await put({ level: '85.2', rain: '60.25', dust: '58.5' })
  await put({ level: '85.25', rain: '50.5', dust: '58.65' })
  return garden
}

describe.skipIf(!process.env.JISHI)('units', () => {
  it('stand behind a figure, with the decimals of the pack', () =>
    visit(async (v) => {
      await goto(v, '/figures')
      await gauged(v)
      await goto(v, '/figures')
      const water = v.page.getByRole('region', { name: '水' })
      await expect.poll(() => water.innerText()).toContain('58.6 µg/m³')
      const told = await water.innerText()
      expect(told).toContain('85.2米')
      expect(told).toContain('毫米')
      expect(told).not.toContain('%')
      await shot(v, 'units-figures-1440', false)
    }))

  it('stand behind the value in force, the range and the box of what-if', () =>
    visit(async (v) => {
      await goto(v, '/whatif')
      await v.page.getByRole('combobox', { name: '挑选参数' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option', { name: '扬尘线', exact: true }).click()
      await v.page.keyboard.press('Escape')
      const knob = v.page.getByRole('group', { name: '扬尘线' })
      await knob.waitFor()
      const told = await knob.innerText()
      expect(told).toContain('现行 150 µg/m³')
      expect(told).toContain('75 µg/m³ 至 225 µg/m³')
      expect(told).not.toContain('%')
      expect(await knob.getByRole('slider').getAttribute('aria-valuetext')).toBe('150 µg/m³')
      await v.page.getByRole('textbox', { name: '填数：扬尘线' }).fill('35.5')
      await settled(v)
      expect(await v.page.locator('.facts.shown').textContent()).toContain('150 µg/m³ → 35.5 µg/m³')
    }))

  it('never become a percentage on a file, on a phone', () =>
    visit(async (v) => {
      await goto(v, '/')
      const garden = await gauged(v)
      await goto(v, `/s/garden/${garden.id}`)
      expect(await v.page.locator('body').innerText()).not.toContain('8520%')
      await settled(v)
      none(await misfits(v))
    }, PHONE))
})
