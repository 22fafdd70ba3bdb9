// The part of benches/attacks that attacks: PORT ASKED [small]. Under each attack /healthz and a visit are asked ASKED times, one after the other, and
// p50 and p99 of both are printed. The attackers share the machine with the server, so the figures are worse than from outside.
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'

const [port, asked, small] = process.argv.slice(2)
const many = small ? 50 : 1000
const MB = 1 << 20
const budget = { health: 100, visit: 1000 }

function uuid() {
  const b = randomBytes(16)
  b.writeUIntBE(Date.now(), 0, 6)
  b[6] = 0x70 | (b[6] & 15)
  b[8] = 0x80 | (b[8] & 63)
  return b.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
function ask(method, path, { token, body, from = '127.0.0.1', with: of = agent } = {}) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(text ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } : {}),
    }
    const r = http.request({ port, path, method, headers, agent: of, localAddress: from }, (answer) => {
      const parts = []
      answer
        .on('data', (d) => parts.push(d))
        .on('end', () => {
          const said = Buffer.concat(parts).toString()
          const json = /json/.test(answer.headers['content-type']) ? JSON.parse(said) : null
          resolve({ status: answer.statusCode, json })
        })
    })
    r.on('error', reject)
    r.end(text)
  })
}
async function signIn(login) {
  const r = await ask('POST', '/api/v1/session', { body: { login, password: 'jishi-2026' } })
  if (r.status !== 200) throw new Error(`sign-in of ${login}: ${r.status}`)
  return r.json.token
}

/** `what` again and again on `lines` lines, until it is stopped. */
function repeated(lines, what) {
  let goes = true
  const all = Array.from({ length: lines }, async (_, i) => {
    while (goes) await what(i).catch(() => {})
  })
  return async () => {
    goes = false
    await Promise.all(all)
  }
}
async function held(count, text, from, then) {
  const sockets = []
  for (let i = 0; i < count; i++) {
    const s = net.connect({ port, localAddress: from })
    await new Promise((done) => s.once('connect', done).on('error', done))
    s.resume().write(text)
    then?.(s)
    sockets.push(s)
  }
  return () => sockets.forEach((s) => s.destroy())
}

const staff = await signIn('cun1')
const desk = await signIn('qu1')
const home = (await ask('GET', '/api/v1/subjects/household?limit=1', { token: staff })).json.items[0].id
const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
const loose = new http.Agent({ keepAlive: true, maxSockets: Infinity })
const list = `[${Array.from({ length: 100 }, (_, i) => i)}]`
const filter = encodeURIComponent(`${list}.map(a, ${list}.map(b, ${list}.map(d, a + b + d))).size() == 0`)
const bytes = (path, token) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}Content-Length: ${60 * MB}\r\n\r\n`

const attacks = {
  nothing: async () => () => {},
  'bad sign-ins': async () =>
    repeated(60, (i) =>
      ask('POST', '/api/v1/session', {
        body: { login: `a${i}`, password: 'wrong-wrong-1' },
        from: `127.0.1.${i + 1}`,
        with: loose,
      }),
    ),
  'filters without end': async () =>
    repeated(12, () => ask('GET', `/api/v1/subjects/person?filter=${filter}`, { token: desk, with: loose })),
  'files in clear': async () =>
    repeated(8, () => ask('GET', `/api/v1/subjects/household/${home}/file`, { token: desk, with: loose })),
  'lists of duties': async () =>
    repeated(8, () => ask('GET', '/api/v1/duties?limit=500', { token: desk, with: loose })),
  'what if': async () => repeated(8, () => ask('POST', '/api/v1/simulations', { token: desk, body: {}, with: loose })),
  'bodies of 60 MB, half sent': async () =>
    held(12, bytes('/api/v1/imports?layout=x', desk), '127.0.0.1', (s) => s.write(Buffer.alloc(20 * MB, 7))),
  'half headers': async () => held(many, 'GET / HTTP/1.1\r\nHost: x\r\nX-Half: ', '127.0.0.3'),
  'idle live feeds': async () =>
    held(many, `GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${desk}\r\n\r\n`, '127.0.0.4'),
}

async function measure(times, what) {
  const at = performance.now()
  const r = await what()
  times.push(performance.now() - at)
  return r.status
}
const share = (times, p) => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * p))]

console.log(
  `${'attack'.padEnd(28)} ${'healthz p50'.padStart(12)} ${'p99 ms'.padStart(8)} ${'visit p50'.padStart(12)} ${'p99 ms'.padStart(8)}`,
)
for (const [name, begin] of Object.entries(attacks)) {
  const end = await begin()
  const health = []
  const visits = []
  for (let i = 0; i < Number(asked); i++) {
    const alive = await measure(health, () => ask('GET', '/healthz'))
    const written = await measure(visits, () =>
      ask('PUT', `/api/v1/events/visit/${uuid()}`, {
        token: staff,
        body: { subject: home, on: today, fields: { way: 'home' } },
      }),
    )
    if (alive !== 200 || written !== 201) throw new Error(`${name}: ${alive} ${written}`)
  }
  await end()
  const met = share(health, 0.99) <= budget.health && share(visits, 0.99) <= budget.visit
  const ms = (x, n) => x.toFixed(1).padStart(n)
  console.log(
    `${name.padEnd(28)} ${ms(share(health, 0.5), 12)} ${ms(share(health, 0.99), 8)} ${ms(share(visits, 0.5), 12)} ${ms(share(visits, 0.99), 8)} ${met ? 'met' : 'missed'}`,
  )
}
agent.destroy()
loose.destroy()
process.exit(0)
