// While an attack stands, the others go on: /healthz answers and visits are written, each of them, and who is refused hears when to
// come again. What that takes in time is for benches/attacks; here nothing is measured.
import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
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

const MB = 1 << 20
const asked = 10 // of /healthz, and as many visits, under each attack

export async function attacks() {
  const place = makePlace()
  const server = await startServer(place)
  const clerk = await new Client(server).signIn('clerk')
  const keeper = await new Client(server).signIn('keeper')
  const { hostname, port } = new URL(server.url)
  const garden = uuid()
  for (let i = 0; i < 60; i++)
    await clerk.raw('PUT', `/api/v1/subjects/garden/${i ? uuid() : garden}`, {
      area: village,
      fields: { code: `A${i}`, owner: '某' },
    })

  // What everybody else does meanwhile.
  const others = async () => {
    const statuses = { health: [], visits: [] }
    for (let i = 0; i < asked; i++) {
      statuses.health.push((await keeper.raw('GET', '/healthz')).status)
      const visit = { subject: garden, on: today(), fields: { ill: 1 } }
      statuses.visits.push((await keeper.raw('PUT', `/api/v1/events/check/${uuid()}`, visit)).status)
    }
    assert.deepEqual(statuses, { health: Array(asked).fill(200), visits: Array(asked).fill(201) })
  }

  // ---- the attacks: each begins, and gives how to see that it goes on, and how it ends ----

  // A connection that says `text` and then nothing.
  const connect = (text, from) =>
    new Promise((resolve) => {
      const s = net.connect({ port: Number(port), host: hostname, localAddress: from }, () => {
        s.write(text)
        resolve(s)
      })
      s.on('error', () => resolve(s))
      s.resume()
    })
  // `ask` again and again on `count` lines until it ends; the refused must say when to come again.
  const repeated = (count, ask) => {
    const got = {}
    let goes = true
    const line = async (i) => {
      while (goes) {
        const r = await ask(i).catch(() => null)
        if (!r) continue
        got[r.status] = (got[r.status] || 0) + 1
        if (r.status === 429 || r.status === 503) assert.match(r.again || '', /^[1-9]\d*$/)
      }
    }
    const lines = Array.from({ length: count }, (_, i) => line(i))
    return {
      got,
      async goesOn() {
        const sum = () => Object.values(got).reduce((a, b) => a + b, 0)
        const before = sum()
        await until(() => sum() > before)
      },
      async end() {
        goes = false
        await Promise.all(lines)
      },
    }
  }
  const post = (from, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const all = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers }
      const r = http.request({ hostname, port, path, method: 'POST', localAddress: from, headers: all }, (answer) => {
        answer.resume().on('end', () =>
          resolve({
            status: answer.statusCode,
            again: answer.headers['retry-after'],
            cookies: answer.headers['set-cookie'],
          }),
        )
      })
      r.on('error', reject)
      r.end(body)
    })
  const signIn = (from, login, password, headers) =>
    post(from, '/api/v1/session', JSON.stringify({ login, password }), headers)

  const guesses = async () => {
    const x = repeated(60, (i) => signIn(`127.0.1.${i + 1}`, `a${i}`, 'wrong-wrong-1'))
    await until(() => x.got[401] > 0 && x.got[429] > 0) // the lane works, and is full
    return x
  }
  const list = `[${Array.from({ length: 60 }, (_, i) => i)}]`
  const filter = encodeURIComponent(`${list}.map(a, ${list}.map(b, ${list}.map(d, a + b + d))).size() == 0`)
  const ask = async (who, path, method = 'GET', body) => {
    const r = await who.raw(method, path, body)
    return { status: r.status, again: r.headers.get('retry-after') }
  }
  const filters = async () => {
    const x = repeated(12, (i) => ask(i % 2 ? clerk : keeper, `/api/v1/subjects/garden?filter=${filter}`))
    await until(() => x.got[429] > 0)
    return x
  }
  // `forLong`: the server lets them stand until they are ended; else for half a minute, which on a busy machine is soon over.
  const held = async (sockets, least, forLong = true) => {
    const open = () => sockets.filter((s) => !s.destroyed).length
    assert.ok(!forLong || open() >= least, `${open()} of ${sockets.length} stand`)
    return {
      async goesOn() {
        assert.ok(!forLong || open() >= least, 'it ended before the others were done')
      },
      async end() {
        for (const s of sockets) s.destroy()
      },
    }
  }
  const many = async (count, text, from) => {
    const sockets = []
    for (let i = 0; i < count; i++) sockets.push(await connect(text, from))
    return sockets
  }
  const head = (method, path, token, ...more) =>
    [
      `${method} ${path} HTTP/1.1`,
      'Host: x',
      ...(token ? [`Authorization: Bearer ${token}`] : []),
      ...more,
      '',
      '',
    ].join('\r\n')
  // Beside other attacks of the same officers the server may end them all: then none need stand.
  const halfBodies = async (least = 3) => {
    const first = head('POST', '/api/v1/imports?layout=roster', clerk.token, `Content-Length: ${60 * MB}`)
    const sockets = await many(12, first)
    const part = Buffer.alloc(20 * MB, 7)
    for (const s of sockets) if (!s.destroyed) s.write(part)
    const strangers = await many(12, head('POST', '/api/v1/imports?layout=roster', '', `Content-Length: ${60 * MB}`))
    for (const s of strangers) if (!s.destroyed) s.write(part)
    await until(() => sockets.filter((s) => !s.destroyed).length <= 3 && strangers.every((s) => s.destroyed))
    return held([...sockets, ...strangers], least, least > 0) // three are within the ceiling of all files
  }
  const halfHeads = async () =>
    held(await many(1000, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: ', '127.0.0.3'), 1000, false)
  const streams = async () => held(await many(1000, head('GET', '/api/v1/stream', keeper.token), '127.0.0.4'), 1000)
  const crowd = async () => {
    const sockets = await many(2200, 'GET', '127.0.0.5')
    await until(() => sockets.filter((s) => !s.destroyed).length <= 2048)
    return held(sockets, 1000, false)
  }
  const whys = async () => {
    const x = repeated(40, () => ask(clerk, `/api/v1/subjects/garden/${garden}/explain?name=many_ill`))
    await until(() => x.got[200] > 40)
    return x
  }
  const whatIfs = async () => {
    const question = { set: { 'p.limit.ill': 10 } }
    const x = repeated(40, () => ask(clerk, '/api/v1/simulations', 'POST', question))
    await until(() => x.got[200] > 40)
    return x
  }

  const known = await signIn('127.0.0.1', 'head', 'apple-pear-1') // a browser that has signed in before
  const device = known.cookies.map((c) => c.split(';')[0]).join('; ')
  const under = (begin, meanwhile) => async () => {
    const attack = await begin()
    try {
      await others()
      await meanwhile?.(attack)
      await attack.goesOn()
    } finally {
      await attack.end()
    }
  }
  const tests = {
    'under bad sign-ins; and whoever signed in before does so': under(guesses, async () => {
      assert.equal((await signIn('127.0.0.1', 'head', 'apple-pear-1', { Cookie: device })).status, 200)
    }),
    'under filters without end': under(filters, (attack) => assert.equal(attack.got[500], undefined)),
    'under bodies half sent, of strangers too': under(halfBodies, async () => {
      // Small requests find room; files hear when to come again.
      const r = await post('127.0.0.1', '/api/v1/imports?layout=roster', Buffer.alloc(MB, 7), {
        Authorization: `Bearer ${clerk.token}`,
        'Content-Length': String(60 * MB),
        Expect: '100-continue',
      }).catch((e) => e)
      assert.ok(r instanceof Error || (r.status === 503 && r.again), JSON.stringify(r))
    }),
    'under half headers': under(halfHeads),
    'under live feeds that nobody reads': under(streams),
    'under more connections than an address may have': under(crowd),
    'under questions why': under(whys),
    'under simulations': under(whatIfs),
    'a stop under them all is clean': async () => {
      const begun = []
      for (const begin of [guesses, filters, () => halfBodies(0), halfHeads, streams, whatIfs])
        begun.push(await begin())
      // And what comes with the stop itself: live feeds that the server reads while it ends.
      const late = []
      for (let i = 0; i < 20; i++) late.push(...(await many(20, '', `127.0.0.${10 + i}`)))
      for (const s of late) s.write(head('GET', '/api/v1/stream', keeper.token))
      const { code, signal } = await stopServer(server)
      const told = server.err.split('\n').filter((line) => line && !line.includes('"event":"work_refused"'))
      assert.deepEqual([code, signal], [0, null], `ended ${code} ${signal}: ${told.slice(-10).join('\n')}`)
      for (const attack of begun) await attack.end()
      for (const s of late) s.destroy()
      for (const words of [['verify'], ['rebuild', '--check']]) {
        const r = run(...words, place)
        assert.equal(r.code, 0, r.out + r.err)
      }
    },
  }
  const failed = await runTests('attacks', tests)
  dropPlace(place)
  return failed
}
