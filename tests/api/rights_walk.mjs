// The walk through all routes, for rights.mjs: each route as each role over the village itself, over its town, over the village beside it, and as
// nobody; of records in his area, outside it, and of the other pack. What is not his must answer as what is not there, letter by letter; no answer
// may hold a word of what he does not see; and each step of each case is taken by those whom the workflow names, state by state.
import assert from 'node:assert/strict'
import { Client, runTests, today, uuid } from './kit.mjs'

// What would leave the walk without sessions or accounts, or goes on for ever.
const left = [
  'DELETE /api/v1/session',
  'POST /api/v1/session',
  'POST /api/v1/session/lock',
  'POST /api/v1/session/unlock',
  'POST /api/v1/session/password',
  'POST /api/v1/session/codes/confirm',
  'POST /api/v1/session/codes/drop',
  'GET /api/v1/stream',
]

// What every answer tells a browser, whatever its route and status.
const answerHeaders = {
  'content-security-policy': /^default-src 'none'; frame-ancestors 'none'; sandbox$/,
  'x-content-type-options': /^nosniff$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /geolocation=\(self\).*microphone=\(\)/,
  'referrer-policy': /^same-origin$/,
  'cache-control': /no-store/,
}

/** What a form is filled in with so that it is taken: two people, today, the first choice. */
function filled(fields, officers) {
  const of = (f) => {
    const one = {
      int: () => Math.max(2, f.min ?? 2),
      decimal: () => '2',
      money: () => 100,
      bool: () => true,
      date: () => today(),
      time: () => '10:00',
      choice: () => f.choices?.[0]?.name,
      choices: () => [f.choices?.[0]?.name],
      officers: () => officers.join(','),
    }[f.type]
    return one ? one() : 'x'
  }
  return Object.fromEntries(fields.filter((f) => !f.serial).map((f) => [f.name, of(f)]))
}

/** `by`: the roles at the village; `beside`, `above`: at the next village, at the town. `words`: what tells of each thing. */
function walk({ server, contract, by, above, beside, roles, packs, packOf, ruleOf, cadre, things, words }) {
  const operations = Object.entries(contract.document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([m, op]) => ({ method: m.toUpperCase(), path, op })))
    .filter((o) => !left.includes(`${o.method} ${o.path}`))
  const nobody = new Client(server, contract)
  /** The parameters of the address, of a thing: its kind and id, the id of what belongs to it, or a name. */
  const address = (path, thing, id) =>
    path.replace(/\{(\w+)\}/g, (_, p) =>
      p === 'kind' ? (path.includes('/events/') ? thing.event : thing.kind) : p === 'id' ? id(path) : thing.name,
    )
  const idIn = (thing) => (path) => {
    const part = /\/api\/v1\/([a-z-]+)/.exec(path)[1]
    return thing.ids[part === 'subjects' ? thing.kind : part] ?? thing.missing
  }
  const send = async (client, o, path) => {
    const headers = ['PATCH', 'POST', 'DELETE', 'PUT'].includes(o.method) ? { 'If-Match': '"1"' } : {}
    const body = o.op.requestBody ? (o.op.requestBody.content['application/json'] ? {} : 'x') : undefined
    const r = await client.raw(o.method, path, body, headers)
    for (const [name, what] of Object.entries(answerHeaders))
      assert.match(r.headers.get(name) ?? '', what, `${name} of ${o.method} ${o.path}`)
    return {
      status: r.status,
      code: r.json?.code ?? '',
      text: typeof r.json === 'string' ? r.json : JSON.stringify(r.json),
    }
  }
  /** Which of the three a role sees, from where it sits. */
  const seesThing = (role, seat, name) => {
    const kind = things[name].kind
    if (
      !packOf(role)
        ?.kinds.find((k) => k.name === kind)
        ?.seen_by.includes(role)
    )
      return false
    if (name === 'elsewhere' || seat === 'beside') return false
    return !(cadre(role) && kind === 'household')
  }
  const shown = new Set() // to who may see it: else a missing word would prove nothing
  const clean = (role, seat, o, answer) => {
    for (const name of Object.keys(things)) {
      if (seesThing(role, seat, name)) {
        if (words[name].some((word) => answer.text.includes(word))) shown.add(name)
        continue
      }
      for (const word of words[name])
        assert.ok(!answer.text.includes(word), `${role} ${seat} ${o.method} ${o.path}: ${word}`)
    }
  }
  const seats = { here: by, above, beside }
  /** All at once: each is one officer, who waits for his own answers. */
  const eachClient = (go) =>
    Promise.all(
      Object.entries(narrow).flatMap(([seat, clients]) =>
        Object.entries(clients).map(([role, client]) => go(client, role, seat)),
      ),
    )
  const narrow = { here: by, beside } // who sees the more is walked where he sees the less

  return {
    'an order by what is masked is none': async () => {
      const sees = (role) =>
        packOf(role)
          ?.kinds.find((k) => k.name === 'person')
          ?.seen_by.includes(role) && !cadre(role)
      for (const role of roles.filter(sees)) {
        const table = async (sort) => {
          const columns = [{ what: 'name' }, { what: 'id_number' }]
          const r = await by[role].raw('POST', '/api/v1/tables', { rows: 'person', columns, sort })
          assert.equal(r.status, 200, `${role}: ${JSON.stringify(r.json)}`)
          return r.json.rows
        }
        const rows = await table('2')
        assert.ok(rows.length >= 2 && rows.every((x) => x[1] === '****' || x[1] === null), JSON.stringify(rows))
        assert.deepEqual(rows, await table('-2'), role)
      }
    },
    'nobody who is not signed in is answered by any route but the open ones': async () => {
      for (const o of operations) {
        const answer = await send(nobody, o, address(o.path, things.own, idIn(things.own)))
        if (ruleOf(`${o.method} ${o.path}`) === 'open') continue
        assert.equal(answer.status, 401, `${o.method} ${o.path}`)
      }
    },
    'what is not his answers as what is not there, and tells nothing': () =>
      eachClient(async (client, role, seat) => {
        for (const o of operations.filter((x) => /\{id\}/.test(x.path))) {
          const none = {}
          for (const [name, thing] of Object.entries(things)) {
            const id = idIn(thing)(o.path)
            if (seesThing(role, seat, name) || id === thing.missing) continue
            const there = await send(
              client,
              o,
              address(o.path, thing, () => id),
            )
            none[thing.kind] ??= await send(
              client,
              o,
              address(o.path, thing, () => uuid()),
            )
            const said = `${role} ${seat} ${o.method} ${o.path} of ${name}`
            assert.ok(there.status >= 400, said)
            // An id that a client made: sent by another with other content it is a conflict, and nothing more is told.
            const given = o.method === 'PUT' && there.code === 'conflict'
            const { status, code } = none[thing.kind]
            if (!given) assert.deepEqual([there.status, there.code], [status, code], said)
            clean(role, seat, o, there)
          }
        }
      }),
    'what is his is answered, from its village and from the town above': async () => {
      for (const seat of ['here', 'above'])
        for (const role of roles)
          for (const name of ['own', 'other'])
            for (const part of ['subjects/{kind}/{id}', 'subjects/{kind}/{id}/file', 'subjects/{kind}/{id}/history']) {
              const path = address(`/api/v1/${part}`, things[name], idIn(things[name]))
              const r = await seats[seat][role].raw('GET', path)
              assert.equal(r.status === 200, seesThing(role, seat, name), `${role} ${seat} ${path}: ${r.status}`)
            }
    },
    'no list, as page or as file, searched, sorted or filtered, holds a word of it': async () => {
      const lists = operations.filter((o) => o.method === 'GET' && !/\{id\}|\{fingerprint\}/.test(o.path))
      await eachClient(async (client, role, seat) => {
        for (const o of lists) {
          const query = (o.op.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name)
          const wanted = ['']
          if (query.includes('format')) wanted.push('?format=csv')
          if (query.includes('q')) wanted.push(`?q=${encodeURIComponent('某')}`)
          if (query.includes('area')) wanted.push(`?area=${things.elsewhere.area}`)
          for (const thing of /\{/.test(o.path) ? [things.own, things.other] : [things.own])
            for (const more of wanted)
              clean(role, seat, o, await send(client, o, address(o.path, thing, idIn(thing)) + more))
        }
      })
      assert.deepEqual([...shown].toSorted(), ['other', 'own'])
    },
  }
}

/** Each case: in each state that it comes to, each role takes each step of its workflow that the workflow gives it, and no other role does. */
function walkCases({ by, roles, administrators, packs, packOf, cadre, desks, caseOf }) {
  const steps = async (found, way) => {
    const flow = packs.flatMap((p) => p.workflows).find((w) => w.name === found.workflow)
    const seen = new Set()
    for (;;) {
      const of = async (client) => (await client.call('GET', `/api/v1/cases/${found.id}`)).json
      const now = await of(desks[way])
      if (seen.has(now.state)) break
      seen.add(now.state)
      const post = (client, t, form) =>
        client.raw(
          'POST',
          `/api/v1/cases/${found.id}/transitions`,
          { transition: t.name, form },
          { 'If-Match': `"${now.version}"` },
        )
      for (const t of flow.transitions)
        for (const role of [...roles, ...administrators]) {
          const r = await post(by[role], t, { nothing: 1 })
          const sees =
            packOf(role)?.name === way &&
            !cadre(role) &&
            packOf(role)
              .kinds.find((k) => k.name === flow.of)
              .seen_by.includes(role)
          const possible = t.from.includes(now.state)
          const want = !sees ? [403, 404] : possible && !t.who.includes(role) ? [403] : [422, 409]
          assert.ok(
            want.includes(r.status),
            `${role} ${flow.name}: ${t.name} from ${now.state}: ${r.status} ${r.json?.zh}`,
          )
        }
      // On to a state where it has not been, by whoever may.
      let moved = false
      for (const t of flow.transitions.filter((x) => x.from.includes(now.state) && !seen.has(x.to)))
        for (const role of t.who.filter((x) => by[x])) {
          if (moved) break
          const r = await post(by[role], t, filled(t.fields, desks.officers[way]))
          moved = r.status < 300
        }
      if (!moved) break
    }
    return [...seen]
  }
  return {
    'each step in each state by the roles that the workflow names': async () => {
      // How far it comes: then guards ask for days that must pass, or photographs.
      for (const [pack, least] of [
        ['antipoverty', 8],
        ['air', 5],
      ]) {
        const been = await steps(await caseOf(pack), pack)
        assert.ok(been.length >= least, `${pack}: ${been}`)
      }
    },
  }
}

/** With the last character, which checks the others (GB 11643). */
function numbered(first) {
  const sum = [...first].reduce((n, c, i) => n + Number(c) * (2 ** (17 - i) % 11), 0)
  return first + '10X98765432'[sum % 11]
}

/** Of a household: a person who is ill, so that there is a finding, a case, a measure, a correction. */
async function household(desk, clerk, put, root, area, hospital) {
  const done = async (path, body, who = desk) => {
    const r = await who.call('PUT', `/api/v1/${path}`, body)
    assert.equal(r.status, 201, `${path}: ${JSON.stringify(r.json)}`)
    return r.json
  }
  const person = await put('desk', 'person', { parent: root }, { name: '病人', relation: 'other' })
  const [claim, measure, amendment] = [uuid(), uuid(), uuid()]
  const money = { total: 9000000, in_scope: 9000000, self_paid: 8000000 }
  await done(`events/medical_claim/${claim}`, {
    subject: person,
    on: today(),
    fields: { hospital, discharged: today(), slip: claim, ...money },
  })
  const of = async (what) =>
    (await desk.call('GET', `/api/v1/${what}?limit=500&area=${area}`)).json.items.find((x) => x.subject.root === root)
  const [finding, found] = [await of('findings'), await of('cases')]
  await done(
    `measures/${measure}`,
    {
      kind: 'training',
      subject: root,
      case: found.id,
      form: { who: '病人', course: '某课' },
    },
    clerk,
  )
  await done(`amendments/${amendment}`, {
    kind: 'household',
    subject: root,
    fields: { household_type: 'lifted' },
    reason: '写错了',
  })
  const ids = {
    household: root,
    events: claim,
    findings: finding.id,
    cases: found.id,
    measures: measure,
    amendments: amendment,
  }
  return { kind: 'household', event: 'medical_claim', name: 'x', area, ids, missing: 'none' }
}

async function source(sky, shop, area) {
  const patrol = uuid()
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 99, 1, 2, 3])
  const { name: photos } = (await sky.call('POST', '/api/v1/files', jpeg)).json
  const r = await sky.call('PUT', `/api/v1/events/patrol/${patrol}`, {
    subject: shop,
    on: today(),
    fields: { failed: ['carbon'], photos },
  })
  assert.equal(r.status, 201, JSON.stringify(r.json))
  const of = async (what) =>
    (await sky.call('GET', `/api/v1/${what}?limit=500&area=${area}`)).json.items.find((x) => x.subject.root === shop)
  const ids = { source: shop, events: patrol, findings: (await of('findings'))?.id, cases: (await of('cases'))?.id }
  return { kind: 'source', event: 'patrol', name: 'x', area, ids, missing: 'none' }
}

/** The part of rights.mjs that walks; how many of its tests failed. */
export async function rightsWalk(x) {
  const { by, put, roles, own, foreign, here, there } = x
  const seatsOf = async (name, area) => {
    for (const role of roles) x.add(`${role}.${name}`, `${role}@${area}`)
    return Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await x.as(`${role}.${name}`)])))
  }
  const beside = await seatsOf('beside', x.next)
  const above = await seatsOf('above', own.slice(0, 9) + '000')
  for (const n of ['37081119810101001', '37081119820202001'])
    await put('desk', 'person', { parent: here }, { name: '丙某', id_number: numbered(n), relation: 'other' })
  const works = await put('sky', 'source', { area: own }, { code: 'S9', name: '某修理厂', type: 'repair' })
  x.add('town_clerk.there', `town_clerk@${foreign}`)
  const clerkThere = await x.as('town_clerk.there')
  const things = {
    own: await household(by.desk, by.town_clerk, put, here, own, '某县医院'),
    elsewhere: await household(by.desk, clerkThere, put, there, foreign, '别处医院'),
    other: await source(by.sky, works, own),
  }
  const words = { own: [here, '甲某', '某县医院'], elsewhere: [there, '乙某', '别处医院'], other: [works, '某修理厂'] }
  const here_ = Object.fromEntries([...roles, 'admin', 'security'].map((r) => [r, by[r]]))
  const desks = { antipoverty: by.desk, air: by.sky, officers: x.officers }
  const caseOf = async (pack) =>
    (await desks[pack].call('GET', `/api/v1/cases/${things[pack === 'air' ? 'other' : 'own'].ids.cases}`)).json
  return await runTests(`rights ${x.driver}`, {
    ...walk({ ...x, by: here_, beside, above, things, words }),
    ...walkCases({ ...x, desks, caseOf }),
    'who proposed a measure does not approve it, though he approves those of others': async () => {
      const at = `/api/v1/measures/${things.own.ids.measures}`
      const file = (await by.desk.call('GET', `/api/v1/subjects/household/${here}/file`)).json
      const measure = file.measures.find((m) => m.id === things.own.ids.measures)
      const approve = async (who) => {
        const r = await by[who].call('PUT', at, { state: 'approved' }, { 'If-Match': `"${measure.version}"` })
        return [r.status, /提出/.test(r.json.zh ?? '')]
      }
      assert.deepEqual(await approve('town_clerk'), [403, true])
      assert.deepEqual(await approve('town_leader'), [200, false])
    },
    'who sees all of a pack asks what if, the county’s officer above all': async () => {
      for (const [who, pack] of [
        [by.desk, 'antipoverty'],
        [by.sky, 'air'],
        [by.town_clerk, 'antipoverty'],
      ])
        assert.equal((await who.call('POST', '/api/v1/simulations', { pack })).status, 200, pack)
    },
    'the system administrator of the county opens all that the accounts page asks for': async () => {
      for (const path of ['officers?closed=1&limit=500', 'settings', 'sessions?all=1', `officers/${x.told.desk.id}`])
        assert.equal((await by.admin.call('GET', `/api/v1/${path}`)).status, 200, path)
    },
  })
}
