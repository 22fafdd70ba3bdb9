// Minutes of work with faults thrown in: load at a part of peak while the server is killed, stopped, made to stand still, backed
// up and disturbed at random. At the end nothing answered is lost, the journal verifies and replays to the same rows, the backup
// restores, and the memory of the server was flat in the last third, in which nothing was done to it.
//
//   node tests/crash/soak.mjs [MINUTES] [SHARE]     by default 5 minutes at half of peak; DRIVER=pg for PostgreSQL
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  Client,
  addUser,
  dropPlace,
  jishi,
  makePlace,
  root,
  run,
  startServer,
  today,
  uuid,
  village,
} from '../api/kit.mjs'

const minutes = Number(process.argv[2] || 5)
const share = Number(process.argv[3] || 0.5)
const driver = process.env.DRIVER || 'sqlite'
const workers = 8
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const say = (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`)

const folder = mkdtempSync(join(tmpdir(), 'jishi-soak-'))
const stick = join(folder, 'stick')
mkdirSync(stick)
const place = makePlace(driver)
const s = { server: null, client: null, gardens: [], answered: new Map(), refused: 0, faults: {}, wait: 0, stop: false }

async function start() {
  s.server = await startServer(place)
  s.client = await new Client(s.server).signIn('keeper')
}

async function work(n) {
  while (!s.stop) {
    const id = uuid()
    const begun = performance.now()
    try {
      const r = await s.client.raw('PUT', `/api/v1/events/check/${id}`, {
        subject: s.gardens[n],
        on: today(),
        fields: { ill: Math.floor(Math.random() * 8) },
      })
      if (r.status === 201) s.answered.set(id, r.json.seq)
      else s.refused++
    } catch {
      s.refused++
      await pause(50)
    }
    // At a share of peak the rest of the time is waited.
    await pause(s.wait * (performance.now() - begun))
  }
}

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${s.server.child.pid}/status`, 'utf8'))[1]) / 1024

const command = (...words) =>
  new Promise((done) => {
    const child = spawn(jishi, words, { env: { ...process.env, JISHI_HOME: root }, stdio: 'ignore' })
    child.once('close', done)
  })

const disturb = {
  async kill() {
    s.server.child.kill('SIGKILL')
    await s.server.exited
    await start()
  },
  async stop() {
    s.server.child.kill('SIGTERM')
    await s.server.exited
    await start()
  },
  async 'stand still'() {
    s.server.child.kill('SIGSTOP')
    await pause(1500)
    s.server.child.kill('SIGCONT')
  },
  backup: async () => assert.equal(await command('backup', place, stick, '--keep', '3'), 0),
  'half a request': async () => {
    const c = net.connect(Number(new URL(s.server.url).port), '127.0.0.1', () => c.write('PUT /api/v1/events/che'))
    c.on('error', () => {})
    setTimeout(() => c.destroy(), 5000)
  },
  'a new officer': async () => {
    const r = addUser(place, `n${s.answered.size}`, 'keeper@370871')
    assert.equal(r.status, 0, r.stderr)
  },
}

// The journal's entries by their ids, from an export: also those that no officer sees.
async function journal() {
  const file = join(folder, 'all.jishi')
  const r = run('export', place, file)
  assert.equal(r.code, 0, r.err)
  const ids = new Map()
  for await (const line of createInterface({ input: createReadStream(file) }))
    if (line.startsWith('{"journal":')) {
      const { id, seq } = JSON.parse(line).journal
      ids.set(id, seq)
    }
  return ids
}

await start()
for (let i = 0; i < workers; i++) {
  s.gardens.push(uuid())
  const body = { area: village, fields: { code: `S${i}`, owner: '某' } }
  assert.equal((await s.client.raw('PUT', `/api/v1/subjects/garden/${s.gardens[i]}`, body)).status, 201)
}
const all = s.gardens.map((_, n) => work(n))
await pause(5000)
say(`peak: ${Math.round(s.answered.size / 5)} records a second; from now on ${share * 100} % of it`)
s.wait = 1 / share - 1

const end = Date.now() + minutes * 60000
const quiet = Date.now() + minutes * 40000 // two thirds
const names = Object.keys(disturb)
while (Date.now() < quiet) {
  await pause(2000 + Math.random() * 8000)
  const name = names[Math.floor(Math.random() * names.length)]
  s.faults[name] = (s.faults[name] || 0) + 1
  await disturb[name]()
}
await disturb.kill() // what is left is one life of the server
await pause(Math.min(10000, (end - Date.now()) / 4)) // it warms up
const samples = []
while (Date.now() < end) {
  samples.push(memory())
  await pause(1000)
}
s.stop = true
await Promise.all(all)
const [first, last] = [samples.slice(0, 5), samples.slice(-5)].map((x) => x.reduce((a, b) => a + b, 0) / x.length)
s.server.child.kill('SIGTERM')
await s.server.exited

say(`faults: ${JSON.stringify(s.faults)}; ${s.answered.size} answered, ${s.refused} refused or cut off`)
const there = await journal()
const lost = [...s.answered].filter(([id, seq]) => there.get(id) !== seq)
say(`${there.size} entries, ${lost.length} answered ones lost`)
assert.equal(lost.length, 0)
for (const words of [
  ['verify', place],
  ['rebuild', '--check', place],
]) {
  const r = run(...words)
  assert.equal(r.code, 0, r.err + r.out)
  say(`${words[0]}: ${r.out.trim().split('\n').at(-1)}`)
}
assert.equal(await command('backup', place, stick), 0)
const back = join(folder, 'back')
assert.equal(run('restore', stick, back).code, 0)
assert.equal(run('verify', back, '--json').out, run('verify', place, '--json').out)
say(`restored from the stick: the same number of entries`)
say(`memory in the last third: ${first.toFixed(1)} MB at its beginning, ${last.toFixed(1)} MB at its end`)
assert.ok(last < first * 1.15 + 8, 'memory grows')
dropPlace(place)
rmSync(folder, { recursive: true, force: true })
