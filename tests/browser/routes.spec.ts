/* Every page, at a desk and on a phone: nothing for axe to say, nothing sticking out, nothing too small to touch; and a picture to look at. */
import type { Case, Kind, Packs, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, misfits, none, PHONE, settled, shot, start, stop, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

async function routes(v: Visit): Promise<{ name: string; path: string; then?: (v: Visit) => Promise<void> }[]> {
  const packs = await ask<Packs>(v, '/packs')
  const kind = packs.packs.flatMap((p) => p.kinds).find((k: Kind) => !k.parent)!
  const subjects = (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=20`)).items
  const s = subjects.find((x) => x.colour === 'red') ?? subjects[0]!
  const cases = (await ask<List<Case>>(v, '/cases?state=open')).items
  let ready: Case | undefined
  for (const c of cases.slice(0, 20)) ready ??= (await ask<Case>(v, `/cases/${c.id}`)).next?.some((n) => n.may) ? c : undefined
  const tab = (name: RegExp) => async (x: Visit) => {
    await x.page.getByRole('tab', { name }).click()
    await settled(x)
  }
  const file = `/s/${kind.name}/${s.id}`
  return [
    { name: 'home', path: '/' },
    { name: 'list', path: `/s/${kind.name}` },
    { name: 'file-facts', path: file },
    { name: 'file-members', path: file, then: async (x) => { await x.page.getByRole('tab').nth(1).click(); await settled(x) } },
    { name: 'file-findings', path: file, then: tab(/^预警/) },
    { name: 'file-cases', path: file, then: tab(/^个案/) },
    { name: 'file-measures', path: file, then: tab(/^措施/) },
    { name: 'file-events', path: file, then: tab(/^登记记录/) },
    { name: 'file-history', path: file, then: tab(/^变更历史/) },
    { name: 'edit', path: file, then: async (x) => { await x.page.getByRole('button', { name: '修改', exact: true }).click(); await x.page.locator('.el-drawer:visible').waitFor() } },
    { name: 'record', path: file, then: async (x) => { await x.page.locator('.head .acts button').first().click(); await x.page.locator('.el-drawer:visible').waitFor() } },
    { name: 'cases', path: '/cases' },
    ...(cases[0] ? [{ name: 'case', path: `/cases/${cases[0].id}` }] : []),
    ...(ready ? [{ name: 'step', path: `/cases/${ready.id}`, then: async (x: Visit) => { await x.page.locator('.nexts button:enabled').first().click(); await x.page.locator('.el-drawer:visible').waitFor() } }] : []),
    { name: 'findings', path: '/findings' },
    { name: 'whatif', path: '/whatif' },
    ...(packs.packs.some((p) => p.indicators?.length) ? [{ name: 'figures', path: '/figures' }] : []),
    ...(packs.packs.some((p) => p.events.some((e) => e.pays)) ? [{ name: 'funds', path: '/funds' }] : []),
    { name: 'duties', path: '/duties' },
    { name: 'map', path: '/map' },
    { name: 'signs', path: '/signs/garden' },
    { name: 'imports', path: '/imports' },
    { name: 'print', path: `/print/${kind.name}/${s.id}` },
    { name: 'not-found', path: '/no/such/page' },
  ]
}

/* The window alone: a drawer covers it. */
const DRAWERS = ['edit', 'record', 'step']

describe('pages', () => {
  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ])('are sound %s', (_, view) =>
    visit(
      async (v) => {
        const wrong: string[] = []
        for (const r of await routes(v)) {
          await goto(v, r.path)
          await r.then?.(v)
          await shot(v, `${r.name}-${view.width}`, !DRAWERS.includes(r.name))
          const said = [...(await axe(v)), ...(await misfits(v))]
          if ((await v.page.locator('main').count()) !== 1) said.push('not one <main>')
          if ((await v.page.locator('h1').count()) !== 1) said.push('not one <h1>')
          wrong.push(...said.map((s) => `${r.name}: ${s}`))
        }
        none(wrong)
      },
      { view },
    ))

  it('signing in is sound', () =>
    visit(
      async (v) => {
        v.expected.add(401)
        await goto(v, '/login')
        await shot(v, 'login-1440')
        none([...(await axe(v)), ...(await misfits(v))])
      },
      { signedOut: true },
    ))

  it('large type fits a phone', () =>
    visit(
      async (v) => {
        await v.page.getByRole('button', { name: '大字' }).click()
        const wrong: string[] = []
        for (const r of await routes(v)) {
          await goto(v, r.path)
          await r.then?.(v)
          await shot(v, `${r.name}-large`, !DRAWERS.includes(r.name))
          wrong.push(...(await misfits(v)).map((s) => `${r.name}: ${s}`))
        }
        none(wrong)
      },
      { view: PHONE },
    ))

  it('can be walked with the keyboard alone', () =>
    visit(async (v) => {
      await settled(v)
      await v.page.keyboard.press('Tab')
      expect(await v.page.evaluate(() => document.activeElement?.className)).toContain('skip')
      const seen = new Set<string>()
      for (let i = 0; i < 40; i++) {
        await v.page.keyboard.press('Tab')
        seen.add(await v.page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? ''))
      }
      for (const words of ['个案', '预警', '退出']) expect([...seen].some((s) => s.includes(words))).toBe(true)
    }))
})
