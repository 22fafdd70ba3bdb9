// Areas change by route: a dry run says what would move, the change moves it, rights follow at once, past figures answer for the old
// code, what nothing followed is taken back; the administrator alone.
import assert from 'node:assert/strict'
import { runTests, run, uuid, today, village, otherVillage, openPlace, Client, settle } from './kit.mjs'

const said = { reason: '撤并村庄', document: '济政字〔2026〕9号' }

export async function areas(driver) {
  const { server, contract, as, end } = await openPlace(driver)
  const boss = await as('boss')
  const clerk = await as('clerk')
  const head = await as('head')
  const merge = { way: 'merge', from: [village], to: [{ code: otherVillage, name: '联合社区居民委员会' }], ...said }
  const garden = uuid()
  const change = uuid()
  const row = async (client, code) =>
    (await client.call('GET', '/api/v1/areas?ever=1')).json.items.find((a) => a.code === code)

  const failed = await runTests(`areas ${driver}`, {
    'nobody but an administrator changes them': async () => {
      assert.equal((await clerk.call('PUT', `/api/v1/area-changes/${uuid()}`, merge)).status, 403)
      assert.equal((await clerk.call('POST', '/api/v1/area-changes/plan', merge)).status, 403)
    },
    'a garden is registered in a village, nowhere above': async () => {
      const at = (area) =>
        clerk.call('PUT', `/api/v1/subjects/garden/${garden}`, { area, fields: { code: 'M1', owner: '并村户' } })
      for (const area of [village.slice(0, 6), village.slice(0, 9) + '000']) {
        const r = await at(area)
        assert.ok(r.status === 422 || r.status === 400 || r.status === 403, r.status)
      }
      assert.equal((await at(village)).status, 201)
    },
    'a dry run tells what would move, and moves nothing': async () => {
      const r = await boss.call('POST', '/api/v1/area-changes/plan', merge)
      assert.equal(r.status, 200)
      assert.ok(r.json.units >= 1)
      assert.equal((await row(boss, village)).until, null)
      const without = await boss.call('POST', '/api/v1/area-changes/plan', { ...merge, document: '' })
      assert.equal(without.json.where, 'document')
    },
    'a merger moves all, tells the new code, and keeps the old name': async () => {
      const r = await boss.call('PUT', `/api/v1/area-changes/${change}`, merge)
      assert.equal(r.status, 201)
      assert.ok(r.json.units >= 1)
      assert.equal((await boss.call('PUT', `/api/v1/area-changes/${change}`, merge)).status, 200)
      const was = await row(boss, village)
      assert.equal(was.until, today())
      assert.deepEqual(was.successors, [otherVillage])
      const all = (await boss.call('GET', '/api/v1/areas')).json.items
      assert.ok(!all.some((a) => a.code === village))
      assert.equal(all.find((a) => a.code === otherVillage).name, '联合社区居民委员会')
      const listed = (await boss.call('GET', '/api/v1/area-changes')).json.items[0]
      assert.equal(listed.document, said.document)
      assert.equal(listed.undone, false)
      assert.match(listed.from[0].name, /^口头村/)
      assert.equal(listed.to[0].name, '联合社区居民委员会')
      const officer = await boss.call('PUT', `/api/v1/officers/${uuid()}`, {
        login: 'zhao',
        name: '赵某',
        posts: [{ role: 'keeper', area: village }],
        password: '一二三四五六七八九十百千',
      })
      assert.match(officer.json.detail, new RegExp(otherVillage))
    },
    'lists by the old code show what it became; an unknown code is an error': async () => {
      const under = async (code) =>
        (await head.call('GET', `/api/v1/subjects/garden?area=${code}&limit=500`)).json.items.map((s) => s.id)
      assert.ok((await under(village)).length >= 1)
      assert.deepEqual(await under(village), await under(otherVillage))
      for (const path of ['subjects/garden', 'findings', 'cases', 'follow-ups']) {
        const r = await head.call('GET', `/api/v1/${path}?area=370871999999`)
        assert.deepEqual([r.status, r.json.where], [422, 'area'], path)
      }
    },
    'figures of a past period answer for the old code': async () => {
      const count = async (to) => {
        const r = await head.call('GET', `/api/v1/indicators?from=2020-01-01&to=${to}&area=${village}`)
        return r.json.items.find((i) => i.name === 'gardens').areas.find((a) => a.area === village)?.value ?? 0
      }
      assert.equal(await count(today(-1)), 1)
      assert.equal(await count(today()), 0)
    },
    'what nothing followed is taken back': async () => {
      const r = await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, { way: 'undo', change, ...said })
      assert.equal(r.status, 201)
      assert.equal((await row(boss, village)).until, null)
      const back = await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, { way: 'undo', change, ...said })
      assert.equal(back.json.code, 'not_allowed')
    },
    'who has a post on a zone registers into it and sees what is in it, nothing beside it': async () => {
      const [one, two] = ['901', '902'].map((n) => village.slice(0, 9) + n)
      const to = [one, two].map((code, i) => ({ code, name: `${i + 1}片`, colour: '#2f7d32' }))
      const made = await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, { way: 'add', to, ...said })
      assert.equal(made.status, 201, JSON.stringify(made.json))
      const added = await boss.call('PUT', `/api/v1/officers/${uuid()}`, {
        login: 'pian',
        name: '片某',
        posts: [{ role: 'keeper', area: one }],
        password: '一二三四五六七八九十百千',
      })
      assert.equal(added.status, 201, JSON.stringify(added.json))
      const keeper = await settle(new Client(server, contract), 'pian', '一二三四五六七八九十百千')
      const near = (await keeper.call('GET', '/api/v1/areas')).json.items.map((a) => a.code)
      assert.deepEqual([near.includes(one), near.includes(two), near.includes(village)], [true, false, true])
      const plant = async (who, zone) => {
        const garden = uuid()
        const fields = { code: `P${zone}`, owner: '片户', zone }
        const r = await who.call('PUT', `/api/v1/subjects/garden/${garden}`, { area: village, fields })
        return [r.status, garden]
      }
      assert.equal((await plant(keeper, two))[0], 403)
      const [[mine, garden], [theirs, other]] = [await plant(keeper, one), await plant(clerk, two)]
      assert.deepEqual([mine, theirs], [201, 201])
      assert.equal((await keeper.call('GET', `/api/v1/subjects/garden/${garden}`)).status, 200)
      assert.equal((await keeper.call('GET', `/api/v1/subjects/garden/${other}`)).status, 404)
    },
    'a zone is drawn anew and not drawn any more, and each change tells how it was and is': async () => {
      const code = village.slice(0, 9) + '901'
      const box = (x) =>
        JSON.stringify({
          type: 'Polygon',
          coordinates: [
            [
              [x, 35],
              [x + 1, 35],
              [x + 1, 36],
              [x, 35],
            ],
          ],
        })
      const draw = async (looks) => {
        const body = { way: 'rename', from: [code], to: [{ code, ...looks }], ...said }
        const r = await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, body)
        assert.equal(r.status, 201, JSON.stringify(r.json))
        return [r.json.from[0].shape, r.json.to[0].shape, r.json.to[0].colour]
      }
      assert.deepEqual(await draw({ shape: box(116) }), [undefined, box(116), '#2f7d32'])
      assert.deepEqual(await draw({ shape: box(117) }), [box(116), box(117), '#2f7d32'])
      assert.deepEqual(await draw({ shape: '', colour: '' }), [box(117), undefined, undefined])
      const listed = (await boss.call('GET', '/api/v1/area-changes')).json.items.slice(0, 3)
      assert.deepEqual(
        listed.map((c) => [c.from[0].shape, c.to[0].shape]),
        [
          [box(117), undefined],
          [box(116), box(117)],
          [undefined, box(116)],
        ],
      )
      assert.equal((await row(boss, code)).shape, '')
    },
    'a town is split at once: the administrator says which villages go, and by number who goes': async () => {
      const town = village.slice(0, 9) + '000'
      const next = '370871099000'
      const all = (await boss.call('GET', '/api/v1/areas')).json.items
      const goes = all.find((a) => a.parent === town && a.level === 'village' && a.code !== village).code
      const id = uuid()
      const split = {
        way: 'split',
        from: [town],
        to: [{ code: town }, { code: next, name: '新街道' }],
        areas: [{ code: goes, to: next }],
        ...said,
      }
      const far = { ...split, areas: [{ code: next, to: next }] }
      assert.equal((await boss.call('POST', '/api/v1/area-changes/plan', far)).json.where, 'areas')
      assert.equal((await boss.call('PUT', `/api/v1/area-changes/${id}`, split)).status, 201)
      assert.equal((await row(boss, goes)).successors[0], next.slice(0, 9) + goes.slice(9))
      assert.equal((await row(boss, village)).until, null)
      const back = { way: 'undo', change: id, ...said }
      assert.equal((await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, back)).status, 201)
      assert.equal((await row(boss, goes)).until, null)
      const part = village.slice(0, 9) + '288'
      const by = (key) => ({
        way: 'split',
        from: [village],
        to: [{ code: village }, { code: part, name: '东村' }],
        subjects: [{ key, to: part }],
        ...said,
      })
      assert.equal((await boss.call('POST', '/api/v1/area-changes/plan', by('NONE'))).json.where, 'subjects')
      assert.equal((await boss.call('POST', '/api/v1/area-changes/plan', by('M1'))).json.units, 1)
      assert.equal((await boss.call('PUT', `/api/v1/area-changes/${uuid()}`, by('M1'))).status, 201)
      const moved = (await head.call('GET', `/api/v1/subjects/garden/${garden}`)).json
      assert.equal(moved.area, part)
    },
    'an area without anybody is abolished; nobody is listed there, and it says so': async () => {
      const part = village.slice(0, 9) + '289'
      const add = { way: 'add', to: [{ code: part, name: '空村' }], ...said }
      const gone = (code) => ({ way: 'abolish', from: [code], ...said })
      const put = (body) => boss.call('PUT', `/api/v1/area-changes/${uuid()}`, body)
      assert.equal((await put(add)).status, 201)
      assert.match((await put(gone(village.slice(0, 9) + '288'))).json.zh, /还登记着 1 个对象/)
      assert.equal((await put(gone(part))).status, 201)
      const was = await row(boss, part)
      assert.deepEqual([was.until, was.successors], [today(), []])
      const list = await head.call('GET', `/api/v1/subjects/garden?area=${part}`)
      assert.deepEqual([list.status, list.json.where], [422, 'area'])
      assert.match(list.json.zh, /空村.*撤销/)
    },
  })
  return failed + (await end(`areas ${driver}`))
}
