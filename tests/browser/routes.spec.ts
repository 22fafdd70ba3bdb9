/* Every page, at a desk, on a phone and there in large type: nothing for axe to say, nothing sticking out, nothing too small to touch;
 * and a picture to look at. One test is one page in one view. */
import type { Case, Kind, Packs, Page as List, Subject } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, misfits, none, PHONE, settled, shot, start, stop, visit, type Visit } from './kit'

/** What there is to show in this place; found out once. */
interface Shown {
  packs: Packs
  kind: Kind
  subject: Subject
  openCase?: Case
  /** A case with a step that may be taken. */
  ready?: Case
}
let shown: Shown

beforeAll(async () => {
  await start()
  await visit(async (v) => {
    const packs = await ask<Packs>(v, '/packs')
    const kind = packs.packs.flatMap((p) => p.kinds).find((k) => !k.parent)!
    const subjects = (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=20`)).items
    const cases = (await ask<List<Case>>(v, '/cases?state=open')).items
    let ready: Case | undefined
    for (const c of cases.slice(0, 20))
      ready ??= (await ask<Case>(v, `/cases/${c.id}`)).next?.some((n) => n.may) ? c : undefined
    shown = {
      packs,
      kind,
      subject: subjects.find((x) => x.colour === 'red') ?? subjects[0]!,
      openCase: cases[0],
      ready,
    }
  })
})
afterAll(stop)

interface Route {
  name: string
  /** undefined: this place has nothing to show there. */
  path: (s: Shown) => string | undefined
  then?: (v: Visit) => Promise<void>
  /** A drawer covers the window, so that the window alone is looked at. */
  drawer?: boolean
}
const file = (s: Shown) => `/s/${s.kind.name}/${s.subject.id}`
const tab = (name: RegExp) => async (v: Visit) => {
  await v.page.getByRole('tab', { name }).click()
  await settled(v)
}
const opens = (button: (v: Visit) => ReturnType<Visit['page']['locator']>) => async (v: Visit) => {
  await button(v).click()
  await v.page.locator('.el-drawer:visible').waitFor()
}
const routes: Route[] = [
  { name: 'home', path: () => '/' },
  { name: 'list', path: (s) => `/s/${s.kind.name}` },
  {
    name: 'list-export',
    path: (s) => `/s/${s.kind.name}`,
    then: opens((v) => v.page.getByRole('button', { name: '导出', exact: true })),
    drawer: true,
  },
  { name: 'tables', path: () => '/tables' },
  { name: 'ledgers', path: (s) => (s.packs.packs.some((p) => p.ledgers.length) ? '/ledgers' : undefined) },
  { name: 'file-facts', path: file },
  {
    name: 'file-members',
    path: file,
    then: async (v) => {
      await v.page.getByRole('tab').nth(1).click()
      await settled(v)
    },
  },
  { name: 'file-findings', path: file, then: tab(/^预警/) },
  { name: 'file-cases', path: file, then: tab(/^个案/) },
  { name: 'file-measures', path: file, then: tab(/^措施/) },
  { name: 'file-events', path: file, then: tab(/^登记记录/) },
  { name: 'file-history', path: file, then: tab(/^变更历史/) },
  {
    name: 'edit',
    path: file,
    then: opens((v) => v.page.getByRole('button', { name: '修改', exact: true })),
    drawer: true,
  },
  {
    name: 'record',
    path: file,
    then: opens((v) => v.page.locator('.head .acts button').first()),
    drawer: true,
  },
  { name: 'cases', path: () => '/cases' },
  { name: 'case', path: (s) => s.openCase && `/cases/${s.openCase.id}` },
  {
    name: 'step',
    path: (s) => s.ready && `/cases/${s.ready.id}`,
    then: opens((v) => v.page.locator('.nexts button:enabled').first()),
    drawer: true,
  },
  { name: 'findings', path: () => '/findings' },
  { name: 'whatif', path: () => '/whatif' },
  {
    name: 'figures',
    path: (s) => (s.packs.packs.some((p) => p.indicators?.length) ? '/figures' : undefined),
  },
  {
    name: 'funds',
    path: (s) => (s.packs.packs.some((p) => p.events.some((e) => e.payment)) ? '/funds' : undefined),
  },
  { name: 'duties', path: () => '/duties' },
  { name: 'map', path: () => '/map' },
  { name: 'signs', path: (s) => `/signs/${s.kind.name}` },
  { name: 'imports', path: () => '/imports' },
  { name: 'print', path: (s) => `/print/${s.kind.name}/${s.subject.id}` },
  { name: 'not-found', path: () => '/no/such/page' },
]

async function show(v: Visit, r: Route, path: string, picture: string): Promise<void> {
  await goto(v, path)
  await r.then?.(v)
  await shot(v, picture, !r.drawer)
}

describe('pages', () => {
  for (const [where, view] of [
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ] as const)
    for (const r of routes)
      it(`${r.name} is sound ${where}`, ({ skip }) =>
        visit(
          async (v) => {
            const path = r.path(shown) ?? skip('this place has nothing to show there')
            await show(v, r, path, `${r.name}-${view.width}`)
            const wrong = [...(await axe(v)), ...(await misfits(v))]
            if ((await v.page.locator('main').count()) !== 1) wrong.push('not one <main>')
            if ((await v.page.locator('h1').count()) !== 1) wrong.push('not one <h1>')
            none(wrong)
          },
          { view },
        ))

  for (const r of routes)
    it(`${r.name} fits a phone in large type`, ({ skip }) =>
      visit(
        async (v) => {
          const path = r.path(shown) ?? skip('this place has nothing to show there')
          await v.page.getByRole('button', { name: '大字' }).click()
          await show(v, r, path, `${r.name}-large`)
          none(await misfits(v))
        },
        { view: PHONE },
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
