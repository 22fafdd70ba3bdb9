/* A clerk's table with headings of its own and misspelt villages: mapped, mended and taken in with few clicks. */
import type { Area, Page as List } from '@common/api/types'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, misfits, none, PHONE, settled, shot, start, stop, visit, type Visit } from './kit'

const table = (...rows: string[][]) => '\uFEFF' + rows.map((r) => r.join(',')).join('\r\n') + '\r\n'
const head = ['编号', '主人', '村名', '牌', '虫', '说明']

/** Clicks that a person would make, counted. */
function counted(v: Visit) {
  let clicks = 0
  return {
    count: () => clicks,
    click: async (what: ReturnType<Visit['page']['locator']>) => {
      clicks++
      await what.click()
    },
  }
}

const villageOf = async (v: Visit) =>
  (await ask<List<Area>>(v, '/areas')).items.find((a) => a.level === 'village')!.name

async function give(v: Visit, name: string, text: string) {
  const path = join(tmpdir(), `jishi-${process.pid}-${name}`)
  writeFileSync(path, text)
  await v.page.locator('input[type=file]').setInputFiles(path)
}

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('imports', () => {
  beforeAll(start)
  afterAll(stop)

  it('a table that nobody knows is mapped, mended and taken in with under ten clicks each', () =>
    visit(async (v) => {
      const hand = counted(v)
      const village = await villageOf(v)
      await goto(v, '/imports')
      await hand.click(v.page.locator('.el-select').first())
      await hand.click(v.page.locator('.el-select-dropdown__item:visible', { hasText: '果园名册' }))
      await give(
        v,
        'a.csv',
        table(
          head,
          ['M1', '赵某某', village, 'm-1', '', 'x'],
          ['M2', '钱某某', '没有的庄', 'm-2', '', ''],
          ['M3', '孙某某', '没有的庄', 'm-3', '', ''],
          ['M4', '李某某', village, 'm-4', '', ''],
        ),
      )
      const columns = v.page.getByRole('table', { name: '各列是什么' })
      await columns.waitFor()
      for (const [heading, title] of [
        ['编号', '园号'],
        ['主人', '园主'],
        ['牌', '树牌'],
      ]) {
        await hand.click(columns.locator('tr', { hasText: heading }).locator('.el-select'))
        await hand.click(v.page.locator('.el-select-dropdown__item:visible', { hasText: title }).first())
      }
      await shot(v, 'import-columns')
      none(await axe(v))
      await hand.click(v.page.getByRole('button', { name: '按这个对应再检查' }))
      await v.page.getByText('问题（按种类）').waitFor()
      expect(hand.count()).toBeLessThan(10)

      const group = v.page.locator('.group').first()
      expect(await group.innerText()).toContain('2 处')
      none(await axe(v))
      await group.locator('input').first().fill(village)
      await v.page.locator('.el-cascader__suggestion-item:visible').first().click()
      await shot(v, 'import-groups')
      await v.page.getByRole('button', { name: /按改的再检查/ }).click()
      await v.page.getByText('正确 4 行').waitFor()
      await v.page.setViewportSize(PHONE)
      await settled(v)
      none(await misfits(v))
      await shot(v, 'import-result-phone')
      await v.page.setViewportSize(DESK)
      await v.page.getByRole('button', { name: /接收正确的行/ }).click()
      await v.page.getByText('已导入。').waitFor()
    }))

  it('the next table with these headings needs no choice, and the list tells of both', () =>
    visit(async (v) => {
      await goto(v, '/imports')
      await v.page.locator('.el-select').first().click()
      await v.page.locator('.el-select-dropdown__item:visible', { hasText: '果园名册' }).click()
      await give(v, 'b.csv', table(head, ['M9', '周某某', await villageOf(v), 'm-9', '', '']))
      await v.page.getByText('正确 1 行').waitFor()
      await goto(v, '/imports')
      const list = v.page.getByRole('table', { name: '导入记录' })
      await list.waitFor()
      expect(await list.innerText()).toContain('已检查，未导入')
      expect(await list.innerText()).toContain('已导入')
      expect(await v.page.getByRole('table', { name: '记住的列对应' }).innerText()).toContain('主人 → 园主')
      none(await axe(v))
      await shot(v, 'import-list')
      await v.page.setViewportSize(PHONE)
      await settled(v)
      none(await misfits(v))
      await shot(v, 'import-list-phone')
      await v.page.setViewportSize(DESK)
      await list.getByRole('link').first().click()
      await v.page.getByText('正确 1 行').waitFor()
    }))

  it('one cell is mended in its place, and one row left out', () =>
    visit(async (v) => {
      const village = await villageOf(v)
      await goto(v, '/imports')
      await v.page.locator('.el-select').first().click()
      await v.page.locator('.el-select-dropdown__item:visible', { hasText: '果园名册' }).click()
      await give(
        v,
        'c.csv',
        table(
          head,
          ['N1', '赵某某', '没有的庄', 'n-1', '', ''],
          ['N2', '钱某某', '也没有的庄', 'n-2', '', ''],
          ['N3', '孙某某', village, 'n-3', '', ''],
        ),
      )
      const faults = v.page.getByRole('table', { name: '有问题的地方' })
      await faults.getByRole('row').nth(1).getByRole('button', { name: '改这一格' }).click()
      await faults.getByRole('textbox').fill(village)
      none(await axe(v))
      await faults.getByRole('button', { name: '改好再检查' }).click()
      await v.page.getByText('正确 2 行').waitFor()
      await faults.getByRole('row').nth(1).getByRole('button', { name: '不要这一行' }).click()
      await v.page.getByText('选择不导入的行').waitFor()
      await v.page.getByText('有问题 0 行').waitFor()
      await shot(v, 'import-row-left-out')
      await v.page.setViewportSize(PHONE)
      await settled(v)
      none(await misfits(v))
      await v.page.setViewportSize(DESK)
      await v.page.getByRole('button', { name: '仍要导入' }).click()
      await v.page.getByText('有问题 1 行').waitFor()
    }))

  it('what is remembered of columns is changed in its list', () =>
    visit(async (v) => {
      await goto(v, '/imports')
      const kept = v.page.getByRole('table', { name: '记住的列对应' })
      await kept.getByRole('button', { name: '更改' }).first().click()
      const column = kept.locator('.change', { hasText: '说明' })
      await column.locator('.el-select').click()
      await v.page.locator('.el-select-dropdown__item:visible', { hasText: '品种' }).first().click()
      none(await axe(v))
      await kept.getByRole('button', { name: '保存' }).click()
      await v.page.getByText('说明 → 品种').waitFor()
    }))

  it('a list is compared with the register, and checks are recorded of those found', () =>
    visit(async (v) => {
      const hand = counted(v)
      await goto(v, '/imports')
      await hand.click(v.page.locator('.el-select').first())
      await hand.click(v.page.locator('.el-select-dropdown__item:visible', { hasText: '果园比对' }))
      await give(
        v,
        'd.csv',
        table(['园号', '户主', '土质', '产量'], ['M1', '赵某', '沙土', '900'], ['X9', '吴某某', '', '']),
      )
      const rows = v.page.getByRole('table', { name: '逐行结果' })
      await rows.waitFor()
      expect(await rows.innerText()).toContain('名单“赵某”，登记“赵某某”')
      expect(await rows.innerText()).toContain('不在册')
      none(await axe(v))
      await shot(v, 'compared')
      await hand.click(v.page.getByRole('button', { name: '在册的登记为查看' }))
      await hand.click(v.page.getByRole('button', { name: '登记 1 条' }))
      await v.page.getByText('已登记 1 条').waitFor()
      expect(hand.count()).toBeLessThan(10)
      await v.page.setViewportSize(PHONE)
      await settled(v)
      none(await misfits(v))
      await shot(v, 'compared-phone')
    }))
})
