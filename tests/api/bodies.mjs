// Bodies are judged when the headers are in: session, right, length and room, before a byte is kept; and whoever sends his body without
// waiting gets the answer all the same.
import assert from 'node:assert/strict'
import net from 'node:net'
import { Client, makePlace, dropPlace, startServer, stopServer, runTests, uuid, village } from './kit.mjs'

const MB = 1 << 20

export async function bodies() {
  const place = makePlace()
  const server = await startServer(place)
  const clerk = await new Client(server).signIn('clerk')
  const keeper = await new Client(server).signIn('keeper')
  const { hostname, port } = new URL(server.url)
  const head = (method, path, token, ...more) =>
    [
      `${method} ${path} HTTP/1.1`,
      'Host: x',
      'Connection: close',
      ...(token ? [`Authorization: Bearer ${token}`] : []),
      ...more,
      '',
      '',
    ].join('\r\n')
  const length = (bytes) => `Content-Length: ${bytes}`
  const chunked = 'Transfer-Encoding: chunked'

  // Sends `first`, then what `pour` gives until the server answers; resolves when the server has closed.
  const talk = (first, pour = []) =>
    new Promise((resolve) => {
      let got = ''
      let go = () => {}
      const s = net.connect({ port: Number(port), host: hostname, allowHalfOpen: true }, async () => {
        s.write(first)
        s.on('drain', () => go()).on('close', () => go())
        for (const part of pour) if (!s.destroyed && !s.write(part)) await new Promise((next) => (go = next))
      })
      s.on('data', (d) => (got += d))
      s.on('error', () => {})
      s.on('end', () => s.end())
      s.on('close', () =>
        resolve({
          status: Number(got.split(' ')[1]),
          problem: got.includes('{') ? JSON.parse(got.slice(got.indexOf('{'))) : null,
        }),
      )
    })
  // A connection that is asked to send its body, and then does not; or the status that it was refused with.
  const promise = (path, bytes, token) =>
    new Promise((resolve) => {
      const s = net.connect(Number(port), hostname, () =>
        s.write(head('POST', path, token, length(bytes), 'Expect: 100-continue')),
      )
      s.on('error', () => {})
      s.on('close', () => resolve({ status: 0, text: 'closed', socket: s }))
      s.once('data', (d) => resolve({ status: Number(d.toString().split(' ')[1]), text: d.toString(), socket: s }))
    })
  const closed = (s) => new Promise((resolve) => (s.closed ? resolve() : s.once('close', resolve).destroy()))
  const block = Buffer.alloc(MB, 7)
  const chunk = Buffer.concat([Buffer.from(`${MB.toString(16)}\r\n`), block, Buffer.from('\r\n')])

  const rosters = '/api/v1/imports?layout=roster'
  const tests = {}
  for (const [what, path, token, status] of [
    ['a stranger', rosters, '', 401],
    ['an ended session', '/api/v1/files', 'x'.repeat(43), 401],
    ['who may not import', rosters, keeper.token, 403],
    ['who is no administrator', '/api/v1/officers/imports', clerk.token, 403],
    ['whoever sends to nowhere', '/api/v1/nothing', clerk.token, 404],
  ]) {
    tests[`${what} is answered at the headers`] = async () =>
      assert.equal((await talk(head('POST', path, token, length(60 * MB)))).status, status)
    tests[`${what} is answered before he may send`] = async () => {
      const r = await promise(path, 60 * MB, token)
      assert.equal(r.status, status)
      await closed(r.socket)
    }
    tests[`${what} is answered while he sends`] = async () =>
      assert.equal((await talk(head('POST', path, token, length(40 * MB)), Array(40).fill(block))).status, status)
    tests[`${what} is answered while he sends without a length`] = async () =>
      assert.equal(
        (await talk(head('POST', path, token, chunked), [...Array(40).fill(chunk), '0\r\n\r\n'])).status,
        status,
      )
  }
  tests['pages take no body'] = async () =>
    assert.equal((await talk(head('POST', '/', '', length(40 * MB)), Array(40).fill(block))).status, 405)
  tests['a sign-in is short'] = async () => {
    const r = await talk(head('POST', '/api/v1/session', '', 'Content-Type: application/json', length(20000)))
    assert.equal(r.status, 413)
    assert.match(r.problem.zh, /16 KB/)
  }
  tests['a length over the limit is answered at the headers, and while it is sent'] = async () => {
    for (const pour of [[], Array(13).fill(block)]) {
      const r = await talk(head('POST', '/api/v1/files', clerk.token, length(13 * MB)), pour)
      assert.equal(r.status, 413)
      assert.match(r.problem.zh, /12 MB.*分辨率/)
    }
  }
  tests['what grows over the limit is thrown away and answered at its end'] = async () => {
    const r = await talk(head('POST', '/api/v1/files', clerk.token, chunked), [...Array(14).fill(chunk), '0\r\n\r\n'])
    assert.equal(r.status, 413)
  }
  tests['what has no end is closed'] = async () => {
    function* endless() {
      for (let i = 0; i < 4096; i++) yield chunk
    }
    assert.ok(Number.isNaN((await talk(head('POST', '/api/v1/files', clerk.token, chunked), endless())).status))
  }
  tests['all files together have a ceiling, below that of small requests'] = async () => {
    const small = () =>
      clerk.raw('PUT', `/api/v1/subjects/garden/${uuid()}`, { area: village, fields: { code: 'B1', owner: '某' } })
    const held = []
    for (let i = 0; i < 3; i++) held.push(await promise(rosters, 60 * MB, clerk.token))
    assert.deepEqual(
      held.map((r) => r.status),
      [100, 100, 100],
    )
    const refused = await promise(rosters, 60 * MB, clerk.token)
    assert.equal(refused.status, 503)
    assert.match(refused.text, /正在接收的文件太多/)
    const grows = await talk(head('POST', rosters, clerk.token, chunked), [...Array(14).fill(chunk), '0\r\n\r\n'])
    assert.equal(grows.status, 503)
    assert.equal((await small()).status, 201)
    await Promise.all(held.map((r) => closed(r.socket)))
    // The server notices the end of a connection a moment later than its client.
    let again
    do again = await promise(rosters, 60 * MB, clerk.token)
    while (again.status === 503 && (await closed(again.socket), true))
    assert.equal(again.status, 100)
    await closed(again.socket)
  }
  const failed = await runTests('bodies', tests)
  await stopServer(server)
  dropPlace(place)
  return failed
}
