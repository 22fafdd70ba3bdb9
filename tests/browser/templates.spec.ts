/* The upper level's own empty table: looked at, what is not known chosen once, downloaded filled; the second time nothing is asked. */
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import type { Subject } from '@common/api/types'
import type { Page as List } from '@common/api/types'
import { ask, axe, DESK, goto, misfits, none, PHONE, settled, shot, start, stop, visit, type Visit } from './kit'

interface Books {
  workbook: (rows: (string | null)[][], merges?: string[]) => Uint8Array
  cells: (book: Uint8Array) => Record<string, string>
}
const books = new URL('../api/xlsx.mjs', import.meta.url).href
const path = join(tmpdir(), `empty-${process.pid}.xlsx`)

/** Clicks as a person makes them: bringing the file is one. */
function counter() {
  let n = 0
  return {
    click: async (l: Locator) => {
      n++
      await l.click()
    },
    bring: async (v: Visit) => {
      n++
      await v.page.locator('input[type=file]').setInputFiles(path)
    },
    count: () => n,
  }
}

async function download(v: Visit, go: () => Promise<void>): Promise<Uint8Array> {
  const [file] = await Promise.all([v.page.waitForEvent('download'), go()])
  return readFileSync((await file.path())!)
}

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('an empty table', () => {
  let made: Books
  beforeAll(async () => {
    await start()
    made = (await import(/* @vite-ignore */ books)) as Books
    writeFileSync(
      path,
      made.workbook(
        [
          ['果园情况表', null, null, null, null],
          ['序号', '基本信息', null, '其他', null],
          [null, '园号', '园主', '土质', '心情'],
          ['', '', '', '', ''],
          ['', '', '', '', ''],
          ['填表人：', null, null, null, null],
        ],
        ['A1:E1', 'A2:A3', 'B2:C2', 'D2:E2'],
      ),
    )
  })
  afterAll(stop)

  it('is filled in ten clicks the first time, in four the second, at a desk and on a phone', async () => {
    await visit(async (v) => {
      const garden = (await ask<List<Subject>>(v, '/subjects/garden?limit=1')).items[0]!
      const first = counter()
      await first.click(
        v.page
          .getByRole('link', { name: '填表' })
          .or(v.page.getByRole('menuitem', { name: '填表' }))
          .first(),
      )
      await first.bring(v)
      await v.page.getByText('认得 3 列，还有 2 列要您看一看').waitFor()
      await settled(v)
      none(await misfits(v))
      none(await axe(v))
      await shot(v, 'fill-asked')
      await first.click(v.page.getByRole('button', { name: '采用 1 个建议' }))
      await first.click(v.page.getByRole('button', { name: '记住并预览' }))
      await v.page.getByText('4 列都对上了').waitFor()
      await v.page.locator('.drawn').getByText(String(garden.title)).first().waitFor()
      await settled(v)
      await shot(v, 'fill-ready')
      const book = await download(v, () => first.click(v.page.getByRole('button', { name: '下载填好的表' })))
      expect(made.cells(book).C4).toBeTruthy()
      expect(made.cells(book).D3).toBe('土质')
      expect(first.count()).toBeLessThanOrEqual(10)

      const second = counter()
      await goto(v, '/')
      await second.click(
        v.page
          .getByRole('link', { name: '填表' })
          .or(v.page.getByRole('menuitem', { name: '填表' }))
          .first(),
      )
      await v.page.getByText('记住的空表').waitFor()
      await second.bring(v)
      await v.page.getByText('4 列都对上了').waitFor()
      const again = await download(v, () => second.click(v.page.getByRole('button', { name: '下载填好的表' })))
      expect(made.cells(again)).toEqual(made.cells(book))
      expect(second.count()).toBeLessThanOrEqual(4)

      await v.page.setViewportSize(PHONE)
      await settled(v)
      none(await misfits(v))
      none(await axe(v))
      await shot(v, 'fill-phone')
      await v.page.setViewportSize(DESK)
      await goto(v, '/fill')
      await v.page.getByRole('button', { name: '忘掉 果园情况表' }).click()
      await v.page.locator('.el-message-box').getByRole('button', { name: '忘掉' }).click()
      await v.page.getByText('记住的空表').waitFor({ state: 'detached' })
    })
  })
})
