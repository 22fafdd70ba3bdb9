/* How a register begins: a first taking-in with its source while the county is set up, and the end of that; and a time of day. */
import type { ImportReport, Page as List, SetUp, Subject, SubjectFile } from '@common/api/types'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, misfits, none, PHONE, scene, startWith, stop, visit, type Visit } from './kit'
import { administrator } from './place'

const drawer = '.el-drawer:visible'
const gardenOf = async (v: Visit) => (await ask<List<Subject>>(v, '/subjects/garden?limit=1')).items[0]!
const fileOf = (v: Visit, s: Subject) => ask<SubjectFile>(v, `/subjects/garden/${s.id}/file`)

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('a register', () => {
  beforeAll(() => startWith({ lastNotice: new Date().getFullYear() }))
  afterAll(stop)

  it('is taken in with its source while the county is set up, until the administrator ends that', async () => {
    await visit(async (v) => {
      const path = join(tmpdir(), `taking-in-${process.pid}.csv`)
      writeFileSync(path, scene().roster.rows)
      await goto(v, '/imports')
      await v.page.getByRole('combobox', { name: '表格样式' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item').first().click()
      await v.page.locator('.el-checkbox', { hasText: '首次录入' }).click()
      expect(await v.page.locator('.drop button').isDisabled()).toBe(true) // the source is not said yet
      await v.page.getByRole('textbox', { name: '名册来源' }).fill('街道台账')
      await v.page.setViewportSize(PHONE)
      none(await misfits(v))
      await v.page.locator('input[type=file]').setInputFiles(path)
      await v.page.getByText('共 3 行').waitFor()
      await v.page.getByText('首次录入，来源：街道台账').first().waitFor()
      await v.page.getByRole('button', { name: /接收正确的行/ }).click()
      await v.page.getByText('已导入。').waitFor()
      const [report] = (await ask<List<ImportReport>>(v, '/imports')).items
      expect(report!.accepted).toBe(3) // a bad cell costs no row
    })
    await visit(
      async (v) => {
        await goto(v, '/amendments')
        await v.page.getByRole('button', { name: '结束建县录入' }).click()
        await v.page.locator('.el-message-box').getByRole('button', { name: '结束建县录入' }).click()
        await v.page.locator('#content').getByRole('button', { name: '结束建县录入' }).waitFor({ state: 'detached' })
        expect((await ask<SetUp>(v, '/set-up')).until).not.toBeNull()
      },
      { as: administrator },
    )
  })

  it('asks for the time of what has one, filled in with now', () =>
    visit(async (v) => {
      const garden = await gardenOf(v)
      await goto(v, `/s/garden/${garden.id}?record=delivery`)
      const time = v.page.locator('#event-time')
      expect(await time.inputValue()).toMatch(/^\d\d:\d\d$/)
      await time.fill('00:00')
      await v.page.locator('#event-kilos').fill('12')
      await v.page.locator(drawer).getByRole('button', { name: '保存' }).click()
      await v.page.getByRole('status').filter({ hasText: '登记后的结果' }).waitFor()
      await v.page.locator(drawer).getByRole('button', { name: '关闭' }).last().click()
      const [event] = (await fileOf(v, garden)).events.filter((e) => e.kind === 'delivery')
      expect(event!.fields).toMatchObject({ time: '00:00', kilos: 12 })
      await v.page.getByRole('tab', { name: /^登记记录/ }).click()
      await v.page.getByText('00:00').first().waitFor()
    }))
})
