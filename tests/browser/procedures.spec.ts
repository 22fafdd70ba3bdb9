/* What the procedures of a shipped pack look like in the office, in an invented district: corrections that two officers make,
 * records that were one, samples of a look-back, how long things took, promises, and whose household it is. */
import type { Amendment, Page as List, Subject, SubjectFile } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, goto, misfits, none, PHONE, settled, startWith, stop, tell, visit, type Visit } from './kit'

const drawer = '.el-drawer:visible'
const households = async (v: Visit) => (await ask<List<Subject>>(v, '/subjects/household?limit=50')).items
const fileOf = (v: Visit, s: Subject) => ask<SubjectFile>(v, `/subjects/household/${s.id}/file`)
/** One of which a visit, or the register, says that its water is safe. */
async function withWater(v: Visit): Promise<Subject> {
  for (const h of await households(v)) {
    const { subject } = await fileOf(v, h)
    if (subject.fields.safe_water === true) return subject
  }
  throw new Error('no household with safe water')
}
const form = (v: Visit) => v.page.locator(drawer)

async function choose(v: Visit, field: string, words: string | RegExp) {
  await v.page
    .locator(`${drawer} .el-form-item`, { has: v.page.locator(field) })
    .locator('.el-select')
    .click()
  await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item', { hasText: words }).first().click()
}
/** Nothing sticks out, nothing is too small to touch, and axe has nothing to say. */
async function fits(v: Visit) {
  await settled(v)
  none([...(await misfits(v)), ...(await axe(v))])
}

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('procedures', () => {
  beforeAll(() => startWith({ demo: { pack: 'antipoverty', size: 12, login: 'qu1' } }))
  afterAll(stop)

  it('a correction of what a visit wrote counts when a second officer has confirmed it', async () => {
    let of!: Subject
    await visit(async (v) => {
      of = await withWater(v)
      await goto(v, `/s/household/${of.id}`)
      await v.page.getByRole('button', { name: '提出更正 饮水安全' }).click()
      await form(v).getByText('现在登记的是：是。').waitFor()
      await form(v).getByRole('radio', { name: '否', exact: true }).click({ force: true })
      await v.page.locator('#amend-reason').fill('走访时看错了水源')
      await form(v).getByRole('button', { name: '提出', exact: true }).click()
      await v.page.locator(drawer).waitFor({ state: 'hidden' })
      await v.page.getByRole('tab', { name: /^更正与录入/ }).click()
      const said = v.page.locator('article', { hasText: '走访时看错了水源' })
      await said.getByText('待确认').waitFor()
      expect(await said.getByRole('button', { name: '确认更正' }).count()).toBe(0) // not by himself
      expect((await fileOf(v, of)).subject.fields.safe_water).toBe(true)
    })
    await visit(
      async (v) => {
        await goto(v, '/')
        const waiting = v.page.locator('section', { hasText: '等我确认的更正' })
        await waiting.getByText('走访时看错了水源').waitFor()
        await goto(v, '/amendments')
        await v.page.getByRole('heading', { name: '待第二人确认的' }).waitFor()
        await v.page.getByRole('button', { name: '确认更正' }).first().click()
        await v.page.locator('.el-message-box').getByRole('button', { name: '确认更正' }).click()
        await v.page.getByRole('heading', { name: '待第二人确认的' }).waitFor({ state: 'detached' })
        expect((await fileOf(v, of)).subject.fields.safe_water).toBe(false)
        const { items } = await ask<List<Amendment>>(v, '/amendments?way=correction')
        expect(items.map((a) => a.state)).toEqual(['confirmed'])
        await fits(v)
      },
      { as: 'qu2', view: PHONE },
    )
  })

  it('a first taking-in is told with its source', () =>
    visit(async (v) => {
      await goto(v, '/amendments?way=taking_in')
      await v.page.getByText('来源：国家系统导出').first().waitFor()
      expect(await v.page.getByText('理由：').count()).toBe(0)
    }))

  it('two records of one household become one, and two again', () =>
    visit(async (v) => {
      const stays = (await households(v))[0]!
      const id = crypto.randomUUID()
      const fields = { code: 'HB001', head_name: '重复登记户' }
      await tell(v, 'PUT', `/subjects/household/${id}`, { area: stays.area, fields })
      await goto(v, `/s/household/${stays.id}`)
      await v.page.getByRole('tab', { name: '合并' }).click()
      await v.page.getByRole('button', { name: '合并…' }).click()
      await v.page.locator('#merge-goes').fill('重复登记户')
      await v.page
        .locator('.el-select-dropdown:visible')
        .getByRole('option', { name: /^重复登记户/ })
        .click()
      await v.page.locator('#merge-reason').fill('同一户登记了两次')
      await form(v).getByRole('button', { name: '合并', exact: true }).click()
      const row = v.page.getByRole('table', { name: '合并' }).locator('tbody tr')
      await row.getByText('同一户登记了两次').waitFor()
      await goto(v, `/s/household/${id}`) // the old address leads to the one that stays
      await v.page.getByRole('heading', { level: 1, name: stays.title }).waitFor()
      await v.page.getByRole('tab', { name: '合并' }).click()
      await row.getByRole('button', { name: /^撤销合并/ }).click()
      await v.page.locator('.el-message-box__input input').fill('不是一户')
      await v.page.locator('.el-message-box').getByRole('button', { name: '撤销合并' }).click()
      await row.getByText('已撤销：不是一户').waitFor()
      expect((await households(v)).some((h) => h.id === id)).toBe(true)
      await fits(v)
    }))

  it('a look-back draws a sample, leads to those drawn, and counts what the visits found', () =>
    visit(async (v) => {
      v.expected.add(404) // the demo names a plan, and sends no file
      await goto(v, '/samples')
      await v.page.getByRole('button', { name: '抽取样本' }).click()
      await form(v).getByLabel('名称').fill('秋季漏评抽查')
      await form(v)
        .getByRole('combobox', { name: /回头看/ })
        .click({ force: true })
      await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item').first().click()
      await form(v).getByLabel('公开种子').fill('2026136')
      await form(v)
        .getByText(/^要抽 \d+ 个/)
        .waitFor()
      await form(v).getByRole('button', { name: '抽取样本' }).click()
      await v.page.getByRole('heading', { level: 1, name: '秋季漏评抽查' }).waitFor()
      await v.page.getByText('还没有核查').first().waitFor()
      await v.page.getByRole('link', { name: /^为这次/ }).click()
      await v.page.getByRole('tab', { name: '抽查' }).click()
      await v.page.getByRole('link', { name: '秋季漏评抽查' }).click()
      await v.page.getByRole('heading', { level: 1, name: '秋季漏评抽查' }).waitFor()
      const first = v.page.getByRole('table', { name: '抽中名单' }).locator('tbody tr').first()
      const whom = await first.locator('a').first().innerText()
      await first.getByRole('link', { name: /^登记核查/ }).click()
      await form(v).getByLabel('核查人（两人以上）').fill('甲、乙')
      const yes = (what: string) =>
        form(v)
          .getByRole('radiogroup', { name: what })
          .getByRole('radio', { name: '是', exact: true })
          .click({ force: true })
      await yes('见到本户人员')
      await yes('符合识别条件而未识别或已退出')
      await form(v).getByRole('button', { name: '保存' }).click()
      await form(v).getByText('登记后的结果').waitFor()
      await goto(v, '/')
      const duty = v.page.locator('section', { hasText: '抽查待走访：秋季漏评抽查' })
      await v.page.getByRole('heading', { level: 1, name: '今日应办' }).waitFor()
      await duty
        .getByRole('link', { name: /^登记核查/ })
        .first()
        .waitFor()
      expect(await duty.getByRole('link', { name: whom, exact: true }).count()).toBe(0)
      await goto(v, '/samples')
      await v.page.getByRole('link', { name: '秋季漏评抽查' }).click()
      await v.page.getByText('核实 1 个，其中 1 个是').waitFor()
      await v.page.setViewportSize(PHONE)
      await fits(v)
    }))

  it('how long it took from the first sign is told with those still open, and every row', () =>
    visit(async (v) => {
      await goto(v, '/figures')
      const fast = v.page.getByRole('region', { name: '即时帮扶用时' })
      const line = fast.locator('li', { hasText: '发现到核实' })
      await line.getByText(/^未完成 \d+$/).waitFor()
      expect(await line.innerText()).not.toMatch(/[a-z]+_[a-z]+|assumption/)
      await line.getByRole('button', { name: /明细$/ }).click()
      const rows = v.page.getByRole('table', { name: '明细' }).locator('tbody tr')
      await rows.first().waitFor()
      expect(await rows.first().innerText()).toMatch(/\d{4}-\d{2}-\d{2}[\s\S]*\d+ 天/)
    }))

  it('a cadre sees his household on the first page, and what he promised there', async () => {
    let person = ''
    await visit(
      async (v) => {
        person = (await ask<{ officer: { name: string } }>(v, '/session')).officer.name
      },
      { as: 'bao1' },
    )
    await visit(async (v) => {
      const area = '370871001001' // his village
      const helpers = (await ask<List<Subject>>(v, `/subjects/helper?q=${encodeURIComponent(person)}`)).items
      const { organisation } = helpers.find((h) => h.title === person)!.fields
      const put = async (kind: string, fields: object, more: object = {}) => {
        const id = crypto.randomUUID()
        await tell(v, 'PUT', `/subjects/${kind}/${id}`, { area, fields, ...more })
        return id
      }
      const parent = await put('household', { code: 'BB001', head_name: '被包户' })
      await put('pairing', { role: 'person', organisation, person }, { parent })
    })
    await visit(
      async (v) => {
        await goto(v, '/')
        const mine = v.page.getByRole('table', { name: /^我的户：/ })
        await mine.getByRole('link', { name: '去登记' }).first().click()
        await form(v).getByLabel('承诺事项').fill('帮着换门窗')
        await form(v).getByText('入户', { exact: true }).click()
        await form(v).getByRole('combobox', { name: '承诺办结日期' }).fill('2099-01-01')
        await v.page.keyboard.press('Enter')
        await form(v).getByRole('button', { name: '保存' }).click()
        await form(v).getByText('登记后的结果').waitFor()
        await goto(v, '/')
        await v.page.getByRole('table', { name: '跟进事项' }).getByText('帮着换门窗').waitFor()
        await fits(v)
      },
      { as: 'bao1', view: PHONE },
    )
  })

  it('says all of it in English, too', () =>
    visit(async (v) => {
      await goto(v, '/samples')
      await v.page.getByRole('button', { name: 'English' }).click()
      for (const [path, title] of [
        ['/samples', 'Samples'],
        ['/amendments', 'Corrections'],
        ['/figures', 'Figures'],
        ['/', 'What is due'],
      ] as const) {
        await goto(v, path)
        await v.page.getByRole('heading', { level: 1, name: title }).waitFor()
        await settled(v)
        const told = await v.page.locator('main').innerText()
        expect(told).not.toMatch(/\b[a-z]+_[a-z]+\b|undefined|NaN|[：（）]\s*\d/)
      }
    }))

  it('village by colour is put together and taken along in ten clicks, and fits a phone', async () => {
    await visit(async (v) => {
      let clicks = 0
      const click = (what: ReturnType<Visit['page']['locator']>) => (clicks++, what.click({ force: true }))
      await goto(v, '/')
      await click(v.page.getByRole('link', { name: '制表', exact: true }))
      await v.page.getByRole('table', { name: '户', exact: true }).waitFor()
      await click(v.page.getByText('汇总（分组统计）'))
      await click(v.page.getByRole('combobox', { name: '横向再分（可不选）' }))
      await click(v.page.locator('.el-select-dropdown:visible').getByRole('option', { name: '预警颜色', exact: true }))
      const table = v.page.getByRole('table', { name: '户：按村（社区） × 预警颜色' })
      await table.getByRole('columnheader', { name: '合计' }).waitFor()
      const all = (await households(v)).length
      expect((await table.locator('tr.sum td').last().innerText()).trim()).toBe(String(all))
      await fits(v)
      await click(v.page.getByRole('button', { name: '下载' }))
      const [file] = await Promise.all([
        v.page.waitForEvent('download'),
        click(form(v).getByRole('button', { name: '下载' })),
      ])
      expect(file.suggestedFilename()).toMatch(/^户：按村（社区） × 预警颜色 .*\.xlsx$/)
      expect(clicks).toBeLessThanOrEqual(10)
      await v.page.locator(drawer).waitFor({ state: 'hidden' })

      // Kept under a name, it is there again on another day.
      await v.page.getByRole('button', { name: '保存', exact: true }).click()
      await form(v).getByRole('textbox', { name: '名称' }).fill('每月分村预警')
      await form(v).getByText('共享给本区县').click()
      await form(v).getByRole('button', { name: '保存', exact: true }).click()
      await v.page.locator(drawer).waitFor({ state: 'hidden' })
      await goto(v, '/tables')
      await v.page.getByRole('combobox', { name: '打开保存的表…' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option', { name: '每月分村预警' }).click()
      await table.getByRole('columnheader', { name: '合计' }).waitFor()

      // A condition with the mouse: fewer lines, and none of the other choices.
      await click(v.page.getByText('明细（一条一行）'))
      await v.page.getByRole('combobox', { name: '加一个条件…' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option', { name: '户类型', exact: true }).click()
      await v.page.getByRole('combobox', { name: '选哪些' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible').getByRole('option').first().click()
      await v.page.keyboard.press('Escape')
      await v.page.getByRole('table', { name: '户', exact: true }).waitFor()
      await v.page.setViewportSize(PHONE)
      await fits(v)
    })
  })

  it('a ledger is looked at, and leaves as a file; so does a list as it stands', async () => {
    await visit(async (v) => {
      const taken = async (from: () => Promise<unknown>) => {
        const [file] = await Promise.all([v.page.waitForEvent('download'), from()])
        const { readFileSync } = await import('node:fs')
        return { name: file.suggestedFilename(), bytes: readFileSync((await file.path())!) }
      }
      await goto(v, '/ledgers?of=antipoverty.household_file')
      const rows = v.page.getByRole('table', { name: '一户一档' }).locator('tbody tr')
      await rows.first().waitFor()
      await fits(v)
      await v.page.getByRole('button', { name: '下载' }).click()
      const book = await taken(() => form(v).getByRole('button', { name: '下载' }).click())
      expect(book.name).toMatch(/^一户一档 .*\.xlsx$/)
      expect(book.bytes.subarray(0, 2).toString()).toBe('PK')
      await v.page.locator(drawer).waitFor({ state: 'hidden' })

      await goto(v, '/s/household')
      await v.page.getByRole('button', { name: '导出', exact: true }).click()
      await form(v).getByText('CSV（UTF-8）').click()
      await form(v).getByText('联系电话').click()
      const list = await taken(() => form(v).getByRole('button', { name: '下载' }).click())
      const lines = list.bytes.toString().replace('\uFEFF', '').trim().split('\r\n')
      expect(lines[0]).toContain('户主,联系电话,户类型')
      expect(lines.length - 1).toBe((await households(v)).length)
      expect(list.bytes.toString()).toMatch(/\d{3}\*{4}\d{4}/)
    })
  })
})
