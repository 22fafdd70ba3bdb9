// Screening and what-if: what they say is what happens. The same change is tried as a question, on the command line, and in earnest
// (`pack upgrade --overlay` on a copy), and all three must agree.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  makePlace,
  otherVillage,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  today,
  uuid,
  village,
} from './kit.mjs'

const INCOMES = [0, 90000, 250000, 499999, 500000, 700000, null]

// An overlay folder as a person would edit one: {"limit/income": "5000"}.
function overlay(values) {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-overlay-'))
  for (const [name, value] of Object.entries(values)) {
    const path = join(folder, 'parameters', `${name}.yaml`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `values: {2026-01-01: {value: ${value}, metadata: {reference: 试改}}}\n`)
  }
  return folder
}

export async function whatif(driver) {
  const place = makePlace(driver)
  let server = await startServer(place)
  const contract = await contractOf(server)
  const as = (login) => new Client(server, contract).signIn(login)
  const keeper = await as('keeper'),
    clerk = await as('clerk'),
    far = await as('far')
  let head = await as('head')
  const gardens = []
  const tried = { 'p.limit.income': 500000, 'p.limit.ill': 10 }
  const folder = overlay({ 'limit/income': 5000, 'limit/ill': 10 })
  let foretold

  const ask = async (who, question) => {
    const r = await who.call('POST', '/api/v1/simulations', question)
    assert.equal(r.status, 200, JSON.stringify(r.json))
    return r.json
  }
  const rule = (answer, name) => answer.rules.find((r) => r.name === name)
  const findings = async (who, name, area = '') => {
    const r = await who.call('GET', `/api/v1/findings?state=open&rule=${name}&limit=500&area=${area}`)
    assert.equal(r.status, 200)
    return r.json.items
  }
  const check = async (who, subject, ill) => {
    const r = await who.call('PUT', `/api/v1/events/check/${uuid()}`, { subject, on: today(), fields: { ill } })
    assert.equal(r.status, 201, JSON.stringify(r.json))
    return r.json.seq
  }
  const asFound = async (who, answer, which = 'now') => {
    for (const r of answer.rules) {
      const open = await findings(who, r.name)
      assert.equal(r[which].matched, open.length, `${r.name}: screened ${r[which].matched}, open ${open.length}`)
    }
  }
  const sums = (answer, name, pick) =>
    answer.areas.map((a) => a.rules.find((r) => r.name === name)).reduce((n, r) => n + (r ? pick(r) : 0), 0)

  const failed = await runTests(`what if ${driver}`, {
    'screening an empty county finds nobody': async () => {
      const x = await ask(head, {})
      assert.equal(x.subjects, 0)
      assert.equal(x.rules.length, 7)
      assert.deepEqual(x.areas, [])
    },
    'screening counts what is open': async () => {
      for (const [i, income] of [...INCOMES, ...INCOMES].entries()) {
        const id = uuid()
        const fields = {
          code: `G${i}`,
          owner: `园主${i}`,
          soil: i % 2 ? 'clay' : 'sand',
          ...(income === null ? {} : { income }),
        }
        const here = i < INCOMES.length
        const who = here ? clerk : far
        const r = await who.call('PUT', `/api/v1/subjects/garden/${id}`, {
          area: here ? village : otherVillage,
          fields,
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
        gardens.push(id)
        if (i % 3 === 0) await check(who, id, i)
        const tree = await who.call('PUT', `/api/v1/subjects/tree/${uuid()}`, {
          parent: id,
          fields: { tag: `t-${i}`, variety: '梨', ...(i % 4 ? {} : { pests: ['moth'] }) },
        })
        assert.equal(tree.status, 201, JSON.stringify(tree.json))
      }
      const x = await ask(head, { area: '370871' })
      assert.equal(x.subjects, gardens.length)
      await asFound(head, x)
      assert.ok(rule(x, 'many_ill').now.matched > 0 && rule(x, 'moths').now.matched > 0)
      for (const r of x.rules)
        assert.equal(
          sums(x, r.name, (s) => s.now.matched),
          r.now.matched,
        )
    },
    'a parameter that is not set is told, and nobody is said to fall under it': async () => {
      const x = await ask(head, {})
      assert.deepEqual([rule(x, 'poor').now.matched, rule(x, 'poor').now.unknown], [0, gardens.length])
    },
    'what was recorded just before is seen': async () => {
      const before = await ask(head, {})
      const seq = await check(clerk, gardens[1], 99)
      const after = await ask(head, {})
      assert.ok(after.seq >= seq)
      assert.equal(rule(after, 'many_ill').now.matched, rule(before, 'many_ill').now.matched + 1)
      await asFound(head, after)
    },
    'who enters and leaves is counted by rule, area and category, and costs what it must': async () => {
      const x = await ask(head, { set: tried, by: 'soil' })
      const poor = rule(x, 'poor'),
        ill = rule(x, 'many_ill')
      assert.deepEqual(
        x.set.map((s) => [s.name, s.now, s.then]),
        [
          ['p.limit.income', null, 500000],
          ['p.limit.ill', 3, 10],
        ],
      )
      assert.equal(x.set[1].reference, '测试文件 1 号')
      assert.deepEqual(
        [poor.now.matched, poor.then.matched, poor.enters, poor.leaves, poor.then.unknown],
        [0, 8, 8, 0, 2],
      )
      assert.equal(poor.per, 'year')
      assert.equal(poor.then.money, 2 * (500000 + 410000 + 250000 + 1))
      assert.equal(ill.then.money, null)
      assert.equal(ill.now.matched - ill.leaves + ill.enters, ill.then.matched)
      assert.ok(ill.leaves > 0)
      for (const r of x.rules)
        for (const pick of [(s) => s.then.matched, (s) => s.enters, (s) => s.leaves, (s) => s.then.money ?? 0]) {
          assert.equal(sums(x, r.name, pick), pick(r))
          assert.equal(
            x.categories
              .flatMap((c) => c.rules)
              .filter((s) => s.name === r.name)
              .reduce((n, s) => n + pick(s), 0),
            pick(r),
          )
        }
      assert.deepEqual(
        x.areas.map((a) => [a.area, a.level]),
        [
          ['370871001000', 'town'],
          ['370871003000', 'town'],
        ],
      )
      foretold = x
    },
    'a town opens into its villages': async () => {
      const x = await ask(head, { set: tried, area: '370871003' })
      assert.deepEqual(
        x.areas.map((a) => [a.area, a.level]),
        [[village, 'village']],
      )
      assert.equal(rule(x, 'poor').then.matched, 4)
    },
    'who it is can be listed, page by page': async () => {
      const seen = []
      for (let cursor; cursor !== null;) {
        const { list } = await ask(head, { set: tried, list: { rule: 'poor', which: 'enters', limit: 3, cursor } })
        assert.ok(list.items.length <= 3)
        seen.push(...list.items)
        cursor = list.next
      }
      assert.equal(new Set(seen.map((i) => i.id)).size, 8)
      assert.equal(
        seen.reduce((n, i) => n + i.money, 0),
        rule(foretold, 'poor').then.money,
      )
      for (const i of seen) assert.match(i.title, /^园主\d+$/)
      assert.ok(seen.every((i) => i.root_kind === 'garden' && gardens.includes(i.root)))
      const { list } = await ask(head, { set: tried, list: { rule: 'many_ill', which: 'leaves' } })
      assert.equal(list.items.length, rule(foretold, 'many_ill').leaves)
    },
    'null is as if it were not set': async () => {
      const x = await ask(head, { set: { 'p.limit.ill': null } })
      assert.equal(rule(x, 'many_ill').then.matched, 0)
      assert.equal(rule(x, 'many_ill').leaves, rule(x, 'many_ill').now.matched)
    },
    'an earlier day has its own policy': async () => {
      const x = await ask(head, { as_of: '2024-06-01', set: { 'p.limit.ill': 10 } })
      assert.equal(x.set[0].now, 5)
    },
    'everyone sees his own areas only': async () => {
      const theirs = await ask(far, { set: tried })
      assert.equal(theirs.subjects, INCOMES.length)
      assert.deepEqual(
        theirs.areas.map((a) => a.area),
        [otherVillage],
      )
      const mine = await ask(keeper, { set: tried })
      assert.deepEqual(
        mine.areas.map((a) => a.area),
        [village],
      )
      const beyond = await ask(keeper, { area: '370871001', set: tried, list: { rule: 'poor', which: 'enters' } })
      assert.deepEqual([beyond.subjects, beyond.list.items.length, beyond.areas.length], [0, 0, 0])
    },
    'a wrong question is answered with what is wrong': async () => {
      for (const [question, status, where] of [
        [{ set: { 'p.no.such': 1 } }, 404, 'p.no.such'],
        [{ set: { 'p.limit.ill': 'many' } }, 422, 'p.limit.ill'],
        [{ set: { 'p.limit.income': 12.5 } }, 422, 'p.limit.income'],
        [{ set: [] }, 422, 'set'],
        [{ pack: 'nothing' }, 404, 'pack'],
        [{ as_of: '2026-02-30' }, 422, 'as_of'],
        [{ by: 'owner' }, 422, 'by'],
        [{ list: { rule: 'no_such', which: 'enters' } }, 422, 'list.rule'],
        [{ list: { rule: 'poor', which: 'sideways' } }, 422, 'list.which'],
        [{ list: { rule: 'poor', which: 'enters', cursor: 'x' } }, 422, 'list.cursor'],
      ]) {
        const r = await head.call('POST', '/api/v1/simulations', question)
        assert.deepEqual([r.status, r.json.where], [status, where], JSON.stringify(question))
      }
      assert.equal((await new Client(server, contract).call('POST', '/api/v1/simulations', {})).status, 401)
    },
    'a hundred questions at once are all answered, and alike': async () => {
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, i) => ask(head, { set: { ...tried, 'p.limit.ill': i % 2 ? 10 : 3 } })),
      )
      for (const [i, x] of all.entries())
        assert.equal(rule(x, 'many_ill').then.matched, rule(foretold, 'many_ill')[i % 2 ? 'then' : 'now'].matched)
      assert.equal(new Set(all.map((x) => rule(x, 'poor').then.money)).size, 1)
    },
    "questions between others' records see each of them": async () => {
      const matched = () => ask(head, {}).then((x) => rule(x, 'many_ill').now.matched)
      const before = await matched()
      const fresh = await Promise.all(
        Array.from({ length: 24 }, async (_, i) => {
          const id = uuid(),
            who = i % 2 ? clerk : far
          assert.equal(
            (
              await who.call('PUT', `/api/v1/subjects/garden/${id}`, {
                area: i % 2 ? village : otherVillage,
                fields: { code: `Q${i}`, owner: `临时${i}` },
              })
            ).status,
            201,
          )
          const seq = await check(who, id, 50)
          const x = await ask(head, {})
          assert.ok(x.seq >= seq && rule(x, 'many_ill').now.matched > before)
          return id
        }),
      )
      assert.equal(await matched(), before + fresh.length)
      await asFound(head, await ask(head, {}))
      for (const [i, id] of fresh.entries()) await check(i % 2 ? clerk : far, id, 0)
      assert.equal(await matched(), before)
      foretold = await ask(head, { set: tried, by: 'soil' })
    },
    'the command line says the same': async () => {
      const set = run(
        'simulate',
        place,
        '--set',
        'p.limit.income=5000',
        '--set',
        'limit.ill=10',
        '--by',
        'soil',
        '--json',
      )
      assert.equal(set.code, 0, set.err)
      const edited = run('simulate', place, '--overlay', folder, '--by', 'soil', '--json')
      assert.equal(edited.code, 0, edited.err)
      for (const x of [JSON.parse(set.out), JSON.parse(edited.out)]) {
        assert.deepEqual(x.rules, foretold.rules)
        assert.deepEqual([x.enters, x.leaves, x.subjects], [foretold.enters, foretold.leaves, foretold.subjects])
        assert.deepEqual(
          x.areas.map((a) => a.area),
          [otherVillage, village],
        )
      }
      const table = run('simulate', place, '--overlay', folder, '--rule', 'poor', '--list')
      assert.equal(table.code, 0, table.err)
      assert.match(table.out, /收入低/)
      assert.match(table.out, /未设定\s+5,000\.00元/)
      assert.equal(table.out.split('\n').filter((l) => /^园主\d/.test(l)).length, 8)
      assert.match(run('screen', place).out, /病树太多/)
      assert.deepEqual(
        JSON.parse(run('screen', place, '--json').out).rules.map((r) => r.now),
        foretold.rules.map((r) => r.now),
      )
    },
    'the command line refuses what it cannot do, and says why': async () => {
      assert.equal(run('simulate', place).code, 2)
      assert.equal(run('simulate', place, '--set', 'p.no.such=1').code, 1)
      assert.equal(run('simulate', place, '--overlay', '/no/such/folder').code, 2)
      assert.equal(run('screen', place, '--list').code, 2)
      assert.equal(run('screen', place, '--as-of', 'soon').code, 2)
      const wrong = overlay({ 'no/such': 1 })
      const r = run('simulate', place, '--overlay', wrong)
      assert.equal(r.code, 1)
      assert.match(r.err, /no\/such\.yaml/)
      rmSync(wrong, { recursive: true })
    },
  })
  await stopServer(server)
  let more = 0
  if (driver === 'sqlite') {
    const copy = `${place}-changed`
    cpSync(place, copy, { recursive: true })
    more = await runTests('what if', {
      'what was foretold is what happens when the overlay is taken': async () => {
        const up = run('pack', 'upgrade', copy, join(root, 'tests/packs/orchard'), '--overlay', folder)
        assert.equal(up.code, 0, up.err)
        server = await startServer(copy)
        head = await as('head')
        const hand = await as('clerk')
        // The next entry begins the day anew for everyone.
        assert.equal(
          (
            await hand.call('PUT', `/api/v1/subjects/garden/${uuid()}`, {
              area: village,
              fields: { code: 'N1', owner: '新园主', ill: 0, income: 900000 },
            })
          ).status,
          201,
        )
        for (const r of foretold.rules) {
          const open = await findings(head, r.name)
          assert.equal(open.length, r.then.matched, r.name)
          for (const a of foretold.areas) {
            const there = a.rules.find((s) => s.name === r.name)?.then.matched ?? 0
            assert.equal((await findings(head, r.name, a.area)).length, there, `${r.name} in ${a.name}`)
          }
        }
        const x = await ask(head, {})
        // of the garden that came between nothing was gauged
        for (const r of foretold.rules) {
          const { unknown, ...now } = rule(x, r.name).now
          const { unknown: before, ...then } = r.then
          assert.deepEqual(now, then)
          assert.ok(unknown - before === 0 || unknown - before === 1, r.name)
        }
        assert.equal(x.subjects, foretold.subjects + 1)
      },
    })
    await stopServer(server)
    dropPlace(copy)
  }
  rmSync(folder, { recursive: true })
  dropPlace(place)
  return failed + more
}
