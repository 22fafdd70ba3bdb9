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
  })
  return failed + (await end(`areas ${driver}`))
}
