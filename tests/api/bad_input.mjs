// Bad input gets a clear answer and changes nothing; the server stays up.
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
  seqOf,
  uuid,
  today,
  village,
} from './kit.mjs'

export async function badInput() {
  const place = makePlace()
  const server = await startServer(place)
  const contract = await contractOf(server)
  const clerk = await new Client(server, contract).signIn('clerk')
  const garden = uuid()
  await clerk.call('PUT', `/api/v1/subjects/garden/${garden}`, { area: village, fields: { code: 'B1', owner: '某' } })
  const seq = () => seqOf(clerk)
  const { hostname, port } = new URL(server.url)

  // Each: [what, method, path, body, status, code]
  const event = (fields, more = {}) => ({ subject: garden, on: today(), fields, ...more })
  const cases = [
    ['malformed JSON', 'PUT', `/api/v1/events/check/${uuid()}`, '{"subject":', 400, 'bad_json'],
    ['JSON with a comment', 'PUT', `/api/v1/events/check/${uuid()}`, '{}//', 400, 'bad_json'],
    ['a list where a map belongs', 'PUT', `/api/v1/events/check/${uuid()}`, '[]', 400, 'bad_json'],
    [
      'bytes that are not UTF-8',
      'PUT',
      `/api/v1/events/check/${uuid()}`,
      new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      400,
      'bad_json',
    ],
    ['a key twice', 'PUT', `/api/v1/events/check/${uuid()}`, '{"on":"2024-01-01","on":"2024-01-02"}', 400, 'bad_json'],
    ['nesting without end', 'PUT', `/api/v1/events/check/${uuid()}`, '['.repeat(100000), 400, 'bad_json'],
    ['unknown kind', 'PUT', `/api/v1/subjects/castle/${uuid()}`, { area: village, fields: {} }, 404, 'unknown_name'],
    ['unknown event', 'PUT', `/api/v1/events/party/${uuid()}`, event({}), 404, 'unknown_name'],
    ['unknown field', 'PUT', `/api/v1/events/check/${uuid()}`, event({ colour: 'red' }), 422, 'bad_input'],
    ['unknown key', 'PUT', `/api/v1/events/check/${uuid()}`, event({ ill: 1 }, { officer: 'me' }), 422, 'bad_input'],
    ['text for a number', 'PUT', `/api/v1/events/check/${uuid()}`, event({ ill: 'many' }), 422, 'bad_input'],
    ['a fraction for a whole number', 'PUT', `/api/v1/events/check/${uuid()}`, event({ ill: 1.5 }), 422, 'bad_input'],
    [
      'a number over 64 bits',
      'PUT',
      `/api/v1/events/check/${uuid()}`,
      `{"subject":"${garden}","on":"${today()}","fields":{"ill":99999999999999999999}}`,
      422,
      'bad_input',
    ],
    ['a number below its range', 'PUT', `/api/v1/events/check/${uuid()}`, event({ ill: -1 }), 422, 'bad_input'],
    [
      'text over its length',
      'PUT',
      `/api/v1/events/check/${uuid()}`,
      event({ note: '长'.repeat(201) }),
      422,
      'bad_input',
    ],
    ['a control character', 'PUT', `/api/v1/events/check/${uuid()}`, event({ note: 'a\u0001b' }), 422, 'bad_input'],
    [
      'a NUL in a text',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: village, fields: { code: 'B9', owner: 'nul\u0000tail' } },
      400,
      'bad_json',
    ],
    ['a NUL in a key', 'PUT', `/api/v1/events/check/${uuid()}`, event({ 'note\u0000tail': 'x' }), 400, 'bad_json'],
    ['a NUL in a query', 'GET', '/api/v1/subjects/garden?cursor=%00', undefined, 400, 'bad_address'],
    ['a NUL behind a good part of a query', 'GET', '/api/v1/subjects/garden?q=B1%00x', undefined, 400, 'bad_address'],
    ['a NUL in the name of a parameter', 'GET', '/api/v1/subjects/garden?q%00x=B1', undefined, 400, 'bad_address'],
    ['a NUL in the address', 'GET', '/api/v1/packs%00/x', undefined, 400, 'bad_address'],
    ['a NUL in the address of a body', 'PUT', `/api/v1/events/check/${uuid()}%00`, event({}), 400, 'bad_address'],
    ['a required field missing', 'PUT', `/api/v1/events/sale/${uuid()}`, event({}), 422, 'bad_input'],
    [
      '30 February',
      'PUT',
      `/api/v1/events/check/${uuid()}`,
      { subject: garden, on: '2024-02-30', fields: {} },
      422,
      'bad_input',
    ],
    [
      'tomorrow',
      'PUT',
      `/api/v1/events/check/${uuid()}`,
      { subject: garden, on: today(1), fields: {} },
      422,
      'bad_input',
    ],
    [
      'a broken ID number',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: village, fields: { code: 'B2', owner: '某', id_number: '110105194912310021' } },
      422,
      'bad_input',
    ],
    [
      'a choice not in the list',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: village, fields: { code: 'B2', owner: '某', soil: 'moon' } },
      422,
      'bad_input',
    ],
    [
      'a key already taken',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: village, fields: { code: 'B1', owner: '某' } },
      409,
      'conflict',
    ],
    [
      'a village that is not there',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: '370871003999', fields: { code: 'B2', owner: '某' } },
      422,
      'bad_input',
    ],
    [
      'a village of another town',
      'PUT',
      `/api/v1/subjects/garden/${uuid()}`,
      { area: '370871001001', fields: { code: 'B2', owner: '某' } },
      403,
      'denied',
    ],
    [
      'a parent that is not there',
      'PUT',
      `/api/v1/subjects/tree/${uuid()}`,
      { parent: uuid(), fields: { tag: 'x' } },
      404,
      'unknown_name',
    ],
    ['an id that is no UUID', 'PUT', '/api/v1/events/check/17', event({}), 404, 'unknown_name'],
    ["a cursor of one's own", 'GET', '/api/v1/subjects/garden?cursor=abc', undefined, 422, 'bad_input'],
    ['a method that is not there', 'DELETE', '/api/v1/packs', undefined, 405, 'method'],
    ['an address that is not there', 'GET', '/api/v1/nothing', undefined, 404, 'unknown_name'],
    ['no file', 'POST', '/api/v1/imports?layout=roster', '', 422, 'bad_file'],
    ['an unknown layout', 'POST', '/api/v1/imports?layout=x', 'a,b', 404, 'unknown_name'],
    [
      'a corrupt XLSX',
      'POST',
      '/api/v1/imports?layout=roster&name=a.xlsx',
      new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8]),
      422,
      'bad_file',
    ],
    ['a file without the header', 'POST', '/api/v1/imports?layout=roster&name=a.csv', '3,4\n1,2\n', 422, 'bad_file'],
    ['a change of nothing known', 'PATCH', `/api/v1/subjects/garden/${uuid()}`, { fields: {} }, 428, 'needs_match'],
  ]
  const tests = {}
  for (const [what, method, path, body, status, code] of cases)
    tests[what] = async () => {
      const before = await seq()
      // 404 and 405 of addresses outside the document are not described by it
      const r = await clerk.raw(method, path, body)
      assert.equal(r.status, status, JSON.stringify(r.json).slice(0, 200))
      assert.equal(r.json.code, code)
      assert.ok(/[\u4e00-\u9fff]/.test(r.json.zh) && r.json.en.length > 3, 'a sentence in both languages')
      assert.equal(await seq(), before, 'nothing changed')
    }
  tests['an oversized body is refused before it is read'] = async () => {
    const r = await clerk
      .raw('PUT', `/api/v1/events/check/${uuid()}`, `{"x":"${'y'.repeat(2 << 20)}"}`)
      .catch((e) => ({ status: 413, cut: e }))
    assert.equal(r.status, 413)
  }
  // A picture and a scan as a phone and a scanner send them: what counts is how they begin.
  const attachment = (start, mebibytes) => {
    const body = new Uint8Array(mebibytes << 20).fill(7)
    body.set(start)
    return body
  }
  const jpeg = [0xff, 0xd8, 0xff, 0xe0]
  const pdf = [...'%PDF-1.4'].map((c) => c.charCodeAt(0))
  for (const [what, type, body] of [
    ['a photograph of 2 MiB', 'image/jpeg', attachment(jpeg, 2)],
    ['a scan of 11 MiB', 'application/pdf', attachment(pdf, 11)],
  ])
    tests[`${what} is taken and comes back whole`] = async () => {
      const r = await clerk.call('POST', '/api/v1/files', body)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.deepEqual([r.json.type, r.json.bytes], [type, body.length])
      const back = await fetch(`${server.url}/api/v1/files/${r.json.name}`, {
        headers: { Authorization: `Bearer ${clerk.token}` },
      })
      assert.equal(Buffer.compare(Buffer.from(await back.arrayBuffer()), body), 0)
    }
  tests['a file of 13 MiB is refused with the limit and a remedy'] = async () => {
    // By socket: the server answers and closes before the body has come.
    const head = `POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${clerk.token}\r\nContent-Length: ${13 << 20}\r\n\r\n`
    const answer = await socket(head)
    assert.equal(answer.split(' ')[1], '413')
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
    assert.equal(problem.code, 'too_large')
    assert.match(problem.zh, /12 MB.*分辨率/)
    assert.match(problem.en, /12 MB.*resolution/)
  }
  tests['a file of 13 MiB of unknown length is refused when the limit is passed'] = async () => {
    const body = attachment(jpeg, 13)
    const r = await fetch(`${server.url}/api/v1/files`, {
      method: 'POST',
      duplex: 'half',
      body: new Blob([body]).stream(),
      headers: { Authorization: `Bearer ${clerk.token}` },
    })
    assert.equal(r.status, 413)
    assert.match((await r.json()).zh, /12 MB/)
  }
  tests['without a session nothing is told'] = async () => {
    const nobody = new Client(server, contract)
    for (const path of [
      '/api/v1/packs',
      '/api/v1/due',
      '/api/v1/subjects/garden',
      `/api/v1/subjects/garden/${garden}/file`,
      '/api/v1/journal',
    ])
      assert.equal((await nobody.call('GET', path)).status, 401, path)
    nobody.token = 'x'.repeat(43)
    assert.equal((await nobody.call('GET', '/api/v1/packs')).status, 401)
  }
  tests['wrong passwords are slowed down'] = async () => {
    const nobody = new Client(server, contract)
    const tries = []
    for (let i = 0; i < 7; i++)
      tries.push((await nobody.call('POST', '/api/v1/session', { login: 'far', password: `wrong-${i}` })).status)
    assert.deepEqual(tries, [401, 401, 401, 401, 401, 429, 429])
  }
  tests['a page of another site cannot write'] = async () => {
    const r = await clerk.raw('PUT', `/api/v1/events/check/${uuid()}`, event({}), { 'Sec-Fetch-Site': 'cross-site' })
    assert.equal(r.status, 403)
  }
  tests['English is spoken to those who ask for it'] = async () => {
    const r = await clerk.raw('GET', '/api/v1/nothing', undefined, { 'Accept-Language': 'en-GB,en;q=0.9' })
    assert.equal(r.json.detail, r.json.en)
  }
  const socket = (text) =>
    new Promise((resolve) => {
      const s = net.connect(Number(port), hostname, () => s.write(text))
      let got = ''
      s.on('data', (d) => (got += d))
      s.on('close', () => resolve(got))
      s.on('error', () => resolve(got))
      setTimeout(() => s.destroy(), 400)
    })
  // What a proxy in front might read otherwise is no request at all.
  const sent = 'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  for (const [what, text] of [
    ['a first header that goes on', 'GET /healthz HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n'],
    ['a bare CR', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\rX-B: c\r\n\r\n'],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two Hosts', 'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['a blank before the colon', 'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['a header without a colon', 'GET /healthz HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n'],
    ['two lengths', `${sent}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['two lengths that differ', `${sent}Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}`],
    ['a list of lengths', `${sent}Content-Length: 2, 2\r\n\r\n{}`],
    ['a length with a sign', `${sent}Content-Length: +2\r\n\r\n{}`],
    ['a length and chunks', `${sent}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['an unknown encoding', `${sent}Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a list of encodings', `${sent}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['two encodings', `${sent}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
  ])
    tests[`no clear HTTP: ${what}`] = async () => {
      const answer = await new Promise((resolve) => {
        const s = net.connect(Number(port), hostname, () => s.write(text))
        s.once('data', (d) => resolve(d.toString()))
        s.once('close', () => resolve('closed'))
        s.on('error', () => {})
      })
      assert.equal(answer.split(' ')[1], '400', answer.slice(0, 80))
    }
  tests['half-sent and garbled requests leave the server up'] = async () => {
    for (const text of [
      'GET /hea',
      'PUT /api/v1/events/check/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"a"',
      '\x00\x01\x02\x03\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(40000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
      'PUT /api/v1/events/check/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
    ])
      await socket(text)
    assert.equal((await clerk.call('GET', '/healthz')).status, 200)
  }
  tests['pages cannot be asked out of their folder'] = async () => {
    for (const path of ['/../jishi.db', '/%2e%2e/%2e%2e/etc/passwd', '/.git/config', '/assets/..%5c..%5cx'])
      assert.equal(
        (await socket(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).split(' ')[1],
        '404',
        path,
      )
  }
  const failed = await runTests('bad input', tests)
  await stopServer(server)
  dropPlace(place)
  return failed
}
