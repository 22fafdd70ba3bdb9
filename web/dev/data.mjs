/* Invented people and their files, kept in memory: the mock's small copy of the loop. Every name and number here is made up. */
import { pack } from './pack.mjs'

const L = (zh, en) => ({ zh, en })
export const today = '2026-11-24'
const day = (n) => new Date(Date.UTC(2026, 10, 24 + n)).toISOString().slice(0, 10)
const at = (d, time = '09:30:00') => `${d}T${time}+08:00`
let counter = 0
export const newId = () =>
  `019000${String(++counter).padStart(2, '0').slice(-2)}-0000-7000-8000-${String(counter).padStart(12, '0')}`

export const areas = [
  { code: '370899000000', name: '样例县', level: 'county', parent: null },
  { code: '370899001000', name: '河湾街道', level: 'town', parent: '370899000000' },
  { code: '370899002000', name: '桥头镇', level: 'town', parent: '370899000000' },
  { code: '370899001201', name: '东庄村', level: 'village', parent: '370899001000' },
  { code: '370899001202', name: '西庄村', level: 'village', parent: '370899001000' },
  { code: '370899002201', name: '桥南村', level: 'village', parent: '370899002000' },
]
export const officer = {
  id: newId(),
  name: '王经办',
  login: 'clerk',
  posts: [
    { role: 'town_clerk', role_title: L('乡镇经办员', 'town clerk'), area: '370899001000', area_name: '河湾街道' },
  ],
  rights: ['register', 'record', 'import', 'decide', 'see_clear'],
  sees: pack.kinds.map((k) => k.name),
  registers: pack.kinds.map((k) => k.name),
  figures: [pack.name],
  admin: false,
}
export const store = {
  subjects: new Map(),
  events: [],
  findings: [],
  cases: new Map(),
  measures: new Map(),
  history: [],
  imports: new Map(),
  seen: new Map(),
}

export const areaName = (code) => areas.find((a) => a.code === code)?.name ?? ''
export const kindOf = (name) => pack.kinds.find((k) => k.name === name)
const fieldsOf = (kind) => kindOf(kind).fields
const trim = (code) => code.replace(/0+$/, '')
export const within = (area, code) => !code || area.startsWith(trim(code))

export function ref(s) {
  const root = store.subjects.get(s.root)
  return {
    kind: s.kind,
    id: s.id,
    root: s.root,
    root_kind: root.kind,
    title: titleOf(s),
    area: s.area,
    area_name: areaName(s.area),
  }
}
export const titleOf = (s) => String(s.fields[kindOf(s.kind).label] ?? '')
const mask = (v) => (v.length > 10 ? `${v.slice(0, 6)}********${v.slice(-4)}` : `${v.slice(0, 3)}****${v.slice(-2)}`)
export function shown(s, clear = false) {
  const fields = {}
  for (const f of fieldsOf(s.kind)) {
    const v = s.fields[f.name]
    if (v !== null && v !== undefined) fields[f.name] = f.privacy === 'masked' && !clear ? mask(v) : v
  }
  const out = {
    id: s.id,
    kind: s.kind,
    parent: s.parent,
    root: s.root,
    area: s.area,
    area_name: areaName(s.area),
    title: titleOf(s),
    version: s.version,
    created: 1,
    fields,
  }
  if (!s.parent) out.colour = colourOf(s.id)
  return out
}
function colourOf(root) {
  const open = store.findings.filter((f) => f.subject.root === root && !f.until)
  return open.some((f) => f.colour === 'red') ? 'red' : open.length ? 'yellow' : 'green'
}
export const yuan = (fen) => `${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}元`

export function put(kind, id, area, parent, fields) {
  const up = parent ? store.subjects.get(parent) : null
  const s = {
    id,
    kind,
    parent: parent ?? null,
    root: up ? up.root : id,
    area: up ? up.area : area,
    version: 1,
    fields: {},
  }
  store.subjects.set(id, s)
  change(s, fields, today)
  s.version = 1
  return s
}
export function change(s, fields, since) {
  for (const [name, value] of Object.entries(fields)) {
    const f = fieldsOf(s.kind).find((x) => x.name === name)
    s.fields[name] = value
    const text = value === null ? '' : f.type === 'money' ? yuan(value) : String(value)
    store.history.unshift({
      subject: s.id,
      field: name,
      title: f.title,
      value,
      text: f.privacy === 'masked' ? mask(text) : text,
      since,
      at: at(today),
      officer_name: officer.name,
      source: '',
      subject_title: titleOf(s),
      source_title: L('登记', 'desk'),
    })
  }
  s.version++
}

/* ---- the loop, in small ---- */
const LINE_FEN = 850000
const ALERT_FEN = 2000000

function facts(root) {
  const s = store.subjects.get(root)
  const paid = store.events
    .filter((e) => e.kind === 'medical_claim' && !e.withdrawn && e.root === root)
    .reduce((n, e) => n + e.fields.self_paid, 0)
  const { income_year: income, size, house_grade: grade } = s.fields
  return { s, paid, grade, perHead: income !== undefined && size ? Math.round(income / size) : null }
}
const reason = (name, zh, en, text, value, more = {}) => ({ name, title: L(zh, en), text, value, ...more })

function judge(root) {
  const { s, paid, grade, perHead } = facts(root)
  const line = reason('p.monitor.line', '防返贫监测线', 'monitoring line', yuan(LINE_FEN), LINE_FEN, {
    reference: '样例〔2026〕1号',
    since: '2026-01-01',
  })
  return [
    {
      rule: 'illness_shock',
      colour: 'red',
      on: paid > ALERT_FEN,
      opens: true,
      message: L(
        `近12个月自付医疗费${yuan(paid)}，超过${yuan(ALERT_FEN)}。`,
        `Self-paid medical cost in 12 months ${yuan(paid)}, above ${yuan(ALERT_FEN)}.`,
      ),
      reasons: [
        reason('self_paid_12m', '近12个月自付医疗费', 'self-paid, 12 months', yuan(paid), paid),
        reason('p.alert', '自付医疗费预警线', 'alert line', yuan(ALERT_FEN), ALERT_FEN, {
          reference: '样例〔2026〕2号',
          since: '2026-01-01',
        }),
      ],
    },
    {
      rule: 'unsafe_house',
      colour: 'red',
      on: grade === 'c' || grade === 'd',
      opens: true,
      message: L(`住房等级为${String(grade).toUpperCase()}级。`, `The house is graded ${String(grade).toUpperCase()}.`),
      reasons: [reason('house_grade', '住房安全等级', 'house grade', `${String(grade).toUpperCase()}级`, grade)],
    },
    {
      rule: 'low_income',
      colour: 'yellow',
      on: perHead !== null && perHead < LINE_FEN * 1.2,
      opens: false,
      message: L(
        `人均纯收入${yuan(perHead ?? 0)}，低于监测线的1.2倍。`,
        `Income per person ${yuan(perHead ?? 0)}, below 1.2 × the line.`,
      ),
      reasons: [
        reason('income_pc', '人均纯收入', 'income per person', yuan(perHead ?? 0), perHead, {
          formula: 'divide(income_year, size)',
          from: [
            reason(
              'income_year',
              '家庭年纯收入',
              'net income a year',
              yuan(s.fields.income_year ?? 0),
              s.fields.income_year,
            ),
            reason('size', '家庭人口', 'members', String(s.fields.size), s.fields.size),
          ],
        }),
        line,
      ],
    },
  ]
}
export function settle(root, on = today) {
  const out = { opened: [], resolved: [], cases: [] }
  const s = store.subjects.get(root)
  for (const j of judge(root)) {
    const old = store.findings.find((f) => f.rule === j.rule && f.subject.root === root && !f.until)
    if (j.on && !old) {
      const f = {
        id: newId(),
        rule: j.rule,
        title: pack.rules.find((r) => r.name === j.rule).title,
        colour: j.colour,
        subject: ref(s),
        since: on,
        until: null,
        case: null,
        message: j.message,
        reasons: j.reasons,
      }
      store.findings.unshift(f)
      out.opened.push(f)
      if (j.opens) {
        let c = [...store.cases.values()].find((x) => x.root === root && !x.closed)
        if (!c) {
          c = {
            id: newId(),
            root,
            state: 'clue',
            closed: false,
            opened: on,
            since: on,
            deadline: null,
            relapses: 0,
            version: 1,
            steps: [],
          }
          c.deadline = shift(on, 3)
          c.steps.push({
            transition: '',
            title: L('发现', 'found'),
            from: '',
            to: 'clue',
            to_title: stateTitle('clue'),
            at: at(on),
            officer_name: '系统',
            form: {},
            answers: [],
            note: '',
          })
          store.cases.set(c.id, c)
        }
        f.case = c.id
        out.cases.push(caseOf(c))
      }
    } else if (!j.on && old) {
      old.until = on
      out.resolved.push(old)
    } else if (old) Object.assign(old, { message: j.message, reasons: j.reasons })
  }
  return out
}
const shift = (d, n) => new Date(Date.parse(`${d}T00:00:00Z`) + n * 86400000).toISOString().slice(0, 10)
const flow = pack.workflows[0]
const stateTitle = (name) => flow.states.find((s) => s.name === name).title

export function caseOf(c, whole = false) {
  const s = store.subjects.get(c.root)
  const left = c.deadline && !c.closed ? (Date.parse(c.deadline) - Date.parse(today)) / 86400000 : null
  const out = {
    id: c.id,
    process: flow.process,
    workflow: flow.name,
    title: flow.title,
    state: c.state,
    state_title: stateTitle(c.state),
    closed: c.closed,
    subject: ref(s),
    opened: c.opened,
    since: c.since,
    deadline: c.closed ? null : c.deadline,
    deadline_provisional: !c.closed && (c.deadline ?? '') > '2027',
    overdue: left !== null && left < 0,
    days_left: left,
    relapses: c.relapses,
    version: c.version,
    findings: store.findings.filter((f) => f.case === c.id),
  }
  if (!whole) return out
  const may = (t) => {
    if (!t.who.includes(officer.posts[0].role)) return L('这一步由其他岗位办理。', 'Another post takes this step.')
    if (t.name === 'eliminate' && ![...store.measures.values()].some((m) => m.case === c.id && m.state === 'done'))
      return L('还没有落实完成的措施，不能消除风险。', 'No measure is done yet.')
    return null
  }
  return {
    ...out,
    steps: c.steps,
    next: flow.transitions
      .filter((t) => t.from.includes(c.state))
      .map((t) => ({
        transition: t.name,
        title: t.title,
        to: t.to,
        to_title: stateTitle(t.to),
        fields: t.fields,
        may: !may(t),
        why_not: may(t),
      })),
    measures: [...store.measures.values()].filter((m) => m.case === c.id).map(measureOf),
  }
}
export function takeStep(c, t, form, note) {
  c.steps.push({
    transition: t.name,
    title: t.title,
    from: c.state,
    to: t.to,
    to_title: stateTitle(t.to),
    at: at(today, '10:00:00'),
    officer_name: officer.name,
    form,
    note,
    answers: t.fields
      .filter((f) => f.name in form)
      .map((f) => ({
        name: f.name,
        title: f.title,
        text: String(f.values.find((v) => v.code === form[f.name])?.title.zh ?? form[f.name]),
      })),
  })
  Object.assign(c, {
    state: t.to,
    since: today,
    closed: flow.states.find((s) => s.name === t.to).closed,
    deadline: shift(today, 10),
    version: c.version + 1,
  })
}
export const transition = (name) => flow.transitions.find((t) => t.name === name)

export function measureOf(m) {
  const k = pack.measures.find((x) => x.name === m.kind)
  const mine = k.approve.includes(officer.posts[0].role)
  const next =
    {
      proposed: [...(mine ? ['approved', 'refused'] : []), 'stopped'],
      approved: ['running', 'done', 'stopped'],
      running: ['done', 'stopped'],
    }[m.state] ?? []
  return {
    ...m,
    title: k.title,
    subject: ref(store.subjects.get(m.subject)),
    per: k.per,
    next,
    answers: k.fields
      .filter((f) => f.name in m.form)
      .map((f) => ({
        name: f.name,
        title: f.title,
        text: f.type === 'money' ? yuan(m.form[f.name]) : String(m.form[f.name]),
      })),
    trace:
      m.amount === null
        ? null
        : {
            formula: 'p.allowance * form.covered - form.counted',
            from: [
              reason('p.allowance', '低保标准（月）', 'allowance a month', yuan(62500), 62500, {
                reference: '样例〔2026〕3号',
                since: '2026-01-01',
              }),
            ],
          },
  }
}
export function propose(id, b) {
  const m = {
    id,
    kind: b.kind,
    subject: b.subject,
    case: b.case ?? null,
    state: 'proposed',
    amount: b.kind === 'minimum_allowance' ? Math.max(0, 62500 * b.form.covered - b.form.counted) : null,
    form: b.form ?? {},
    note: b.note ?? '',
    since: today,
    version: 1,
  }
  store.measures.set(id, m)
  return m
}

export function fileOf(s, clear = false) {
  const { perHead } = facts(s.id)
  const cannot = []
  const missing = ['income_year', 'size']
    .filter((n) => s.fields[n] === undefined || s.fields[n] === null)
    .map((n) => ({ name: n, title: fieldsOf('household').find((f) => f.name === n).title }))
  if (missing.length) cannot.push({ rule: 'low_income', title: pack.rules[2].title, missing })
  if (!s.fields.house_grade)
    cannot.push({
      rule: 'unsafe_house',
      title: pack.rules[1].title,
      missing: [{ name: 'house_grade', title: L('住房安全等级', 'house grade') }],
    })
  const kids = [...store.subjects.values()].filter((x) => x.parent === s.id)
  kids.forEach(
    (k, i) =>
      !k.fields.health &&
      cannot.push({
        rule: 'illness_shock',
        title: pack.rules[0].title,
        subject: i ? s.id : k.id,
        subject_title: titleOf(i ? s : k),
        missing: [
          i
            ? { name: `persons[${i}].health`, title: L(`${titleOf(k)}的健康状况`, `health of ${titleOf(k)}`) }
            : { name: 'health', title: L('健康状况', 'health') },
        ],
      }),
  )
  const own = new Set([s.id, ...kids.map((k) => k.id)])
  return {
    subject: shown(s, clear),
    children: kids.map((k) => shown(k, clear)),
    variables: [
      {
        name: 'income_pc',
        title: L('人均纯收入', 'income per person'),
        value: perHead,
        text: perHead === null ? '' : yuan(perHead),
        missing,
      },
    ],
    findings: store.findings.filter((f) => f.subject.root === s.id),
    cannot_tell: cannot,
    events: store.events
      .filter((e) => own.has(e.subject))
      .sort((a, b) => b.on.localeCompare(a.on) || b.at.localeCompare(a.at)),
    cases: [...store.cases.values()].filter((c) => c.root === s.id).map((c) => caseOf(c, true)),
    measures: [...store.measures.values()].filter((m) => own.has(m.subject)).map(measureOf),
    follow_ups: [],
  }
}
export function record(kind, id, b) {
  const s = store.subjects.get(b.subject)
  const e = {
    id,
    kind,
    subject: s.id,
    root: s.root,
    on: b.on,
    at: at(today, '11:00:00'),
    officer: officer.id,
    officer_name: officer.name,
    withdrawn: false,
    fields: b.fields,
  }
  store.events.unshift(e)
  for (const f of pack.events.find((x) => x.name === kind).fields)
    if (f.fact && f.name in b.fields) change(s, { [f.fact]: b.fields[f.name] }, b.on)
  return e
}

/* ---- what is there at the start ---- */
const SURNAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨'
const GIVEN = ['建国', '秀英', '桂兰', '志强', '小红', '玉梅', '德厚', '春生', '长福', '文华']
for (let i = 0; i < 47; i++) {
  const name = SURNAMES[i % 16] + GIVEN[(i * 7) % 10]
  const full = i % 9 !== 4
  const h = put('household', newId(), areas[3 + (i % 2)].code, null, {
    code: `37089900${String(1000 + i)}`,
    head_name: name,
    household_type: ['lifted', 'edge', 'plain'][i % 3],
    phone: `1380000${String(1000 + i)}`,
    ...(full
      ? {
          size: 2 + (i % 4),
          income_year: 2100000 + (i % 11) * 700000,
          house_grade: i % 8 === 3 ? 'c' : 'a',
          water_safe: i % 5 !== 0,
        }
      : {}),
    ...(i % 4 === 0 ? { risks: ['illness'], main_crop: 'corn', land_share: '0.35' } : {}),
  })
  put('person', newId(), null, h.id, {
    name,
    relation: 'head',
    id_number: `37089919${60 + (i % 30)}010112${String(10 + i).slice(-2)}`,
    health: i % 6 === 0 ? 'chronic' : 'well',
  })
  put('person', newId(), null, h.id, {
    name: SURNAMES[(i + 5) % 16] + GIVEN[(i + 3) % 10],
    relation: 'spouse',
    ...(i % 3 ? { health: 'well' } : {}),
  })
  if (i % 2 === 0)
    record('visit', newId(), {
      subject: h.id,
      on: day(-20 + (i % 9)),
      fields: { topics: ['income', 'housing'], note: '一家人都好，玉米已收，孩子在镇上读书。' },
    })
  settle(h.id, day(-(i % 6)))
}
const open = [...store.cases.values()]
open.forEach((c, i) => i % 3 === 1 && takeStep(c, transition('verify'), { people: 2, met: '户主' }, '房顶一角漏雨'))
open.forEach((c, i) => (c.deadline = i === 0 ? day(-2) : i === 2 ? day(0) : i === 4 ? day(30) : c.deadline))
propose(newId(), {
  kind: 'minimum_allowance',
  subject: open[0].root,
  case: open[0].id,
  form: { covered: 3, counted: 90050 },
  note: '主要劳动力生病',
})
