// Kill -9 while backing up, restoring, importing and upgrading: the earlier backups stay whole, a half-restored location holds no
// county, a roster's rows are there once, an upgraded location is the old one or the new one, and the same command again does it.
// BACKUP_ROUNDS kills of each (default 8), DRIVER=pg for PostgreSQL.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { jishi, makePlace, dropPlace, root, run, runTests } from '../api/kit.mjs'

const rounds = Number(process.env.BACKUP_ROUNDS || 8)
const driver = process.env.DRIVER || 'sqlite'

// Runs it, and kills it within the nth part of the time that it takes, so that the first is always in time. True: it was killed.
const cut = (words, longest, nth) =>
  new Promise((resolve) => {
    const child = spawn(jishi, words, { env: { ...process.env, JISHI_HOME: root }, stdio: 'ignore' })
    const timer = setTimeout(() => child.kill('SIGKILL'), ((nth + Math.random()) / rounds) * longest)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      assert.ok(signal === 'SIGKILL' || code === 0, `${words[0]} ended with ${code}`)
      resolve(signal === 'SIGKILL')
    })
  })

const timed = (words) => {
  const begun = performance.now()
  const r = run(...words)
  assert.equal(r.code, 0, r.err)
  return performance.now() - begun
}

function sql(text) {
  const [url, schema] = place.split('?schema=')
  const r = schema
    ? spawnSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-qc', `SET search_path = ${schema}`, '-tAc', text])
    : spawnSync('sqlite3', [join(place, 'jishi.db'), text])
  assert.equal(r.status, 0, String(r.stderr))
  return String(r.stdout).trim()
}
const count = () => Number(sql("SELECT count(*) FROM subject_garden WHERE title <> ''"))

const folder = mkdtempSync(join(tmpdir(), 'jishi-kills-'))
const place = makePlace(driver)
const stick = join(folder, 'stick')
mkdirSync(stick)

const failed = await runTests('crash backups', {
  [`${driver}: ${rounds} kills while backing up`]: async () => {
    const takes = timed(['backup', place, stick, '--whole'])
    let killed = 0
    for (let i = 0; i < rounds; i++) {
      killed += await cut(['backup', place, stick, '--whole', '--keep', '2'], takes, i)
      const back = join(folder, `b${i}`)
      timed(['restore', stick, back])
      const entries = (at) => JSON.parse(run('verify', at, '--json').out).entries
      assert.equal(entries(back), entries(place))
      rmSync(back, { recursive: true })
    }
    timed(['backup', place, stick, '--whole'])
    assert.ok(killed > 0)
  },
  [`${driver}: ${rounds} kills while restoring`]: async () => {
    const back = join(folder, 'back')
    const takes = timed(['restore', stick, back])
    let killed = 0
    for (let i = 0; i < rounds; i++) {
      rmSync(back, { recursive: true, force: true })
      const cut_off = await cut(['restore', stick, back], takes, i)
      killed += cut_off
      if (!existsSync(join(back, 'jishi.db')) || run('verify', back).code !== 0) {
        assert.ok(cut_off)
        timed(['restore', stick, back])
      }
      assert.equal(run('rebuild', '--check', back).code, 0)
    }
    assert.ok(killed > 0)
  },
  [`${driver}: ${rounds} kills while importing`]: async () => {
    const rows = 300
    const lines = (round) =>
      Array.from({ length: rows }, (_, i) => `接庄街道,口头村,R${round}-${i},某,r${round}-${i},\n`).join('')
    const roster = (round) => {
      const file = join(folder, `roster-${round}.csv`)
      writeFileSync(file, `街道,村,园号,园主,树牌,身份证号\n${lines(round)}`)
      return ['import', place, file, '--layout', 'roster', '--apply']
    }
    const takes = timed(roster(0))
    let killed = 0
    for (let i = 1; i <= rounds; i++) {
      killed += await cut(roster(i), takes, i - 1)
      assert.equal(run('verify', place).code, 0)
      timed(roster(i))
      assert.equal(count(), rows * (i + 1))
    }
    const b = run('rebuild', '--check', place)
    assert.equal(b.code, 0, b.out + b.err)
    assert.ok(killed > 0)
  },
  [`${driver}: ${rounds} kills while upgrading`]: async () => {
    const spoil = () => sql("UPDATE subject_garden SET title = 'other'")
    const words = ['upgrade', place, '--apply', '--json']
    const entries = JSON.parse(run('verify', place, '--json').out).entries
    spoil()
    const takes = timed(words)
    let killed = 0
    for (let i = 0; i < rounds; i++) {
      spoil()
      killed += await cut(words, takes, i)
      assert.equal(JSON.parse(run('verify', place, '--json').out).entries, entries)
      timed(words)
      assert.equal(run('rebuild', '--check', place).code, 0)
    }
    assert.ok(killed > 0)
  },
})
for (const name of readdirSync(tmpdir()))
  if (name.startsWith(`${basename(place)}.`)) rmSync(join(tmpdir(), name), { recursive: true })
dropPlace(place)
rmSync(folder, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
