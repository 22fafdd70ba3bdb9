// What lies on the disk: no number and no telephone of anybody, in rows, journal, log, backup, dump; and it is found all the same.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, contractOf, dropPlace, makePlace, run, runTests, startServer, stopServer, uuid, village } from './kit.mjs'

const number = '110101195203070018'
const phone = '13900006187'
const rosterPhone = '13900008471'
const secrets = [number, phone, rosterPhone]

const filesBelow = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })

function holdsNone(bytes, where) {
  for (const s of secrets) assert.equal(bytes.includes(s), false, `${s} can be read in ${where}`)
}

function dumpOf(place) {
  const bin = ['17', '16', '15'].map((v) => `/usr/lib/postgresql/${v}/bin/pg_dump`).find((p) => spawnSync(p, ['-V']).status === 0)
  const url = new URL(place)
  const schema = url.searchParams.get('schema')
  url.search = ''
  const r = spawnSync(bin, ['-n', schema, url.href], { maxBuffer: 1 << 28 })
  assert.equal(r.status, 0, String(r.stderr))
  assert.ok(r.stdout.includes('subject_garden'))
  return r.stdout
}

export async function sealed(driver = 'sqlite') {
  const place = makePlace(driver)
  const server = await startServer(place)
  const contract = await contractOf(server)
  const clerk = await new Client(server, contract).signIn('clerk')
  const id = uuid()
  const at = `/api/v1/subjects/garden/${id}`
  const failed = await runTests(`sealed, ${driver}`, {
    'a repeat is recognised, though what was said lies sealed': async () => {
      const body = { area: village, fields: { code: 'S1', owner: '郑某某', id_number: number, phone } }
      for (const status of [201, 200]) {
        const r = await clerk.call('PUT', at, body)
        assert.equal(r.status, status, JSON.stringify(r.json))
      }
    },
    'a roster waits': async () => {
      const roster = Buffer.from(`\uFEFF街道,村,园号,园主,树牌,品种\r\n接庄街道,口头村,S2,${rosterPhone},s-2,苹果\r\n`)
      const r = await clerk.call('POST', '/api/v1/imports?layout=roster&name=a.csv', roster)
      assert.equal(r.status, 201, JSON.stringify(r.json))
    },
    'nobody reads a number or a telephone on the disk': async () => {
      if (driver === 'pg') {
        holdsNone(dumpOf(place), 'the dump')
        return
      }
      assert.ok(readdirSync(place).includes('jishi.db-wal'), 'the server runs: what it wrote is in the log')
      for (const path of filesBelow(place)) holdsNone(readFileSync(path), path)
    },
    'nor in a backup without a passphrase': async () => {
      const to = mkdtempSync(join(tmpdir(), 'jishi-sealed-'))
      const made = run('backup', place, to)
      assert.equal(made.code, 0, made.out + made.err)
      const files = filesBelow(to)
      assert.ok(files.length > 1)
      for (const path of files) holdsNone(readFileSync(path), path)
      rmSync(to, { recursive: true })
    },
    'the journal replays to the same rows': () => {
      const r = run('rebuild', place, '--check')
      assert.equal(r.code, 0, r.out + r.err)
    },
    'without its key file nothing is opened, and that is said; the chain is checked without it': () => {
      const missing = join(tmpdir(), `jishi-none-${process.pid}.key`)
      const r = run('rebuild', place, '--check', '--key-file', missing)
      assert.equal(r.code, 1)
      assert.match(r.err, /找不到密钥文件/)
      assert.equal(run('verify', place, '--key-file', missing).code, 0)
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
