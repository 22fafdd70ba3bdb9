// Look-back by sample: the size, the draw that anybody can repeat, the frozen list, and what the visits tell.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { otherVillage, run, runTests, today, uuid, village, openPlace } from './kit.mjs'

const SEED = '双色球 2026136 期'
const ticket = (id) => createHash('sha256').update(`${SEED}\n${id}`).digest('hex')

export async function samples(driver) {
  const { as, end } = await openPlace(driver)
  const head = await as('head'),
    far = await as('far'),
    clerk = await as('clerk'),
    keeper = await as('keeper')
  const gardens = []
  const ids = { simple: uuid(), stratified: uuid() }
  const asked = { pack: 'orchard', plan: 'ill_trees', title: '秋季抽查', seed: SEED }
  const drawnOf = async (id, who = head) => {
    const out = []
    let cursor = ''
    do {
      const r = await who.call('GET', `/api/v1/samples/${id}/subjects?limit=7${cursor && `&cursor=${cursor}`}`)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      out.push(...r.json.items)
      cursor = r.json.next
    } while (cursor)
    return out
  }
  const looked = async (who, garden, fields) => {
    const r = await who.call('PUT', `/api/v1/events/check/${uuid()}`, { subject: garden, on: today(), fields })
    assert.equal(r.status, 201, JSON.stringify(r.json))
  }

  const failed = await runTests(`samples, ${driver}`, {
    'the size is that of the precision, and goes to strata in proportion': async () => {
      for (let i = 0; i < 60; i++) {
        const away = i % 3 === 0
        const garden = { id: uuid(), away, soil: i % 2 ? 'clay' : 'sand', fenced: i < 50 }
        const r = await (away ? far : clerk).call('PUT', `/api/v1/subjects/garden/${garden.id}`, {
          area: away ? otherVillage : village,
          fields: { code: `G${i}`, owner: `园主${i}`, soil: garden.soil, ...(i < 55 ? { fenced: garden.fenced } : {}) },
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
        gardens.push(garden)
      }
      const q = '/api/v1/sample-plans/ill_trees?pack=orchard'
      const one = (await head.call('GET', q)).json
      assert.deepEqual([one.population, one.unknown, one.size], [50, 5, 45]) // Krejcie and Morgan: 44 of 50
      assert.equal(one.strata.length, 1)
      const four = (await head.call('GET', `${q}&stratified=true&size=20`)).json
      assert.equal(four.strata.length, 4)
      assert.equal(
        four.strata.reduce((n, s) => n + s.population, 0),
        50,
      )
      assert.equal(
        four.strata.reduce((n, s) => n + s.drawn, 0),
        20,
      )
      for (const s of four.strata) assert.ok(Math.abs(s.drawn - (20 * s.population) / 50) < 1, s.title.zh)
      const mine = (await clerk.call('GET', q)).json
      assert.equal(mine.population, gardens.filter((g) => g.fenced && !g.away).length)
    },
    'the draw is the lowest tickets, as anybody reckons them': async () => {
      const r = await head.call('PUT', `/api/v1/samples/${ids.simple}`, { ...asked, size: 12 })
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.deepEqual([r.json.population, r.json.size, r.json.stratified], [50, 12, false])
      const drawn = (await drawnOf(ids.simple)).map((x) => x.subject.id)
      const expected = gardens
        .filter((g) => g.fenced)
        .map((g) => g.id)
        .sort((a, b) => (ticket(a) < ticket(b) ? -1 : 1))
      assert.deepEqual(drawn, expected.slice(0, 12))
      const list = gardens.filter((g) => g.fenced).map((g) => g.id)
      const cli = run('sample', '--seed', SEED, '--size', '12', ...list)
      assert.equal(cli.code, 0, cli.err)
      assert.deepEqual(cli.out.trim().split('\n'), drawn)
    },
    'by strata: of each the lowest': async () => {
      const r = await head.call('PUT', `/api/v1/samples/${ids.stratified}`, { ...asked, size: 20, stratified: true })
      assert.equal(r.status, 201, JSON.stringify(r.json))
      const drawn = await drawnOf(ids.stratified)
      assert.equal(drawn.length, 20)
      const by = new Map()
      for (const x of drawn) by.set(x.stratum.zh, [...(by.get(x.stratum.zh) ?? []), x])
      assert.equal(by.size, 4)
      for (const [, of] of by) {
        const first = gardens.find((g) => g.id === of[0].subject.id)
        const all = gardens
          .filter((g) => g.fenced && g.away === first.away && g.soil === first.soil)
          .map((g) => g.id)
          .sort((a, b) => (ticket(a) < ticket(b) ? -1 : 1))
        assert.deepEqual(
          of.map((x) => x.subject.id),
          all.slice(0, of.length),
        )
      }
    },
    'the list is frozen: the same again is the same, another under its id is refused': async () => {
      const again = await head.call('PUT', `/api/v1/samples/${ids.simple}`, { ...asked, size: 12 })
      assert.equal(again.status, 200)
      const before = (await drawnOf(ids.simple)).map((x) => x.subject.id)
      const late = await clerk.call('PUT', `/api/v1/subjects/garden/${uuid()}`, {
        area: village,
        fields: { code: 'L1', owner: '后来的', fenced: true },
      })
      assert.equal(late.status, 201)
      assert.deepEqual(
        (await drawnOf(ids.simple)).map((x) => x.subject.id),
        before,
      )
    },
    'who may not, and what cannot be': async () => {
      const put = (who, body) => who.call('PUT', `/api/v1/samples/${uuid()}`, { ...asked, size: 5, ...body })
      assert.equal((await put(keeper)).status, 403)
      for (const [body, where] of [
        [{ seed: ' ' }, 'seed'],
        [{ title: '' }, 'title'],
        [{ plan: 'none' }, 'plan'],
        [{ precision: '0' }, 'precision'],
        [{ confidence: '1.2' }, 'confidence'],
        [{ size: 0 }, 'size'],
        [{ subject: uuid() }, 'subject'],
      ]) {
        const r = await put(head, body)
        assert.ok(r.status >= 400 && r.status < 500, JSON.stringify(r.json))
        assert.equal(r.json.where, where, JSON.stringify(r.json))
      }
    },
    'visits are counted, and the interval holds the rate': async () => {
      const none = (await head.call('GET', `/api/v1/samples/${ids.simple}`)).json
      assert.deepEqual([none.visited, none.results[0].asked, none.results[0].rate], [0, 0, null])
      const drawn = await drawnOf(ids.simple)
      for (const [i, x] of drawn.slice(0, 10).entries()) {
        const g = gardens.find((y) => y.id === x.subject.id)
        await looked(g.away ? far : clerk, g.id, i === 9 ? { note: '锁着门' } : { ill: i < 3 ? 4 : 0 })
      }
      const file = (await head.call('GET', `/api/v1/samples/${ids.simple}`)).json
      const [r] = file.results
      assert.deepEqual([file.visited, r.asked, r.yes, r.rate], [10, 9, 3, '0.33333333'])
      /* Wilson with 9 · 49 ÷ 41 = 10.756… of an endless whole */
      assert.ok(
        Math.abs(Number(r.low) - 0.1314) < 0.0001 && Math.abs(Number(r.high) - 0.623) < 0.0001,
        JSON.stringify(r),
      )
      const after = await drawnOf(ids.simple)
      assert.deepEqual(
        after.slice(0, 4).map((x) => x.answers[0]),
        [true, true, true, false],
      )
      assert.deepEqual([after[9].checked_on, after[9].answers[0], after[10].checked_on], [today(), null, null])
      /* the newest visit counts */
      const g = gardens.find((y) => y.id === drawn[0].subject.id)
      await looked(g.away ? far : clerk, g.id, { ill: 0 })
      assert.equal((await head.call('GET', `/api/v1/samples/${ids.simple}`)).json.results[0].yes, 2)
    },
    'an officer sees whom he is to visit, and no rates of other areas': async () => {
      const own = await drawnOf(ids.simple, keeper)
      assert.ok(own.length > 0 && own.every((x) => x.subject.area === village))
      assert.deepEqual((await keeper.call('GET', `/api/v1/samples/${ids.simple}`)).json.results, [])
      const still = await keeper.call('GET', `/api/v1/samples/${ids.simple}/subjects?state=to_visit`)
      assert.deepEqual(
        still.json.items.map((x) => x.subject.id),
        own.filter((x) => !x.checked_on).map((x) => x.subject.id),
      )
      const wrong = await keeper.call('GET', `/api/v1/samples/${ids.simple}/subjects?state=visited`)
      assert.deepEqual([wrong.status, wrong.json.where], [422, 'state'])
      const list = (await head.call('GET', '/api/v1/samples?pack=orchard')).json.items
      assert.deepEqual(
        list.map((x) => x.id),
        [ids.stratified, ids.simple],
      )
    },
  })
  return failed + (await end(`samples, ${driver}`))
}
