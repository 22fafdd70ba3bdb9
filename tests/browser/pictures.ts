/* Takes the pictures of the README from a served demo district, in both languages; scripts/pictures runs it. Nothing is tested. */
import type { Finding, Packs, Page as List } from '@common/api/types'
import { knobsOf, toWhole } from '@common/packs/parameters'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ask, goto, picture, settled, simulate, start, stop, visit, type Visit } from './kit'

const VIEW = { width: 1280, height: 640 }
const PHONE = { width: 390, height: 700 }

beforeAll(start)
afterAll(stop)

async function why(v: Visit): Promise<void> {
  const { subject } = (await ask<List<Finding>>(v, '/findings?state=open&colour=red&limit=1')).items[0]!
  await goto(v, `/s/${subject.root_kind}/${subject.root}`)
  await v.page.locator('[aria-label^="为什么："], [aria-label^="Why: "]').first().click()
  await v.page.locator('.el-drawer.why .node').first().waitFor()
}
/** A parameter that makes someone enter when it is raised by a half: found by asking. */
async function whatIf(v: Visit): Promise<void> {
  const { packs, today } = await ask<Packs>(v, '/packs')
  for (const knob of knobsOf(packs[0]!, today)) {
    const now = toWhole(knob.type, knob.now)
    if (knob.type !== 'money' || !now) continue
    const wish = Math.round(now / 100) * 150
    if (!(await simulate(v, { set: { [knob.name]: wish } })).enters) continue
    await goto(v, '/whatif')
    await v.page.getByRole('combobox', { name: /挑选参数|Choose parameters/ }).click({ force: true })
    const titles = v.page.locator('.el-select-dropdown:visible').getByRole('option')
    const named = (title: string) => titles.filter({ has: v.page.getByText(title, { exact: true }) })
    await named(knob.title.zh).or(named(knob.title.en)).first().click()
    await v.page.keyboard.press('Escape')
    await v.page
      .getByRole('textbox', { name: /^(填数：|Type: )/ })
      .first()
      .fill(String(wish / 100))
    await v.page.locator('.in').waitFor()
    await v.page.locator('.in').evaluate((e) => e.scrollIntoView({ block: 'center' }))
    return
  }
  throw new Error('no parameter makes anyone enter')
}
const pages: { name: string; open: (v: Visit) => Promise<void>; view?: typeof VIEW }[] = [
  { name: 'home', open: (v) => goto(v, '/') },
  { name: 'why', open: why },
  { name: 'whatif', open: whatIf },
  { name: 'duties', open: (v) => goto(v, '/duties') },
  { name: 'phone', open: (v) => goto(v, '/'), view: PHONE },
]

describe('pictures', () => {
  for (const language of ['zh', 'en'])
    for (const { name, open, view } of pages)
      it(`${language} ${name}`, () =>
        visit(
          async (v) => {
            if (language === 'en') await v.page.getByRole('button', { name: 'English' }).click()
            await open(v)
            await settled(v)
            await picture(v, `${language}-${name}`)
          },
          { view: view ?? VIEW },
        ))
})
