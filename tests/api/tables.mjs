// Tables over the register: what they show and hide, as files, and what the journal keeps of it; the list of events.
import assert from 'node:assert/strict'
import { addUser, otherVillage, runTests, today, uuid, village, openPlace } from './kit.mjs'

// GB 11643: 17 digits and the one that checks them.
function residentId(digits) {
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((n, w, i) => n + w * digits[i], 0)
  return digits + '10X98765432'[sum % 11]
}
const idOf = (i) => residentId(`3708111990010110${i}`)
const lines = (csv) =>
  csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')

export async function tables(driver) {
  const { as, end, place, server } = await openPlace(driver)
  const clerk = await as('clerk'),
    far = await as('far'),
    head = await as('head'),
    boss = await as('boss')
  const gardens = []
  const make = (who, rows, columns, more = {}) => who.call('POST', '/api/v1/tables', { rows, columns, ...more })
  const file = (who, rows, columns, more) =>
    who.raw('POST', '/api/v1/tables', { rows, columns, format: 'csv', ...more }).then((r) => ({
      ...r,
      name: decodeURIComponent(/filename\*=UTF-8''(.*)/.exec(r.headers.get('content-disposition') ?? '')?.[1] ?? ''),
    }))
  const put = async (who, path, body) => {
    const r = await who.call('PUT', `/api/v1/${path}`, body)
    assert.equal(r.status, 201, JSON.stringify(r.json))
    return r.json
  }

  const failed = await runTests(`tables, ${driver}`, {
    'records: fields as they are shown, expressions, and counts over a period': async () => {
      for (let i = 0; i < 5; i++) {
        const g = { id: uuid(), who: i === 4 ? far : clerk, area: i === 4 ? otherVillage : village }
        gardens.push(g)
        await put(g.who, `subjects/garden/${g.id}`, {
          area: g.area,
          fields: {
            code: `00${i}`,
            owner: i ? `园主${i}` : '=园主',
            soil: i % 2 ? 'clay' : 'sand',
            id_number: idOf(i),
            ...(i < 3 ? { hectares: `${i}.5` } : {}),
          },
        })
        for (let k = 0; k < i; k++)
          await put(g.who, `events/sale/${uuid()}`, { subject: g.id, on: today(-k), fields: { amount: 100 * (k + 1) } })
      }
      const r = await make(
        head,
        'garden',
        [
          { shows: 'number' },
          { shows: 'area' },
          { what: 'code' },
          { what: 'soil' },
          { what: 'hectares' },
          { what: 'size(trees)', title: '棵数' },
          { counts: 'sale' },
          { counts: 'sale', sum: 'amount', where: 'amount > yuan(1)', title: '一元以上' },
        ],
        { from: today(-1), to: today(), filter: 'soil == "clay"' },
      )
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.deepEqual(
        r.json.columns.map((c) => `${c.title}:${c.type}`),
        [
          '序号:int',
          '村（社区）:text',
          '园号:text',
          '土质:text',
          '面积（公顷）:number',
          '棵数:int',
          '卖果:int',
          '一元以上:money',
        ],
      )
      assert.equal(r.json.rows.length, 2)
      const one = r.json.rows.find((x) => x[2] === '001'),
        three = r.json.rows.find((x) => x[2] === '003')
      assert.deepEqual(one.slice(3), ['黏土', '1.50', 0, 1, 0]) // one sale of one yuan
      assert.deepEqual(three.slice(3), ['黏土', null, 0, 2, 200]) // two of three are within two days
    },
    'in another order: by several columns, falling, numbered anew; what is not known stands last': async () => {
      const columns = [{ shows: 'number' }, { what: 'code' }, { what: 'soil' }, { what: 'hectares' }]
      const rows = async (sort, more) => (await make(head, 'garden', columns, { sort, ...more })).json.rows
      assert.deepEqual(
        (await rows('3 -2')).map((r) => `${r[0]}${r[1]}`),
        ['1003', '2001', '3004', '4002', '5000'], // by pinyin: 黏 before 沙
      )
      assert.deepEqual(
        (await rows('-4')).map((r) => r[3]),
        ['2.50', '1.50', '0.50', null, null],
      )
      const few = (await make(head, 'garden', columns, { sort: '-2', limit: 2 })).json
      assert.deepEqual([few.rows.map((r) => r[1]), few.more], [['004', '003'], true])
      for (const sort of ['5', '0', 'code', '1 2 3 4 1 2 3 4 1'])
        assert.equal((await make(head, 'garden', columns, { sort })).json.where, 'sort')
      const g = (await head.call('GET', '/api/v1/ledgers/gardens?sort=-2')).json
      assert.equal(g.rows[0][1], '004')
    },
    'the rows shown are few, and say that there are more': async () => {
      const r = (await make(head, 'garden', [{ what: 'code' }], { limit: 2 })).json
      assert.deepEqual([r.rows.length, r.more], [2, true])
      assert.equal((await make(head, 'garden', [{ what: 'code' }], { limit: 5 })).json.more, false)
    },
    'everybody gets the rows of his own areas': async () => {
      const codes = async (who, more) => (await make(who, 'garden', [{ what: 'code' }], more)).json.rows.flat().sort()
      assert.deepEqual(await codes(clerk), ['000', '001', '002', '003'])
      assert.deepEqual(await codes(far), ['004'])
      assert.deepEqual(await codes(head), ['000', '001', '002', '003', '004'])
      assert.deepEqual(await codes(head, { area: otherVillage }), ['004'])
      assert.deepEqual(await codes(clerk, { area: otherVillage }), [])
      const r = await make(boss, 'garden', [{ what: 'code' }])
      assert.equal(r.status, 403, JSON.stringify(r.json)) // an administrator sees no record
    },
    'what is masked is masked, and nothing is computed of it': async () => {
      const r = (await make(head, 'garden', [{ what: 'id_number' }])).json
      for (const [shown] of r.rows) assert.match(shown, /\*{6}/)
      for (const asked of [
        [[{ what: 'id_number.size()' }], {}],
        [[{ what: 'code' }], { filter: 'id_number.startsWith("3708")' }],
      ]) {
        const refused = await make(head, 'garden', ...asked)
        assert.deepEqual([refused.status, refused.json.code], [403, 'denied'], JSON.stringify(refused.json))
      }
      // A field of the record that an event is about is masked where it stands alone.
      const told = (await make(head, 'sale', [{ what: 'garden.id_number' }, { what: 'garden.soil' }])).json
      assert.match(told.rows[0][0], /\*{6}/)
      assert.ok(['黏土', '沙土'].includes(told.rows[0][1]))
    },
    'events: in the order of their days, of a period': async () => {
      const columns = [{ shows: 'day' }, { shows: 'title' }, { what: 'amount' }, { shows: 'officer' }]
      const all = (await make(head, 'sale', columns)).json.rows
      assert.equal(all.length, 10)
      assert.deepEqual(
        all.map((x) => x[0]),
        all.map((x) => x[0]).sort(),
      )
      const day = (await make(head, 'sale', columns, { from: today(-3), to: today(-3) })).json.rows
      assert.deepEqual(day, [[today(-3), '园主4', 400, 'far某']])
      assert.equal((await make(head, 'sale', columns, { from: today(), to: today(-1) })).status, 422)
    },
    'a list of events, newest first, page by page': async () => {
      const seen = []
      let cursor = ''
      do {
        const r = await head.call('GET', `/api/v1/events/sale?limit=3&to=${today(-1)}${cursor && `&cursor=${cursor}`}`)
        assert.equal(r.status, 200, JSON.stringify(r.json))
        seen.push(...r.json.items)
        cursor = r.json.next
      } while (cursor)
      assert.equal(seen.length, 6)
      assert.equal(new Set(seen.map((x) => x.event.id)).size, 6)
      const days = seen.map((x) => x.event.on)
      assert.deepEqual(days, days.slice().sort().reverse())
      assert.equal(seen[0].subject.kind, 'garden')
      const mine = (await far.call('GET', '/api/v1/events/sale?officer=me')).json.items
      assert.equal(mine.length, 4)
      assert.equal((await boss.call('GET', '/api/v1/events/sale')).json.items?.length ?? 0, 0)
    },
    'a file: text stays text, and the journal says who took it along': async () => {
      const r = await file(head, 'garden', [{ what: 'code' }, { what: 'owner' }, { what: 'id_number' }], {
        title: '园主 名单',
      })
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.match(r.type, /^text\/csv/)
      assert.equal(r.name, `园主 名单 ${today()}.csv`)
      const rows = lines(r.json)
      assert.equal(rows[0], '园号,园主,身份证号')
      assert.equal(rows.length, 6)
      assert.ok(
        rows.some((x) => x.startsWith(`"\t000","'=园主"`)),
        rows.join('\n'),
      )
      assert.ok(rows.slice(1).every((x) => /\*{6}/.test(x)))
      const chinese = await fetch(`${server.url}/api/v1/tables`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${head.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ rows: 'garden', columns: [{ what: 'owner' }], format: 'csv', encoding: 'gb18030' }),
      })
      assert.match(chinese.headers.get('content-type'), /gb18030/)
      assert.match(new TextDecoder('gb18030').decode(await chinese.arrayBuffer()), /^园主\r\n/)
      const xlsx = await fetch(`${server.url}/api/v1/tables`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${head.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ rows: 'garden', columns: [{ what: 'code' }], format: 'xlsx' }),
      })
      assert.equal(xlsx.status, 200)
      assert.equal(
        Buffer.from(await xlsx.arrayBuffer())
          .subarray(0, 2)
          .toString(),
        'PK',
      )
      assert.equal(addUser(place, 'checker', 'audit@370871').status, 0)
      const entries = (await (await as('checker')).call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      const mine = entries.filter((x) => x.verb === 'export')
      assert.equal(mine.length, 3)
      assert.equal(mine[0].officer_name, 'head某')
    },
    'in full: with the right, a reason, and in a file': async () => {
      const columns = [{ what: 'code' }, { what: 'id_number' }]
      const none = await file(head, 'garden', columns, { clear: true })
      assert.deepEqual([none.status, none.json.where], [422, 'reason'])
      const denied = await file(clerk, 'garden', columns, { clear: true, reason: '上报' })
      assert.equal(denied.status, 403)
      assert.equal((await make(head, 'garden', columns, { clear: true, reason: '上报' })).status, 422)
      const r = await file(head, 'garden', columns, { clear: true, reason: '民政局核对低保' })
      assert.equal(r.status, 200)
      assert.ok(
        lines(r.json).some((x) => x.includes(idOf(1))),
        r.json,
      )
    },
    'ledgers of a pack: by name, of a period, as a file': async () => {
      const packs = (await head.call('GET', '/api/v1/packs')).json.packs
      assert.deepEqual(
        packs[0].ledgers.map((l) => [l.name, l.rows, l.of, l.per]),
        [
          ['gardens', 'garden', 'garden', 'month'],
          ['prunings', 'pruning', 'tree', null],
          ['soils', 'garden', 'garden', null],
        ],
      )
      await put(await as('keeper'), `subjects/tree/${uuid()}`, { parent: gardens[1].id, fields: { tag: 'T1' } }).then(
        async (t) =>
          put(await as('keeper'), `events/pruning/${uuid()}`, { subject: t.id, on: today(), fields: { hours: 2 } }),
      )
      const r = await head.call('GET', `/api/v1/ledgers/orchard.prunings?from=${today()}`)
      assert.deepEqual(r.json.rows, [[today(), 'T1', '园主1', '黏土', 2, 'keeper某']])
      const g = (await head.call('GET', `/api/v1/ledgers/gardens?from=${today()}&area=${village}&limit=50`)).json
      assert.deepEqual(g.rows.find((x) => x[1] === '001').slice(2), ['园主1', '黏土', 1, 100])
      const f = await head.raw('GET', '/api/v1/ledgers/gardens?format=csv')
      assert.equal(lines(f.json)[0], '序号,园号,园主,土质,棵数,卖果')
      assert.equal((await head.call('GET', '/api/v1/ledgers/nothing')).status, 404)
    },
    'a report is kept as it was reported; what is corrected later stands beside it': async () => {
      const id = uuid()
      const asked = { ledger: 'orchard.gardens', title: '十一月月报', from: today(-30), to: today() }
      const made = await put(head, `reports/${id}`, asked)
      assert.deepEqual([made.title, made.ledger, made.officer_name], ['十一月月报', 'orchard.gardens', 'head某'])
      const kept = (await head.call('GET', `/api/v1/reports/${id}`)).json
      assert.equal(kept.same, true)
      assert.equal(kept.table.rows.length, 5)
      assert.deepEqual(kept.today, kept.table.rows)
      // A sale that is told late, and a garden that is new.
      const g = { id: uuid(), code: '005' }
      await put(clerk, `events/sale/${uuid()}`, { subject: gardens[1].id, on: today(-2), fields: { amount: 700 } })
      await put(clerk, `subjects/garden/${g.id}`, {
        area: village,
        fields: { code: g.code, owner: '新园主', soil: 'clay' },
      })
      const later = (await head.call('GET', `/api/v1/reports/${id}`)).json
      assert.deepEqual(later.table, kept.table)
      const at = later.table.rows.findIndex((r) => r[1] === '001')
      assert.deepEqual([later.same, later.table.rows[at][5], later.today[at][5]], [false, 100, 800])
      assert.deepEqual(
        later.added.map((r) => r[1]),
        ['005'],
      )
      assert.equal((await head.call('PUT', `/api/v1/reports/${id}`, asked)).status, 409)
      // Of a table that was asked for; who sees less is not shown it.
      const one = { table: { rows: 'garden', columns: [{ what: 'code' }] }, area: village }
      const own = uuid()
      await put(clerk, `reports/${own}`, one)
      assert.equal((await clerk.call('GET', `/api/v1/reports/${own}`)).json.table.rows.length, 5)
      assert.deepEqual(
        (await clerk.call('GET', '/api/v1/reports')).json.items.map((r) => r.id),
        [own],
      )
      assert.deepEqual(
        (await head.call('GET', '/api/v1/reports')).json.items.map((r) => r.id),
        [own, id],
      )
      assert.equal((await clerk.call('GET', `/api/v1/reports/${id}`)).status, 403)
      assert.equal((await far.call('GET', `/api/v1/reports/${own}`)).status, 403)
      assert.equal((await head.call('GET', `/api/v1/reports/${uuid()}`)).status, 404)
      assert.equal((await head.call('PUT', `/api/v1/reports/${uuid()}`, { title: '空' })).status, 422)
      assert.equal((await boss.call('PUT', `/api/v1/reports/${uuid()}`, asked)).status, 403)
    },
    'of a day that is past: what held then; what is known only of now is refused': async () => {
      const g = uuid()
      const old = await put(clerk, `subjects/garden/${g}`, {
        area: village,
        since: today(-9),
        fields: { code: '900', owner: '旧园主', soil: 'clay' },
      })
      const changed = await clerk.call(
        'PATCH',
        `/api/v1/subjects/garden/${g}`,
        { since: today(-3), fields: { owner: '今园主' } },
        { 'If-Match': `"${old.version}"` },
      )
      assert.equal(changed.status, 200, JSON.stringify(changed.json))
      const columns = [{ what: 'code' }, { what: 'owner' }]
      const owners = async (as_of) => (await make(head, 'garden', columns, { as_of, filter: 'code == "900"' })).json
      assert.deepEqual((await owners(today(-10))).rows, [])
      assert.deepEqual((await owners(today(-4))).rows, [['900', '旧园主']])
      assert.deepEqual((await owners(today(-3))).rows, [['900', '今园主']])
      assert.deepEqual([(await owners(today(-4))).as_of, (await owners()).as_of], [today(-4), null])
      const ledger = (await head.call('GET', `/api/v1/ledgers/gardens?as_of=${today(-4)}`)).json
      assert.deepEqual(
        ledger.rows.map((r) => r.slice(1, 3)),
        [['900', '旧园主']],
      )
      const told = await file(head, 'garden', columns, { as_of: today(-4) })
      assert.ok(told.name.startsWith(`果园（截至${today(-4)}）`), told.name)
      assert.equal((await make(head, 'garden', columns, { as_of: today(1) })).json.where, 'as_of')
      const measures = await make(head, 'garden_measure', [{ what: 'state' }], { as_of: today() })
      assert.deepEqual([measures.status, measures.json.where], [422, 'rows'])
      const id = uuid()
      await put(head, `reports/${id}`, { table: { rows: 'garden', columns }, as_of: today(-4), title: '旧账' })
      assert.deepEqual((await head.call('GET', `/api/v1/reports/${id}`)).json.table.rows, [['900', '旧园主']])
    },
    'an indicator over time: each step by itself, with its areas, and as a file': async () => {
      const series = (more) => head.call('GET', `/api/v1/indicators/rain_all/series?${more}`)
      for (const [n, rain] of [
        [-2, 5],
        [0, 7],
        [0, 8],
      ])
        await put(clerk, `events/gauge/${uuid()}`, {
          subject: gardens[1].id,
          on: today(n),
          fields: { rain: `${rain}` },
        })
      const days = (await series(`by=day&from=${today(-3)}&to=${today()}`)).json
      assert.deepEqual(
        days.items.map((x) => x.from),
        [-3, -2, -1, 0].map((n) => today(n)),
      )
      assert.deepEqual(
        days.items.map((x) => Number(x.value)),
        [0, 5, 0, 15],
      )
      assert.deepEqual(
        days.items[3].areas.map((a) => [a.area, Number(a.value)]),
        [[`${village.slice(0, 9)}000`, 15]],
      )
      const whole = (await head.call('GET', `/api/v1/indicators?from=${today(-3)}&to=${today()}`)).json
      assert.equal(Number(whole.items.find((x) => x.name === 'rain_all').value), 20)
      const months = (await series(`from=${today(-70)}&to=${today()}`)).json
      assert.equal(months.by, 'month')
      assert.equal(months.items[0].from, today(-70))
      assert.ok(months.items.slice(1).every((x) => x.from.endsWith('-01')))
      // What things are like is told of now alone.
      const state = (await head.call('GET', `/api/v1/indicators/gardens/series?by=day&from=${today(-1)}`)).json
      assert.deepEqual(
        state.items.map((x) => [x.told, x.value === null]),
        [
          [false, true],
          [true, false],
        ],
      )
      const csv = await head.raw('GET', `/api/v1/indicators/rain_all/series?by=day&from=${today(-1)}&format=csv`)
      assert.equal(lines(csv.json)[0], '自,至,区域,数值,不详')
      assert.ok(lines(csv.json).length >= 3)
      assert.equal((await series('by=hour')).json.where, 'by')
      assert.equal((await series(`by=day&from=2020-01-01&to=${today()}`)).status, 413)
      assert.equal((await head.call('GET', '/api/v1/indicators/none/series')).json.where, 'name')
    },
    'what is asked wrongly is told with its place': async () => {
      for (const [rows, columns, more, at] of [
        ['nothing', [{ what: 'code' }], {}, 'rows'],
        ['garden', [], {}, 'columns'],
        ['garden', [{ what: 'code', shows: 'area' }], {}, 'columns[0]'],
        ['garden', [{ what: 'code' }, { what: 'codde' }], {}, 'columns[1].what column 1'],
        ['garden', [{ shows: 'day' }], {}, 'columns[0].shows'],
        ['garden', [{ counts: 'nothing' }], {}, 'columns[0].counts'],
        ['garden', [{ what: 'trees' }], {}, 'columns[0].what'],
        ['garden', [{ what: 'code' }], { filter: 'code' }, 'filter column 1'],
        ['garden', [{ what: 'code' }], { from: '2024-13-01' }, 'from'],
        ['garden', [{ what: 'code' }], { limit: 501 }, 'limit'],
        ['garden', [{ what: 'code' }], { format: 'doc' }, 'format'],
      ]) {
        const r = await head.raw('POST', '/api/v1/tables', { rows, columns, ...more })
        assert.ok([404, 422].includes(r.status), JSON.stringify(r.json))
        assert.equal(r.json.where, at, JSON.stringify(r.json))
      }
    },
  })
  return failed + (await end(`tables, ${driver}`))
}
