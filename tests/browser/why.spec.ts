/* "Why": the tree behind a finding, a colour, a computed figure, as the server tells it. The mock has no trees. */
import type { EventKind, Explanation, Finding, Page as List, Packs, Subject, SubjectFile } from '@common/api/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, axe, DESK, goto, misfits, none, PHONE, settled, shot, start, stop, visit, type Visit } from './kit'

beforeAll(start)
afterAll(stop)

const drawer = '.el-drawer.why'
const real = Boolean(process.env.JISHI ?? process.env.JISHI_URL)

async function aFinding(v: Visit): Promise<{ finding: Finding; file: SubjectFile }> {
  const finding = (await ask<List<Finding>>(v, '/findings?state=open&limit=1')).items[0]!
  const { root_kind, root } = finding.subject
  return { finding, file: await ask<SubjectFile>(v, `/subjects/${root_kind}/${root}/file`) }
}
const shown = (v: Visit) => v.page.locator(`${drawer} .node`).first()
async function openFile(v: Visit, file: SubjectFile) {
  await goto(v, `/s/${file.subject.kind}/${file.subject.id}`)
  await v.page.getByRole('heading', { level: 1, name: file.subject.title }).waitFor()
}
async function why(v: Visit, what: string) {
  await v.page
    .getByRole('button', { name: `为什么：${what}`, exact: true })
    .first()
    .click()
  await shown(v).waitFor()
}
/** Records an event with what it must have, and gives its kind and id. */
async function recorded(v: Visit, kind: EventKind, about: Subject, on: string): Promise<{ kind: string; id: string }> {
  const plain: Record<string, unknown> = {
    int: 1,
    money: 100,
    rate: '0.1',
    text: 'x',
    date: on,
    bool: true,
  }
  const fields = Object.fromEntries(
    kind.fields.filter((f) => f.required).map((f) => [f.name, f.values?.length ? f.values[0]!.code : plain[f.type]]),
  )
  const id = await v.page.evaluate(() => crypto.randomUUID())
  const status = await v.page.evaluate(
    async ([path, body]) =>
      (await fetch(path!, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body })).status,
    [`/api/v1/events/${kind.name}/${id}`, JSON.stringify({ subject: about.id, on, fields })],
  )
  expect(status).toBeLessThan(300)
  return { kind: kind.name, id }
}
/** The texts of all inputs that anyone said, wherever they are in the tree. */
const said = (x: Explanation): string[] => [
  ...(x.kind === 'field' && x.text && x.since ? [x.text] : []),
  ...x.inputs.flatMap(said),
]

describe.runIf(real)('why', () => {
  it('tells of a finding down to what was said', () =>
    visit(async (v) => {
      const { finding, file } = await aFinding(v)
      await openFile(v, file)
      await v.page.getByRole('tab', { name: /^预警/ }).click()
      await why(v, finding.title.zh)
      const tree = await ask<Explanation>(v, `/findings/${finding.id}/explain`)
      const text = await v.page.locator(drawer).innerText()
      expect(text).toContain(finding.message.zh)
      expect(text).toContain(tree.inputs[0]!.formula)
      expect(text).toContain('成立')
      for (const e of tree.inputs.flatMap((x) => x.events ?? [])) expect(text).toContain(e.on)
      await v.page.keyboard.press('Escape')
      await v.page.locator(drawer).waitFor({ state: 'hidden' })
    }))

  it('tells of a colour and of a computed figure', () =>
    visit(async (v) => {
      const { file } = await aFinding(v)
      await openFile(v, file)
      await why(v, '颜色')
      const open = file.findings.filter((f) => !f.until)
      for (const f of open) expect(await v.page.locator(drawer).innerText()).toContain(f.message.zh)
      await v.page.keyboard.press('Escape')
      await v.page.locator(drawer).waitFor({ state: 'hidden' })
      const figure = file.variables.find((x) => !x.missing.length)!
      await why(v, figure.title.zh)
      expect(await shown(v).innerText()).toContain(figure.text)
      const tree = await ask<Explanation>(
        v,
        `/subjects/${file.subject.kind}/${file.subject.id}/explain?name=${figure.name}`,
      )
      for (const closed of await v.page.locator(`${drawer} details`).all())
        await closed.evaluate((d) => ((d as HTMLDetailsElement).open = true))
      const all = await v.page.locator(drawer).innerText()
      for (const s of said(tree)) expect(all).toContain(s)
    }))

  it('tells what was computed of a record', () =>
    visit(async (v) => {
      const { file } = await aFinding(v)
      const packs = await ask<Packs>(v, '/packs')
      const computed = new Set(packs.packs.flatMap((p) => p.variables ?? []).map((x) => x.of))
      const kind = packs.packs
        .flatMap((p) => p.events)
        .find((k) => computed.has(k.name) && [file.subject, ...file.children].some((s) => s.kind === k.about))!
      const title = kind.title.zh
      const record = await recorded(
        v,
        kind,
        [file.subject, ...file.children].find((s) => s.kind === kind.about)!,
        packs.today,
      )
      await openFile(v, file)
      await v.page.getByRole('tab', { name: /^登记记录/ }).click()
      await why(v, title)
      const tree = await ask<Explanation>(v, `/events/${record.kind}/${record.id}/explain`)
      expect(tree.inputs.length).toBeGreaterThan(0)
      const text = await v.page.locator(drawer).innerText()
      for (const x of tree.inputs) expect(text).toContain(x.title.zh)
    }))

  for (const [name, view] of [
    ['desk', DESK],
    ['phone', PHONE],
  ] as const)
    it(`is sound on a ${name}`, () =>
      visit(async (v) => {
        await v.page.setViewportSize(view)
        const { file } = await aFinding(v)
        await openFile(v, file)
        await why(v, '颜色')
        await settled(v)
        await shot(v, `why-${name}`)
        none([...(await axe(v)), ...(await misfits(v))])
      }))
})
