/* A stand-in for the server while the office app is built and where no server is at hand: docs/api.md in small, in memory, with invented data.
 * It also serves web/dist/office the way the server does. `node dev/mock.mjs [PORT]`; login clerk, password mock. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as db from './data.mjs'
import { pack } from './pack.mjs'
import { simulate } from './whatif.mjs'

const DIST = fileURLToPath(new URL('../dist/office', import.meta.url))
const CSP =
  "default-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self'; frame-ancestors 'none'"
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}
const { store } = db
const sessions = new Set()
const streams = new Set()
let seq = 100

class Refusal extends Error {
  constructor(status, code, zh, en, where = null) {
    super(en)
    Object.assign(this, { status, code, zh, en, where })
  }
}
const notFound = () =>
  new Refusal(404, 'unknown', '没有找到，或者不在您的管辖范围内。', 'Not found, or outside your areas.')
const need = (x) => {
  if (!x) throw notFound()
  return x
}
function tell(verb, kind, id, root, area) {
  const data = JSON.stringify({ seq: ++seq, verb, kind, id, root, area, officer_name: db.officer.name })
  for (const r of streams) r.write(`event: entry\nid: ${seq}\ndata: ${data}\n\n`)
}
function page(items, q) {
  const limit = Math.min(500, Number(q.get('limit') ?? 50))
  const from = Number(q.get('cursor') ?? 0)
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null }
}
function versioned(req, version) {
  const m = req.headers['if-match']
  if (!m) throw new Refusal(428, 'needs_match', '修改时要带上 If-Match（看到的版本）。', 'A change carries If-Match.')
  if (m !== `"${version}"`)
    throw new Refusal(412, 'stale', '别人刚刚改过，请刷新后再办。', 'Someone changed this meanwhile; reload.')
}
function check(fields, given, whole) {
  for (const f of fields) {
    const v = given[f.name]
    if (whole && f.required && (v === undefined || v === null))
      throw new Refusal(422, 'bad_input', `${f.title.zh}必填。`, `${f.title.en} is needed.`, f.name)
    if (f.format === 'phone' && v && !/^1\d{10}$/.test(v))
      throw new Refusal(422, 'bad_input', '电话号码应为 11 位手机号，请核对。', 'A phone number has 11 digits.', f.name)
    if (typeof v === 'number' && f.type !== 'money' && f.min !== null && v < f.min)
      throw new Refusal(
        422,
        'bad_input',
        `${f.title.zh}不能小于${f.min}。`,
        `${f.title.en} is at least ${f.min}.`,
        f.name,
      )
  }
}

const routes = [
  [
    'POST',
    '/session',
    (r) => {
      if (r.body.login !== 'clerk' || r.body.password !== 'mock')
        throw new Refusal(401, 'sign_in', '登录名或密码不对，请重新输入。', 'Wrong login or password; try again.')
      const token = `t${Math.random().toString(36).slice(2)}`
      sessions.add(token)
      r.headers['Set-Cookie'] = `jishi_session=${token}; Path=/; HttpOnly; SameSite=Strict`
      return { token, expires: '2026-11-25T00:00:00+08:00', officer: db.officer }
    },
  ],
  ['GET', '/session', () => ({ officer: db.officer })],
  ['DELETE', '/session', (r) => (sessions.delete(r.token), null)],
  ['GET', '/packs', () => ({ county: { code: '370899', name: '样例县' }, today: db.today, packs: [pack] })],
  ['GET', '/areas', () => ({ items: db.areas })],
  [
    'GET',
    '/due',
    () => {
      const cases = [...store.cases.values()].filter((c) => !c.closed).map((c) => db.caseOf(c))
      const count = (list, of) => list.reduce((n, x) => ({ ...n, [of(x)]: (n[of(x)] ?? 0) + 1 }), {})
      return {
        today: db.today,
        overdue: cases.filter((c) => c.overdue),
        soon: cases.filter((c) => !c.overdue && c.days_left !== null && c.days_left <= 7),
        open: cases.filter((c) => c.days_left === null || c.days_left > 7),
        approvals: [...store.measures.values()].map(db.measureOf).filter((m) => m.next.includes('approved')),
        counts: {
          subjects: count([...store.subjects.values()], (s) => s.kind),
          findings: {
            red: 0,
            yellow: 0,
            ...count(
              store.findings.filter((f) => !f.until),
              (f) => f.colour,
            ),
          },
          cases: Object.entries(count(cases, (c) => c.state)).map(([state, n]) => ({
            state,
            title: cases.find((c) => c.state === state).state_title,
            n,
          })),
        },
      }
    },
  ],
  [
    'GET',
    '/subjects/:kind',
    (r) => {
      need(db.kindOf(r.p.kind))
      const words = (r.q.get('q') ?? '').toLowerCase()
      const initials = { 李小红: 'lxh' }
      return page(
        [...store.subjects.values()]
          .filter((s) => s.kind === r.p.kind && db.within(s.area, r.q.get('area')))
          .map((s) => db.shown(s))
          .filter(
            (s) =>
              !words ||
              s.title.includes(words) ||
              String(s.fields.code ?? '').startsWith(words) ||
              initials[s.title]?.startsWith(words),
          )
          .filter((s) => !r.q.get('colour') || s.colour === r.q.get('colour')),
        r.q,
      )
    },
  ],
  ['GET', '/subjects/:kind/:id/file', (r) => db.fileOf(need(store.subjects.get(r.p.id)), r.q.get('clear') === '1')],
  [
    'GET',
    '/subjects/:kind/:id/history',
    (r) => {
      const root = need(store.subjects.get(r.p.id))
      return page(
        store.history.filter((h) => store.subjects.get(h.subject)?.root === root.id),
        r.q,
      )
    },
  ],
  ['GET', '/subjects/:kind/:id', (r) => db.shown(need(store.subjects.get(r.p.id)), r.q.get('clear') === '1')],
  [
    'PUT',
    '/subjects/:kind/:id',
    (r) => {
      const { area, parent, fields } = r.body
      check(need(db.kindOf(r.p.kind)).fields, fields, true)
      if ([...store.subjects.values()].some((s) => s.kind === r.p.kind && fields.code && s.fields.code === fields.code))
        throw new Refusal(409, 'conflict', '这个编号已经有人用了，请核对。', 'This number is taken.', 'code')
      const s = db.put(r.p.kind, r.p.id, area, parent, fields)
      db.settle(s.root)
      tell('subject', s.kind, s.id, s.root, s.area)
      return db.shown(s)
    },
  ],
  [
    'PATCH',
    '/subjects/:kind/:id',
    (r) => {
      const s = need(store.subjects.get(r.p.id))
      versioned(r.req, s.version)
      check(db.kindOf(s.kind).fields, r.body.fields ?? {}, false)
      db.change(s, r.body.fields ?? {}, r.body.since ?? db.today)
      if (r.body.area) s.area = r.body.area
      db.settle(s.root)
      tell('facts', s.kind, s.id, s.root, s.area)
      return db.shown(s)
    },
  ],
  [
    'PUT',
    '/events/:kind/:id',
    (r) => {
      const k = need(pack.events.find((e) => e.name === r.p.kind))
      if (r.body.on > db.today)
        throw new Refusal(422, 'bad_input', '日期不能晚于今天。', 'The day may not lie in the future.', 'on')
      check(k.fields, r.body.fields, true)
      const e = db.record(r.p.kind, r.p.id, r.body)
      const consequences = db.settle(e.root)
      tell('event', e.kind, e.id, e.root, store.subjects.get(e.root).area)
      return { seq, event: e, consequences }
    },
  ],
  [
    'DELETE',
    '/events/:kind/:id',
    (r) => {
      const e = need(store.events.find((x) => x.id === r.p.id))
      e.withdrawn = true
      const consequences = db.settle(e.root)
      tell('withdraw', e.kind, e.id, e.root, store.subjects.get(e.root).area)
      return { seq, event: e, consequences }
    },
  ],
  ['GET', '/follow-ups', () => ({ items: [], next: null })],
  [
    'GET',
    '/findings',
    (r) =>
      page(
        store.findings.filter(
          (f) =>
            !f.until &&
            (!r.q.get('rule') || f.rule === r.q.get('rule')) &&
            (!r.q.get('colour') || f.colour === r.q.get('colour')) &&
            db.within(f.subject.area, r.q.get('area')),
        ),
        r.q,
      ),
  ],
  [
    'GET',
    '/cases',
    (r) => {
      const state = r.q.get('state') ?? 'open'
      return page(
        [...store.cases.values()]
          .map((c) => db.caseOf(c))
          .filter(
            (c) =>
              (state === 'open' ? !c.closed : state === 'closed' ? c.closed : c.state === state) &&
              db.within(c.subject.area, r.q.get('area')),
          ),
        r.q,
      )
    },
  ],
  ['GET', '/cases/:id', (r) => db.caseOf(need(store.cases.get(r.p.id)), true)],
  [
    'POST',
    '/cases/:id/transitions',
    (r) => {
      const c = need(store.cases.get(r.p.id))
      versioned(r.req, c.version)
      const t = need(db.transition(r.body.transition))
      check(t.fields, r.body.form, true)
      if (t.name === 'verify' && r.body.form.people < 2)
        throw new Refusal(
          409,
          'not_allowed',
          '入户核实须两人以上。',
          'At least two people verify at home.',
          'form.people',
        )
      db.takeStep(c, t, r.body.form, r.body.note ?? '')
      tell('move', 'case', c.id, c.root, store.subjects.get(c.root).area)
      return db.caseOf(c, true)
    },
  ],
  [
    'PUT',
    '/measures/:id',
    (r) => {
      let m = store.measures.get(r.p.id)
      if (r.body.state) {
        versioned(r.req, need(m).version)
        Object.assign(m, { state: r.body.state, since: db.today, version: m.version + 1, note: r.body.note ?? m.note })
      } else m = db.propose(r.p.id, r.body)
      const s = store.subjects.get(m.subject)
      tell('measure', 'measure', m.id, s.root, s.area)
      return db.measureOf(m)
    },
  ],
  ['POST', '/simulations', (r) => simulate(r.body, seq)],
  [
    'POST',
    '/imports',
    (r) => {
      const text = r.raw.toString('utf8')
      const rows = Math.max(0, text.trim().split('\n').length - 1)
      if (!rows)
        throw new Refusal(422, 'bad_input', '文件里没有数据行，请核对是不是导出的原表。', 'The file has no rows.')
      const refused = Math.min(rows - 1, 2)
      const report = {
        id: db.newId(),
        layout: r.q.get('layout'),
        file: r.q.get('name'),
        state: 'checked',
        rows,
        accepted: rows - refused,
        refused,
        created: rows - refused,
        changed: 0,
        same: 0,
        errors: [
          {
            row: 3,
            column: '身份证号',
            value: '37089919600101001',
            zh: '身份证号应为 18 位，这里是 17 位，请对照证件改正。',
            en: 'An ID number has 18 characters; this has 17.',
          },
          {
            row: 4,
            column: '家庭年纯收入',
            value: '约三万',
            zh: '金额应为数字，例如 30000，请改成数字。',
            en: 'An amount is digits, such as 30000.',
          },
        ].slice(0, refused),
        sample: [{ row: 2, title: '张样例', fields: { 户编号: '3708990001', 姓名: '张样例', 与户主关系: '户主' } }],
      }
      store.imports.set(report.id, report)
      return report
    },
  ],
  ['GET', '/imports/:id', (r) => need(store.imports.get(r.p.id))],
  ['POST', '/imports/:id/apply', (r) => Object.assign(need(store.imports.get(r.p.id)), { state: 'applied' })],
  ['POST', '/imports/:id/undo', (r) => Object.assign(need(store.imports.get(r.p.id)), { state: 'undone' })],
].map(([method, path, run]) => [method, new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), run])

function answer(res, status, body, headers = {}) {
  const text = body === null ? '' : JSON.stringify(body)
  res.writeHead(status, {
    'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json',
    'Cache-Control': 'no-store',
    ...headers,
  })
  res.end(text)
}
async function api(req, res, url) {
  const chunks = []
  for await (const c of req) chunks.push(c)
  const raw = Buffer.concat(chunks)
  const path = url.pathname.slice('/api/v1'.length)
  const token = /jishi_session=(\w+)/.exec(req.headers.cookie ?? '')?.[1]
  try {
    if (!(path === '/session' && req.method === 'POST') && !sessions.has(token))
      throw new Refusal(401, 'sign_in', '请先登录。', 'Please sign in.')
    if (path === '/stream') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.write(': here\n\n')
      streams.add(res)
      req.on('close', () => streams.delete(res))
      return
    }
    for (const [method, pattern, run] of routes) {
      const m = method === req.method && pattern.exec(path)
      if (!m) continue
      const isJson = (req.headers['content-type'] ?? '').includes('json')
      const r = {
        req,
        raw,
        p: m.groups ?? {},
        q: url.searchParams,
        body: isJson ? JSON.parse(raw.toString('utf8')) : {},
        headers: {},
        token,
      }
      answer(res, 200, run(r), r.headers)
      return
    }
    throw notFound()
  } catch (e) {
    if (!(e instanceof Refusal)) console.error(e)
    const x = e instanceof Refusal ? e : new Refusal(500, 'store', '出错了。', 'It failed.')
    answer(res, x.status, {
      type: 'about:blank',
      title: x.en,
      status: x.status,
      code: x.code,
      detail: x.zh,
      place: x.place,
      zh: x.zh,
      en: x.en,
    })
  }
}
function file(req, res, path) {
  let at = normalize(join(DIST, path))
  if (!at.startsWith(DIST)) at = DIST
  if (!existsSync(at) || !statSync(at).isFile()) {
    if (extname(path)) return void res.writeHead(404).end()
    at = join(DIST, 'index.html')
  }
  const headers = {
    'Content-Type': TYPES[extname(at)] ?? 'application/octet-stream',
    'Content-Security-Policy': CSP,
    'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (existsSync(`${at}.gz`) && /gzip/.test(req.headers['accept-encoding'] ?? '')) {
    at += '.gz'
    headers['Content-Encoding'] = 'gzip'
  }
  res.writeHead(200, headers)
  createReadStream(at).pipe(res)
}

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost')
  if (url.pathname.startsWith('/api/')) void api(req, res, url)
  else file(req, res, url.pathname)
})
server.listen(Number(process.argv[2] ?? 8099), '127.0.0.1', () =>
  console.log(`mock: http://127.0.0.1:${server.address().port}`),
)
