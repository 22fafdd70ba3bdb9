// The acceptance table of article 2 (docs/domain.md, "Acceptance table", B1 to B19): a week of seven grids is made through the front door, and every
// number is counted by the server. Then a day of a grid officer is lived through, and a station's hours come in.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, contractOf, dropPlace, root, run, runTests, startServer, stopServer, today, uuid } from './kit.mjs'

const recipe = join(root, 'packs/air/tests/seed/week.yaml')
const week = ['10', '11', '12', '13', '14', '15', '16'].map((d) => `2018-12-${d}`)
const leave = '2018-12-12',
  frost = '2018-12-13',
  last = '2018-12-16'

// An hour of the public export (docs/domain.md, "Station data file"): empty cells are missing.
const head =
  'timepoint,stationcode,longitude,latitude,area,positionname,primarypollutant,aqi,pm10,pm10_24h,pm2_5,pm2_5_24h,o3,o3_24h,o3_8h,o3_8h_24h,no2,no2_24h,so2,so2_24h,co,co_24h'
const hour = (at, v) =>
  [
    at,
    '1653A',
    116.6251,
    35.4302,
    '济宁',
    '某站',
    '',
    v.aqi ?? '',
    v.pm10 ?? '',
    '',
    v.pm25 ?? '',
    '',
    v.o3 ?? '',
    '',
    v.o3_8h ?? '',
    '',
    v.no2 ?? '',
    '',
    v.so2 ?? '',
    '',
    v.co ?? '',
    '',
  ].join(',')

/* An officer of the first grid, whatever way he asks: his own objects, and none of another grid. */
async function oneGridOnly(signed, all, get, last) {
  const [one, clerk] = [await signed('wg1'), await signed('hb1')]
  const zone = (n) => `37087100190${n}`
  const every = await all('subjects/source', clerk)
  const mine = new Set(every.filter((s) => s.fields.grid === zone(1)).map((s) => s.id))
  const rows = async (path, who) =>
    (await all(path, who)).map((x) => x.subject?.root ?? x.subject?.id ?? x.root ?? x.id)
  const other = every.find((s) => s.fields.grid === zone(2) && s.fields.type === 'park')
  const neighbour = every.find((s) => s.area === other.area && mine.has(s.id))
  const told = (r, codes, path) => assert.ok(codes.includes(r.status), `${path}: ${r.status} ${JSON.stringify(r.json)}`)
  return {
    'the same village has objects of both grids': () => assert.ok(neighbour),
    lists: async () => {
      assert.deepEqual(new Set(await rows('subjects/source', one)), mine)
      assert.deepEqual(new Set(await rows(`subjects/source?area=${zone(1)}`, clerk)), mine)
      assert.equal((await all(`subjects/source?area=${zone(2)}`, one)).length, 0)
      assert.deepEqual(new Set((await get('places/source', one)).items.map((p) => p.id)), mine)
      const q = encodeURIComponent(other.fields.name)
      assert.equal((await get(`subjects/source?q=${q}`, clerk)).items.length, 1)
      assert.equal((await get(`subjects/source?q=${q}`, one)).items.length, 0)
      for (const path of [
        'findings?state=all',
        'cases?state=all',
        'follow-ups?state=all',
        'payments',
        'amendments?state=all',
      ]) {
        const [his, theirs] = [
          await rows(path, one),
          await rows(`${path}${path.includes('?') ? '&' : '?'}area=${zone(1)}`, clerk),
        ]
        assert.deepEqual(his.sort(), theirs.sort(), path)
        for (const id of his) assert.ok(mine.has(id), `${path} ${id}`)
      }
      assert.ok((await rows('cases?state=all', one)).length > 0)
      for (const e of (await all('journal', one)).filter((e) => e.root)) assert.ok(mine.has(e.root), e.verb)
    },
    counts: async () => {
      const due = await get('due', one)
      assert.deepEqual(due, await get(`due?area=${zone(1)}`, one))
      const [his, theirs] = [
        await get(`indicators?from=${last}&to=${last}`, one),
        await get(`indicators?from=${last}&to=${last}&area=${zone(1)}`, clerk),
      ]
      const named = (x) => Object.fromEntries(x.items.map((i) => [i.name, i.value]))
      assert.deepEqual(named(his), named(theirs))
      assert.equal(named(his).restaurants, every.filter((s) => mine.has(s.id) && s.fields.type === 'restaurant').length)
      for (const id of await rows(`indicators/restaurants/rows?from=${last}&to=${last}`, one)) assert.ok(mine.has(id))
    },
    duties: async () => {
      for (const line of await all(`duties?day=${last}`, one)) {
        const at = `${line.duty} ${line.area}`
        if (line.area === zone(1)) continue
        assert.equal(line.area.slice(0, 9), '370871001', at)
        const who = line.officer ? `&officer=${line.officer}` : ''
        for (const id of await rows(`duties/${line.duty}/subjects?day=${last}${who}`, one)) assert.ok(mine.has(id), at)
      }
    },
    'a roster names grids by name or code, in the town of the row': async () => {
      const sheet = [
        '编号,名称,类型,街道,村,网格',
        'ZR1,新店一,餐饮,洸河街道,东闸社区,二号网格',
        `ZR2,新店二,餐饮,洸河街道,东闸社区,${zone(3)}`,
        'ZR3,新店三,餐饮,洸河街道,东闸社区,九号网格',
        'ZR4,新店四,餐饮,洸河街道,东闸社区,',
      ].join('\n')
      const dry = (await clerk.call('POST', '/api/v1/imports?layout=sources&name=z.csv', Buffer.from(sheet))).json
      // A grid that there is none of costs its cell, not the row.
      assert.deepEqual([dry.accepted, dry.refused], [4, 0], JSON.stringify(dry.errors))
      assert.match(dry.cells[0].zh, /九号网格/)
      assert.equal(dry.cells[0].column, '网格')
      assert.equal((await clerk.call('POST', `/api/v1/imports/${dry.id}/apply`)).json.accepted, 4)
      const at = async (key) => (await get(`subjects/source?q=${key}`, clerk)).items[0].fields.grid
      assert.deepEqual([await at('ZR1'), await at('ZR2'), await at('ZR4')], [zone(2), zone(3), undefined])
      await clerk.call('POST', `/api/v1/imports/${dry.id}/undo`)
    },
    'single reads and writes': async () => {
      const about = `subjects/source/${other.id}`
      for (const path of [
        about,
        `${about}/file`,
        `${about}/history`,
        `${about}/explain?name=state`,
        `${about}/qr`,
        `${about}/mergers`,
      ])
        told(await one.call('GET', `/api/v1/${path}`), [404], path)
      const c = (await all(`cases?state=all&area=${zone(2)}`, clerk))[0]
      const f = (await all(`findings?state=all&area=${zone(2)}`, clerk))[0]
      const file = await get(`subjects/source/${c.subject.root ?? c.subject.id}/file`, clerk)
      told(await one.call('GET', `/api/v1/cases/${c.id}`), [404], 'case')
      told(await one.call('GET', `/api/v1/findings/${f.id}/explain`), [404], 'finding')
      told(
        await one.call(
          'POST',
          `/api/v1/cases/${c.id}/transitions`,
          { transition: 'close' },
          { 'If-Match': `"${c.version}"` },
        ),
        [403, 404],
        'transition',
      )
      told(
        await one.call(
          'PATCH',
          `/api/v1/${about}`,
          { fields: { address: '改' } },
          { 'If-Match': `"${other.version}"` },
        ),
        [403, 404],
        'patch',
      )
      told(
        await one.call('PUT', `/api/v1/events/patrol/${uuid()}`, {
          subject: other.id,
          on: last,
          fields: { failed: [] },
        }),
        [403, 404],
        'event',
      )
      const ev = file.events[0]
      told(await one.call('GET', `/api/v1/events/${ev.kind}/${ev.id}/explain`), [404], 'event explain')
      told(await one.call('DELETE', `/api/v1/events/${ev.kind}/${ev.id}`), [403, 404], 'withdraw')
      const own = [...mine][0]
      const seen = { 'If-Match': `"${every.find((x) => x.id === own).version}"` }
      told(await one.call('GET', `/api/v1/subjects/source/${own}/file`), [200], 'own')
      told(
        await one.call('PATCH', `/api/v1/subjects/source/${own}`, { fields: { grid: zone(2) } }, seen),
        [403],
        'given away',
      )
    },
  }
}

export async function acceptanceAir(driver) {
  const place =
    driver === 'pg'
      ? `${process.env.JISHI_TEST_PG}?schema=api_${randomBytes(6).toString('hex')}`
      : mkdtempSync(join(tmpdir(), 'jishi-air-'))
  const made = run('demo', place, '--pack', join(root, 'packs/air'), '--recipe', recipe, '--until', last)
  if (made.code !== 0) throw new Error(`demo: ${made.err}`)
  run('clock', place, '--is-right') // its last day is long ago
  const server = await startServer(place)
  const contract = await contractOf(server)
  const signed = async (login) => {
    const c = new Client(server, contract)
    await c.signIn(login, 'jishi-2026')
    return c
  }
  const desk = await signed('qu1')
  const get = async (path, who = desk) => {
    const r = await who.call('GET', `/api/v1/${path}`)
    assert.equal(r.status, 200, `${path}: ${JSON.stringify(r.json)}`)
    return r.json
  }
  const all = async (path, who) => {
    const items = []
    for (let cursor = ''; cursor !== null;) {
      const r = await get(
        `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
        who,
      )
      items.push(...r.items)
      cursor = r.next
    }
    return items
  }
  const figures = async (from, to) =>
    Object.fromEntries((await get(`indicators?from=${from}&to=${to}`)).items.map((i) => [i.name, i.value]))
  const lines = (duty, day, who) => all(`duties?duty=${duty}&day=${day}`, who)
  const seen = await figures('2018-10-18', last)
  const counted = Object.fromEntries(await Promise.all(week.map(async (d) => [d, await figures(d, d)])))

  const failed = await runTests(`acceptance of article 2, ${driver}`, {
    'B1 seven grid officers': async () => {
      assert.equal((await lines('shops', last)).length, 7)
      assert.equal((await get('officers?q=wg')).items.length, 7)
    },
    'each grid officer holds one of seven grids, which are drawn': async () => {
      const zones = (await get('areas')).items.filter((a) => a.level === 'zone')
      assert.equal(zones.length, 7)
      for (const z of zones) assert.deepEqual([JSON.parse(z.shape).type, z.colour.length], ['Polygon', 7], z.name)
      const held = (await get('officers?q=wg')).items.map((o) => o.area)
      assert.deepEqual(held.sort(), zones.map((z) => z.code).sort())
    },
    'B2 ten shops a day each, seventy together; the day of leave is excused': async () => {
      for (const day of week) {
        const rows = await lines('shops', day)
        const away = rows.filter((r) => r.state === 'excused')
        assert.deepEqual(
          away.map((r) => r.why.zh),
          day === leave ? ['病假'] : [],
        )
        for (const r of rows)
          if (r.state !== 'excused')
            assert.deepEqual([r.state, r.need, r.done >= 10], ['done', 10, true], `${day} ${r.officer_name}`)
      }
      assert.equal(counted['2018-12-11'].shop_patrols, 70)
      assert.equal(counted[leave].shop_patrols, 60)
    },
    'B3 every emitting enterprise at least once a week': async () => {
      for (const r of await lines('coverage', last))
        assert.deepEqual([r.state, r.done], ['done', r.set], r.officer_name)
      const union = (await lines('coverage', last)).reduce((n, r) => n + r.set, 0)
      assert.equal(union, 70 + 5 + 27 + 82 + 4 + 5)
    },
    'B4 four key enterprises, three a day, twelve together': async () => {
      for (const day of week) {
        const [team] = await lines('key_visits', day)
        assert.deepEqual([team.set, team.need, team.done, team.state], [4, 12, 12, 'done'], day)
        assert.equal(counted[day].key_patrols, 12)
      }
    },
    'B5 84 notices': () => assert.deepEqual([seen.notices, seen.noticed_firms], [84, 84]),
    'B6 2 shut and cleared': () => assert.equal(seen.shut, 2),
    'B7 5 booths demolished': () => assert.equal(seen.booths_demolished, 5),
    'B8 27 4S dealers rectified': () => assert.equal(seen.rectified_4s, 27),
    'B9 12 waste points standardised': () => assert.equal(seen.waste_points, 12),
    'B10 468 restaurants, all fitted, all in use': () =>
      assert.deepEqual([seen.restaurants, seen.purifiers_fitted, seen.purifiers_used], [468, '1', '1']),
    'B11 5 gas stations': () => assert.equal(seen.gas_ok, 5),
    'B12 11 roads, swept 3 and sprinkled 4 times a day, but for the frost': async () => {
      assert.equal(seen.roads, 11)
      for (const day of week) {
        const [[sweeps], [sprinkles]] = [await lines('sweeps', day), await lines('sprinkles', day)]
        if (day === frost) {
          assert.deepEqual([sweeps.state, sprinkles.state, sweeps.excused], ['excused', 'excused', 11])
          assert.match(sweeps.why.zh, /0℃/)
          assert.deepEqual([counted[day].wet_sweeps, counted[day].sprinkles], [0, 0])
        } else {
          assert.deepEqual([sweeps.need, sweeps.done, sweeps.state], [33, 33, 'done'])
          assert.deepEqual([sprinkles.need, sprinkles.done, sprinkles.state], [44, 44, 'done'])
          assert.deepEqual([counted[day].wet_sweeps, counted[day].sprinkles], [33, 44])
        }
      }
    },
    'B13 7 sites, 56 items passed': () => assert.deepEqual([seen.sites, seen.site_items], [7, 56]),
    'nothing is registered without its procedure': async () => {
      for (const rule of ['booth_without_step', 'shut_without_step'])
        assert.deepEqual(await all(`findings?state=all&rule=${rule}`), [], rule)
      assert.deepEqual([...new Set((await all('amendments')).map((a) => a.way))], ['taking_in'])
    },
    'B14 bare soil covered, litter cleared the same day': async () => {
      assert.deepEqual([seen.soil_covered, seen.litter_cleared], ['1', '1'])
      for (const day of week)
        for (const r of await lines('clearing', day)) assert.equal(r.state, 'done', `${day} ${r.area_name}`)
    },
    'B15 the station has its figures every day of the week, beside the patrols': async () => {
      const f = await figures(week[0], last)
      const [one] = await all('subjects/station')
      const hoursOf = (await get(`subjects/station/${one.id}/file`)).events.filter((e) => e.kind === 'air_day')
      assert.deepEqual([f.days_with_aqi, f.good_days, f.pm25_within_target, f.pm10_within_target], [7, 5, 5, 7])
      for (const name of ['aqi_mean', 'pm25_mean', 'pm10_mean']) assert.ok(Number(f[name]) > 40, `${name} ${f[name]}`)
      for (const day of week) {
        assert.equal(counted[day].days_with_aqi, 1, day)
        assert.equal(hoursOf.find((e) => e.on === day).fields.hours, 23, day)
        assert.ok(counted[day].pm25_mean !== null && counted[day].patrols > 0, day)
      }
    },
    'B16 on the day of a high hour the four enterprises are visited four times, and it is answered': async () => {
      const day = '2018-12-06'
      const [team] = await lines('key_visits', day)
      assert.deepEqual([team.need, team.done, team.state], [16, 16, 'done'])
      const f = await figures(day, day)
      assert.deepEqual([f.high_hours, f.alarm_patrols, f.key_patrols], [1, 8, 16])
      assert.equal(f.alarms_answered, 1)
    },
    'B17 a joint operation is one, its patrols one an object': async () => {
      assert.deepEqual([seen.operations, seen.joint_patrols, seen.joint_objects, seen.joint_findings], [1, 12, 12, 0])
      const [operation] = await all('subjects/operation')
      const file = await get(`subjects/operation/${operation.id}/file`)
      const [day] = file.events.filter((e) => e.kind === 'operation_day')
      assert.deepEqual(day.fields.units, ['ecology', 'market', 'street', 'urban'])
      const named = await all(`events/patrol?names=${operation.id}`) // as its own page lists them
      assert.equal(named.length, 12)
      assert.ok(named.every((x) => x.event.fields.operation === operation.title))
      assert.equal((await desk.call('GET', `/api/v1/events/carbon?names=${operation.id}`)).json.where, 'names')
      for (const row of await all(`indicators/joint_patrols/rows?from=2018-10-18&to=${last}`)) {
        const patrols = (await get(`subjects/source/${row.subject.root}/file`)).events
        assert.ok(patrols.some((e) => e.kind === 'patrol' && e.on === day.on && e.fields.operation === operation.title))
      }
    },
    'B18 three handed over to a bureau, decided there and struck off': async () => {
      assert.equal(seen.handed_over, 3)
      for (const row of await all(`indicators/handed_over/rows?from=2018-10-18&to=${last}`)) {
        const [c] = (await get(`subjects/source/${row.subject.root}/file`)).cases
        assert.ok(c.closed && c.steps.some((s) => s.form?.decision))
      }
    },
    'a day in the past is told as it was then': async () => {
      const monday = await lines('coverage', week[0])
      // the leave of the third is said by now
      for (const [i, r] of monday.entries())
        assert.deepEqual(
          [r.state, r.days_left, r.done < r.set, r.today],
          ['due', i === 2 ? 6 : 7, true, Math.ceil((r.set - r.done) / r.days_left)],
        )
      const before = await lines('shops', '2018-10-01')
      assert.equal(before.length, 0)
    },
  })

  const oneGrid = await runTests(`one grid, ${driver}`, await oneGridOnly(signed, all, get, last))
  const grid = await signed('wg1'),
    clerk = await signed('hb1'),
    leader = await signed('hbld'),
    inspector = await signed('jc1')
  const me = (await get('session', grid)).officer
  const shops = await all('subjects/source?filter=' + encodeURIComponent('type == "repair"'), grid)
  const now = today()
  const put = (who, kind, subject, fields, on = now, more = {}) =>
    who.call('PUT', `/api/v1/events/${kind}/${uuid()}`, { subject, on, fields, ...more })
  const excuse = (who, body) => who.call('PUT', `/api/v1/excuses/${uuid()}`, { from: now, to: now, ...body })
  const line = async (duty, who = grid) =>
    (await lines(duty, now, who)).find((r) => r.officer === me.id || r.officer === null)
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(200)])
  const lived = await runTests(`a grid officer's day, ${driver}`, {
    'ten shops to go, one by one; a shop twice is one; one withdrawn is one less': async () => {
      assert.deepEqual(
        [(await line('shops')).done, (await line('shops')).today, (await line('shops')).state],
        [0, 10, 'due'],
      )
      for (const s of shops.slice(0, 9)) assert.equal((await put(grid, 'patrol', s.id, { failed: [] })).status, 201)
      await put(grid, 'patrol', shops[0].id, { failed: [] })
      assert.deepEqual([(await line('shops')).done, (await line('shops')).today], [9, 1])
      const tenth = await put(grid, 'patrol', shops[9].id, { failed: [] })
      assert.deepEqual([(await line('shops')).done, (await line('shops')).state], [10, 'done'])
      await grid.call('DELETE', `/api/v1/events/patrol/${tenth.json.event.id}`)
      assert.deepEqual([(await line('shops')).done, (await line('shops')).state], [9, 'due'])
    },
    'what the week still needs is told by the day, and which ones': async () => {
      const coverage = await line('coverage')
      const left = await all(`duties/coverage/subjects?officer=${me.id}&state=due`, grid)
      assert.equal(left.length, coverage.set - coverage.done)
      assert.equal(coverage.today, Math.ceil((coverage.need - coverage.done) / coverage.days_left))
      for (const s of left) assert.deepEqual([s.done, s.last], [0, null])
    },
    'not done, because: his own word is enough for himself, not for others': async () => {
      const r = await excuse(grid, { duty: 'shops', officer: me.id, reason: '下午参加联合执法' })
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.deepEqual([(await line('shops')).state, (await line('shops')).why.zh], ['excused', '下午参加联合执法'])
      const other = (await lines('shops', now, clerk)).find((x) => x.officer !== me.id)
      assert.equal((await excuse(grid, { duty: 'shops', officer: other.officer, reason: '替他说' })).status, 403)
      assert.equal((await grid.call('DELETE', `/api/v1/excuses/${r.json.id}`)).status, 200)
      assert.equal((await line('shops')).state, 'due')
      assert.equal((await excuse(grid, { duty: 'shops', officer: me.id, reason: '' })).json.where, 'reason')
      assert.equal((await excuse(grid, { duty: 'none', officer: me.id, reason: '无' })).json.where, 'duty')
      assert.equal((await excuse(grid, { duty: 'shops', reason: '无' })).json.where, 'officer')
      assert.equal((await excuse(grid, { officer: me.id, to: '2018-01-01', reason: '无' })).json.where, 'to')
    },
    'leave with a hand-over: what the stand-in does there counts': async () => {
      const lead = (await get('officers?q=wg2', clerk)).items[0]
      const before = await line('coverage', clerk)
      const away = await excuse(clerk, { officer: me.id, reason: '休假', stand_in: lead.id })
      assert.equal(away.status, 201, JSON.stringify(away.json))
      assert.equal((await line('shops', clerk)).state, 'excused')
      const second = await signed('wg2')
      const [todo] = await all(`duties/coverage/subjects?officer=${me.id}&state=due`, clerk)
      assert.equal(
        (await put(second, 'patrol', todo.subject.id, { failed: [], present: 'wg2' })).status,
        403,
        'outside his own grid',
      )
      assert.equal((await put(clerk, 'patrol', todo.subject.id, { failed: [], present: 'wg2' })).status, 201)
      assert.equal((await line('coverage', clerk)).done, before.done + 1)
      const listed = (await get(`excuses?from=${now}&to=${now}`, grid)).items
      assert.deepEqual(
        listed.map((x) => [x.reason, x.stand_in_name]),
        [['休假', lead.name]],
      )
      await clerk.call('DELETE', `/api/v1/excuses/${away.json.id}`)
      assert.equal((await line('coverage', clerk)).done, before.done)
    },
    'a joint patrol counts for all who were there': async () => {
      const [todo] = await all(`duties/coverage/subjects?officer=${me.id}&state=due`, grid)
      const before = (await line('coverage')).done
      const none = await put(clerk, 'patrol', todo.subject.id, { failed: [], mode: 'joint', present: 'wg1 wg2' })
      assert.equal(none.json.where, 'units')
      const r = await put(clerk, 'patrol', todo.subject.id, {
        failed: [],
        mode: 'joint',
        units: ['street', 'urban'],
        present: 'wg1 wg2',
      })
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.equal((await line('coverage')).done, before + 1)
      assert.equal(
        (await put(clerk, 'patrol', todo.subject.id, { failed: [], present: 'nobody' })).json.where,
        'present',
      )
    },
    'B19 a finding needs a photograph, opens a case, gets a notice with a number, and is closed item by item':
      async () => {
        const shop = shops[1].id
        assert.equal((await put(grid, 'patrol', shop, { failed: ['carbon'] })).json.where, 'photos')
        assert.equal((await grid.call('POST', '/api/v1/files', Buffer.from('<html>'))).status, 422)
        const photo = await grid.call('POST', '/api/v1/files', jpeg)
        assert.deepEqual([photo.status, photo.json.type], [201, 'image/jpeg'])
        const found = await put(grid, 'patrol', shop, { failed: ['carbon', 'booth_closed'], photos: photo.json.name })
        assert.equal(found.status, 201, JSON.stringify(found.json))
        const [opened] = found.json.consequences.cases
        assert.equal(opened.state, 'found')
        const step = async (who, transition, form) => {
          const now_ = (await get(`cases/${opened.id}`)).version
          return who.call(
            'POST',
            `/api/v1/cases/${opened.id}/transitions`,
            { id: uuid(), transition, form, note: '' },
            { 'If-Match': `"${now_}"` },
          )
        }
        const form = {
          facts: '活性炭未更换',
          demands: '三日内更换并密闭',
          severity: 'severe',
          due: today(3),
          signers: 'hb1 hbld',
          receiver: '负责人',
          received: now,
          way: 'direct',
        }
        const served = await step(clerk, 'notice', form)
        assert.equal(served.status, 200, JSON.stringify(served.json))
        assert.equal(served.json.deadline, today(3))
        const number = served.json.steps.at(-1).form.number
        assert.match(number, /^高新环改〔\d{4}〕\d+号$/)
        assert.equal((await get(`subjects/source/${shop}`)).fields.notice_number, number)
        assert.equal((await step(grid, 'report_done', { report: '已更换' })).status, 200)
        assert.equal((await step(leader, 'close', {})).status, 409)
        assert.equal((await step(grid, 'accept', { passed: ['carbon'] })).status, 403)
        assert.equal((await step(inspector, 'accept', { passed: ['carbon', 'booth_closed'] })).status, 200)
        const closed = await step(leader, 'close', {})
        assert.deepEqual([closed.status, closed.json.closed], [200, true])
        assert.deepEqual((await get(`subjects/source/${shop}`)).fields.open_items, [])
      },
    'a correction takes the place of what was recorded': async () => {
      const shop = shops[2].id
      const wrong = await put(grid, 'patrol', shop, { failed: [], note: '写错了' })
      const right = await put(grid, 'patrol', shop, { failed: [], note: '更正' }, now, {
        replaces: wrong.json.event.id,
      })
      assert.equal(right.status, 201, JSON.stringify(right.json))
      const events = (await get(`subjects/source/${shop}/file`)).events.filter(
        (e) => e.kind === 'patrol' && e.on === now,
      )
      assert.ok(events.some((e) => e.fields.note === '更正' && !e.withdrawn))
      assert.ok(!events.some((e) => e.fields.note === '写错了' && !e.withdrawn))
    },
    'where things stand, and the signs that hang there': async () => {
      const places = await get('places/source', grid)
      assert.equal(places.items.length, (await all('subjects/source', grid)).length)
      assert.match(places.items[0].place, /^116\.\d{6},35\.\d{6}$/)
      assert.equal((await grid.call('GET', '/api/v1/places/none')).status, 404)
      const svg = await fetch(
        `${server.url}/api/v1/subjects/source/${places.items[0].id}/qr?base=${encodeURIComponent('http://office')}`,
        { headers: grid.headers?.() ?? { Authorization: `Bearer ${grid.token}` } },
      )
      assert.equal(svg.status, 200)
      assert.match(svg.headers.get('content-type'), /svg/)
      assert.match(await svg.text(), /^<svg .*<path d="M\d/)
    },
    'an officer sees his own, the desk all': async () => {
      assert.deepEqual([...new Set((await lines('shops', now, grid)).map((r) => r.officer))], [me.id])
      assert.equal((await lines('shops', now, clerk)).length, 7)
      assert.equal((await grid.call('GET', `/api/v1/duties/shops/subjects?officer=${uuid()}`)).status, 404)
    },
    'what cannot be asked is said': async () => {
      for (const [path, at] of [
        ['duties?day=x', 'day'],
        [`duties?day=${today(2)}`, 'day'],
        ['duties?state=x', 'state'],
        ['duties?officer=x', 'officer'],
        ['duties?cursor=x', 'cursor'],
        ['duties/none/subjects', 'duty'],
        ['duties/shops/subjects?cursor=x', 'cursor'],
        ['files/none', 'name'],
      ]) {
        const r = await desk.call('GET', `/api/v1/${path}`)
        assert.ok(r.status >= 400 && r.status < 500, path)
        assert.equal(r.json.where, at, path)
      }
    },
  })

  const [station] = await all('subjects/station')
  const take = async (rows, bad = 0) => {
    const dry = await desk.call(
      'POST',
      '/api/v1/imports?layout=station_hours&name=h.csv',
      Buffer.from([head, ...rows].join('\n')),
    )
    assert.equal(dry.status, 201, JSON.stringify(dry.json))
    assert.equal(dry.json.refused, bad, JSON.stringify(dry.json.errors))
    return (await desk.call('POST', `/api/v1/imports/${dry.json.id}/apply`)).json
  }
  const events = async (kind) =>
    (await get(`subjects/station/${station.id}/file`)).events.filter((e) => e.kind === kind)
  const of = async (kind, id, name) => {
    const seek = (w) => (w.name === name ? w : (w.inputs ?? []).map(seek).find(Boolean))
    return seek(await get(`events/${kind}/${id}/explain`))
  }
  const aired = await runTests(`a station's hours, ${driver}`, {
    'the published hour of 4 January 2022 comes out exactly': async () => {
      const r = await take([hour('2022-01-04 16:00:00', { aqi: 178, pm25: 134, pm10: 177, no2: 53 })])
      assert.deepEqual([r.created, r.refused], [1, 0])
      const [e] = await events('reading')
      assert.deepEqual(
        [e.on, e.fields.time, e.time, e.fields.pm25, e.fields.published],
        ['2022-01-04', '16:00', '2022-01-04T16:00:00.000+08:00', '134', 178],
      )
      assert.deepEqual(
        e.display.map((x) => [x.name, x.text]),
        [
          ['aqi', '178'],
          ['primary', '细颗粒物(PM2.5)'],
        ],
      )
      assert.equal((await of('reading', e.id, 'aqi')).value, 178)
      assert.equal((await of('reading', e.id, 'primary')).value, '细颗粒物(PM2.5)')
    },
    'a concentration is told in its unit, only a share in percent': async () => {
      const told = Object.fromEntries(
        (await get(`indicators?from=2018-10-18&to=${last}`)).items.map((i) => [i.name, [i.type, i.unit, i.decimals]]),
      )
      assert.deepEqual(told.pm25_mean, ['number', 'µg/m³', 1])
      assert.deepEqual(told.pm10_mean, ['number', 'µg/m³', 1])
      assert.deepEqual(told.aqi_mean, ['int', undefined, undefined])
      assert.deepEqual(told.litter_cleared, ['rate', undefined, undefined])
      const air = (await get('packs')).packs.find((p) => p.name === 'air')
      const high = air.parameters.find((p) => p.name === 'p.air.high_pm25')
      assert.deepEqual([high.type, high.unit], ['number', 'µg/m³'])
      for (const f of air.events.find((e) => e.name === 'reading').fields)
        if (f.type === 'number') assert.ok(f.unit, f.name)
    },
    'midnight ends the day before; a day is the mean of its hours; the list of a later day corrects it': async () => {
      const values = (pm25) => ({ pm25, pm10: 62, so2: 10, no2: 20, co: 0.6, o3: 60, o3_8h: 70 })
      const hours = Array.from({ length: 24 }, (_, i) =>
        hour(i < 23 ? `2020-05-01 ${String(i + 1).padStart(2, '0')}:00:00` : '2020-05-02 00:00:00', values(54)),
      )
      assert.equal((await take(hours)).created, 24)
      const day = (await events('air_day')).find((e) => e.on === '2020-05-01')
      assert.deepEqual([day.fields.pm25, day.fields.hours, day.fields.o3_8h, day.fields.co], ['54', 24, '70', '0.6'])
      assert.equal((await of('air_day', day.id, 'aqi')).value, 74)
      const again = await take([hour('2020-05-01 10:00:00', values(78))])
      assert.deepEqual([again.created, again.changed], [0, 1])
      const corrected = (await events('air_day')).find((e) => e.on === '2020-05-01')
      assert.deepEqual([corrected.fields.pm25, corrected.fields.hours], ['55', 24])
      await desk.call('POST', `/api/v1/imports/${again.id}/undo`)
      assert.equal((await events('air_day')).find((e) => e.on === '2020-05-01').fields.pm25, '54')
      const f = await figures('2020-05-01', '2020-05-31')
      assert.deepEqual([f.days_with_aqi, f.good_days, f.aqi_mean], [1, 1, 74])
    },
    'too few hours make no daily mean': async () => {
      await take([hour('2020-05-03 10:00:00', { pm25: 20 })])
      const day = (await events('air_day')).find((e) => e.on === '2020-05-03')
      assert.deepEqual([day.fields.pm25 ?? null, day.fields.hours], [null, 1])
    },
    'the edition is that of the day observed, and the same period last year is told by both': async () => {
      const series = (date) =>
        Array.from({ length: 23 }, (_, i) =>
          hour(`${date} ${String(i + 1).padStart(2, '0')}:00:00`, {
            pm25: 75,
            pm10: 30,
            so2: 5,
            no2: 10,
            co: 0.4,
            o3: 50,
            o3_8h: 60,
          }),
        )
      await take([...series('2025-03-02'), ...series('2026-03-02')])
      const [was, is] = [await figures('2025-03-01', '2025-03-31'), await figures('2026-03-01', '2026-03-31')]
      assert.deepEqual([was.aqi_mean, was.good_days, was.good_days_2012, was.good_days_2026], [100, 1, 1, 0])
      assert.deepEqual([is.aqi_mean, is.good_days, is.good_days_2012, is.good_days_2026], [114, 0, 1, 0])
    },
    'what is no hour, and a station nobody knows, is told': async () => {
      const dry = await desk.call(
        'POST',
        '/api/v1/imports?layout=station_hours&name=h.csv',
        Buffer.from(
          [
            head,
            hour('gestern', { pm25: 1 }),
            hour('2020-05-01 09:00', { pm25: -4 }),
            hour('2020-05-01 09:00', { pm25: 4 }).replace('1653A', '9999Z'),
          ].join('\n'),
        ),
      )
      assert.deepEqual([dry.json.refused, dry.json.absent], [2, 1], JSON.stringify(dry.json))
    },
    'a high value today increases the visits to key enterprises and calls for patrols': async () => {
      const before = (await lines('key_visits', now))[0]
      const at = new Date(Date.now() + 8 * 3600e3).toISOString().slice(11, 16)
      await take([hour(`${now} ${at}:00`, { pm25: 180 })])
      const after = (await lines('key_visits', now))[0]
      assert.deepEqual([before.need, after.need], [12, 16])
      const file = await get(`subjects/station/${station.id}/file`)
      assert.ok(file.findings.some((f) => f.rule === 'high_value' && !f.until))
      assert.ok(file.cases.some((c) => c.process === 'alarm' && !c.closed))
    },
    'a response increases the sprinkling until it ends': async () => {
      assert.equal((await lines('sprinkles', now))[0].need, 44)
      await put(clerk, 'response', station.id, { level: 'orange', until: today(1) })
      assert.equal((await lines('sprinkles', now))[0].need, 66)
    },
  })
  await stopServer(server)
  const rebuilt = await runTests(`replay of the week, ${driver}`, {
    'a replay of the journal counts the same duties': () => {
      const r = run('rebuild', place, '--check')
      assert.equal(r.code, 0, r.out + r.err)
    },
    'a recount after a new version of the pack counts the same, and the other reading is a parameter': async () => {
      const overlay = mkdtempSync(join(tmpdir(), 'jishi-overlay-'))
      mkdirSync(join(overlay, 'parameters/duty'), { recursive: true })
      writeFileSync(
        join(overlay, 'parameters/duty/together.yaml'),
        'values:\n  2018-01-01: {value: true, metadata: {reference: 本地巡查方案}}\n',
      )
      const r = run('pack', 'upgrade', place, join(root, 'packs/air'), '--overlay', overlay)
      assert.equal(r.code, 0, r.out + r.err)
      const later = await startServer(place)
      const again = new Client(later, await contractOf(later))
      await again.signIn('qu1', 'jishi-2026')
      const ask = async (duty) => (await again.call('GET', `/api/v1/duties?duty=${duty}&day=${last}`)).json.items
      const [together, ...more] = await ask('coverage')
      assert.deepEqual(
        [together.each, together.officer, together.set, together.done, more.length],
        ['town', null, 193, 193, 0],
      )
      const shops = await ask('shops')
      assert.deepEqual([shops.length, shops.every((x) => x.state === 'done')], [7, true])
      await stopServer(later)
      const replayed = run('rebuild', place, '--check')
      assert.equal(replayed.code, 0, replayed.out + replayed.err)
    },
  })
  if (driver !== 'pg') dropPlace(place)
  return failed + lived + aired + rebuilt
}
