// Kill -9 under load, again and again: no answered event may be lost, and the journal must verify and replay to the same rows.
// ROUNDS kills (default 100), DRIVER=pg for PostgreSQL, spread over several places so that replays stay short.
import assert from 'node:assert/strict'
import { Client, makePlace, dropPlace, startServer, runTests, run } from '../api/kit.mjs'
import { journalIds, load, makeGardens } from './kit.mjs'

const rounds = Number(process.env.ROUNDS || 100)
const perPlace = 10
const workers = 16
const driver = process.env.DRIVER || 'sqlite'

const tests = {}
let total = 0
for (let first = 0; first < rounds; first += perPlace)
  tests[`${driver}: kills ${first + 1} to ${Math.min(rounds, first + perPlace)}`] = async () => {
    const place = makePlace(driver)
    let gardens
    const answered = new Map()
    for (let round = first; round < Math.min(rounds, first + perPlace); round++) {
      const server = await startServer(place)
      const client = await new Client(server).signIn('keeper')
      gardens ??= await makeGardens(client, workers)
      const seen = await journalIds(client)
      for (const [id, seq] of answered) assert.equal(seen.get(id), seq, `event ${id} was answered and is lost`)
      const stop = { now: false }
      const before = answered.size
      const all = gardens.map((g) => load(client, g, answered, stop))
      // The kill comes after a random number of answers, so that it meets every phase of a commit.
      const until = before + 20 + Math.floor(Math.random() * 200)
      while (answered.size < until) await new Promise((r) => setImmediate(r))
      server.child.kill('SIGKILL')
      stop.now = true
      await server.exited
      await Promise.all(all)
      const v = run('verify', place)
      assert.equal(v.code, 0, v.err)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    }
    const server = await startServer(place)
    const seen = await journalIds(await new Client(server).signIn('keeper'))
    for (const [id, seq] of answered) assert.equal(seen.get(id), seq, `event ${id} was answered and is lost`)
    total += answered.size
    server.child.kill('SIGTERM')
    await server.exited
    dropPlace(place)
  }
const failed = await runTests('crash', tests)
console.log(
  `    ${total} answered events over ${rounds} kills, none lost`.replace(
    'none lost',
    failed ? 'see above' : 'none lost',
  ),
)
process.exit(failed ? 1 : 0)
