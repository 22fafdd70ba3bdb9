/* Fills a form the way a person would, from the description of its fields: for any pack. */
import type { Field } from '@common/api/types'
import type { Page } from 'playwright-core'

export async function fillField(page: Page, prefix: string, f: Field, typed?: string): Promise<void> {
  const box = page.locator(`#${prefix}-box-${f.name}`)
  const input = box.locator(`#${prefix}-${f.name}`)
  const first = f.values?.[0]?.title.zh ?? ''
  switch (f.type) {
    case 'choices':
      await box
        .locator('.el-checkbox', { hasText: typed ?? first })
        .first()
        .click()
      return
    case 'bool':
      await box
        .locator('.el-radio', { hasText: typed ?? '是' })
        .first()
        .click()
      return
    case 'choice':
      if ((f.values?.length ?? 0) <= 5)
        await box
          .locator('.el-radio', { hasText: typed ?? first })
          .first()
          .click()
      else {
        await input.click()
        await page
          .locator('.el-select-dropdown:visible .el-select-dropdown__item', {
            hasText: typed ?? first,
          })
          .first()
          .click()
      }
      return
    case 'date':
      await input.fill(typed ?? '2020-01-01')
      await input.press('Enter')
      return
    case 'int':
      await input.fill(typed ?? String(Math.max(Number(f.min ?? 1), 2)))
      return
    case 'money':
      await input.fill(typed ?? '100.50')
      return
    case 'rate':
      await input.fill(typed ?? '50')
      return
    default:
      await input.fill(typed ?? '测试内容')
  }
}

/** Everything that must be filled in, whatever else is. */
export async function fillRequired(page: Page, prefix: string, fields: Field[]): Promise<void> {
  for (const f of fields) if (f.required && !f.applies_when) await fillField(page, prefix, f)
}
