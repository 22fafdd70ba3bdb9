// PostgreSQL fails under load while Jishi lives: it crashes and starts again, its connections are cut, and commits are done whose
// answer is lost. Nothing answered may be lost, what is sent again is recognised, and Jishi goes on by itself. PG_ROUNDS of each
// (default 10). Brings a PostgreSQL of its own, which is crashed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, makePlace, root, run, runTests, startServer, stopServer } from '../api/kit.mjs'
import { insist, journalIds, makeGardens } from './kit.mjs'

const rounds = Number(process.env.PG_ROUNDS || 10)
const workers = 8

const folder = mkdtempSync(join(tmpdir(), 'jishi-crash-pg-'))
const pg = (...words) => spawnSync(join(root, 'tests/pg.sh'), words, { encoding: 'utf8' })
const port = await new Promise((done) => {
  const s = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = s.address()
    s.close(() => done(port))
  })
})
const started = pg('start', folder, String(port))
assert.equal(started.status, 0, started.stderr)
process.env.JISHI_TEST_PG = started.stdout.trim()

// Between Jishi and its PostgreSQL: `cut()` ends all connections; `lose(n)` has the answers of the next n commits lost.
async function between() {
  const b = { lost: 0, wanted: 0, pairs: new Set() }
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1')
    let asked = false
    const pair = {
      end: () => {
        near.destroy()
        far.destroy()
        b.pairs.delete(pair)
      },
    }
    b.pairs.add(pair)
    near.on('data', (d) => {
      if (b.wanted > 0 && d.includes('COMMIT\0')) asked = true
      far.write(d)
    })
    far.on('data', (d) => {
      if (!asked || b.wanted <= 0) return near.write(d)
      if (!d.includes('COMMIT\0')) return // the server's word that it is done is what is lost
      b.wanted--
      b.lost++
      pair.end()
    })
    for (const s of [near, far]) s.on('error', pair.end).on('close', pair.end)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  b.through = (place) => place.replace(`:${port}/`, `:${server.address().port}/`)
  b.cut = () => [...b.pairs].forEach((p) => p.end())
  b.close = () => {
    b.cut()
    server.close()
  }
  return b
}

// `fault` is done in mid-load, again and again; after each the load goes on by itself.
async function underLoad(fault, through = (place) => place) {
  const place = makePlace('pg')
  const server = await startServer(through(place))
  const client = await new Client(server).signIn('keeper')
  const told = { answered: new Map(), again: 0 }
  const stop = { now: false }
  const all = (await makeGardens(client, workers)).map((g) => insist(client, g, told, stop))
  const broken = Promise.all(all).then(() => assert.ok(stop.now))
  const answers = (n) => {
    const until = told.answered.size + n
    return Promise.race([
      broken,
      (async () => {
        while (told.answered.size < until) await new Promise((r) => setImmediate(r))
      })(),
    ])
  }
  for (let i = 0; i < rounds; i++) {
    await answers(10 + Math.floor(Math.random() * 60))
    await fault()
  }
  await answers(workers * 4)
  stop.now = true
  await broken
  const ids = await journalIds(client)
  for (const [id, seq] of told.answered) assert.equal(ids.get(id), seq, `event ${id} was answered and is lost`)
  assert.equal((await stopServer(server)).code, 0)
  assert.equal(run('verify', place).code, 0)
  const b = run('rebuild', '--check', place)
  assert.equal(b.code, 0, b.out + b.err)
  return told
}

const say = (what, n, told) =>
  console.log(`    ${n} ${what}: ${told.answered.size} answered, ${told.again} of them sent again, none lost`)

const failed = await runTests('crash server', {
  'PostgreSQL crashes in mid-load and starts again': async () => {
    const told = await underLoad(() => {
      const r = pg('crash', folder)
      assert.equal(r.status, 0, r.stderr)
    })
    say('crashes of PostgreSQL', rounds, told)
  },
  'all connections are cut in mid-load': async () => {
    const b = await between()
    const told = await underLoad(b.cut, b.through)
    b.close()
    say('cuts', rounds, told)
  },
  'commits are done, and their answers are lost': async () => {
    const b = await between()
    const told = await underLoad(() => b.wanted++, b.through)
    b.close()
    assert.ok(b.lost >= rounds / 2, `${b.lost} answers were lost`)
    say('answers of commits lost', b.lost, told)
  },
})
pg('stop', folder)
rmSync(folder, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
