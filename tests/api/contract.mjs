// What the document of the interface says is what the server does: every route is called somewhere in these tests, and its good answer
// held to its shape, member by member (Client.call). Here stand the calls that no other test needs, and the sum.
import assert from 'node:assert/strict'
import { Client, Contract, contractOf, makePlace, dropPlace, startServer, stopServer, runTests, uuid, village } from './kit.mjs'

export async function contract() {
  const place = makePlace()
  const server = await startServer(place)
  const clerk = await new Client(server, await contractOf(server)).signIn('clerk')
  const garden = uuid()
  await clerk.call('PUT', `/api/v1/subjects/garden/${garden}`, { area: village, fields: { code: 'K 1', owner: '某' } })
  const failed = await runTests('contract', {
    'counters, document, areas': async () => {
      for (const path of ['/metrics', '/openapi.json', '/api/v1/areas']) assert.equal((await clerk.call('GET', path)).status, 200, path)
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
    'every problem carries the id of its request': async () => {
      const r = await fetch(`${server.url}/api/v1/packs`)
      const problem = await r.json()
      assert.equal(r.status, 401)
      assert.match(problem.request, /^[0-9a-f-]{36}$/)
      assert.equal(r.headers.get('x-request-id'), problem.request)
    },
    'the good answer of every route was held to its shape': async () => {
      const streams = ['GET /api/v1/stream'] // not one answer; loop.mjs reads it
      assert.deepEqual([...Contract.all].filter((o) => !Contract.held.has(o) && !streams.includes(o)), [])
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
