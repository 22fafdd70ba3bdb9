#!/usr/bin/env node
// Makes the folder that tests/cli/upgrade.mjs opens from then on: `make.mjs FOLDER`, with JISHI naming the program of that version.
// It is made once a layout of the tables (STORE_LAYOUT) and never changed: what later versions must be able to open.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const to = process.argv[2]
if (!to) throw new Error('make.mjs FOLDER')
const scratch = mkdtempSync(join(tmpdir(), 'jishi-made-'))
process.env.JISHI_KEY_FILE = join(scratch, 'county.key')
const { Client, addUser, root, run, startServer, stopServer, today, uuid, village } = await import('../api/kit.mjs')
const place = join(scratch, 'county')
const must = (r) => {
  if (r.code) throw new Error(r.err + r.out)
  return r
}
const small = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } })

const areas = join(scratch, 'areas.csv')
writeFileSync(
  areas,
  '370871,济宁高新区\n370871003,接庄街道\n370871003208,口头村委会\n370871001,柳行街道\n370871001001,柳行社区居委会\n',
)
const pack = join(root, 'tests/packs/orchard')
must(run('init', place, '--county', '370871', '--name', '济宁高新区', '--pack', pack, '--areas', areas))
for (const [login, post] of [
  ['keeper', `keeper@${village}`],
  ['clerk', 'clerk@370871003'],
  ['head', 'head@370871'],
  ['boss', 'admin@370871'],
])
  if (addUser(place, login, post).status) throw new Error(login)

const roster = join(scratch, 'roster.csv')
writeFileSync(roster, '街道,村,园号,园主,树牌,身份证号\n接庄街道,口头村,R1,赵某某,r-1,37081119800101001X\n')
must(run('import', place, roster, '--layout', 'roster', '--apply'))
const server = await startServer(place)
const keeper = await new Client(server).signIn('keeper')
const put = async (path, body) => {
  const r = await keeper.raw('PUT', `/api/v1/${path}`, body)
  if (r.status !== 201) throw new Error(`${path}: ${JSON.stringify(r.json)}`)
}
for (const code of ['G1', 'G2']) {
  const garden = uuid()
  await put(`subjects/garden/${garden}`, { area: village, fields: { code, owner: '某', ill: 4, income: 90000 } })
  await put(`events/check/${uuid()}`, { subject: garden, on: today(), fields: { ill: 6 } })
  await put(`events/sale/${uuid()}`, { subject: garden, on: today(), fields: { amount: 400000 } })
}
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
const photo = await keeper.raw('POST', '/api/v1/files', jpeg, { 'Content-Type': 'image/jpeg' })
if (photo.status !== 201) throw new Error(JSON.stringify(photo.json))
await stopServer(server)
const exported = join(scratch, 'county.jishi')
must(run('export', place, exported))
must(run('rebuild', '--check', place))
// As small as it goes; what is there stays the same.
if (
  spawnSync('sqlite3', [
    join(place, 'jishi.db'),
    'PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)',
  ]).status
)
  throw new Error('sqlite3')
cpSync(join(scratch, 'county.key'), join(to, 'county.key'))
cpSync(join(place, 'jishi.db-head'), join(to, 'jishi.db-head'))
writeFileSync(join(to, 'jishi.db.br'), small(readFileSync(join(place, 'jishi.db'))))
writeFileSync(join(to, 'county.jishi.br'), small(readFileSync(exported)))
rmSync(scratch, { recursive: true })
