// Results of a procedure are not typed: every owned field of the shipped packs, by every way in, for every role. The matrix is made of what GET /packs
// tells, so a field that a new step sets is in it at once.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  jishi,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  today,
  uuid,
  openPlace,
} from './kit.mjs'

const folders = ['packs/antipoverty', 'packs/air']
const county = '370871'
const village = '370871001001'

const roleNames = () => [
  ...folders.flatMap((f) =>
    [
      ...readFileSync(join(root, f, 'pack.yaml'), 'utf8')
        .split(/^field_groups:/m)[0]
        .matchAll(/- (?:\{)?name: (\w+)/g),
    ].map((m) => m[1]),
  ),
  'admin',
]

// Some value that the field takes.
function some(f) {
  if (f.format === 'files') return '0'.repeat(64)
  switch (f.type) {
    case 'bool':
      return true
    case 'choice':
      return f.values.find((v) => v.code !== f.initial).code
    case 'choices':
      return [f.values[0].code]
    case 'date':
      return today(-30)
    case 'int':
    case 'money':
      return Math.max(Number(f.min ?? 1), 1)
    case 'rate':
    case 'number':
      return '0.5'
    default:
      return f.format === 'phone' ? '13800001234' : `t${randomBytes(4).toString('hex')}`
  }
}

// The same as a list would write it.
function cell(f) {
  const v = some(f)
  if (f.type === 'bool') return '是'
  if (f.type === 'choice') return f.values.find((x) => x.code === v).title.zh
  if (f.type === 'choices') return f.values[0].title.zh
  if (f.type === 'money') return '1'
  return String(v)
}

// header of each column of the layouts, by kind.field; the layouts that are lists of subjects
function layouts() {
  const files = (at) =>
    readdirSync(at).flatMap((n) => (statSync(join(at, n)).isDirectory() ? files(join(at, n)) : [join(at, n)]))
  const out = []
  for (const folder of folders)
    for (const path of files(join(root, folder)).filter((p) => /imports(\.yaml$|\/)/.test(p)))
      for (const text of readFileSync(path, 'utf8')
        .split(/^- name: /m)
        .slice(1)) {
        const columns = [...text.matchAll(/header: \[([^\],]+)[^\]]*\],? *\n? *(?:to|, to): ([\w.]+)/g)]
        out.push({ name: /^\w+/.exec(text)[0], columns: columns.map((m) => ({ header: m[1].trim(), to: m[2] })) })
      }
  return out
}

export async function owned(driver) {
  const roles = roleNames()
  /* All over the whole county: what is refused is refused for the field's sake. */
  const people = roles.map((role) => [role, `${role}@${county}`])
  const { place, server, contract, as } = await openPlace(driver, { packs: folders, people })
  const by = {}
  for (const role of roles) by[role] = await as(role)
  const { packs } = (await by.admin.call('GET', '/api/v1/packs')).json
  const mayOf = (right) => packs.flatMap((p) => p.roles.filter((r) => r.may.includes(right)).map((r) => r.name))
  const packOf = (kind) => packs.find((p) => p.kinds.some((k) => k.name === kind))
  const deskOf = (kind) => by[packOf(kind).roles.find((r) => r.may.includes('take_in')).name]
  const kinds = packs.flatMap((p) => p.kinds)
  const kindOf = (name) => kinds.find((k) => k.name === name)
  const wired = kinds.flatMap((k) => k.fields.filter((f) => f.owned).map((f) => ({ kind: k, field: f })))

  // A subject of a kind by the desk: what is required is filled in as the server asks for it.
  const made = {}
  async function subjectOf(kind) {
    if (made[kind.name]) return made[kind.name]
    const id = uuid()
    const fields = {}
    const fill = async (f) => {
      fields[f.name] = f.of ? (await subjectOf(kindOf(f.of))).fields[kindOf(f.of).key] : some(f)
    }
    for (const f of kind.fields) if (f.required && !f.owned && !f.applies_when) await fill(f)
    const where = kind.parent ? { parent: (await subjectOf(kindOf(kind.parent))).id } : { area: village }
    for (let tries = 0; ; tries++) {
      const r = await deskOf(kind.name).call('PUT', `/api/v1/subjects/${kind.name}/${id}`, { ...where, fields })
      if (r.status === 201) return (made[kind.name] = { id, where, fields, etag: r.etag })
      const f = kind.fields.find((x) => x.name === r.json.where)
      assert.ok(f && tries < 20 && /请填写/.test(r.json.zh), `${kind.name}: ${r.json.zh}`)
      await fill(f)
    }
  }
  const told = {}
  for (const role of roles) told[role] = (await by[role].call('GET', '/api/v1/session')).json.officer
  // Who does not register a kind is refused, who does not see it, too; a cadre finds only what is assigned to him.
  const refused = (r, field, role, kind) => {
    if (!told[role].registers.includes(kind.name))
      return assert.ok([403, 404].includes(r.status), `${role} ${field.name}: ${r.status}`)
    assert.equal(r.status, 409, `${role} ${field.name}: ${r.status} ${r.json.zh}`)
    assert.equal(r.json.where, field.name)
    const owner = field.owners?.[0]?.title.zh ?? '首次录入'
    assert.ok(r.json.zh.includes(owner) && r.json.zh.includes('更正'), r.json.zh)
  }
  const look = async (kind, id) => (await deskOf(kind.name).call('GET', `/api/v1/subjects/${kind.name}/${id}`)).json
  const takes = { taking_in: { source: '国家系统导出', on: today(-1) } }
  const list = async (path, who = by.county_officer) => (await who.call('GET', path)).json.items

  const failed = await runTests(`owned fields, ${driver}`, {
    'the packs tell what is owned, and by whom': () => {
      const names = wired.map((w) => `${w.kind.name}.${w.field.name}`)
      for (const n of [
        'household.monitored_kind',
        'household.risk_eliminated',
        'household.household_type',
        'problem.closed_on',
      ])
        assert.ok(names.includes(n), n)
      for (const n of ['source.booths_demolished', 'source.state', 'source.open_items']) assert.ok(names.includes(n), n)
      for (const w of wired) assert.ok(!w.field.required)
      for (const n of ['household.phone', 'household.house_grade']) assert.ok(!names.includes(n), n)
    },
    'while the county is set up, whoever imports may take a register in, nobody else': async () => {
      assert.equal((await by.admin.call('GET', '/api/v1/set-up')).json.until, null)
      const fields = { code: 'T1', head_name: '甲某', monitored_kind: 'marginal', monitored_since: today(-400) }
      const put = (who, id, more) =>
        by[who].call('PUT', `/api/v1/subjects/household/${id}`, { area: village, fields, ...more })
      const id = uuid()
      assert.equal((await put('village_staff', id, takes)).status, 403)
      assert.equal((await put('town_clerk', id, {})).status, 409)
      assert.equal((await put('town_clerk', id, { taking_in: {} })).status, 422)
      assert.equal((await put('town_clerk', id, takes)).status, 201)
      const file = (await by.town_clerk.call('GET', `/api/v1/subjects/household/${id}/file`)).json
      assert.deepEqual(
        file.cases.map((c) => c.state),
        ['assist'],
      )
      assert.equal(file.amendments[0].way, 'taking_in')
      assert.equal(file.amendments[0].reason, '国家系统导出')
      assert.equal(file.amendments[0].since, today(-1))
      assert.ok(!file.findings.some((f) => f.rule === 'monitored_without_case'))
      const changes = await list(`/api/v1/subjects/household/${id}/history`)
      assert.ok(changes.every((c) => c.source === 'taking_in' && c.source_title.zh === '首次录入'))
    },
    'an administrator ends the set-up, once': async () => {
      assert.equal((await by.town_clerk.call('POST', '/api/v1/set-up', { closed: true })).status, 403)
      assert.equal((await by.admin.call('POST', '/api/v1/set-up', { closed: true })).status, 200)
      assert.equal((await by.admin.call('GET', '/api/v1/set-up')).json.until, today())
      assert.equal((await by.admin.call('POST', '/api/v1/set-up', { closed: true })).status, 409)
    },
    'PUT: no owned field is there at birth, for any role': async () => {
      for (const { kind, field } of wired) {
        const s = await subjectOf(kind)
        for (const role of roles) {
          const id = uuid()
          const fields = {
            ...s.fields,
            ...(kind.key ? { [kind.key]: `k${randomBytes(4).toString('hex')}` } : {}),
            [field.name]: some(field),
          }
          const r = await by[role].call('PUT', `/api/v1/subjects/${kind.name}/${id}`, { ...s.where, fields })
          refused(r, field, role, kind)
          assert.equal((await deskOf(kind.name).call('GET', `/api/v1/subjects/${kind.name}/${id}`)).status, 404)
        }
      }
    },
    'PATCH: no owned field changes or goes, for any role': async () => {
      for (const { kind, field } of wired) {
        const s = await subjectOf(kind)
        const path = `/api/v1/subjects/${kind.name}/${s.id}`
        const before = await look(kind, s.id)
        for (const role of roles) {
          const match = { 'If-Match': s.etag }
          refused(
            await by[role].call('PATCH', path, { fields: { [field.name]: some(field) } }, match),
            field,
            role,
            kind,
          )
          refused(await by[role].call('PATCH', path, { fields: { [field.name]: null } }, match), field, role, kind)
        }
        assert.deepEqual(await look(kind, s.id), before)
      }
    },
    'a taking-in after the set-up is for those with the right': async () => {
      for (const { kind, field } of wired) {
        const s = await subjectOf(kind)
        for (const role of roles.filter((r) => !mayOf('take_in').includes(r))) {
          const body = { fields: { [field.name]: some(field) }, ...takes }
          const r = await by[role].call('PATCH', `/api/v1/subjects/${kind.name}/${s.id}`, body, { 'If-Match': s.etag })
          assert.ok([403, 404].includes(r.status), `${role} ${field.name}`)
        }
      }
    },
    'events: only those that own it write it': async () => {
      for (const { kind, field } of wired)
        for (const p of packs)
          for (const e of p.events.filter((x) => x.about === kind.name && !x.derived)) {
            if ((field.owners ?? []).some((o) => o.type === 'event' && o.name === e.name)) continue
            assert.ok(!e.fields.some((f) => f.fact === field.name), `${e.name} writes ${field.name}`)
            if (e.fields.some((f) => f.name === field.name)) continue
            const s = await subjectOf(kind)
            const body = { subject: s.id, on: today(), fields: { [field.name]: some(field) } }
            const who = e.who.find((w) => w !== 'pairing_cadre')
            const r = await by[who].call('PUT', `/api/v1/events/${e.name}/${uuid()}`, body)
            assert.equal(r.status, 422, `${e.name} ${field.name}: ${r.status}`)
          }
    },
    'rosters: owned columns are compared and told, not written, by any way': async () => {
      const base = {
        户编号: 'R1',
        姓名: '甲某',
        证件号码: '37081119800101001X',
        与户主关系: '户主',
        编号: 'S1',
        名称: '某店',
        类型: '餐饮饭店',
        行政区划代码: village,
      }
      let columns = 0
      for (const layout of layouts())
        for (const c of layout.columns) {
          const w = wired.find((x) => `${x.kind.name}.${x.field.name}` === c.to)
          if (!w) continue
          columns++
          const heads = [...layout.columns.map((x) => x.header).filter((h) => h in base), '行政区划代码']
          const body = Buffer.from(
            '\uFEFF' +
              [
                [...heads, c.header],
                [...heads.map((h) => base[h]), cell(w.field)],
              ]
                .map((r) => r.join(','))
                .join('\r\n'),
          )
          for (const role of roles.filter(
            (r) => mayOf('import').includes(r) && told[r].registers.includes(w.kind.name),
          )) {
            const up = await by[role].call('POST', `/api/v1/imports?layout=${layout.name}&name=a.csv`, body)
            assert.equal(up.status, 201, JSON.stringify(up.json))
            assert.deepEqual(up.json.errors, [])
            assert.equal(up.json.differences, 1, `${role} ${c.to}`)
            assert.equal(up.json.difference_rows[0].column, c.header)
            const done = await by[role].call('POST', `/api/v1/imports/${up.json.id}/apply`)
            assert.equal(done.status, 200)
          }
          const file = join(mkdtempSync(join(tmpdir(), 'jishi-roster-')), 'a.csv')
          writeFileSync(file, body)
          const cli = run('import', place, file, '--layout', layout.name, '--apply', '--json')
          assert.equal(cli.code, 0, cli.err)
          assert.equal(JSON.parse(cli.out).differences, 1)
          const key = w.kind.name === 'household' ? 'R1' : 'S1'
          const rows = await list(`/api/v1/subjects/${w.kind.name}?q=${key}`, deskOf(w.kind.name))
          assert.equal(rows.length, 1)
          assert.equal((await look(w.kind, rows[0].id)).fields[w.field.name] ?? null, w.field.initial ?? null)
          if (columns > 1) continue
          const late = run('import', place, file, '--layout', layout.name, '--taking-in', '国家系统导出', '--apply')
          assert.notEqual(late.code, 0)
          assert.match(late.err, /建县录入已于/)
        }
      assert.ok(columns > 5, `${columns} owned columns were tried`)
    },
    'a roster is taken in by who has the right, marked, and taken back': async () => {
      const body = Buffer.from(
        '\uFEFF户编号,姓名,证件号码,与户主关系,监测对象类别,风险是否已消除,行政区划代码\r\n' +
          `R1,甲某,37081119800101001X,户主,边缘易致贫户,否,${village}\r\n`,
      )
      const path = `/api/v1/imports?layout=lifted_export&name=a.csv&taking_in=${encodeURIComponent('国家系统导出')}`
      assert.equal((await by.town_clerk.call('POST', path, body)).status, 403)
      const up = await by.county_officer.call('POST', `${path}&taking_in_on=${today(0)}`, body)
      assert.equal(up.json.differences, 0)
      assert.equal(up.json.changed, 1)
      assert.equal((await by.county_officer.call('POST', `/api/v1/imports/${up.json.id}/apply`)).status, 200)
      const [row] = await list('/api/v1/subjects/household?q=R1')
      const file = async () => (await by.county_officer.call('GET', `/api/v1/subjects/household/${row.id}/file`)).json
      let f = await file()
      assert.equal(f.subject.fields.monitored_kind, 'marginal')
      assert.deepEqual([f.cases.length, f.cases[0].state, f.cases[0].steps[0].title.zh], [1, 'assist', '首次录入'])
      assert.equal((await by.county_officer.call('POST', `/api/v1/imports/${up.json.id}/undo`)).status, 200)
      f = await file()
      assert.equal(f.subject.fields.monitored_kind ?? null, null)
      assert.deepEqual([f.cases.length, f.amendments[0].state], [0, 'withdrawn'])
      assert.ok(!f.findings.some((x) => !x.until && /without|unregistered/.test(x.rule)))
    },
    'a correction counts when a second officer with the right confirms it': async () => {
      const s = await subjectOf(kindOf('household'))
      const id = uuid()
      const body = { kind: 'household', subject: s.id, fields: { household_type: 'lifted' }, reason: '系统里是脱贫户' }
      const decide = async (who, state, of = id) => {
        const at = await by[who].call('GET', `/api/v1/amendments/${of}`)
        return by[who].call(
          'POST',
          `/api/v1/amendments/${of}/decision`,
          { state, note: '已核' },
          { 'If-Match': at.etag },
        )
      }
      for (const role of roles.filter((r) => !(mayOf('correct').includes(r) && told[r].sees.includes('household'))))
        assert.ok([403, 404].includes((await by[role].call('PUT', `/api/v1/amendments/${id}`, body)).status), role)
      assert.equal((await by.town_clerk.call('PUT', `/api/v1/amendments/${id}`, { ...body, reason: '' })).status, 422)
      const put = await by.town_clerk.call('PUT', `/api/v1/amendments/${id}`, body)
      assert.equal(put.status, 201)
      assert.deepEqual(put.json.next, ['withdrawn'])
      assert.equal((await by.town_clerk.call('PUT', `/api/v1/amendments/${id}`, body)).status, 200)
      assert.equal((await look(kindOf('household'), s.id)).fields.household_type, 'general')
      assert.equal((await decide('town_clerk', 'confirmed')).status, 403)
      for (const role of roles.filter((r) => !(mayOf('correct').includes(r) && told[r].sees.includes('household'))))
        assert.ok([403, 404, 412, 428].includes((await decide(role, 'confirmed')).status), role)
      assert.equal((await list('/api/v1/amendments?state=proposed')).length, 1)
      const done = await decide('county_leader', 'confirmed')
      assert.deepEqual([done.status, done.json.state, done.json.decided_by], [200, 'confirmed', 'county_leader某'])
      assert.equal((await look(kindOf('household'), s.id)).fields.household_type, 'lifted')
      assert.equal((await decide('county_leader', 'refused')).status, 409)
      const file = (await by.county_officer.call('GET', `/api/v1/subjects/household/${s.id}/file`)).json
      assert.deepEqual(
        file.amendments[0].changes.map((c) => [c.before_text, c.after_text]),
        [['一般农户', '脱贫户']],
      )
      const entries = (await by.county_officer.call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      assert.equal(entries.filter((e) => e.verb === 'amendment').length, 2)
      assert.ok((await list(`/api/v1/subjects/household/${s.id}/history`)).some((c) => c.source_title.zh === '更正'))
    },
    'a field has one proposed correction at a time': async () => {
      const s = await subjectOf(kindOf('household'))
      const [one, two] = [uuid(), uuid()]
      const propose = (id, type) =>
        by.town_clerk.call('PUT', `/api/v1/amendments/${id}`, {
          kind: 'household',
          subject: s.id,
          fields: { household_type: type },
          reason: '核对',
        })
      const confirm = async (id) => {
        const at = await by.county_officer.call('GET', `/api/v1/amendments/${id}`)
        return by.county_officer.call(
          'POST',
          `/api/v1/amendments/${id}/decision`,
          { state: 'confirmed' },
          { 'If-Match': at.etag },
        )
      }
      assert.equal((await propose(one, 'poor')).status, 201)
      const again = await propose(two, 'poor')
      assert.deepEqual([again.status, /已经提出了更正/.test(again.json.zh)], [409, true])
      assert.equal((await confirm(one)).status, 200)
      assert.equal((await propose(two, 'general')).status, 201)
    },
    'what is registered agrees with the journal': async () => {
      await stopServer(server)
      assert.equal(run('verify', place).code, 0)
      const again = run('rebuild', '--check', place)
      assert.equal(again.code, 0, again.out + again.err)
    },
  })
  if (server.child.exitCode === null) await stopServer(server)
  dropPlace(place)
  return driver === 'sqlite' ? failed + (await demoLivesIt()) : failed
}

// The demo lives the procedures: what its registers say agrees with its cases.
async function demoLivesIt() {
  const place = mkdtempSync(join(tmpdir(), 'jishi-demo-'))
  const made = run('demo', place, '--size', '60', ...folders.flatMap((f) => ['--pack', join(root, f)]))
  if (made.code !== 0) throw new Error(`demo: ${made.err}`)
  const server = await startServer(place)
  const desk = await new Client(server, await contractOf(server)).signIn('qu1', 'jishi-2026')
  const rules = folders.flatMap((f) =>
    [...readFileSync(join(root, f, 'rules/procedure.yaml'), 'utf8').matchAll(/^- name: (\w+)/gm)].map((m) => m[1]),
  )
  const failed = await runTests('owned fields, demo', {
    'no fact contradicts its case': async () => {
      assert.ok(rules.length >= 7)
      for (const rule of rules)
        assert.deepEqual((await desk.call('GET', `/api/v1/findings?state=all&rule=${rule}`)).json.items, [], rule)
    },
    'what was not lived was taken in': async () => {
      const { items } = (await desk.call('GET', '/api/v1/amendments?limit=500')).json
      assert.ok(items.length > 0 && items.every((a) => a.way === 'taking_in'))
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
