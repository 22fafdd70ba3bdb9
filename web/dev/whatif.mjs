/* What if, in small: one rule with a line and a cost; the others as they are found. */
import * as db from './data.mjs'
import { pack } from './pack.mjs'

const zero = (priced) => ({ matched: 0, unknown: 0, failed: 0, money: priced ? 0 : null, unpriced: 0 })

function verdict(rule, s, line) {
  if (rule.name !== 'low_income')
    return { matched: db.store.findings.some((f) => !f.until && f.rule === rule.name && f.subject.root === s.id) }
  const { income_year: income, size } = s.fields
  if (income === undefined || !size || line === null) return { unknown: true }
  return { matched: income / size < line, money: Math.max(0, Math.round(line * size - income)) }
}
function count(tally, v) {
  if (v.unknown) tally.unknown++
  if (!v.matched) return
  tally.matched++
  if (tally.money !== null) tally.money += v.money
}
function part(code, area) {
  const keep = !area ? 9 : 12
  return code.slice(0, keep).padEnd(12, '0')
}

export function simulate(q, seq) {
  const p = pack.parameters[0]
  const now = p.values[0].value
  const given = Object.entries(q.set ?? {})
  const then = 'p.monitor.line' in (q.set ?? {}) ? q.set['p.monitor.line'] : now
  const subjects = [...db.store.subjects.values()].filter((s) => s.kind === 'household' && db.within(s.area, q.area))
  const lines = new Map()
  const at = (where, rule) => {
    const key = `${where}|${rule.name}`
    if (!lines.has(key))
      lines.set(key, { name: rule.name, now: zero(rule.per), then: zero(rule.per), enters: 0, leaves: 0 })
    return lines.get(key)
  }
  const listed = []
  let enters = 0
  let leaves = 0
  for (const s of subjects) {
    let any = [false, false]
    for (const rule of pack.rules) {
      const was = verdict(rule, s, now)
      const will = verdict(rule, s, then)
      any = [any[0] || !!was.matched, any[1] || !!will.matched]
      for (const where of ['all', part(s.area, q.area), `by ${q.by ? (s.fields[q.by] ?? '') : ''}`]) {
        const line = at(where, rule)
        count(line.now, was)
        count(line.then, will)
        if (will.matched && !was.matched) line.enters++
        if (was.matched && !will.matched) line.leaves++
      }
      const is = {
        matched_now: was.matched,
        matched_then: will.matched,
        enters: will.matched && !was.matched,
        leaves: was.matched && !will.matched,
        unknown: will.unknown,
      }
      if (q.list?.rule === rule.name && is[q.list.which])
        listed.push({
          id: s.id,
          root: s.id,
          kind: s.kind,
          root_kind: s.kind,
          title: db.titleOf(s),
          area: s.area,
          area_name: db.areaName(s.area),
          money: rule.per ? will.money : null,
        })
    }
    if (any[1] && !any[0]) enters++
    if (any[0] && !any[1]) leaves++
  }
  const of = (where) => pack.rules.map((r) => lines.get(`${where}|${r.name}`)).filter(Boolean)
  const areas = [...new Set(subjects.map((s) => part(s.area, q.area)))].sort()
  const groups = [...new Set(subjects.map((s) => (q.by ? (s.fields[q.by] ?? '') : '')))]
  const from = Number(q.list?.cursor ?? 0)
  const limit = q.list?.limit ?? 50
  return {
    as_of: q.as_of ?? db.today,
    seq,
    area: q.area ?? '370899000000',
    area_name: db.areaName(q.area ?? '370899000000'),
    subjects: subjects.length,
    enters,
    leaves,
    set: given.map(([name, v]) => ({
      name,
      title: pack.parameters.find((x) => name.startsWith(x.name))?.title,
      type: pack.parameters.find((x) => name.startsWith(x.name))?.type,
      now: name === p.name ? now : null,
      then: v,
      reference: p.values[0].reference,
    })),
    rules: pack.rules.map((r) => ({ ...at('all', r), title: r.title, colour: r.colour, per: r.per ?? null })),
    areas: areas.map((a) => ({
      area: a,
      name: db.areaName(a),
      level: a.endsWith('000') ? 'town' : 'village',
      rules: of(a),
    })),
    categories: groups.map((g) => ({ title: { zh: String(g), en: String(g) }, rules: of(`by ${g}`) })),
    ...(q.list
      ? {
          list: {
            items: listed.slice(from, from + limit),
            next: from + limit < listed.length ? String(from + limit) : null,
          },
        }
      : {}),
  }
}
