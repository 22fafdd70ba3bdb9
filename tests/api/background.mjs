// Long work waits in a fair queue: nobody fills it for everybody, and a service that is stopped leaves a list where it can go on.
import assert from 'node:assert/strict'
import {
  Client,
  makePlace,
  dropPlace,
  startServer,
  stopServer,
  runTests,
  run,
  today,
  until,
  uuid,
  village,
} from './kit.mjs'

const list = (prefix, count) =>
  'login,name,role,area\n' + Array.from({ length: count }, (_, i) => `${prefix}${i},某,keeper,${village}\n`).join('')

export async function background() {
  const place = makePlace()
  let server = await startServer(place)
  let boss = await new Client(server).signIn('boss')
  const id = () => sent.json.id
  let sent
  const failed = await runTests('background', {
    'who sends many waits for himself, and others do not': async () => {
      const clerk = await new Client(server).signIn('clerk')
      const answered = []
      let refuse
      const refused = new Promise((resolve) => (refuse = resolve))
      const many = Array.from({ length: 12 }, () =>
        boss.raw('POST', '/api/v1/officers/imports', list('q', 2000)).then((r) => {
          answered.push(r)
          if (r.status === 503) refuse(r)
          return r
        }),
      )
      // One runs and eight wait: the queue is as full of him as it may be.
      assert.match((await refused).json.zh, /您已有 8 个文件在等待处理/)
      const other = await clerk.raw(
        'POST',
        '/api/v1/imports?layout=roster&name=a.csv',
        '园号,园主,村,树牌\nG1,赵,口头村,t1\n',
      )
      assert.equal(other.status, 201, JSON.stringify(other.json))
      assert.ok(answered.filter((r) => r.status === 201).length < 9, 'he did not wait for them all')
      const statuses = (await Promise.all(many)).map((r) => r.status)
      assert.deepEqual(
        [statuses.filter((s) => s === 201).length >= 9, statuses.every((s) => s === 201 || s === 503)],
        [true, true],
      )
    },
    'a service that stops leaves a list between two rows': async () => {
      sent = await boss.raw('POST', '/api/v1/officers/imports?name=l.csv', list('r', 400))
      assert.equal(sent.json.created, 400, JSON.stringify(sent.json))
      const taken = boss.raw('POST', `/api/v1/officers/imports/${id()}/apply`, { seal: sent.json.seal }).catch((e) => e)
      const made = async () =>
        (await boss.raw('GET', '/api/v1/officers?q=r&limit=500')).json.items.filter((o) => /^r\d/.test(o.login)).length
      while ((await made()) < 2) await new Promise((go) => setImmediate(go))
      await stopServer(server)
      await taken
      server = await startServer(place)
      boss = await new Client(server).signIn('boss')
      const now = (await boss.raw('GET', `/api/v1/officers/imports/${id()}`)).json
      assert.equal(now.state, 'checked')
      assert.match(now.stopped.zh, /再办一次，不会重复/)
      assert.ok(now.done >= 2 && now.done < 400, `${now.done}`)
      assert.equal(await made(), now.done)
    },
    'and goes on with it, with the same passwords': async () => {
      const seal = sent.json.seal
      const before = (await boss.raw('POST', `/api/v1/officers/imports/${id()}/passwords`, { seal })).json.items
      const done = (await boss.raw('POST', `/api/v1/officers/imports/${id()}/apply`, { seal })).json
      assert.deepEqual([done.state, done.same + done.created, done.same], ['applied', 400, before.length])
      const all = (await boss.raw('POST', `/api/v1/officers/imports/${id()}/passwords`, { seal })).json.items
      assert.equal(all.length, 400)
      assert.deepEqual(all.slice(0, before.length), before)
      for (const x of [all[0], all[399]]) await new Client(server).signIn(x.login, x.password)
    },
    'who asks many what-if questions at once waits for himself, and nobody else does': async () => {
      const clerk = await new Client(server).signIn('clerk')
      const head = await new Client(server).signIn('head')
      const many = Array.from({ length: 600 }, () => clerk.raw('POST', '/api/v1/simulations', {}))
      const others = []
      for (let i = 0; i < 5; i++) others.push((await head.raw('POST', '/api/v1/simulations', {})).status)
      const statuses = (await Promise.all(many)).map((r) => r.status)
      assert.deepEqual(others, Array(5).fill(200))
      assert.ok(statuses.every((s) => s === 200 || s === 429) && statuses.includes(200), String(new Set(statuses)))
    },
    'a filter without end takes two seconds a page, beside the others, and a stop does not wait for it': async () => {
      const clerk = await new Client(server).signIn('clerk')
      for (let i = 0; i < 60; i++)
        await clerk.raw('PUT', `/api/v1/subjects/garden/${uuid()}`, {
          area: village,
          fields: { code: `F${i}`, owner: '某' },
        })
      const list = `[${Array.from({ length: 60 }, (_, i) => i)}]`
      const filter = encodeURIComponent(`${list}.map(a, ${list}.map(b, ${list}.map(d, a + b + d))).size() == 0`)
      const ask = () => clerk.raw('GET', `/api/v1/subjects/garden?filter=${filter}`)
      const answered = []
      const all = Array.from({ length: 12 }, () =>
        ask()
          .then((r) => answered.push(r.status))
          .catch(() => {}),
      )
      await until(async () => answered.includes(429)) // one runs, four wait
      const garden = (await clerk.raw('GET', '/api/v1/subjects/garden?limit=1')).json.items[0].id
      const visit = await clerk.raw('PUT', `/api/v1/events/check/${uuid()}`, {
        subject: garden,
        on: today(),
        fields: { ill: 1 },
      })
      assert.equal(visit.status, 201, JSON.stringify(visit.json))
      assert.equal((await clerk.raw('GET', '/healthz')).status, 200)
      assert.ok(!answered.includes(200), 'they were served before the first of these filters was')
      assert.deepEqual((await stopServer(server)).code, 0)
      await Promise.all(all)
    },
    'the journal replays': async () => {
      await stopServer(server)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  dropPlace(place)
  return failed
}
