// Who gets in: tries that are counted and outlive a restart without keeping others out, first passwords, sessions that lock, end and
// are ended, and what a browser is told and asked.
import assert from 'node:assert/strict'
import net from 'node:net'
import {
  Client,
  contractOf,
  makePlace,
  dropPlace,
  startServer,
  stopServer,
  runTests,
  run,
  settle,
  uuid,
  village,
} from './kit.mjs'

export async function sessions(driver) {
  const place = makePlace(driver)
  let server = await startServer(place, '--trusted-proxy', '127.0.0.0/8')
  let contract = await contractOf(server)
  const client = () => new Client(server, contract)
  const as = (login, password) => client().signIn(login, password)
  // From any address, as a trusted proxy would tell it.
  const from = (address) => ({ 'X-Forwarded-For': address })
  const tryIn = async (login, password, headers) =>
    (await client().call('POST', '/api/v1/session', { login, password }, headers)).status
  const right = 'apple-pear-1'
  const cookiesOf = (r) => r.headers.getSetCookie().map((c) => c.split(';')[0])

  const failed = await runTests(`sessions ${driver}`, {
    'who guesses keeps himself out, whatever other names he tries between': async () => {
      const told = []
      for (let i = 0; i < 8; i++) {
        told.push(await tryIn('far', `guess-${i}`, from('10.0.0.1')))
        for (let k = 0; k < 4; k++) await tryIn(`nobody-${i}-${k}`, 'x', from('10.0.0.1'))
      }
      assert.deepEqual(told, [401, 401, 401, 401, 401, 429, 429, 429])
      assert.equal(await tryIn('far', right, from('10.0.0.1')), 429, 'also with the right one')
      const r = await client().call('POST', '/api/v1/session', { login: 'far', password: right }, from('10.0.0.1'))
      assert.ok(Number(r.headers.get('retry-after')) > 30, r.headers.get('retry-after'))
    },
    'and nobody else: not the officer at his own desk, not the colleagues behind the same address': async () => {
      assert.equal(await tryIn('far', right, from('10.0.0.2')), 200)
      assert.equal(await tryIn('clerk', right, from('10.0.0.1')), 200)
    },
    'many tries at once are counted as many': async () => {
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, i) => tryIn('head', `at-once-${i}`, from('10.0.0.3'))),
      )
      assert.equal(all.filter((s) => s === 401).length, 5, `${all}`)
      assert.ok(all.every((s) => s === 401 || s === 429))
    },
    'a browser that signed in before is counted by itself': async () => {
      const first = await client().call(
        'POST',
        '/api/v1/session',
        { login: 'keeper', password: right },
        from('10.0.0.4'),
      )
      const device = cookiesOf(first).find((c) => c.startsWith('jishi_device='))
      for (let i = 0; i < 6; i++) await tryIn('keeper', `guess-${i}`, from('10.0.0.4'))
      assert.equal(await tryIn('keeper', right, from('10.0.0.4')), 429)
      assert.equal(await tryIn('keeper', right, { ...from('10.0.0.4'), Cookie: device }), 200)
      assert.equal(
        await tryIn('clerk', right, { ...from('10.0.0.4'), Cookie: device }),
        200,
        'proves nothing for others',
      )
      assert.equal(await tryIn('keeper', right, { ...from('10.0.0.4'), Cookie: `${device}0` }), 429, 'made up')
    },
    'a restart forgets no try': async () => {
      await stopServer(server)
      server = await startServer(place, '--trusted-proxy', '127.0.0.0/8')
      contract = await contractOf(server)
      assert.equal(await tryIn('far', right, from('10.0.0.1')), 429)
      assert.equal(await tryIn('far', right, from('10.0.0.2')), 200)
    },
    'addresses are read from the right, and only as trusted proxies tell them': async () => {
      for (let i = 0; i < 5; i++) await tryIn('boss', 'x', from(`192.0.2.${i}, 10.0.0.9`))
      assert.equal(
        await tryIn('boss', right, from('192.0.2.99, 10.0.0.9')),
        429,
        'what the client invents counts nothing',
      )
      assert.equal(await tryIn('boss', right, from('10.0.0.9, 192.0.2.99')), 200)
      const forwarded = (x) => ({ Forwarded: x })
      assert.equal(await tryIn('boss', right, forwarded('for=192.0.2.7, for="10.0.0.9:1234"')), 429)
      assert.equal(await tryIn('boss', right, forwarded('for=10.0.0.9, for="[2001:db8::1]:80";proto=https')), 200)
      const plain = await startServer(place)
      const status = async (x) =>
        (await new Client(plain).raw('POST', '/api/v1/session', { login: 'boss', password: right }, from(x))).status
      assert.equal(await status('10.0.0.9'), 200, 'nobody is trusted there')
      await stopServer(plain)
    },
    'a first password must be changed before anything else': async () => {
      const boss = await as('boss')
      const id = uuid()
      const body = {
        login: 'neu',
        name: '新人',
        posts: [{ role: 'keeper', area: village }],
        password: 'given-by-the-boss',
      }
      assert.equal((await boss.call('PUT', `/api/v1/officers/${id}`, body)).status, 201)
      const neu = await as('neu', body.password)
      assert.equal((await neu.call('GET', '/api/v1/session')).json.first_password, true)
      const r = await neu.call('GET', '/api/v1/packs')
      assert.deepEqual([r.status, r.json.code], [403, 'password_first'])
      const change = (old, next) => neu.call('POST', '/api/v1/session/password', { old, new: next })
      assert.equal((await change(body.password, body.password)).json.where, 'new')
      const done = await change(body.password, 'seven red hills')
      assert.deepEqual([done.status, done.json.first_password], [200, false], JSON.stringify(done.json))
      assert.equal((await neu.call('GET', '/api/v1/packs')).status, 200)
      const reset = await boss.call('POST', `/api/v1/officers/${id}/password`, {})
      assert.match(reset.json.password, /^[a-z0-9-]{19}$/)
      assert.equal((await neu.call('GET', '/api/v1/packs')).status, 401)
      await settle(client(), 'neu', reset.json.password, 'seven blue hills')
    },
    "one's own new password ends one's other sessions, and keeps this one": async () => {
      const here = await as('neu', 'seven blue hills')
      const there = await as('neu', 'seven blue hills')
      const r = await here.call('POST', '/api/v1/session/password', { old: 'seven blue hills', new: 'nine blue hills' })
      assert.equal(r.status, 200)
      assert.equal((await here.call('GET', '/api/v1/packs')).status, 200)
      assert.equal((await there.call('GET', '/api/v1/packs')).status, 401)
      assert.equal(
        (await here.call('POST', '/api/v1/session/password', { old: 'wrong', new: 'ten blue hills' })).json.where,
        'old',
      )
    },
    'what is easy to guess is refused, what is long is not': async () => {
      const here = await as('neu', 'nine blue hills')
      const place_of = async (next) => {
        const r = await here.call('POST', '/api/v1/session/password', { old: 'nine blue hills', new: next })
        return r.status === 422 && r.json.where === 'new'
      }
      for (const bad of [
        'short',
        'password1234',
        'P@ssw0rd2026!',
        'aaaaaaaaaaaaaa',
        '123456789012',
        'abcdefghijkl',
        'qwertyuiop12',
        'neu370871neu370871',
        'abcabcabcabcabc',
        'woaini1314520',
        'Jining370871!',
      ])
        assert.ok(await place_of(bad), bad)
      assert.ok(!(await place_of('门前两棵枣树三只羊一口井')))
    },
    'sessions are listed and ended, one’s own by oneself, all by the administrator': async () => {
      const one = await as('clerk')
      const two = await as('clerk')
      const boss = await as('boss')
      const own = (await one.call('GET', '/api/v1/sessions')).json.items
      assert.ok(own.length >= 2 && own.every((x) => x.officer_name === 'clerk某'))
      assert.equal(own.filter((x) => x.own).length, 1)
      assert.equal((await one.call('GET', '/api/v1/sessions?all=1')).status, 403)
      const other = (await two.call('GET', '/api/v1/sessions')).json.items.find((x) => x.own)
      const of_boss = (await boss.call('GET', '/api/v1/sessions')).json.items.find((x) => x.own)
      assert.equal((await one.call('DELETE', `/api/v1/sessions/${of_boss.id}`)).status, 404, 'not those of others')
      assert.equal((await one.call('DELETE', `/api/v1/sessions/${other.id}`)).status, 200)
      assert.equal((await two.call('GET', '/api/v1/packs')).status, 401)
      const all = (await boss.call('GET', '/api/v1/sessions?all=1')).json.items
      const mine = (await one.call('GET', '/api/v1/sessions')).json.items.find((x) => x.own)
      assert.ok(all.some((x) => x.id === mine.id))
      assert.equal((await boss.call('DELETE', `/api/v1/sessions/${mine.id}`)).status, 200)
      assert.equal((await one.call('GET', '/api/v1/packs')).status, 401)
    },
    'one account cannot take the room of all': async () => {
      const many = []
      for (let i = 0; i < 18; i++) many.push(await as('clerk'))
      assert.equal((await many.at(-1).call('GET', '/api/v1/sessions')).json.items.length, 16)
      assert.equal((await many[0].call('GET', '/api/v1/packs')).status, 401)
      assert.equal((await many.at(-1).call('GET', '/api/v1/packs')).status, 200)
    },
    'a locked session does nothing until the password is given': async () => {
      const clerk = await as('clerk')
      assert.equal((await clerk.call('POST', '/api/v1/session/lock')).status, 200)
      const r = await clerk.call('GET', '/api/v1/packs')
      assert.deepEqual([r.status, r.json.code], [423, 'locked'])
      assert.equal((await clerk.call('POST', '/api/v1/session/unlock', { password: 'no' })).status, 422)
      assert.equal((await clerk.call('GET', '/api/v1/packs')).status, 423)
      assert.equal((await clerk.call('POST', '/api/v1/session/unlock', { password: right })).status, 200)
      assert.equal((await clerk.call('GET', '/api/v1/packs')).status, 200)
    },
    'a feed ends with its session: signed out, locked, ended by another': async () => {
      const boss = await as('boss')
      for (const leave of [
        (c) => c.call('DELETE', '/api/v1/session'),
        (c) => c.call('POST', '/api/v1/session/lock'),
        async (c) => {
          const own = (await c.call('GET', '/api/v1/sessions')).json.items.find((x) => x.own)
          await boss.call('DELETE', `/api/v1/sessions/${own.id}`)
        },
      ]) {
        const c = await as('clerk')
        const feed = await fetch(`${server.url}/api/v1/stream`, { headers: { Authorization: `Bearer ${c.token}` } })
        const reader = feed.body.getReader()
        await reader.read()
        await leave(c)
        while (!(await reader.read()).done);
      }
    },
    'the county sets how long, each change an entry': async () => {
      const boss = await as('boss')
      const clerk = await as('clerk')
      assert.equal((await clerk.call('PATCH', '/api/v1/settings', { session_hours: 8 })).status, 403)
      assert.equal((await boss.call('PATCH', '/api/v1/settings', { session_hours: 99 })).status, 422)
      assert.equal((await boss.call('PATCH', '/api/v1/settings', { nonsense: 1 })).status, 422)
      const r = await boss.call('PATCH', '/api/v1/settings', { session_hours: 8, session_idle_minutes: 5 })
      assert.equal(r.status, 200)
      const of = (name) => r.json.items.find((x) => x.name === name).value
      assert.deepEqual([of('session_hours'), of('session_idle_minutes'), of('password_length')], [8, 5, 12])
      assert.deepEqual((await clerk.call('GET', '/api/v1/settings')).json, r.json)
      const later = (await (await as('clerk')).call('GET', '/api/v1/session')).json
      assert.equal(later.idle_minutes, 5)
      assert.ok(Math.abs(Date.parse(later.expires) - Date.now() - 8 * 3600e3) < 3600e3)
    },
    'what a device keeps is sealed by a key of its officer alone, the same at each sign-in': async () => {
      const key = async (login) => (await (await as(login)).call('GET', '/api/v1/session')).json.device_key
      const clerk = await key('clerk')
      assert.match(clerk, /^[0-9a-f]{64}$/)
      assert.equal(await key('clerk'), clerk)
      assert.notEqual(await key('keeper'), clerk)
    },
    'a write must come from this site’s own page, and say that it is JSON': async () => {
      const boss = await as('boss')
      const at = '/api/v1/settings'
      const patch = async (headers) => (await boss.raw('PATCH', at, '{"session_hours":8}', headers)).status
      const json = { 'Content-Type': 'application/json' }
      const host = new URL(server.url).host
      assert.equal(await patch({ ...json, Origin: `http://${host}` }), 200)
      assert.equal(await patch({ ...json, Origin: 'http://evil.example' }), 403)
      assert.equal(await patch({ ...json, Origin: `http://${host.split(':')[0]}:1` }), 403, 'another port')
      assert.equal(await patch({ ...json, Origin: 'null' }), 403)
      assert.equal(await patch({ 'Content-Type': 'text/plain' }), 415)
      assert.equal(await patch({ 'Content-Type': 'application/json; charset=utf-8' }), 200)
    },
    'every answer tells the browser what it may do with it': async () => {
      const clerk = await as('clerk')
      const sent = await clerk.call('POST', '/api/v1/files', new TextEncoder().encode('%PDF-1.4 x'))
      for (const path of [
        '/healthz',
        '/api/v1/packs',
        '/api/v1/nothing',
        `/api/v1/files/${sent.json.name}`,
        '/',
        '/no.png',
      ]) {
        const h = (await clerk.raw('GET', path)).headers
        assert.match(h.get('content-security-policy'), /frame-ancestors 'none'/, path)
        assert.equal(h.get('x-content-type-options'), 'nosniff', path)
        assert.equal(h.get('cross-origin-opener-policy'), 'same-origin', path)
        assert.equal(h.get('referrer-policy'), 'same-origin', path)
        assert.ok(h.get('permissions-policy'), path)
        assert.equal(h.get('strict-transport-security'), null, path)
        const tls = (await clerk.raw('GET', path, undefined, { 'X-Forwarded-Proto': 'https' })).headers
        assert.match(tls.get('strict-transport-security') || '', /max-age/, `${path} behind a proxy with TLS`)
      }
      const file = (await clerk.raw('GET', `/api/v1/files/${sent.json.name}`)).headers
      assert.match(file.get('content-security-policy'), /sandbox/)
      assert.match(file.get('content-disposition'), /^attachment/)
    },
    'by https cookies are for https and this host alone': async () => {
      const secure = { 'X-Forwarded-Proto': 'https' }
      const r = await client().call('POST', '/api/v1/session', { login: 'clerk', password: right }, secure)
      const set = r.headers.getSetCookie()
      assert.equal(set.length, 2)
      assert.ok(
        set.every((c) => /^__Host-jishi_\w+=.*; Path=\/; HttpOnly; SameSite=Strict;.*; Secure$/.test(c)),
        `${set}`,
      )
      const Cookie = cookiesOf(r).join('; ')
      const ask = async (headers) => (await client().raw('GET', '/api/v1/session', undefined, headers)).status
      assert.equal(await ask({ Cookie, ...secure }), 200)
      assert.equal(await ask({ Cookie }), 401)
      assert.equal(
        await ask({ Cookie: Cookie.replaceAll('__Host-', ''), ...secure }),
        401,
        'what any host could have set',
      )
    },
    'counters and contract are closed unless they were opened': async () => {
      const closed = await startServer(place, 'closed')
      const statuses = async (c) => [
        (await c.raw('GET', '/metrics')).status,
        (await c.raw('GET', '/openapi.json')).status,
        (await c.raw('GET', '/healthz')).status,
      ]
      assert.deepEqual(await statuses(new Client(closed)), [401, 401, 200])
      assert.deepEqual(await statuses(await new Client(closed).signIn('clerk')), [403, 200, 200])
      assert.deepEqual(await statuses(await new Client(closed).signIn('boss')), [200, 200, 200])
      await stopServer(closed)
      const health = (await client().call('GET', '/healthz')).json
      assert.deepEqual(health, { ok: true, ready: true, role: 'writer', backup: null })
      assert.equal((await client().call('GET', '/readyz')).status, 200)
    },
    'what is no clear HTTP is refused': async () => {
      const { hostname, port } = new URL(server.url)
      const ask = (head) =>
        new Promise((resolve) => {
          const s = net.connect(Number(port), hostname, () => s.write(`GET /healthz HTTP/1.1\r\n${head}\r\n`, 'latin1'))
          let got = ''
          s.on('data', (d) => (got += d))
          s.on('close', () => resolve(got.slice(9, 12)))
          s.on('error', () => resolve(''))
        })
      const end = 'Connection: close\r\n'
      assert.equal(await ask(`Host: x\r\n${end}`), '200')
      for (const [name, head] of Object.entries({
        'no Host': end,
        'two Hosts': `Host: x\r\nHost: y\r\n${end}`,
        'a blank before the colon': `Host: x\r\nX-Y : 1\r\n${end}`,
        'two lengths': `Host: x\r\nContent-Length: 0\r\nContent-Length: 1\r\n${end}`,
        'length and encoding': `Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${end}`,
      }))
        assert.ok(['400', ''].includes(await ask(head)), `${name}: ${await ask(head)}`)
    },
    'a replay is the same': async () => {
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
