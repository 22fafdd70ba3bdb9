// What the document of the interface says is what the server does: every route is called somewhere in these tests, and its good answer
// held to its shape, member by member (Client.call). Here stand the calls that no other test needs, and the sum.
import assert from 'node:assert/strict'
import {
  Client,
  Contract,
  contractOf,
  makePlace,
  dropPlace,
  startServer,
  stopServer,
  runTests,
  uuid,
  village,
} from './kit.mjs'

/** `afterAll`: all the other suites have run, so every route has been called. */
export async function contract(afterAll) {
  const place = makePlace()
  // Every line that can be written: at "debug" each request has one.
  const server = await startServer(place, '--log-level', 'debug')
  const clerk = await new Client(server, await contractOf(server)).signIn('clerk')
  const garden = uuid()
  await clerk.call('PUT', `/api/v1/subjects/garden/${garden}`, { area: village, fields: { code: 'K 1', owner: '某' } })
  const login = 'zhangsan13800138000'
  let wrong, refused
  const failed = await runTests('contract', {
    'counters, document, areas': async () => {
      for (const path of ['/metrics', '/openapi.json', '/api/v1/areas'])
        assert.equal((await clerk.call('GET', path)).status, 200, path)
    },
    'a QR sign is a drawing': async () => {
      const r = await clerk.call('GET', `/api/v1/subjects/garden/${garden}/qr?base=https://example.org`)
      assert.deepEqual([r.status, r.type], [200, 'image/svg+xml'])
    },
    'an attachment comes back with its own type': async () => {
      const sent = await clerk.call('POST', '/api/v1/files', new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))
      const r = await clerk.call('GET', `/api/v1/files/${sent.json.name}`)
      assert.deepEqual([r.status, r.type], [200, 'image/jpeg'])
    },
    'what will stand in the log': async () => {
      wrong = (await clerk.call('POST', '/api/v1/session', { login, password: 'no' })).json
      await clerk.call('POST', '/api/v1/session', { login: `${login}2`, password: 'no' })
      refused = (
        await clerk.call('PUT', `/api/v1/subjects/garden/${uuid()}`, {
          area: village,
          fields: { code: 'K 1', owner: 'Zhang' },
        })
      ).json
      await clerk.call('GET', '/api/v1/subjects/garden?q=Zhang')
    },
    'every problem carries the id of its request': async () => {
      const r = await fetch(`${server.url}/api/v1/packs`)
      const problem = await r.json()
      assert.equal(r.status, 401)
      assert.match(problem.request, /^[0-9a-f-]{36}$/)
      assert.equal(r.headers.get('x-request-id'), problem.request)
    },
    ...(afterAll && {
      'the good answer of every route was held to its shape': async () => {
        const streams = ['GET /api/v1/stream'] // not one answer; loop.mjs reads it
        assert.deepEqual(
          [...Contract.all].filter((o) => !Contract.held.has(o) && !streams.includes(o)),
          [],
        )
      },
    }),
  })
  if (!afterAll) console.log('SKIP contract: the good answer of every route: not all suites ran')
  await stopServer(server)
  dropPlace(place)
  // A line is there for sure once the server has stopped.
  const lines = server.err
    .split('\n')
    .filter((l) => l.startsWith('{'))
    .map((l) => JSON.parse(l))
  const told = (event) => lines.filter((l) => l.event === event)
  return (
    failed +
    (await runTests('log', {
      'start and stop': async () => {
        assert.equal(told('server_started')[0].port, Number(new URL(server.url).port))
        assert.ok(told('server_stopped')[0].uptime_s >= 0)
      },
      'a failed sign-in, by the id of its request; who it was cannot be read': async () => {
        assert.equal(told('sign_in_failed').length, 2)
        const [first, second] = told('sign_in_failed')
        assert.deepEqual([first.request, first.code, first.from], [wrong.request, 'sign_in', '127.0.0.1'])
        assert.match(first.login_tag, /^[0-9a-f]{8}$/)
        assert.notEqual(first.login_tag, second.login_tag)
      },
      'a refused entry, by the id of its request': async () => {
        assert.deepEqual(
          told('entry_refused').map((l) => [l.request, l.verb, l.code, l.route]),
          [[refused.request, 'subject', 'conflict', '/api/v1/subjects/{kind}/{id}']],
        )
      },
      'every request, by its route and never by its address': async () => {
        assert.ok(told('request').some((l) => l.route === '/api/v1/subjects/{kind}' && l.method === 'GET'))
      },
      'no personal data': async () => {
        for (const secret of [login, 'apple-pear-1', 'Zhang', garden]) assert.ok(!server.err.includes(secret), secret)
      },
    }))
  )
}
