// The whole loop over HTTP, on the small pack: register, record, finding, case, step, measure, closure, relapse, undo, scope, live feed.
import assert from 'node:assert/strict'
import {
  addUser,
  Client,
  contractOf,
  makePlace,
  dropPlace,
  startServer,
  stopServer,
  runTests,
  uuid,
  today,
  run,
  village,
  otherVillage,
} from './kit.mjs'

export async function loop(driver) {
  const place = makePlace(driver)
  let server = await startServer(place)
  const contract = await contractOf(server)
  const as = async (login) => new Client(server, contract).signIn(login)
  const keeper = await as('keeper')
  const clerk = await as('clerk')
  const head = await as('head')
  const far = await as('far')
  const garden = uuid()
  let theCase, seq
  const record = (who, kind, subject, fields, on = today(), id = uuid()) =>
    who.call('PUT', `/api/v1/events/${kind}/${id}`, { subject, on, fields })

  const failed = await runTests(`api ${driver}`, {
    'packs describe what forms need': async () => {
      const r = await keeper.call('GET', '/api/v1/packs')
      assert.equal(r.status, 200)
      const kind = r.json.packs[0].kinds.find((k) => k.name === 'garden')
      assert.deepEqual(kind.list, ['owner', 'code', 'soil'])
      assert.equal(kind.fields.find((f) => f.name === 'soil').values.length, 2)
    },
    'a subject is registered, and again with the same content': async () => {
      const body = {
        area: village,
        fields: { code: 'G1', owner: '刘小红', income: 123450, phone: '13800000000', fenced: true },
      }
      const first = await keeper.call('PUT', `/api/v1/subjects/garden/${garden}`, body)
      assert.equal(first.status, 201, JSON.stringify(first.json))
      assert.equal(first.json.fields.phone.includes('*'), true)
      assert.equal((await keeper.call('PUT', `/api/v1/subjects/garden/${garden}`, body)).status, 200)
      body.fields.owner = '别人'
      assert.equal((await keeper.call('PUT', `/api/v1/subjects/garden/${garden}`, body)).json.code, 'conflict')
    },
    'a child belongs to its parent': async () => {
      for (const tag of ['a-1', 'a-2']) {
        const r = await keeper.call('PUT', `/api/v1/subjects/tree/${uuid()}`, {
          parent: garden,
          fields: { tag, variety: '苹果' },
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
        assert.equal(r.json.root, garden)
      }
    },
    'it is found by name, initials and number': async () => {
      for (const q of ['小红', 'lxh', 'LXH', 'G1', 'a-1']) {
        const r = await keeper.call('GET', `/api/v1/subjects/garden?q=${encodeURIComponent(q)}`)
        assert.equal(r.json.items.length, 1, `by ${q}`)
      }
      assert.equal((await keeper.call('GET', '/api/v1/subjects/garden?q=%25')).json.items.length, 0)
    },
    'a filter is an expression': async () => {
      const by = async (f) => await keeper.call('GET', `/api/v1/subjects/garden?filter=${encodeURIComponent(f)}`)
      assert.equal((await by('income > yuan(1000) && size(trees) == 2')).json.items.length, 1)
      assert.equal((await by('income > yuan(2000)')).json.items.length, 0)
      assert.equal((await by('incme > yuan(2000)')).status, 422)
    },
    'missing facts are told, not taken as zero': async () => {
      const f = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      const poor = f.cannot_tell.find((c) => c.rule === 'poor')
      assert.equal(poor.missing[0].title.zh, '收入线')
      assert.ok(f.cannot_tell.some((c) => c.rule === 'many_ill'))
      assert.equal(f.variables.find((v) => v.name === 'per_tree').value, 61725)
      assert.equal(f.subject.colour, 'green')
    },
    'an event opens a finding with its reasons and opens a case with a deadline': async () => {
      const id = uuid()
      const r = await record(keeper, 'check', garden, { ill: 9, note: '叶子发黄' }, today(), id)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      seq = r.json.seq
      const [finding] = r.json.consequences.opened
      assert.equal(finding.rule, 'many_ill')
      assert.equal(finding.message.zh, '有9棵病树，超过3棵。')
      assert.equal(finding.reasons.find((x) => x.name === 'p.limit.ill').reference, '测试文件 1 号')
      const [c] = r.json.consequences.cases
      assert.equal(c.state, 'found')
      assert.equal(c.deadline, today(3))
      theCase = c
      const again = await record(keeper, 'check', garden, { ill: 9, note: '叶子发黄' }, today(), id)
      assert.equal(again.status, 200)
      assert.equal(again.json.seq, seq)
      assert.equal((await record(keeper, 'check', garden, { ill: 8 }, today(), id)).status, 409)
    },
    'the answer became a fact with its source': async () => {
      const f = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      assert.equal(f.subject.fields.ill, 9)
      assert.equal(f.subject.colour, 'red')
      assert.equal('history' in f, false)
      const seen = []
      for (let cursor = ''; cursor !== null;) {
        const page = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/history?limit=1&cursor=${cursor}`))
          .json
        assert.equal(page.items.length, 1)
        seen.push(...page.items)
        cursor = page.next
      }
      const whole = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/history`)).json
      assert.deepEqual(seen, whole.items)
      assert.equal(whole.next, null)
      assert.equal(seen[0].field, 'ill')
      assert.equal(seen[0].source, 'check')
      assert.notEqual(seen[0].officer_name, '')
      assert.equal(seen[0].at.slice(0, 10) <= today(1), true)
      assert.equal((await keeper.call('GET', `/api/v1/subjects/garden/${garden}/history?cursor=x`)).status, 422)
      assert.equal((await far.call('GET', `/api/v1/subjects/garden/${garden}/history`)).status, 404)
    },
    'it is on the list of what is due': async () => {
      const d = (await keeper.call('GET', '/api/v1/due')).json
      assert.ok(d.soon.some((c) => c.id === theCase.id))
      assert.equal(d.counts.findings.red, 1)
    },
    'a guard refuses with its sentence, a wrong post and a stale version too': async () => {
      const step = (who, transition, form, match) =>
        who.call(
          'POST',
          `/api/v1/cases/${theCase.id}/transitions`,
          { id: uuid(), transition, form },
          match ? { 'If-Match': `"${match}"` } : {},
        )
      const v = (await clerk.call('GET', `/api/v1/cases/${theCase.id}`)).json.version
      assert.equal((await step(clerk, 'treat', { people: 2 })).status, 428)
      const one = await step(clerk, 'treat', { people: 1 }, v)
      assert.equal(one.status, 409)
      assert.match(one.json.zh, /两人以上/)
      assert.equal((await step(head, 'treat', { people: 2 }, v)).status, 403)
      assert.equal((await step(clerk, 'close', {}, v)).status, 409)
      assert.equal((await step(clerk, 'treat', { people: 'two' }, v)).status, 422)
      const ok = await step(clerk, 'treat', { people: 2 }, v)
      assert.equal(ok.status, 200, JSON.stringify(ok.json))
      assert.equal(ok.json.state, 'treating')
      assert.equal(ok.json.steps.length, 2)
      assert.equal((await step(clerk, 'treat', { people: 2 }, v)).status, 412)
      const back = (who, at, body) =>
        who.call('POST', `/api/v1/cases/${theCase.id}/step-back`, { id: uuid(), ...body }, at)
      const now = { 'If-Match': `"${ok.json.version}"` }
      const last = ok.json.steps[1]
      assert.deepEqual([ok.json.steps[0].may_take_back, last.may_take_back], [false, true])
      assert.equal((await back(clerk, {}, { step: last.seq, reason: '人数不对' })).status, 428)
      assert.equal((await back(clerk, now, { reason: '人数不对' })).status, 422)
      assert.equal((await back(clerk, now, { step: last.seq, reason: '' })).status, 422)
      assert.equal((await back(clerk, now, { step: ok.json.steps[0].seq, reason: 'x' })).status, 409)
      assert.equal((await back(far, now, { step: last.seq, reason: 'x' })).status, 404)
      assert.equal((await back(keeper, now, { step: last.seq, reason: 'x' })).status, 403)
      const was = await back(clerk, now, { step: last.seq, reason: '人数不对' })
      assert.equal(was.status, 200, JSON.stringify(was.json))
      assert.equal(was.json.state, 'found')
      assert.equal(was.json.steps[1].taken_back.reason, '人数不对')
      const garden_now = (await clerk.call('GET', `/api/v1/subjects/garden/${garden}`)).json
      assert.equal(garden_now.fields.tenders ?? null, null)
      assert.equal((await step(clerk, 'treat', { people: 3 }, was.json.version)).status, 200)
      const close = ok.json.next.find((n) => n.transition === 'close')
      assert.equal(close.may, false)
    },
    'a measure is computed, approved by another post, done; then the case closes': async () => {
      const id = uuid()
      const many = await keeper.call('PUT', `/api/v1/measures/${uuid()}`, {
        kind: 'spraying',
        subject: garden,
        case: theCase.id,
        form: { trees: 3 },
      })
      assert.equal(many.status, 409)
      const m = await keeper.call('PUT', `/api/v1/measures/${id}`, {
        kind: 'spraying',
        subject: garden,
        case: theCase.id,
        form: { trees: 2 },
      })
      assert.equal(m.status, 201, JSON.stringify(m.json))
      assert.equal(m.json.amount, 2500)
      assert.match(JSON.stringify(m.json.trace), /测试文件 2 号/)
      assert.equal(
        (await keeper.call('PUT', `/api/v1/measures/${id}`, { state: 'approved' }, { 'If-Match': m.etag })).status,
        403,
      )
      assert.ok((await head.call('GET', '/api/v1/due')).json.approvals.some((x) => x.id === id))
      const approved = await head.call('PUT', `/api/v1/measures/${id}`, { state: 'approved' }, { 'If-Match': m.etag })
      assert.equal(approved.status, 200, JSON.stringify(approved.json))
      const done = await keeper.call('PUT', `/api/v1/measures/${id}`, { state: 'done' }, { 'If-Match': approved.etag })
      assert.equal(done.json.state, 'done')
      const healthy = await record(keeper, 'check', garden, { ill: 0 })
      assert.equal(healthy.json.consequences.resolved[0].rule, 'many_ill')
      const c = (await head.call('GET', `/api/v1/cases/${theCase.id}`)).json
      const closed = await head.call(
        'POST',
        `/api/v1/cases/${theCase.id}/transitions`,
        { transition: 'close', note: '已好' },
        { 'If-Match': `"${c.version}"` },
      )
      assert.equal(closed.json.state, 'done', JSON.stringify(closed.json))
      assert.equal(closed.json.closed, true)
      assert.equal(closed.json.deadline, null)
    },
    'a relapse re-opens the same case': async () => {
      const r = await record(keeper, 'check', garden, { ill: 20 })
      const [c] = r.json.consequences.cases
      assert.equal(c.id, theCase.id)
      assert.equal(c.relapses, 1)
      assert.equal(c.state, 'found')
    },
    'an event withdrawn takes its facts and findings back': async () => {
      const id = uuid()
      await record(keeper, 'check', garden, { ill: 30 }, today(), id)
      const gone = await keeper.call('DELETE', `/api/v1/events/check/${id}`)
      assert.equal(gone.status, 200, JSON.stringify(gone.json))
      assert.equal(gone.json.event.withdrawn, true)
      const f = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      assert.equal(f.subject.fields.ill, 20)
      assert.equal((await keeper.call('DELETE', `/api/v1/events/check/${id}`)).status, 409)
    },
    'a window counts what lies in it': async () => {
      await record(keeper, 'sale', garden, { amount: 60000 }, today(-100))
      await record(keeper, 'sale', garden, { amount: 60000 }, today(-10))
      const r = await record(keeper, 'sale', garden, { amount: 39999 }, today(-1))
      assert.equal(r.json.consequences.opened.length, 0)
      assert.equal(
        (await record(keeper, 'sale', garden, { amount: 1 }, today())).json.consequences.opened[0].rule,
        'sold_out',
      )
    },
    'a change needs the version seen, and keeps history': async () => {
      const s = await clerk.call('GET', `/api/v1/subjects/garden/${garden}`)
      const patch = (fields, match) =>
        clerk.call(
          'PATCH',
          `/api/v1/subjects/garden/${garden}`,
          { fields, note: '更正' },
          match ? { 'If-Match': match } : {},
        )
      assert.equal((await patch({ soil: 'sand' })).status, 428)
      assert.equal((await patch({ soil: 'sand' }, '"1"')).status, 412)
      const ok = await patch({ soil: 'sand', phone: null }, s.etag)
      assert.equal(ok.status, 200, JSON.stringify(ok.json))
      assert.equal(ok.json.fields.soil, 'sand')
      assert.equal('phone' in ok.json.fields, false)
      assert.notEqual(ok.etag, s.etag)
    },
    'outside the areas nothing is seen or written': async () => {
      assert.equal((await far.call('GET', `/api/v1/subjects/garden/${garden}`)).status, 404)
      assert.equal((await far.call('GET', '/api/v1/subjects/garden')).json.items.length, 0)
      assert.equal((await far.call('GET', `/api/v1/cases/${theCase.id}`)).status, 404)
      assert.equal((await record(far, 'sale', garden, { amount: 1 })).status, 403)
      const r = await keeper.call('PUT', `/api/v1/subjects/garden/${uuid()}`, {
        area: otherVillage,
        fields: { code: 'X', owner: '某' },
      })
      assert.equal(r.status, 403)
      assert.equal(
        (await far.call('GET', '/api/v1/journal?after=0')).json.items.some((e) => e.area === village),
        false,
      )
    },
    'clear values need the right, and leave an entry': async () => {
      assert.equal((await keeper.call('GET', `/api/v1/subjects/garden/${garden}?clear=1&reason=check`)).status, 403)
      const id = '11010519491231002X'
      const g = uuid()
      await clerk.call('PUT', `/api/v1/subjects/garden/${g}`, {
        area: village,
        fields: { code: 'G9', owner: '王某', id_number: '11010519491231002x' },
      })
      const masked = (await head.call('GET', `/api/v1/subjects/garden/${g}`)).json
      assert.equal(masked.fields.id_number.includes('*'), true)
      const clear = await head.call('GET', `/api/v1/subjects/garden/${g}?clear=1&reason=check`)
      assert.equal(clear.json.fields.id_number, id)
      const journal = (await head.call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      assert.ok(journal.some((e) => e.verb === 'unmask' && e.subject === g))
    },
    'every list leaves as a file, with the rows it has, and the journal says who took it': async () => {
      const rowsOf = (csv) =>
        csv
          .replace(/^\uFEFF/, '')
          .trimEnd()
          .split('\r\n')
          .slice(1)
      const lists = Object.entries(contract.document.paths).filter(
        ([path, m]) => !path.includes('{') && m.get?.parameters.some((p) => p.name === 'encoding'),
      )
      assert.ok(lists.length > 12)
      let full = 0
      for (const [path] of lists) {
        const asked = path.endsWith('/journal') ? `${path}?after=5` : `${path}?state=`
        const of = async () => {
          let n = 0
          let more = ''
          do {
            const { json } = await head.call('GET', `${asked}&limit=500${more}`)
            const items = json.items ?? ['overdue', 'soon', 'open'].flatMap((k) => json[k])
            n += items.length + items.flatMap((i) => [...(i.areas ?? []), ...(i.zones ?? [])]).length
            more = json.next ? `&cursor=${json.next}` : ''
          } while (more)
          return n
        }
        const n = await of()
        const r = await head.raw('GET', `${asked}&format=csv`)
        assert.equal(r.status, 200, `${path}: ${JSON.stringify(r.json)}`)
        assert.equal(rowsOf(r.json).length, n, path)
        if (n) full++
        const book = await head.raw('GET', `${asked}&format=xlsx`)
        assert.deepEqual([book.status, book.json.slice(0, 2)], [200, 'PK'], path)
      }
      assert.ok(full > 6, `${full} lists have rows`)
      const history = await keeper.raw('GET', `/api/v1/subjects/garden/${garden}/history?format=csv`)
      assert.match(history.json, /园主,刘小红/)
      const indicator = (await head.call('GET', '/api/v1/indicators')).json.items[0].name
      assert.equal((await head.raw('GET', `/api/v1/indicators/${indicator}/rows?format=csv`)).status, 200)
      const some = await head.raw('GET', '/api/v1/findings?state=all&format=csv&columns=since,subject&sort=2%20-1')
      assert.match(some.json, /^\uFEFF?开始,对象\r\n/)
      const rows = rowsOf(some.json)
      assert.deepEqual(
        rows.map((x) => x.split(',')[1]),
        rows.map((x) => x.split(',')[1]).sort(new Intl.Collator('zh').compare),
      )
      const chinese = await head.raw('GET', '/api/v1/findings?state=all&format=csv&encoding=gb18030')
      assert.match(chinese.type, /gb18030/)
      // What a step's form said stands in a ledger of steps.
      const steps = await head.call('POST', '/api/v1/tables', {
        rows: 'garden_step',
        columns: [{ what: 'step' }, { form: 'treat.people' }],
      })
      assert.ok(
        steps.json.rows.some((x) => x[0] === 'treat' && x[1] > 0),
        JSON.stringify(steps.json),
      )
      assert.ok(steps.json.rows.every((x) => x[0] === 'treat' || x[1] === null))
      for (const [rows, form] of [
        ['garden_step', 'treat.nothing'],
        ['garden', 'treat.people'],
      ])
        assert.equal(
          (await head.call('POST', '/api/v1/tables', { rows, columns: [{ form }] })).json.where,
          'columns[0].form',
        )
      for (const [more, where] of [
        ['format=doc', 'format'],
        ['format=csv&columns=nothing', 'columns'],
        ['format=csv&sort=99', 'sort'],
        ['format=xlsx&encoding=gb18030', 'encoding'],
        ['format=csv&area=x', 'area'],
      ]) {
        const wrong = await head.raw('GET', `/api/v1/cases?${more}`)
        assert.deepEqual([wrong.status, wrong.json.where], [422, where], more)
      }
      assert.equal(rowsOf((await far.raw('GET', '/api/v1/findings?state=all&format=csv')).json).length, 0)
      assert.equal(addUser(place, 'checker', 'audit@370871').status, 0)
      const auditor = await as('checker')
      const taken = (await auditor.call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      assert.ok(taken.filter((e) => e.verb === 'export' && e.officer_name === 'head某').length > 2 * full)
    },
    'the live feed tells of a change inside the areas': async () => {
      const stop = new AbortController()
      const r = await fetch(`${server.url}/api/v1/stream`, {
        headers: { Authorization: `Bearer ${keeper.token}` },
        signal: stop.signal,
      })
      assert.equal(r.headers.get('content-type').startsWith('text/event-stream'), true)
      const reader = r.body.getReader()
      const sale = await record(keeper, 'sale', garden, { amount: 5 })
      let text = ''
      while (!text.includes(`id: ${sale.json.seq}\n`)) {
        const { value, done } = await reader.read()
        assert.equal(done, false)
        text += Buffer.from(value).toString()
      }
      assert.match(text, /"verb":"event"/)
      for (const [, data] of text.matchAll(/^data: (.*)$/gm))
        assert.deepEqual(contract.faults({ $ref: '#/components/schemas/StreamEntry' }, JSON.parse(data)), [])
      stop.abort()
    },
    'health and metrics answer': async () => {
      assert.equal((await keeper.call('GET', '/healthz')).json.ok, true)
      assert.match((await keeper.raw('GET', '/metrics')).json, /jishi_commits_total \d+/)
    },
    'signing out ends the session': async () => {
      const c = await as('clerk')
      assert.equal((await c.call('DELETE', '/api/v1/session')).status, 200)
      assert.equal((await c.call('GET', '/api/v1/session')).status, 401)
    },
    'stopping is clean, the journal verifies, a replay is identical': async () => {
      const { code } = await stopServer(server)
      assert.equal(code, 0, server.err)
      const v = run('verify', place)
      assert.equal(v.code, 0, v.err)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  dropPlace(place)
  return failed
}
