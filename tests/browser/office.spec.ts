import type { Case, Due, Kind, Officer, Packs, Page as List, Subject, SubjectFile } from '@common/api/types'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillField, fillRequired } from './fill'
import { ask, goto, known, login, scene, settled, shot, signIn, start, stop, visit, type Visit } from './kit'
import { secondOfficer } from './place'

beforeAll(start)
afterAll(stop)

async function firstRoot(v: Visit): Promise<{ packs: Packs; kind: Kind; subjects: Subject[] }> {
  const packs = await ask<Packs>(v, '/packs')
  const kind = packs.packs.flatMap((p) => p.kinds).find((k) => !k.parent)!
  return {
    packs,
    kind,
    subjects: (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=10`)).items,
  }
}
const drawer = '.el-drawer:visible'
const recordTitle = (what: string) => (what.includes('登记') ? what : `登记${what}`)

describe('office', () => {
  it('signs in, and says plainly when the password is wrong', () =>
    visit(
      async (v) => {
        v.expected.add(401)
        await goto(v, '/')
        await v.page.waitForURL('**/login')
        await v.page.fill('#login', login())
        await v.page.fill('#password', 'certainly-not-this')
        await v.page.click('button[type=submit]')
        await v.page.getByRole('alert').getByText('登录名或密码不对').waitFor()
        await signIn(v)
        await v.page.getByRole('heading', { level: 1, name: '今日应办' }).waitFor()
        await v.page.getByRole('button', { name: '退出' }).click()
        await v.page.waitForURL('**/login')
      },
      { signedOut: true },
    ))

  it('shows what is due, without rankings', () =>
    visit(async (v) => {
      await settled(v)
      const due = await ask<Due>(v, '/due')
      const text = await v.page.locator('main').innerText()
      expect(text).toContain('已超期')
      expect(text).toContain('七天内到期')
      for (const c of [...due.overdue, ...due.soon].slice(0, 3)) expect(text).toContain(c.subject.title)
      expect(text).not.toMatch(/排名|积分|在线时长|打卡/)
    }))

  it('finds a subject by name and by the start of its number', () =>
    visit(async (v) => {
      const { kind, subjects } = await firstRoot(v)
      const s = subjects[1]!
      await goto(v, `/s/${kind.name}`)
      const table = v.page.locator('table.grid')
      for (const words of [s.title, kind.key ? String(s.fields[kind.key] ?? s.title) : s.title]) {
        await v.page.getByLabel('姓名、拼音首字母或编号').last().fill(words)
        await v.page.getByRole('button', { name: '查询' }).click()
        await settled(v)
        await table.getByRole('link', { name: s.title, exact: true }).first().waitFor()
      }
      await v.page.getByLabel('姓名、拼音首字母或编号').last().fill('没有这样的人')
      await v.page.getByRole('button', { name: '查询' }).click()
      await v.page.getByText('没有符合条件的记录').waitFor()
    }))

  it('turns pages forward and back', () =>
    visit(async (v) => {
      const { kind } = await firstRoot(v)
      const whole = await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=21`)
      await goto(v, `/s/${kind.name}`)
      const first = await v.page.locator('table.grid tbody tr').first().innerText()
      const next = v.page.getByRole('button', { name: '下一页' })
      if (whole.items.length < 21) return expect(await next.isDisabled()).toBe(true)
      await next.click()
      await v.page.getByText('第 2 页').waitFor()
      await settled(v)
      expect(await v.page.locator('table.grid tbody tr').first().innerText()).not.toBe(first)
      await v.page.getByRole('button', { name: '上一页' }).click()
      await v.page.getByText('第 1 页').waitFor()
      await settled(v)
      expect(await v.page.locator('table.grid tbody tr').first().innerText()).toBe(first)
    }))

  it('shows a whole file, tab by tab', () =>
    visit(async (v) => {
      const { kind, subjects } = await firstRoot(v)
      const red = subjects.find((s) => s.colour === 'red') ?? subjects[0]!
      await goto(v, `/s/${kind.name}/${red.id}`)
      await v.page.getByRole('heading', { level: 1, name: red.title }).waitFor()
      const tabs = v.page.getByRole('tab')
      const count = await tabs.count()
      expect(count).toBeGreaterThanOrEqual(6)
      for (let i = 0; i < count; i++) {
        await tabs.nth(i).click()
        await settled(v)
        expect((await v.page.getByRole('tabpanel').filter({ visible: true }).innerText()).trim()).not.toBe('')
      }
      const file = await ask<SubjectFile>(v, `/subjects/${kind.name}/${red.id}/file`)
      const open = file.findings.find((f) => !f.until)
      if (open) {
        await v.page.getByRole('tab', { name: /^预警/ }).click()
        await v.page.getByRole('tabpanel').filter({ visible: true }).getByText(open.message.zh).first().waitFor()
      }
    }))

  it('adds a subject, and shows what is wrong beside the field', () =>
    visit(async (v) => {
      const { kind } = await firstRoot(v)
      await goto(v, `/s/${kind.name}`)
      await v.page.getByRole('button', { name: `新增${kind.title.zh}` }).click()
      await v.page.locator(drawer).waitFor()
      await v.page.locator(`${drawer} .el-cascader input`).click()
      for (let level = 0; ; level++) {
        const menu = v.page.locator('.el-cascader-menu:visible').nth(level)
        const node = menu.locator('.el-cascader-node').first()
        await node.waitFor()
        const leaf = (await node.locator('.arrow-right').count()) === 0
        await node.click()
        if (leaf) break
      }
      await v.page.getByRole('button', { name: '保存' }).click()
      await v.page.getByText('这一项必填。').first().waitFor()
      await fillRequired(
        v.page,
        'subject',
        kind.fields.filter((f) => f.name !== kind.key),
      )
      const name = `测试${Date.now() % 100000}`
      const label = kind.fields.find((f) => f.name === kind.label)!
      await fillField(v.page, 'subject', label, name)
      if (kind.key)
        await fillField(
          v.page,
          'subject',
          kind.fields.find((f) => f.name === kind.key)!,
          String(Date.now()),
        )
      const phone = kind.fields.find((f) => f.format === 'phone')
      if (phone) {
        v.expected.add(422).add(400)
        await fillField(v.page, 'subject', phone, '123')
        await v.page.getByRole('button', { name: '保存' }).click()
        await v.page.locator(`#subject-box-${phone.name} .el-form-item__error`).waitFor()
        await fillField(v.page, 'subject', phone, '13800001234')
      }
      await v.page.getByRole('button', { name: '保存' }).click()
      await v.page.getByRole('heading', { level: 1, name }).waitFor()
    }))

  it('changes one fact, and the history tells', () =>
    visit(async (v) => {
      const { kind, subjects } = await firstRoot(v)
      const s = subjects[2]!
      await goto(v, `/s/${kind.name}/${s.id}`)
      await v.page.getByRole('button', { name: '修改', exact: true }).click()
      const f =
        kind.fields.find((x) => x.type === 'text' && x.long) ??
        kind.fields.find((x) => x.type === 'text' && !x.format && x.name !== kind.key)!
      const text = `核对过 ${Date.now()}`
      await fillField(v.page, 'subject', f, text)
      await v.page.getByRole('button', { name: '保存' }).click()
      await v.page.locator(drawer).waitFor({ state: 'hidden' })
      await v.page.getByRole('tab', { name: '变更历史' }).click()
      await v.page.getByRole('table', { name: '变更历史' }).getByText(text).first().waitFor()
    }))

  it('records an event and shows what followed', () =>
    visit(async (v) => {
      const { packs, kind, subjects } = await firstRoot(v)
      const me = (await ask<{ officer: Officer }>(v, '/session')).officer
      const mine = packs.packs
        .flatMap((p) => p.events)
        .filter((e) => e.who.some((r) => me.posts.some((x) => x.role === r)))
      const kids = packs.packs
        .flatMap((p) => p.kinds)
        .filter((k) => k.parent === kind.name)
        .map((k) => k.name)
      const event = known
        ? mine.find((e) => e.name === scene().event.name)!
        : mine.find((e) => e.about === kind.name || kids.includes(e.about))!
      const calm = subjects.find((x) => x.colour === 'green') ?? subjects[0]!
      await goto(v, `/s/${kind.name}/${calm.id}`)
      await v.page.getByRole('button', { name: recordTitle(event.title.zh), exact: true }).click()
      await v.page.locator(drawer).waitFor()
      if (await v.page.locator('#event-about').count()) {
        await v.page.locator('#event-about').click()
        await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item').first().click()
      }
      await fillRequired(v.page, 'event', event.fields)
      for (const [name, typed] of Object.entries(known ? scene().event.typed : {}))
        await fillField(
          v.page,
          'event',
          event.fields.find((f) => f.name === name)!,
          typed,
        )
      await v.page.getByRole('button', { name: '保存' }).click()
      const results = v.page.getByRole('status').filter({ hasText: '登记后的结果' })
      await results.waitFor()
      if (known) {
        const text = await results.innerText()
        expect(text).toContain(`发现：${scene().event.found}`)
        expect(text).toMatch(new RegExp(`(已开启个案：|个案“)${scene().event.opened}`))
        expect(text).toMatch(/期限：\d{4}-\d{2}-\d{2}/)
      }
      await shot(v, 'event-consequences', false)
      await v.page.locator(drawer).getByRole('button', { name: '关闭' }).last().click()
      await v.page.getByRole('tab', { name: /^登记记录/ }).click()
      await v.page.getByRole('tabpanel').filter({ visible: true }).getByText(event.title.zh).first().waitFor()
    }))

  it('offers what was written last time', () =>
    visit(async (v) => {
      const { packs, kind } = await firstRoot(v)
      const me = (await ask<{ officer: Officer }>(v, '/session')).officer
      const list = (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=30`)).items
      for (const s of list) {
        const file = await ask<SubjectFile>(v, `/subjects/${kind.name}/${s.id}/file`)
        const past = file.events.find((e) => {
          if (
            e.withdrawn ||
            file.events.some(
              (x) => x !== e && x.kind === e.kind && !x.withdrawn && file.events.indexOf(x) < file.events.indexOf(e),
            )
          )
            return false
          const k = packs.packs.flatMap((p) => p.events).find((x) => x.name === e.kind)
          return (
            k &&
            k.about === kind.name &&
            k.who.some((r) => me.posts.some((p) => p.role === r)) &&
            k.fields.some((f) => f.type === 'text' && f.long && e.fields[f.name])
          )
        })
        if (!past) continue
        const k = packs.packs.flatMap((p) => p.events).find((x) => x.name === past.kind)!
        const f = k.fields.find((x) => x.type === 'text' && x.long && past.fields[x.name])!
        await goto(v, `/s/${kind.name}/${s.id}`)
        await v.page.getByRole('button', { name: recordTitle(k.title.zh), exact: true }).click()
        await v.page.getByRole('button', { name: '沿用上次' }).click()
        expect(await v.page.locator(`#event-${f.name}`).inputValue()).toBe(past.fields[f.name])
        return
      }
      expect(known, 'nobody has a former record').toBe(false)
    }))

  it('refuses a day that has not come, and the form keeps what was typed', () =>
    visit(async (v) => {
      const { packs, kind, subjects } = await firstRoot(v)
      const me = (await ask<{ officer: Officer }>(v, '/session')).officer
      const event = packs.packs
        .flatMap((p) => p.events)
        .find((e) => e.about === kind.name && e.who.some((r) => me.posts.some((x) => x.role === r)))!
      await goto(v, `/s/${kind.name}/${subjects[0]!.id}`)
      await v.page.getByRole('button', { name: recordTitle(event.title.zh), exact: true }).click()
      await v.page.locator('#event-on').fill('2099-01-01')
      await v.page.locator('#event-on').press('Enter')
      await fillRequired(v.page, 'event', event.fields)
      const long = event.fields.find((f) => f.type === 'text' && f.long)
      if (long) await fillField(v.page, 'event', long, '写了很久的一段话')
      for (const status of [400, 409, 422]) v.expected.add(status)
      await v.page.getByRole('button', { name: '保存' }).click()
      await v.page.locator(drawer).getByRole('alert').first().waitFor()
      if (long) expect(await v.page.locator(`#event-${long.name}`).inputValue()).toBe('写了很久的一段话')
    }))

  it('withdraws a wrong record', () =>
    visit(async (v) => {
      const { kind } = await firstRoot(v)
      const list = (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=50`)).items
      for (const s of list) {
        const file = await ask<SubjectFile>(v, `/subjects/${kind.name}/${s.id}/file`)
        if (!file.events.some((e) => !e.withdrawn)) continue
        await goto(v, `/s/${kind.name}/${s.id}`)
        await v.page.getByRole('tab', { name: /^登记记录/ }).click()
        await v.page.getByRole('button', { name: '撤回' }).first().click()
        await v.page.locator('.el-message-box').getByRole('button', { name: '撤回' }).click()
        await v.page.getByText('（已撤回）').first().waitFor()
        return
      }
      expect.fail('nothing is recorded')
    }))

  it('leads from "cannot tell" to the field that is missing', () =>
    visit(async (v) => {
      const { kind } = await firstRoot(v)
      const list = (await ask<List<Subject>>(v, `/subjects/${kind.name}?limit=50`)).items
      for (const s of list) {
        const file = await ask<SubjectFile>(v, `/subjects/${kind.name}/${s.id}/file`)
        const missing = file.cannot_tell
          .flatMap((c) => c.missing)
          .find((m) => kind.fields.some((f) => f.name === m.name))
        if (!missing) continue
        await goto(v, `/s/${kind.name}/${s.id}`)
        await v.page.getByRole('tab', { name: /^预警/ }).click()
        await v.page
          .getByRole('button', { name: `去填写：${missing.title.zh}` })
          .first()
          .click()
        await v.page.locator(`#subject-box-${missing.name}`).waitFor()
        await v.page.waitForFunction(
          (id) => document.getElementById(id)?.contains(document.activeElement),
          `subject-box-${missing.name}`,
        )
        return
      }
      expect(known).toBe(false)
    }))

  it('when someone else was quicker, keeps what was typed and saves it next', () =>
    visit(async (a) => {
      const { kind, subjects } = await firstRoot(a)
      const s = subjects[4]!
      const money = kind.fields.find((f) => f.type === 'money' || f.type === 'int')!
      const label = kind.fields.find((f) => f.name === kind.label)!
      await goto(a, `/s/${kind.name}/${s.id}`)
      await a.page.getByRole('button', { name: '修改', exact: true }).click()
      await fillField(a.page, 'subject', money, '7')
      await visit(async (b) => {
        await goto(b, `/s/${kind.name}/${s.id}`)
        await b.page.getByRole('button', { name: '修改', exact: true }).click()
        await fillField(b.page, 'subject', label, `${s.title}二`)
        await b.page.getByRole('button', { name: '保存' }).click()
        await b.page.locator(drawer).waitFor({ state: 'hidden' })
      })
      a.expected.add(412)
      await a.page.getByRole('button', { name: '保存' }).click()
      await a.page.getByText('您填的还在，请核对后再按一次保存').waitFor()
      await a.page.getByRole('button', { name: '保存' }).click()
      await a.page.locator(drawer).waitFor({ state: 'hidden' })
      const after = await ask<Subject>(a, `/subjects/${kind.name}/${s.id}`)
      expect(after.title).toBe(`${s.title}二`)
      expect(after.fields[money.name]).toBe(money.type === 'money' ? 700 : 7)
    }))

  it('takes a step of a case', () =>
    visit(async (v) => {
      const open = (await ask<List<Case>>(v, '/cases?state=open&limit=50')).items
      for (const c of open) {
        const whole = await ask<Case>(v, `/cases/${c.id}`)
        const step = whole.next!.find((s) => s.may)
        if (!step) continue
        await goto(v, `/cases/${c.id}`)
        const blocked = whole.next!.find((s) => !s.may)
        if (blocked) await v.page.getByText(`现在不能办：${blocked.why_not!.zh}`).first().waitFor()
        await v.page.getByRole('button', { name: step.title.zh, exact: true }).click()
        await v.page.locator(drawer).waitFor()
        await fillRequired(v.page, 'step', step.fields)
        await v.page.locator('#step-note').fill('现场看过')
        await v.page.locator(drawer).getByRole('button', { name: step.title.zh, exact: true }).click()
        await v.page.locator(drawer).waitFor({ state: 'hidden' })
        await v.page.getByRole('heading', { level: 2, name: step.to_title.zh }).waitFor()
        await v.page.getByRole('list', { name: '办理过程' }).getByText('现场看过').first().waitFor()
        return
      }
      expect.fail('no case has a step that may be taken')
    }))

  it.runIf(known)('shows why a step was refused, at the field', () =>
    visit(async (v) => {
      const g = scene().guard
      const open = (await ask<List<Case>>(v, `/cases?state=${g.state}`)).items
      await goto(v, `/cases/${open[0]!.id}`)
      await v.page.getByRole('button', { name: g.step, exact: true }).click()
      await v.page.locator(`#step-${g.field}`).fill(g.typed)
      for (const status of [400, 409, 422]) v.expected.add(status)
      await v.page.locator(drawer).getByRole('button', { name: g.step, exact: true }).click()
      await v.page.locator(drawer).getByText(g.message).first().waitFor()
      expect(await v.page.locator(`#step-${g.field}`).inputValue()).toBe(g.typed)
    }),
  )

  it.runIf(known)('proposes a measure, which another officer approves', () =>
    visit(async (v) => {
      const m = scene().measure
      const c = (await ask<List<Case>>(v, '/cases?state=open')).items[0]!
      await goto(v, `/cases/${c.id}`)
      await v.page.getByRole('button', { name: '提出措施' }).click()
      await v.page.locator('#measure-kind').click()
      await v.page.locator('.el-select-dropdown:visible').getByText(m.title).click()
      for (const [name, typed] of Object.entries(m.typed)) await v.page.locator(`#measure-${name}`).fill(typed)
      await v.page.getByRole('button', { name: '保存' }).click()
      const row = v.page.getByRole('row').filter({ hasText: m.title }).filter({ hasText: m.amount }).last()
      await row.waitFor()
      const approves = async (by: Visit) => {
        const line = by.page.getByRole('row').filter({ hasText: m.title }).filter({ hasText: m.amount }).last()
        await line.getByRole('button', { name: '批准', exact: true }).click()
        await by.page.locator('.el-message-box').getByRole('button', { name: '批准', exact: true }).click()
        await line.getByText('已批准').waitFor()
      }
      if (!process.env.JISHI) return approves(v)
      // The server offers whoever proposed it no word on it.
      expect(await row.getByRole('button', { name: '批准', exact: true }).count()).toBe(0)
      await visit(
        async (other) => {
          await goto(other, `/cases/${c.id}`)
          await approves(other)
        },
        { as: secondOfficer },
      )
    }),
  )

  it('lists cases by state, overdue first', () =>
    visit(async (v) => {
      await goto(v, '/cases')
      const rows = await v.page.locator('table.grid tbody tr').allInnerTexts()
      const late = rows.map((r) => r.includes('已超期'))
      expect(late).toEqual([...late].sort((a, b) => Number(b) - Number(a)))
      await goto(v, '/cases?state=closed')
      expect(await v.page.locator('main').innerText()).not.toContain('还有')
    }))

  it('lists findings with their reasons', () =>
    visit(async (v) => {
      await goto(v, '/findings')
      await v.page.locator('summary').first().click()
      await v.page.locator('details[open] .tree li').first().waitFor()
    }))

  it.runIf(known)('checks a table, takes the good rows in, takes all of it back', () =>
    visit(async (v) => {
      const path = join(tmpdir(), `roster-${process.pid}.csv`)
      writeFileSync(path, scene().roster.rows)
      await goto(v, '/imports')
      await v.page.getByRole('combobox', { name: '表格样式' }).click({ force: true })
      await v.page.locator('.el-select-dropdown:visible .el-select-dropdown__item').first().click()
      await v.page.locator('input[type=file]').setInputFiles(path)
      await v.page.getByText('共 3 行').waitFor()
      const errors = v.page.getByRole('table', { name: '没有读的格子' })
      await errors.getByText(scene().roster.fault).first().waitFor()
      await shot(v, 'import-checked-1440')
      await v.page.getByRole('button', { name: /接收正确的行/ }).click()
      await v.page.getByText('已导入。').waitFor()
      await v.page.getByRole('button', { name: '撤销导入' }).click()
      await v.page.locator('.el-message-box').getByRole('button', { name: '撤销导入' }).click()
      await v.page.getByText('已撤销，数据恢复到导入之前。').waitFor()
    }),
  )

  it('prints a file on A4', () =>
    visit(async (v) => {
      const { kind, subjects } = await firstRoot(v)
      await goto(v, `/print/${kind.name}/${subjects[0]!.id}`)
      await v.page.getByRole('heading', { level: 1, name: `${kind.title.zh}档案` }).waitFor()
      await v.page.emulateMedia({ media: 'print' })
      expect(await v.page.getByRole('button', { name: '打印' }).isVisible()).toBe(false)
      for (const words of ['（盖章）', '签名', '基本情况', '登记记录', '措施'])
        expect(await v.page.locator('.sheet').innerText()).toContain(words)
      const pdf = await v.page.pdf({
        preferCSSPageSize: true,
        path: new URL('../out/shots/print.pdf', import.meta.url).pathname,
      })
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    }))

  it('opens a form of the pack as the PDF that is printed', () =>
    visit(async (v) => {
      const { packs, kind, subjects } = await firstRoot(v)
      const form = packs.packs.flatMap((p) => p.prints).find((p) => p.rows === kind.name)!
      await goto(v, `/s/${kind.name}/${subjects[0]!.id}`)
      await v.page.getByRole('button', { name: '打印', exact: true }).first().click()
      await v.page.locator(drawer).getByText(form.title.zh, { exact: true }).click()
      await shot(v, 'print-drawer-1440')
      const [tab, answer] = await Promise.all([
        v.page.context().waitForEvent('page'),
        v.page.waitForResponse((r) => r.url().includes('/api/v1/prints/')),
        v.page.getByRole('button', { name: '打开 PDF' }).click(),
      ])
      expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'application/pdf'])
      expect(tab.url()).toMatch(/^blob:/)
      await tab.close()
    }))

  it('speaks English, and large', () =>
    visit(async (v) => {
      await v.page.getByRole('button', { name: 'English' }).click()
      await v.page.getByRole('heading', { level: 1, name: 'What is due' }).waitFor()
      const small = await v.page.locator('main').evaluate((e) => getComputedStyle(e).fontSize)
      await v.page.getByRole('button', { name: 'Large type' }).click()
      expect(
        parseFloat(await v.page.locator('main').evaluate((e) => getComputedStyle(e).fontSize)),
      ).toBeGreaterThanOrEqual(parseFloat(small) * 1.25)
      await v.page.reload()
      await v.page.getByRole('heading', { level: 1, name: 'What is due' }).waitFor()
    }))

  it('hears of changes made elsewhere', () =>
    visit(async (a) => {
      const { kind, subjects } = await firstRoot(a)
      const s = subjects[3]!
      const listening = a.page.waitForResponse('**/api/v1/stream')
      await goto(a, `/s/${kind.name}/${s.id}`)
      await listening
      const label = kind.fields.find((f) => f.name === kind.label)!
      const name = `${s.title}改`
      await visit(async (b) => {
        await goto(b, `/s/${kind.name}/${s.id}`)
        await b.page.getByRole('button', { name: '修改', exact: true }).click()
        await fillField(b.page, 'subject', label, name)
        await b.page.getByRole('button', { name: '保存' }).click()
        await b.page.getByRole('heading', { level: 1, name }).waitFor()
      })
      await a.page.getByRole('heading', { level: 1, name }).waitFor()
    }))
})
