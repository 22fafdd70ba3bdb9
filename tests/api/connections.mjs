// Many connections: 300 that are busy together, beside 1,000 that say nothing. (libmicrohttpd's own epoll mode stalls for good at 128
// ready connections; ours must not.)
import assert from 'node:assert/strict'
import net from 'node:net'
import { makePlace, dropPlace, startServer, stopServer, runTests, uuid, today, village, Client } from './kit.mjs'

export async function connections() {
  const place = makePlace()
  const server = await startServer(place)
  const { hostname, port } = new URL(server.url)
  const keeper = await new Client(server).signIn('keeper')
  const garden = uuid()
  await keeper.call('PUT', `/api/v1/subjects/garden/${garden}`, { area: village, fields: { code: 'C1', owner: '某' } })

  // One keep-alive connection that sends `requests` one after another and counts the answers by status.
  const busy = (requests, counts) =>
    new Promise((resolve, reject) => {
      const s = net.connect(Number(port), hostname)
      let got = ''
      const send = () => {
        const next = requests.shift()
        if (!next) {
          s.end()
          resolve()
          return
        }
        s.write(next)
      }
      s.on('connect', send)
      s.on('error', reject)
      s.on('data', (d) => {
        got += d.toString('latin1')
        const end = got.indexOf('\r\n\r\n')
        const length = /content-length: (\d+)/i.exec(got)
        if (end < 0 || !length || got.length < end + 4 + Number(length[1])) return
        const status = got.slice(9, 12)
        counts[status] = (counts[status] || 0) + 1
        got = got.slice(end + 4 + Number(length[1]))
        send()
      })
    })
  const head = `Host: x\r\nAuthorization: Bearer ${keeper.token}\r\nContent-Type: application/json\r\n`
  const get = () => `GET /healthz HTTP/1.1\r\n${head}\r\n`
  const put = () => {
    const body = JSON.stringify({ subject: garden, on: today(), fields: { amount: 100 } })
    return `PUT /api/v1/events/sale/${uuid()} HTTP/1.1\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }
  const idle = []
  const failed = await runTests('connections', {
    '1,000 idle connections are held': async () => {
      for (let i = 0; i < 1000; i++)
        idle.push(
          await new Promise((resolve, reject) => {
            const s = net.connect(Number(port), hostname, () => resolve(s))
            s.on('error', reject)
          }),
        )
      assert.equal(idle.filter((s) => !s.destroyed).length, 1000)
    },
    '300 busy connections read beside them': async () => {
      const counts = {}
      await Promise.all(Array.from({ length: 300 }, () => busy(Array.from({ length: 20 }, get), counts)))
      assert.deepEqual(counts, { 200: 6000 })
    },
    '300 busy connections write beside them': async () => {
      const counts = {}
      await Promise.all(Array.from({ length: 300 }, () => busy(Array.from({ length: 5 }, put), counts)))
      assert.deepEqual(counts, { 201: 1500 })
    },
    'the idle ones are served when they speak': async () => {
      const answers = await Promise.all(
        idle.slice(0, 50).map(
          (s) =>
            new Promise((resolve) => {
              s.once('data', (d) => resolve(d.toString().slice(9, 12)))
              s.write(get())
            }),
        ),
      )
      assert.ok(answers.every((a) => a === '200'))
    },
  })
  idle.forEach((s) => s.destroy())
  await stopServer(server)
  dropPlace(place)
  return failed
}
