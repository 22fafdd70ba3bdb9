// Who may what: every route × every role × his own village and another's × a unit assigned to him or not, with the shipped packs; made of the served
// contract and of what GET /packs tells. A route without a rule below fails. The table of it is docs/rights.md (JISHI_WRITE=1 makes it anew).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  home,
  jishi,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  today,
  uuid,
} from './kit.mjs'
import { rightsWalk } from './rights_walk.mjs'

const folders = ['packs/antipoverty', 'packs/air'].map((f) => join(root, f))
const county = '370871'
const own = '370871001001'
const foreign = '370871003208'
const administrators = ['admin', 'security', 'audit']
// Of the households: what tells of illness.
const illness = { aggregate: 'self_paid_12m', rule: 'illness_shock' }

// What each route asks for. `seen`: answered within what is seen (a list holds nothing else, one record is 404); `kind`: 403 to who sees none of the
// kind; `figures`: to who sees all they are about; a right's name: to who has it somewhere (what else is asked, the engine checks).
const rules = {
  open: ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'POST /api/v1/session'],
  signed: [
    'GET /api/v1/session',
    'POST /api/v1/session/lock',
    'POST /api/v1/session/unlock',
    'GET /api/v1/session/codes',
    'POST /api/v1/session/codes',
    'POST /api/v1/session/codes/confirm',
    'POST /api/v1/session/codes/drop',
    'GET /api/v1/sessions',
    'DELETE /api/v1/sessions/{id}',
    'GET /api/v1/settings',
    'DELETE /api/v1/session',
    'POST /api/v1/session/password',
    'GET /api/v1/packs',
    'GET /api/v1/calendar',
    'GET /api/v1/areas',
    'GET /api/v1/area-changes',
    'GET /api/v1/officers',
    'GET /api/v1/set-up',
    'GET /api/v1/imports',
    'GET /api/v1/imports/{id}',
  ],
  seen: [
    'GET /api/v1/due',
    'GET /api/v1/duties',
    'GET /api/v1/duties/{name}/subjects',
    'GET /api/v1/follow-ups',
    'GET /api/v1/excuses',
    'GET /api/v1/funds',
    'GET /api/v1/payments',
    'GET /api/v1/findings',
    'GET /api/v1/findings/{id}/explain',
    'GET /api/v1/cases',
    'GET /api/v1/cases/{id}',
    'GET /api/v1/measures',
    'GET /api/v1/measures/{id}/explain',
    'GET /api/v1/amendments',
    'GET /api/v1/amendments/{id}',
    'GET /api/v1/forgettings',
    'GET /api/v1/forgettings/{id}',
    'GET /api/v1/samples',
    'GET /api/v1/tables',
    'GET /api/v1/templates',
    'PUT /api/v1/templates/{fingerprint}',
    'DELETE /api/v1/templates/{fingerprint}',
    'PUT /api/v1/tables/{id}',
    'DELETE /api/v1/tables/{id}',
    'GET /api/v1/reports',
    'GET /api/v1/reports/{id}',
    'PUT /api/v1/reports/{id}',
    'GET /api/v1/journal',
    'GET /api/v1/stream',
    'PUT /api/v1/excuses/{id}',
    'DELETE /api/v1/excuses/{id}',
    'POST /api/v1/cases/{id}/transitions',
    'POST /api/v1/cases/{id}/step-back',
    'PUT /api/v1/measures/{id}',
    'PUT /api/v1/amendments/{id}',
    'POST /api/v1/amendments/{id}/decision',
    'PUT /api/v1/forgettings/{id}',
    'POST /api/v1/forgettings/{id}/decision',
    'PUT /api/v1/mergers/{id}',
    'POST /api/v1/mergers/{id}/undo',
    'GET /api/v1/samples/{id}',
    'PUT /api/v1/samples/{id}',
    'GET /api/v1/samples/{id}/subjects',
  ],
  kind: [
    'GET /api/v1/places/{kind}',
    'GET /api/v1/subjects/{kind}/{id}/qr',
    'GET /api/v1/keys/{kind}',
    'GET /api/v1/subjects/{kind}',
    'GET /api/v1/subjects/{kind}/{id}',
    'GET /api/v1/subjects/{kind}/{id}/file',
    'GET /api/v1/subjects/{kind}/{id}/history',
    'GET /api/v1/subjects/{kind}/{id}/explain',
    'GET /api/v1/subjects/{kind}/{id}/mergers',
    'GET /api/v1/alike/{kind}',
    'GET /api/v1/events/{kind}',
    'POST /api/v1/tables',
    'GET /api/v1/ledgers/{name}',
    'GET /api/v1/prints/{name}',
    'POST /api/v1/templates',
    'POST /api/v1/templates/fill',
    'PUT /api/v1/events/{kind}/{id}',
    'DELETE /api/v1/events/{kind}/{id}',
    'GET /api/v1/events/{kind}/{id}/explain',
  ],
  figures: [
    'POST /api/v1/simulations',
    'GET /api/v1/indicators',
    'GET /api/v1/indicators/{name}/rows',
    'GET /api/v1/indicators/{name}/series',
    'GET /api/v1/sample-plans/{name}',
  ],
  files: ['POST /api/v1/files', 'GET /api/v1/files/{name}'],
  register: ['PUT /api/v1/subjects/{kind}/{id}', 'PATCH /api/v1/subjects/{kind}/{id}'],
  import: [
    'POST /api/v1/imports',
    'POST /api/v1/imports/{id}/check',
    'POST /api/v1/imports/{id}/apply',
    'POST /api/v1/imports/{id}/undo',
    'GET /api/v1/imports/{id}/faults',
    'GET /api/v1/imports/{id}/compared',
    'GET /api/v1/mappings',
    'GET /api/v1/mappings/{id}',
    'PUT /api/v1/mappings/{id}',
    'DELETE /api/v1/mappings/{id}',
  ],
  accounts: ['GET /api/v1/officers/{id}', 'PATCH /api/v1/officers/{id}'],
  administer: [
    'PATCH /api/v1/settings',
    'POST /api/v1/calendar',
    'POST /api/v1/area-changes/plan',
    'PUT /api/v1/area-changes/{id}',
    'PUT /api/v1/officers/{id}',
    'POST /api/v1/officers/{id}/password',
    'DELETE /api/v1/officers/{id}/codes',
    'POST /api/v1/officers/imports',
    'GET /api/v1/officers/imports/{id}',
    'POST /api/v1/officers/imports/{id}/apply',
    'POST /api/v1/officers/imports/{id}/passwords',
    'POST /api/v1/set-up',
  ],
}
const ruleOf = (operation) => Object.keys(rules).find((r) => rules[r].includes(operation))

function table(packs) {
  const out = [
    '# 谁能做什么 · Who may what',
    '',
    'Made by `tests/api/rights.mjs` of the packs and the routes; not written by hand. The rules stand in',
    '`src/engine/rights.h`.',
    '',
  ]
  const names = (list) => list.map((n) => `\`${n}\``).join(', ') || '—'
  for (const p of packs) {
    out.push(`## ${p.title.zh} · ${p.title.en}`, '', '### 岗位和权限 · Roles and rights', '')
    for (const r of p.roles)
      out.push(
        `* **${r.title.zh} · ${r.title.en}** \`${r.name}\` — ${names(r.may)}`,
        ...(r.sees === 'own' ? ['  · 只看分给自己的 · sees its own only'] : []),
      )
    out.push('', '### 对象 · Kinds', '')
    for (const k of p.kinds) {
      const rest = p.roles.filter((r) => !k.seen_by.includes(r.name)).map((r) => r.name)
      const masked = k.fields.filter((f) => f.privacy !== 'open').map((f) => f.title.zh)
      out.push(`* **${k.title.zh} · ${k.title.en}**`)
      out.push(`  * 不能看 · not seen by: ${names(rest)}`, `  * 登记 · registered by: ${names(k.registered_by)}`)
      if (masked.length) out.push(`  * 遮挡 · masked: ${masked.join('、')}`)
    }
    if (p.field_groups.length) out.push('', '### 字段组 · Field groups', '')
    for (const g of p.field_groups)
      out.push(
        `* **${g.title.zh} · ${g.title.en}** \`${g.name}\``,
        `  * 明文 · as they are: ${names(g.clear)}`,
        `  * 遮挡 · as stars: ${names(g.masked)}`,
        `  * 看不到 · not at all: ${names(p.roles.map((r) => r.name).filter((r) => ![...g.clear, ...g.masked].includes(r)))}`,
        `  * 字段 · fields: ${names(g.fields)}`,
      )
    out.push('', '### 事项 · Events', '')
    for (const e of p.events.filter((x) => !x.derived)) out.push(`* ${e.title.zh} · ${e.title.en}: ${names(e.who)}`)
    out.push('')
  }
  out.push('## 接口 · Routes', '')
  for (const [rule, operations] of Object.entries(rules))
    out.push(`### ${rule}`, '', ...operations.map((o) => `* \`${o}\``), '')
  // lines of at most 100 characters
  const wrapped = out.flatMap((line) => {
    const lines = []
    const indent = (/^ *\* /.exec(line)?.[0].length ?? 0) || 0
    for (let rest = line; ;) {
      const cut = rest.length > 100 ? rest.lastIndexOf(' ', 100) : -1
      if (cut <= indent) return [...lines, rest]
      lines.push(rest.slice(0, cut))
      rest = ' '.repeat(indent) + rest.slice(cut + 1)
    }
  })
  return `${wrapped.join('\n').trimEnd()}\n`
}

export async function rights(driver) {
  const place =
    driver === 'pg'
      ? `${process.env.JISHI_TEST_PG}?schema=api_${randomBytes(6).toString('hex')}`
      : mkdtempSync(join(tmpdir(), 'jishi-rights-'))
  const made = run('init', place, '--county', county, '--name', '济宁高新区', ...folders.flatMap((f) => ['--pack', f]))
  assert.equal(made.code, 0, made.err)
  const add = (login, post) => {
    const r = spawnSync(jishi, ['user', 'add', place, login, '--lasting', '--name', login, '--post', post], {
      input: 'apple-pear-1\n',
      encoding: 'utf8',
      env: { ...process.env, JISHI_HOME: home.at },
    })
    assert.equal(r.status, 0, r.stderr)
  }
  const roles = folders.flatMap((f) =>
    [
      ...readFileSync(join(f, 'pack.yaml'), 'utf8')
        .split('field_groups:')[0]
        .matchAll(/- (?:\{)?name: (\w+)/g),
    ].map((m) => m[1]),
  )
  for (const role of [...roles, ...administrators]) add(role, `${role}@${administrators.includes(role) ? county : own}`)
  add('desk', `county_officer@${county}`)
  add('sky', `air_county@${county}`)
  const server = await startServer(place)
  const contract = await contractOf(server)
  const as = (login) => new Client(server, contract).signIn(login)
  const by = {}
  const told = {}
  for (const login of [...roles, ...administrators, 'desk', 'sky']) {
    by[login] = await as(login)
    told[login] = (await by[login].call('GET', '/api/v1/session')).json.officer
  }
  const { packs } = (await by.admin.call('GET', '/api/v1/packs')).json
  const packOf = (role) => packs.find((p) => p.roles.some((r) => r.name === role))
  const kinds = packs.flatMap((p) => p.kinds)

  const put = async (who, kind, where, fields) => {
    const id = uuid()
    const r = await by[who].call('PUT', `/api/v1/subjects/${kind}/${id}`, { ...where, fields })
    assert.equal(r.status, 201, JSON.stringify(r.json))
    return id
  }
  const here = await put('desk', 'household', { area: own }, { code: 'H1', head_name: '甲某' })
  const there = await put('desk', 'household', { area: foreign }, { code: 'H2', head_name: '乙某' })
  const number = '37081119800101001X'
  const person = await put('desk', 'person', { parent: here }, { name: '甲某', id_number: number, relation: 'head' })
  const shop = await put('sky', 'source', { area: own }, { code: 'S1', name: '某店', type: 'restaurant' })
  const sees = (role, kind) => told[role].sees.includes(kind)
  const cadre = (role) => packOf(role)?.roles.find((r) => r.name === role).sees === 'own'

  const failed = await runTests(`rights ${driver}`, {
    'every route has a rule, and every rule a route': () => {
      const all = Object.entries(contract.document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((m) => `${m.toUpperCase()} ${path}`),
      )
      assert.deepEqual(
        all.filter((o) => !ruleOf(o)),
        [],
      )
      assert.deepEqual(
        Object.values(rules)
          .flat()
          .filter((o) => !all.includes(o)),
        [],
      )
    },
    'the table in docs/rights.md is that of the packs and routes': () => {
      const path = join(root, 'docs/rights.md')
      if (process.env.JISHI_WRITE) writeFileSync(path, table(packs))
      assert.equal(
        readFileSync(path, 'utf8'),
        table(packs),
        'JISHI_WRITE=1 node tests/api/run.mjs rights makes it anew',
      )
    },
    'a kind is seen by roles of its pack that the pack names, and by no administrator': () => {
      for (const role of roles)
        assert.deepEqual(
          told[role].sees.toSorted(),
          packOf(role)
            .kinds.filter((k) => k.seen_by.includes(role))
            .map((k) => k.name)
            .toSorted(),
          role,
        )
      for (const a of administrators) assert.deepEqual([told[a].sees, told[a].registers, told[a].figures], [[], [], []])
      assert.deepEqual(
        administrators.map((a) => told[a].rights),
        [['administer'], ['authorise'], ['audit']],
      )
    },
    'one record: own village, another, another pack, assigned or not': async () => {
      const get = async (role, kind, id, more = '') =>
        (await by[role].call('GET', `/api/v1/subjects/${kind}/${id}${more}`)).status
      for (const role of [...roles, ...administrators])
        for (const more of ['', '/history', '/mergers', '/explain?name=colour', '/file']) {
          const want = !sees(role, 'household') ? 403 : cadre(role) ? 404 : 200
          assert.equal(await get(role, 'household', here, more), want, `${role} ${more}`)
          assert.equal(
            await get(role, 'household', there, more),
            sees(role, 'household') ? 404 : 403,
            `${role} ${more}`,
          )
          if (!more.includes('explain'))
            assert.equal(await get(role, 'source', shop, more), sees(role, 'source') ? 200 : 403, `${role} ${more}`)
        }
    },
    'lists hold nothing else': async () => {
      for (const role of [...roles, ...administrators]) {
        for (const k of kinds) {
          const r = await by[role].call('GET', `/api/v1/subjects/${k.name}`)
          assert.equal(r.status, sees(role, k.name) ? 200 : 403, `${role} ${k.name}`)
          if (r.status === 200)
            assert.ok(r.json.items.every((x) => x.area === own && !(k.name === 'household' && cadre(role))))
        }
        for (const path of [
          'due',
          'duties',
          'findings',
          'cases?state=all',
          'payments',
          'amendments',
          'forgettings',
          'follow-ups',
          'funds',
          'excuses',
        ])
          assert.equal((await by[role].call('GET', `/api/v1/${path}`)).status, 200, `${role} ${path}`)
        const entries = (await by[role].call('GET', '/api/v1/journal?limit=500')).json.items
        const roots = new Set(entries.map((e) => e.root))
        const all = role === 'audit'
        assert.equal(roots.has(here), all || (sees(role, 'household') && !cadre(role)), role)
        assert.equal(roots.has(there), all, role)
        assert.equal(roots.has(shop), all || sees(role, 'source'), role)
        assert.ok(!JSON.stringify(entries).includes(number), role)
      }
    },
    'a cadre has what a pairing names him in, until it ends': async () => {
      await put('desk', 'organisation', { area: county }, { name: '区单位' })
      await put('desk', 'helper', { area: county }, { name: '包某', organisation: '区单位', account: 'pairing_cadre' })
      const cad = by.pairing_cadre
      const pairing = await put(
        'desk',
        'pairing',
        { parent: here },
        { role: 'person', organisation: '区单位', person: '包某', since: today(-9) },
      )
      const mine = async () => [
        (await cad.call('GET', `/api/v1/subjects/household/${here}/file`)).status,
        (await cad.call('GET', '/api/v1/subjects/household')).json.items.length,
        (await cad.call('GET', '/api/v1/journal?limit=500')).json.items.some((e) => e.root === here),
      ]
      assert.deepEqual(await mine(), [200, 1, true])
      assert.equal((await cad.call('GET', `/api/v1/subjects/person/${person}`)).status, 200)
      const p = await by.desk.call('GET', `/api/v1/subjects/pairing/${pairing}`)
      const ended = await by.desk.call(
        'PATCH',
        `/api/v1/subjects/pairing/${pairing}`,
        { fields: { until: today(-1) } },
        { 'If-Match': p.etag },
      )
      assert.equal(ended.status, 200)
      assert.deepEqual(await mine(), [404, 0, false])
    },
    'writing: each event by the roles it names, where they see its subject': async () => {
      for (const role of [...roles, ...administrators])
        for (const p of packs)
          for (const e of p.events.filter((x) => !x.derived && ['household', 'source'].includes(x.about))) {
            const subject = e.about === 'source' ? shop : here
            const r = await by[role].call('PUT', `/api/v1/events/${e.name}/${uuid()}`, {
              subject,
              on: today(),
              fields: { nothing: 1 },
            })
            const may = e.who.includes(role) && packOf(role) === p && !(cadre(role) && e.about === 'household')
            assert.equal(r.status === 403, !may, `${role} ${e.name}: ${r.status}`)
            const far = await by[role].call('PUT', `/api/v1/events/${e.name}/${uuid()}`, {
              subject: there,
              on: today(),
              fields: { nothing: 1 },
            })
            assert.ok([403, 404].includes(far.status), `${role} ${e.name}: ${far.status}`)
          }
    },
    'registering: each kind by the roles it names': async () => {
      for (const role of [...roles, ...administrators])
        for (const k of kinds.filter((x) => !x.parent)) {
          const r = await by[role].call('PUT', `/api/v1/subjects/${k.name}/${uuid()}`, {
            area: own,
            fields: { nothing: 1 },
          })
          assert.equal(r.status === 403, !k.registered_by.includes(role), `${role} ${k.name}: ${r.status}`)
        }
    },
    'figures are told to who sees all they are about': async () => {
      for (const role of [...roles, ...administrators])
        for (const p of packs) {
          const r = await by[role].call('GET', `/api/v1/indicators?pack=${p.name}`)
          assert.equal(r.status, told[role].figures.includes(p.name) ? 200 : 403, `${role} ${p.name}`)
          assert.equal(
            told[role].figures.includes(p.name),
            packOf(role) === p && (!cadre(role) || p.kinds.some((k) => k.name !== 'household')),
          )
        }
    },
    'the administrators cannot do each other’s part': async () => {
      for (const role of [...roles, ...administrators])
        for (const o of rules.administer.filter((x) => x !== 'POST /api/v1/set-up')) {
          const [method, path] = o.split(' ')
          const r = await by[role].call(method, path.replace('{id}', uuid()), method === 'GET' ? undefined : {})
          assert.equal(r.status === 403, role !== 'admin', `${role} ${o}: ${r.status}`)
        }
    },
    'posts are the security administrator’s, accounts the system administrator’s, and nobody is two of them':
      async () => {
        const put = (who, id, posts) =>
          by[who].call('PUT', `/api/v1/officers/${id}`, {
            login: `n${id.slice(0, 8)}`,
            name: '新人',
            posts,
            password: 'apple-pear-22',
          })
        const patch = (who, id, change) => by[who].call('PATCH', `/api/v1/officers/${id}`, change)
        const post = (role, area = county) => ({ role, area })
        const id = uuid()
        assert.equal((await put('admin', uuid(), [post('village_staff', own)])).status, 403)
        assert.equal((await put('security', uuid(), [])).status, 403)
        assert.equal((await put('admin', id, [])).status, 201)
        assert.equal((await patch('admin', id, { posts: [post('village_staff', own)] })).status, 403)
        assert.equal((await patch('security', id, { posts: [post('village_staff', own)] })).status, 200)
        for (const change of [{ name: '别名' }, { active: false }, { password: 'apple-pear-23' }])
          assert.equal((await patch('security', id, change)).status, 403, JSON.stringify(change))
        for (const posts of [
          [post('admin'), post('security')],
          [post('audit'), post('security')],
          [post('audit'), post('auditor')],
        ])
          assert.equal((await patch('security', id, { posts })).status, 409, JSON.stringify(posts))
        for (const a of administrators) {
          const self = told[a].id
          const other = a === 'security' ? 'admin' : 'security'
          assert.ok([403, 409].includes((await patch(a, self, { posts: [post('village_staff', own)] })).status), a)
          assert.ok([403, 409].includes((await patch(other, self, { posts: [] })).status), a)
          assert.ok([403, 409].includes((await patch('admin', self, { active: false })).status), a)
        }
        for (const a of ['security', 'audit'])
          assert.equal((await by.admin.call('POST', `/api/v1/officers/${told[a].id}/password`, {})).status, 409, a)
        assert.equal((await patch('admin', id, { active: false })).status, 200)
      },
    'what is masked is told by no filter, search, key or second look': async () => {
      const clerk = by.town_clerk
      const field = async (who) => (await who.call('GET', `/api/v1/subjects/person/${person}`)).json.fields.id_number
      assert.equal(await field(by.auditor), '****')
      assert.equal(await field(clerk), '****')
      for (const filter of ['id_number.startsWith("3708")', 'phone == "1"']) {
        const r = await clerk.call('GET', `/api/v1/subjects/person?filter=${encodeURIComponent(filter)}`)
        assert.deepEqual([r.status, r.json.where], [403, 'filter'])
      }
      const nested = encodeURIComponent('persons.exists(p, p.id_number.endsWith("6"))')
      assert.equal((await clerk.call('GET', `/api/v1/subjects/household?filter=${nested}`)).status, 403)
      const found = async (q, kind) => (await clerk.call('GET', `/api/v1/subjects/${kind}?q=${q}`)).json.items.length
      assert.deepEqual([await found(number.slice(0, 17), 'person'), await found(number, 'person')], [0, 1])
      assert.deepEqual([await found(number.slice(0, 17), 'household'), await found(number, 'household')], [0, 1])
      assert.equal((await clerk.call('GET', '/api/v1/keys/person')).status, 409)
      const clear = (more) => clerk.call('GET', `/api/v1/subjects/person/${person}?clear=1${more}`)
      assert.deepEqual([(await clear('')).status, (await clear('&reason=核对')).json.fields.id_number], [422, number])
      const looks = (await by.audit.call('GET', '/api/v1/journal?limit=500')).json.items.filter(
        (e) => e.verb === 'unmask',
      )
      assert.deepEqual(
        looks.map((e) => [e.subject, e.officer_name]),
        [[person, 'town_clerk']],
      )
      assert.equal((await by.auditor.call('GET', `/api/v1/subjects/person/${person}?clear=1&reason=x`)).status, 403)
    },
    'a field group: as it is, as stars, or not there, whichever way one asks': async () => {
      const { etag } = await by.desk.call('GET', `/api/v1/subjects/person/${person}`)
      const sick = { health: ['major'], labour: 'lost' }
      const said = await by.desk.call(
        'PATCH',
        `/api/v1/subjects/person/${person}`,
        { fields: sick },
        { 'If-Match': etag },
      )
      assert.equal(said.status, 200, JSON.stringify(said.json))
      const claim = uuid()
      const paid = await by.desk.call('PUT', `/api/v1/events/medical_claim/${claim}`, {
        subject: person,
        on: today(),
        fields: {
          hospital: '某医院',
          discharged: today(),
          total: 9000000,
          in_scope: 9000000,
          self_paid: 8000000,
          slip: 'S1',
        },
      })
      assert.equal(paid.status, 201, JSON.stringify(paid.json))
      const level = (role) => {
        const group = packOf(role)?.field_groups.find((g) => g.name === 'illness')
        return group?.clear.includes(role) ? 'clear' : group?.masked.includes(role) ? 'masked' : 'none'
      }
      const levels = new Set()
      for (const role of roles.filter((r) => sees(r, 'household') && !cadre(r))) {
        const who = by[role]
        const get = async (path) => (await who.call('GET', `/api/v1/${path}`)).json
        const how = level(role)
        levels.add(how)
        const { fields } = await get(`subjects/person/${person}`)
        assert.deepEqual(fields.health, { clear: ['major'], masked: '****' }[how], role)
        assert.equal(fields.labour, 'lost')
        const line = (await get('subjects/person')).items.find((x) => x.id === person)
        assert.deepEqual(line.fields.health, fields.health)
        const file = await get(`subjects/household/${here}/file`)
        const event = file.events.find((x) => x.id === claim)
        assert.deepEqual(event?.fields.total, { clear: 9000000, masked: '****' }[how], role)
        const warning = file.findings.find((x) => x.rule === illness.rule)
        assert.deepEqual(warning && warning.message.zh === '****', { clear: false, masked: true }[how], role)
        assert.equal(
          (await get('findings')).items.some((x) => x.rule === illness.rule),
          how !== 'none',
          role,
        )
        const history = JSON.stringify(await get(`subjects/household/${here}/history`))
        assert.equal(history.includes('"health"'), how !== 'none', role)
        assert.equal(history.includes('major'), how === 'clear', role)
        const why = await who.call('GET', `/api/v1/subjects/household/${here}/explain?name=${illness.aggregate}`)
        assert.equal(why.status, how === 'none' ? 404 : 200, role)
        assert.equal(
          JSON.stringify(why.json).includes('某医院') || /[89]0000(00|\.00)/.test(JSON.stringify(why.json)),
          how === 'clear',
          role,
        )
        const because = await who.call('GET', `/api/v1/events/medical_claim/${claim}/explain`)
        assert.equal(because.status, how === 'none' ? 404 : 200, role)
        for (const [kind, filter] of [
          ['person', 'health.exists(h, h == "major")'],
          ['household', 'persons.exists(p, p.health.exists(h, h == "major"))'],
          ['household', `${illness.aggregate} > yuan(0)`],
        ]) {
          const r = await who.call('GET', `/api/v1/subjects/${kind}?filter=${encodeURIComponent(filter)}`)
          assert.equal(r.status, how === 'clear' ? 200 : 403, `${role} ${filter}`)
        }
        const mine = (await get('packs')).packs.find((p) => p.name === 'antipoverty')
        assert.equal(
          mine.kinds.find((k) => k.name === 'person').fields.some((f) => f.name === 'health'),
          how !== 'none',
        )
        assert.equal(
          mine.events.some((x) => x.name === 'medical_claim'),
          how !== 'none',
        )
        if (how !== 'clear')
          assert.equal((await who.call('POST', '/api/v1/simulations', { pack: 'antipoverty' })).status, 403, role)
      }
      assert.deepEqual([...levels].toSorted(), ['clear', 'masked', 'none'])
    },
    'a photograph is seen by who sees a record that names it, and by who sent it': async () => {
      const jpeg = (byte) => new Uint8Array([0xff, 0xd8, 0xff, byte, 1, 2, 3])
      const send = async (who, body) => (await by[who].call('POST', '/api/v1/files', body)).json
      const { name } = await send('air_inspector', jpeg(7))
      const seen = async (who) => (await by[who].call('GET', `/api/v1/files/${name}`)).status
      assert.deepEqual([await seen('air_inspector'), await seen('air_clerk'), await seen('desk')], [200, 404, 404])
      const yard = await put('sky', 'source', { area: own }, { code: 'S2', name: '某厂', type: 'repair' })
      const named = await by.air_inspector.call('PUT', `/api/v1/events/patrol/${uuid()}`, {
        subject: yard,
        on: today(),
        fields: { failed: ['carbon'], photos: name },
      })
      assert.equal(named.status, 201, JSON.stringify(named.json))
      for (const role of [...roles, 'desk', 'sky'])
        assert.equal(await seen(role), (told[role] ?? told.sky).sees.includes('source') ? 200 : 404, role)
      for (const a of administrators) assert.equal(await seen(a), 403, a)
      const set = await by.admin.call('PATCH', '/api/v1/settings', { files_all_mb: 10, files_day_mb: 1 })
      assert.equal(set.status, 200, JSON.stringify(set.json))
      const large = new Uint8Array(1 << 20).fill(9)
      large.set(jpeg(8))
      const full = await by.air_inspector.call('POST', '/api/v1/files', large)
      assert.equal(full.status, 413)
      assert.match(JSON.stringify(full.json), /兆/)
    },
    'logins are told to colleagues, not to strangers; files to who sees some record': async () => {
      const list = async (who) => (await by[who].call('GET', '/api/v1/officers?limit=500')).json.items
      const strangers = (await list('road_contractor')).filter(
        (o) => o.login && !packOf('air_clerk').roles.some((r) => r.name === o.login) && o.login !== 'sky',
      )
      assert.deepEqual(strangers, [])
      for (const a of administrators)
        assert.equal((await by[a].call('GET', `/api/v1/files/${'a'.repeat(64)}`)).status, 403, a)
      assert.equal((await by.auditor.call('POST', '/api/v1/files', new Uint8Array([0xff, 0xd8, 0xff, 0]))).status, 403)
    },
    'outsiders are told that it runs, and nothing of the county; a bad area is an error': async () => {
      const open = Object.keys((await new Client(server, contract).call('GET', '/healthz')).json)
      assert.ok(!open.includes('county') && !open.includes('seq'), String(open))
      const r = await by.town_clerk.call('GET', '/api/v1/subjects/household?area=3708710010019')
      assert.deepEqual([r.status, r.json.where], [422, 'area'])
    },
  })
  const walked = await rightsWalk({
    driver,
    server,
    contract,
    by,
    told,
    roles,
    administrators,
    packs,
    packOf,
    ruleOf,
    cadre,
    put,
    add,
    as,
    own,
    foreign,
    next: '370871001002',
    here,
    there,
    officers: {
      antipoverty: ['village_staff', 'town_clerk'].map((r) => told[r].id),
      air: ['air_grid_officer', 'air_inspector'].map((r) => told[r].id),
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed + walked
}
