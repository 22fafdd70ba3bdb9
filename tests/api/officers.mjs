// Officers by route: added, changed, moved, closed, given passwords, taken from a list; by administrators only, within their areas,
// and with an end to the sessions of those whom it concerns.
import assert from 'node:assert/strict'
import { Client, contractOf, makePlace, dropPlace, startServer, stopServer, runTests, run, uuid, village, otherVillage } from './kit.mjs'

export async function officers(driver) {
  const place = makePlace(driver)
  const server = await startServer(place)
  const contract = await contractOf(server)
  const as = (login, password) => new Client(server, contract).signIn(login, password)
  const boss = await as('boss')
  const clerk = await as('clerk')
  const id = uuid()
  const at = `/api/v1/officers/${id}`
  const body = { login: 'li', name: '李某', posts: [{ role: 'keeper', area: village }], password: '一二三四五六' }
  const signedIn = async (client) => (await client.call('GET', '/api/v1/session')).status
  const list = async () => (await boss.call('GET', '/api/v1/officers?closed=1&limit=500')).json.items

  const failed = await runTests(`officers ${driver}`, {
    'who does not administer may do none of it': async () => {
      for (const [method, path, sent] of [['GET', at], ['PUT', at, body], ['PATCH', at, { name: 'x' }], ['POST', `${at}/password`, {}],
        ['POST', '/api/v1/officers/import?apply=1', '登录名,姓名,岗位,区域\n']]) {
        const r = await clerk.call(method, path, sent)
        assert.equal(r.status, 403, `${method} ${path}`)
        assert.equal(r.json.code, 'denied')
        assert.equal((await new Client(server, contract).call(method, path, sent)).status, 401)
      }
      assert.ok(!(await list()).some((o) => o.login === 'li'))
    },
    'a fault names its field, and nobody is made': async () => {
      const wrong = [
        [{ ...body, posts: [...body.posts, { role: 'keepr', area: village }] }, 'posts/1/role', /keeper（看园人）/],
        [{ ...body, posts: [{ role: 'keeper', area: '370871099' }] }, 'posts/0/area', /370871099000/],
        [{ ...body, posts: [{ role: 'keeper', area: 'x' }] }, 'posts/0/area', /./],
        [{ ...body, password: '12345' }, 'password', /6 到 128/],
        [{ ...body, login: 'l i' }, 'login', /空格/],
        [{ ...body, name: ' ' }, 'name', /姓名/],
        [{ ...body, active: 'no' }, 'active', /true/],
        [{ login: 'li', name: '李某' }, 'posts', /岗位/],
        [{ ...body, colour: 'red' }, 'colour', /./],
        [{ ...body, posts: Array(17).fill(body.posts[0]) }, 'posts', /最多 16 个/],
      ]
      for (const [sent, place, told] of wrong) {
        const r = await boss.call('PUT', at, sent)
        assert.ok(r.status === 422 || r.status === 400, JSON.stringify(r.json))
        assert.equal(r.json.place.split(':')[0], place)
        assert.match(r.json.zh, told)
      }
      assert.equal((await boss.call('PUT', at, { ...body, login: 'clerk' })).status, 409)
      assert.equal((await boss.call('GET', at)).status, 404)
      assert.equal((await boss.call('PATCH', at, { name: 'x' })).status, 404)
      assert.equal((await boss.call('POST', `${at}/password`, {})).status, 404)
    },
    'an officer is added whole, and signs in': async () => {
      const r = await boss.call('PUT', at, body)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.deepEqual([r.json.login, r.json.active, r.json.posts[0].area, 'password' in r.json], ['li', true, village, false])
      assert.deepEqual((await boss.call('GET', at)).json, r.json)
      assert.equal((await boss.call('PUT', at, body)).status, 200)
      await as('li', '一二三四五六')
    },
    'other posts, a closed account, a new password end his sessions at once, and nobody else\'s': async () => {
      let password = '一二三四五六'
      const steps = [
        [() => boss.call('PATCH', at, { posts: [{ role: 'clerk', area: otherVillage }] }), 200],
        [() => boss.call('POST', `${at}/password`, { password: 'secret-2' }), 200, 'secret-2'],
        [() => boss.call('PATCH', at, { password: 'secret-3' }), 200, 'secret-3'],
        [() => boss.call('PATCH', at, { active: false }), 200, null],
      ]
      for (const [step, status, next] of steps) {
        const li = await as('li', password)
        assert.equal(await signedIn(li), 200)
        const r = await step()
        assert.equal(r.status, status, JSON.stringify(r.json))
        assert.equal(await signedIn(li), 401)
        if (next !== undefined) password = next
      }
      assert.equal((await new Client(server, contract).call('POST', '/api/v1/session', { login: 'li', password: 'secret-3' })).status, 401)
      assert.equal((await boss.call('PATCH', at, { active: true, name: '李四' })).json.name, '李四')
      const li = await as('li', 'secret-3')
      assert.equal((await boss.call('PATCH', at, { name: '李五' })).status, 200)
      assert.equal(await signedIn(li), 200, 'a new name ends no session')
      assert.equal(await signedIn(clerk), 200)
    },
    'the live feed of a closed account ends': async () => {
      const feed = await fetch(`${server.url}/api/v1/stream`, { headers: { Authorization: `Bearer ${(await as('li', 'secret-3')).token}` } })
      const read = async () => {
        for await (const part of feed.body) void part
        return 'ended'
      }
      const ended = read()
      await boss.call('PATCH', at, { active: false })
      assert.equal(await ended, 'ended')
      assert.equal((await boss.call('PATCH', at, { active: true })).status, 200)
    },
    'a first password is made when none is given': async () => {
      const r = await boss.call('POST', `${at}/password`, {})
      assert.match(r.json.password, /^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/)
      await as('li', r.json.password)
    },
    'everybody changes his own password, and only with the old one': async () => {
      await boss.call('POST', `${at}/password`, { password: 'secret-4' })
      const li = await as('li', 'secret-4')
      const wrong = await li.call('POST', '/api/v1/session/password', { old: 'secret-5', new: 'secret-6' })
      assert.deepEqual([wrong.status, wrong.json.place], [422, 'old'])
      const short = await li.call('POST', '/api/v1/session/password', { old: 'secret-4', new: '短' })
      assert.deepEqual([short.status, short.json.place], [422, 'new'])
      assert.equal(await signedIn(li), 200)
      assert.equal((await li.call('POST', '/api/v1/session/password', { old: 'secret-4', new: 'secret-6' })).status, 200)
      assert.equal(await signedIn(li), 401)
      await as('li', 'secret-6')
    },
    'nobody closes himself, or changes his own posts': async () => {
      const me = (await boss.call('GET', '/api/v1/session')).json.officer.id
      for (const sent of [{ active: false }, { posts: [] }]) assert.equal((await boss.call('PATCH', `/api/v1/officers/${me}`, sent)).status, 409)
      assert.equal((await boss.call('PATCH', `/api/v1/officers/${me}`, { name: '主任' })).status, 200)
    },
    'an administrator of a town manages the officers of that town': async () => {
      const town = uuid()
      assert.equal((await boss.call('PUT', `/api/v1/officers/${town}`,
        { login: 'town', name: '镇管', posts: [{ role: 'admin', area: village.slice(0, 9) }], password: 'secret-1' })).status, 201)
      const admin = await as('town')
      const other = { login: 'x1', name: '某', posts: [{ role: 'keeper', area: otherVillage }], password: 'secret-1' }
      assert.equal((await admin.call('PUT', `/api/v1/officers/${uuid()}`, other)).status, 403)
      assert.equal((await admin.call('PUT', `/api/v1/officers/${uuid()}`, { ...other, posts: [{ role: 'admin', area: '370871' }] })).status, 403)
      assert.equal((await admin.call('PATCH', at, { active: false })).status, 403, 'li works elsewhere')
      assert.equal((await admin.call('PUT', `/api/v1/officers/${uuid()}`, { ...other, posts: [{ role: 'keeper', area: village }] })).status, 201)
      const list = await admin.call('POST', '/api/v1/officers/import?apply=1', `login,name,role,area\nx2,某,keeper,${otherVillage}\n`)
      assert.deepEqual([list.json.bad, list.json.applied, list.json.errors[0].column], [1, false, 'area'])
    },
    'a list: checked, then taken in, with passwords told once': async () => {
      const head = '登录名,姓名,岗位,区域,状态\n'
      const bad = await boss.call('POST', '/api/v1/officers/import?apply=1', `${head}n1,新,看园人,${village},\nn2,,nosuch,${village},\n`)
      assert.deepEqual([bad.status, bad.json.bad, bad.json.applied, bad.json.passwords.length], [200, 1, false, 0])
      assert.deepEqual(bad.json.errors.map((x) => [x.row, x.column]), [[3, '姓名'], [3, '岗位']])
      const good = `${head}n1,新,看园人,接庄街道,\nn2,二,clerk,${village},\nli,李五,clerk,${otherVillage},停用\n`
      const dry = await boss.call('POST', '/api/v1/officers/import', good)
      assert.deepEqual([dry.json.created, dry.json.changed, dry.json.applied], [2, 1, false])
      assert.ok(!(await list()).some((o) => o.login === 'n1'))
      const done = await boss.call('POST', '/api/v1/officers/import?apply=1', good)
      assert.deepEqual([done.json.applied, done.json.passwords.map((x) => x.login)], [true, ['n1', 'n2']])
      await as('n1', done.json.passwords[0].password)
      assert.equal((await list()).find((o) => o.login === 'li').active, false)
      assert.equal((await boss.call('POST', '/api/v1/officers/import?apply=1', good)).json.same, 3)
      assert.equal((await boss.call('POST', '/api/v1/officers/import', '姓名\n')).status, 422)
    },
    'no password is in the journal, and a replay is the same': async () => {
      const r = await boss.call('GET', '/api/v1/journal?limit=500')
      assert.doesNotMatch(JSON.stringify(r.json), /secret-|argon2|一二三四五六/)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
