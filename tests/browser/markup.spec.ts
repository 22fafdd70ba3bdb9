/* What people write is text wherever it is shown. Markup, templates, addresses of scripts and characters that turn the line go into
 * every text that the packs let somebody type, by the interface; then every page and print is opened: no element is made of it, no
 * script runs, and the policy for contents has nothing to report (the console is silent, see kit.ts). */
import type { Case, Field, Packs, Page as List, Subject } from '@common/api/types'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, goto, secondOfficer, settled, startWith, stop, visit, type Visit } from './kit'

const hostile = [
  '<img src=x onerror=window.hit=1>',
  '"><script>window.hit=1</script>',
  '{{7*7}}号<b id=hit>',
  'javascript:window.hit=1//',
  '\u202e<b id=hit>\u2066\u200f',
  "'><svg id=hit onload=window.hit=1>",
]
const small = '<b id=hit>'
let turn = 0
/** Each field another; what has no room for it gets the small one, and what has no room for that a letter. */
function written(f: Field): string {
  const room = Number(f.max ?? 200)
  const text = hostile[turn++ % hostile.length]!
  return text.length <= room ? text : small.length <= room ? small : '<'.repeat(Math.min(room, 2))
}

const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
const isText = (f: Field) => f.type === 'text' && !f.format && !f.of
const isTyped = (f: Field) => !f.owned && !f.filled

/** Something of its type. */
function plain(f: Field): unknown {
  if (f.format === 'resident_id') return '11010519491231002X'
  if (f.format === 'phone') return '13800000000'
  if (f.type === 'int' || f.type === 'money') return Math.max(Number(f.min ?? 1), 1)
  if (f.type === 'rate') return '0.5'
  if (f.type === 'bool') return true
  if (f.type === 'date') return today
  if (f.type === 'choice') return f.values?.[0]?.code
  if (f.type === 'choices') return [f.values?.[0]?.code]
  return undefined
}

/** Texts that came in, and those that a rule of the pack kept out ("where/field: why"). */
const taken = new Set<string>()
const refused = new Map<string, string>()

async function say(v: Visit, method: string, path: string, body: object, match?: number) {
  return await v.page.evaluate(
    async ([m, p, text, version]) => {
      const headers = { 'Content-Type': 'application/json', ...(version ? { 'If-Match': version } : {}) }
      const r = await fetch(`/api/v1${p}`, { method: m, headers, body: text })
      return { status: r.status, tree: (await r.json()) as Record<string, string> }
    },
    [method, path, JSON.stringify(body), match === undefined ? '' : `"${match}"`] as const,
  )
}

/** Writes with every text; a field that is refused is left out, and it is tried again. Its answer, or null. */
async function put(
  v: Visit,
  where: string,
  fields: Field[],
  send: (form: Record<string, unknown>) => ReturnType<typeof say>,
): Promise<Record<string, string> | null> {
  const form: Record<string, unknown> = {}
  for (const f of fields.filter(isTyped)) {
    if (isText(f)) form[f.name] = written(f)
    else if (f.required) form[f.name] = plain(f)
  }
  for (let left = fields.length + 1; left > 0; left--) {
    const { status, tree } = await send(form)
    if (status < 300) {
      for (const f of fields) if (isText(f) && f.name in form) taken.add(`${where}/${f.name}`)
      return tree
    }
    const at = Object.keys(form).find((name) => tree.where?.split(/[/.]/).includes(name))
    const why = `${status} ${tree.where} ${tree.en}`
    if (!at) {
      for (const f of fields) if (isText(f) && f.name in form) refused.set(`${where}/${f.name}`, why)
      return null
    }
    if (fields.some((f) => f.name === at && isText(f))) refused.set(`${where}/${at}`, why)
    delete form[at]
  }
  return null
}

/** Bytes sent as they are, or got: base64 of what came. */
async function bytes(v: Visit, method: string, path: string, body?: string) {
  return await v.page.evaluate(
    async ([m, p, text]) => {
      const r = await fetch(`/api/v1${p}`, { method: m, ...(text === null ? {} : { body: text }) })
      const got = new Uint8Array(await r.arrayBuffer())
      let all = ''
      for (const b of got) all += String.fromCharCode(b)
      return { status: r.status, base64: btoa(all) }
    },
    [method, path, body ?? null] as const,
  )
}

/** A table kept under such a name with such headings, and rosters whose file, headings and cells are such. */
const imports: string[] = []
async function writeBeside(v: Visit, packs: Packs['packs']): Promise<void> {
  for (const p of packs) {
    const kind = p.kinds.find((k) => !k.parent && k.fields.some(isText))
    const texts = kind?.fields.filter(isText).slice(0, 8) ?? []
    if (kind) {
      const columns = texts.map((f) => ({ what: f.name, title: hostile[turn++ % hostile.length]!.slice(0, 40) }))
      const made = await say(v, 'PUT', `/tables/${randomUUID()}`, {
        name: hostile[0],
        asked: { rows: kind.name, columns, title: hostile[1] },
        period: 'month',
        shared: true,
      })
      if (made.status < 300) taken.add(`${p.name}/table`)
      else refused.set(`${p.name}/table`, `${made.status} ${made.tree.where} ${made.tree.en}`)
    }
    for (const layout of p.imports) {
      const row = hostile.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
      const query = new URLSearchParams({ layout: layout.name, name: `${small}.csv` })
      const { status, base64 } = await bytes(v, 'POST', `/imports?${query}`, `${row}\r\n${row}\r\n${row}\r\n`)
      const tree = JSON.parse(Buffer.from(base64, 'base64').toString()) as { id?: string; en?: string }
      if (status < 300 && tree.id) imports.push(tree.id)
      else refused.set(`${p.name}/${layout.name}`, `${status} ${tree.en}`)
    }
  }
}

const roots: { kind: string; id: string; hasSigns: boolean }[] = []
const roles = ['county_officer', 'village_staff', 'town_clerk', 'air_county', 'air_clerk']

async function write(v: Visit): Promise<void> {
  for (const status of [403, 404, 409, 412, 422, 428]) v.expected.add(status)
  const { packs } = await ask<Packs>(v, '/packs')
  const village = (await ask<List<{ code: string }>>(v, '/areas')).items.find((a) => !a.code.endsWith('000'))!.code
  for (const p of packs) {
    const ids = new Map<string, string>()
    for (const k of [...p.kinds].sort((a, b) => Number(!!a.parent) - Number(!!b.parent))) {
      const id = randomUUID()
      const home = k.parent ? { parent: ids.get(k.parent) } : { area: village }
      const made = await put(v, k.name, k.fields, (fields) =>
        say(v, 'PUT', `/subjects/${k.name}/${id}`, { ...home, fields }),
      )
      if (!made) continue
      ids.set(k.name, id)
      if (!k.parent) roots.push({ kind: k.name, id, hasSigns: k.fields.some((f) => f.format === 'place') })
    }
    for (const e of p.events) {
      const subject = ids.get(e.about)
      if (subject && !e.derived)
        await put(v, e.name, e.fields, (fields) =>
          say(v, 'PUT', `/events/${e.name}/${randomUUID()}`, { subject, on: today, fields }),
        )
    }
    for (const m of p.measures) {
      const subject = ids.get(m.of)
      if (subject)
        await put(v, m.name, m.fields, (form) =>
          say(v, 'PUT', `/measures/${randomUUID()}`, { kind: m.name, subject, form, note: hostile[0] }),
        )
    }
    for (const [kind, subject] of ids)
      await say(v, 'PUT', `/excuses/${randomUUID()}`, {
        kind,
        subject,
        from: today,
        to: today,
        reason: hostile[turn++ % hostile.length],
      })
  }
  await writeBeside(v, packs)
  for (const c of (await ask<List<Case>>(v, '/cases?state=open')).items) {
    const flow = packs.flatMap((p) => p.workflows).find((w) => w.name === c.workflow)
    for (const t of flow?.transitions.filter((x) => x.from.includes(c.state)) ?? [])
      await put(v, t.name, t.fields, (form) =>
        say(v, 'POST', `/cases/${c.id}/transitions`, { transition: t.name, form, note: hostile[1] }, c.version),
      )
  }
}

/** What was made of text, on the page as it is. */
const made = (v: Visit) =>
  v.page.evaluate(() => {
    const hit = (window as unknown as { hit?: number }).hit
    const found = [...document.querySelectorAll('#hit, img[src="x"], a[href^="javascript:" i], [onerror], [onload]')]
    const script = [...document.scripts].filter((s) => s.textContent?.includes('window.hit'))
    const template = document.body.innerText.includes('49号') ? ['49号'] : []
    return [
      ...(hit ? ['a script ran'] : []),
      ...[...found, ...script].map((e) => e.outerHTML.slice(0, 200)),
      ...template,
    ]
  })

async function look(v: Visit, path: string): Promise<void> {
  await goto(v, path)
  expect(await made(v), path).toEqual([])
  const tabs = v.page.getByRole('tab')
  for (let i = 0; i < (await tabs.count()); i++) {
    await tabs.nth(i).click()
    await settled(v)
    expect(await made(v), `${path}, tab ${i}`).toEqual([])
  }
  for (const marker of await v.page.locator('.leaflet-marker-icon, .leaflet-interactive').all()) {
    await marker.hover({ force: true })
    expect(await made(v), `${path}, hovered`).toEqual([])
  }
}

beforeAll(async () => {
  await startWith({
    packs: ['packs/antipoverty', 'packs/air'],
    roles,
    officer: hostile[0],
  })
  await visit(write)
})
afterAll(stop)

describe('markup', () => {
  it('came into the texts of every pack', () => {
    expect(roots.length).toBeGreaterThan(3)
    expect(taken.size).toBeGreaterThan(40)
    expect(imports.length, [...refused].join('\n')).toBeGreaterThan(1)
  })
  it('is text on every page', () =>
    visit(async (v) => {
      for (const path of [
        '/',
        '/cases',
        '/findings',
        '/figures',
        '/duties',
        '/funds',
        '/map',
        '/whatif',
        '/imports',
        ...imports.map((id) => `/imports/${id}`),
        '/ledgers',
        '/tables',
        '/fill',
        '/amendments',
        '/samples',
        '/account',
      ])
        await look(v, path)
    }))
  it('is text in every list, file, sign and print', () =>
    visit(async (v) => {
      for (const { kind, id, hasSigns } of roots)
        for (const path of [
          `/s/${kind}`,
          `/s/${kind}/${id}`,
          `/print/${kind}/${id}`,
          ...(hasSigns ? [`/signs/${kind}`] : []),
        ])
          await look(v, path)
      for (const c of (await ask<List<Case>>(v, '/cases?state=open')).items) await look(v, `/cases/${c.id}`)
      const shown = await ask<List<Subject>>(v, `/subjects/${roots[0]!.kind}?limit=5`)
      expect(JSON.stringify(shown)).toMatch(/<|javascript:/)
    }))
  it('is text in the PDF of every form', () =>
    visit(async (v) => {
      let said = ''
      let printed = 0
      for (const status of [403, 404, 409, 422]) v.expected.add(status)
      const { packs } = await ask<Packs>(v, '/packs')
      for (const p of packs)
        for (const form of p.prints) {
          const { status, base64 } = await bytes(v, 'GET', `/prints/${p.name}.${form.name}`)
          if (status !== 200) continue // nobody is there whom it is for
          const pdf = Buffer.from(base64, 'base64')
          printed++
          expect(pdf.toString('latin1'), form.name).not.toMatch(/\/(JavaScript|JS|Launch|SubmitForm|EmbeddedFile)\b/)
          const text = spawnSync('pdftotext', ['-raw', '-', '-'], { input: pdf, encoding: 'utf8' })
          expect(text.status, text.stderr).toBe(0)
          said += text.stdout.replace(/\s+/g, '')
        }
      expect(printed).toBeGreaterThan(0)
      expect(said).toMatch(/<imgsrc=x|<bid=hit>|<svgid=hit|<script>|javascript:window/)
    }))
  it('is text to those who administer', () =>
    visit(
      async (v) => {
        v.expected.add(403) // who is signed in where is not told to each of them
        for (const path of ['/accounts', '/areas']) await look(v, path)
      },
      { as: secondOfficer },
    ))
})
