/* The what-if page: what is dragged is answered, the newest wins, areas open, names lead to files, and it prints. */
import type { Page as List, Finding, Packs } from '@common/api/types'
import { knobsOf, rangeOf, toWhole, turns } from '@common/packs/parameters'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  axe,
  DESK,
  goto,
  known,
  misfits,
  none,
  PHONE,
  settled,
  shot,
  simulate,
  start,
  stop,
  visit,
  type Visit,
} from './kit'

beforeAll(start)
afterAll(stop)

/** Chooses a parameter that makes someone enter or leave, by asking first: nothing of the programme is known here. */
async function aKnob(v: Visit) {
  const packs = await ask<Packs>(v, '/packs')
  for (const knob of knobsOf(packs.packs[0]!, packs.today)) {
    if (!turns(knob.type) || knob.type === 'rate' || knob.type === 'number') continue
    const now = toWhole(knob.type, knob.now)
    for (const typed of ['0', '2', '10', '9000', '15000']) {
      const wish = knob.type === 'money' ? Number(typed) * 100 : Number(typed)
      const x = await simulate(v, { set: { [knob.name]: wish } })
      if (x.enters + x.leaves > 0) return { knob, now, wish, typed, range: rangeOf(knob.type, now, null), answer: x }
    }
  }
  throw new Error('no parameter of this county changes anything')
}
async function choose(v: Visit, title: string) {
  await v.page.getByRole('combobox', { name: '挑选参数' }).click({ force: true })
  await v.page.locator('.el-select-dropdown:visible').getByRole('option', { name: title, exact: true }).click()
  await v.page.keyboard.press('Escape')
  await v.page.getByRole('group', { name: title }).waitFor()
}
const box = (v: Visit, title: string) => v.page.getByRole('textbox', { name: `填数：${title}` })
const number = async (v: Visit, of: string) =>
  Number(
    (
      await v.page
        .locator('.one', { has: v.page.getByText(of, { exact: true }) })
        .locator('strong')
        .innerText()
    ).replace(/[+−]/, ''),
  )
const lines = (v: Visit, table: string | RegExp) => v.page.getByRole('table', { name: table }).locator('tbody tr')

describe('what if', () => {
  it('begins with the screening as it is, which is what is open', () =>
    visit(async (v) => {
      await goto(v, '/')
      await v.page.getByRole('link', { name: '政策推演' }).click()
      await v.page.getByRole('heading', { level: 1, name: '政策推演' }).waitFor()
      await settled(v)
      await v.page.getByText('还没有改参数').waitFor()
      const x = await simulate(v, {})
      expect(await number(v, '共排查')).toBe(x.subjects)
      const matched = x.rules.filter((r) => r.now.matched)
      for (const r of matched) {
        expect(await lines(v, '按规则').filter({ hasText: r.title.zh }).innerText()).toContain(String(r.now.matched))
        if (known && !r.per)
          expect((await ask<List<Finding>>(v, `/findings?rule=${r.name}&limit=500`)).items.length).toBe(r.now.matched)
      }
    }))

  it('answers what is typed, with the same numbers as the interface', () =>
    visit(async (v) => {
      await goto(v, '/whatif')
      const { knob, typed, answer } = await aKnob(v)
      await choose(v, knob.title.zh)
      const group = v.page.getByRole('group', { name: knob.title.zh })
      expect(await group.innerText()).toContain(knob.now === null ? '没有设定' : knob.reference)
      await box(v, knob.title.zh).fill(typed)
      await v.page.locator('.in').waitFor()
      await settled(v)
      expect(await number(v, '新进')).toBe(answer.enters)
      expect(await number(v, '退出')).toBe(answer.leaves)
      await shot(v, 'whatif-answer-1440')
      await box(v, knob.title.zh).fill('许多')
      await group.getByRole('alert').getByText('填的数不对').waitFor()
      expect(await number(v, '新进')).toBe(answer.enters)
      await group.getByRole('button', { name: '恢复现行值' }).click()
      await v.page.getByText('还没有改参数').waitFor()
    }))

  it('ends with the answer to the last place of the slider, however fast it moves', () =>
    visit(async (v) => {
      await goto(v, '/whatif')
      const { knob, range } = await aKnob(v)
      await choose(v, knob.title.zh)
      const slider = v.page.getByRole('slider', { name: `拖动：${knob.title.zh}` })
      await slider.evaluate((e: HTMLInputElement) => {
        for (let i = 0; i <= 60; i++) {
          e.value = String(Number(e.min) + ((Number(e.max) - Number(e.min)) * i) / 60)
          e.dispatchEvent(new Event('input', { bubbles: true }))
        }
      })
      await v.page.locator('.in').waitFor()
      await settled(v)
      const x = await simulate(v, { set: { [knob.name]: range.max } })
      expect(await number(v, '新进')).toBe(x.enters)
      expect(await number(v, '退出')).toBe(x.leaves)
    }))

  it('opens an area, breaks down, and leads to who it is', () =>
    visit(async (v) => {
      await goto(v, '/whatif')
      const { knob, wish, typed } = await aKnob(v)
      await choose(v, knob.title.zh)
      await box(v, knob.title.zh).fill(typed)
      await v.page.locator('.in').waitFor()
      await settled(v)
      const which = (await simulate(v, { set: { [knob.name]: wish } })).rules.find((r) => r.enters + r.leaves > 0)!
      await v.page.getByRole('table', { name: '按规则' }).getByRole('button', { name: which.title.zh }).click()
      await settled(v)
      const parts = v.page.getByRole('table', { name: `按区域：${which.title.zh}` })
      const first = parts.locator('tbody tr').first().getByRole('button')
      const name = await first.innerText()
      await first.click()
      await v.page.getByRole('button', { name: /^返回/ }).waitFor()
      await settled(v)
      const there = (await v.page.evaluate(async () => (await fetch('/api/v1/areas')).json())) as {
        items: { code: string; name: string }[]
      }
      const code = there.items.find((a) => a.name === name)!.code
      const x = await simulate(v, { set: { [knob.name]: wish }, area: code })
      expect(await number(v, '共排查')).toBe(x.subjects)
      const r = x.rules.find((y) => y.name === which.name)!
      if (!r.enters) await v.page.getByRole('button', { name: '退出', exact: true }).last().click()
      await settled(v)
      const names = v.page.getByRole('table', { name: /^名单/ }).getByRole('link')
      expect(await names.count()).toBe(Math.min(20, r.enters || r.leaves))
      const who = await names.first().innerText()
      await names.first().click()
      await v.page.getByRole('heading', { level: 1, name: who }).waitFor()
    }))

  it.each([
    ['at a desk', DESK],
    ['on a phone', PHONE],
  ])('is sound %s', (_, view) =>
    visit(
      async (v) => {
        await goto(v, '/whatif')
        const { knob, typed } = await aKnob(v)
        await choose(v, knob.title.zh)
        await box(v, knob.title.zh).fill(typed)
        await v.page.locator('.in').waitFor()
        await settled(v)
        await shot(v, `whatif-set-${view.width}`)
        none([...(await axe(v)), ...(await misfits(v))])
      },
      { view },
    ),
  )

  it('prints without its tools', () =>
    visit(async (v) => {
      await goto(v, '/whatif')
      const { knob, typed } = await aKnob(v)
      await choose(v, knob.title.zh)
      await box(v, knob.title.zh).fill(typed)
      await v.page.locator('.in').waitFor()
      await settled(v)
      await v.page.emulateMedia({ media: 'print' })
      expect(await v.page.getByRole('button', { name: '打印' }).isVisible()).toBe(false)
      expect(await v.page.locator('nav.menu').isVisible()).toBe(false)
      expect(await v.page.locator('.shown').innerText()).toContain(knob.title.zh)
      const pdf = await v.page.pdf({
        format: 'A4',
        path: new URL('../out/shots/whatif.pdf', import.meta.url).pathname,
      })
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    }))
})
