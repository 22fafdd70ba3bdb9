// Kill -9 while backing up and restoring: the earlier backups stay whole, a half-restored location holds no county, and the same
// command again does it. BACKUP_ROUNDS kills of each (default 8).
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jishi, makePlace, dropPlace, root, run, runTests } from '../api/kit.mjs'

const rounds = Number(process.env.BACKUP_ROUNDS || 8)
const driver = process.env.DRIVER || 'sqlite'

// Runs it, and kills it after a random part of the time that it takes. True: it was killed.
const cut = (words, longest) =>
  new Promise((resolve) => {
    const child = spawn(jishi, words, { env: { ...process.env, JISHI_HOME: root }, stdio: 'ignore' })
    const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * longest)
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

const folder = mkdtempSync(join(tmpdir(), 'jishi-kills-'))
const place = makePlace(driver)
const stick = join(folder, 'stick')
mkdirSync(stick)

const failed = await runTests('crash backups', {
  [`${driver}: ${rounds} kills while backing up`]: async () => {
    const takes = timed(['backup', place, stick, '--whole'])
    let killed = 0
    for (let i = 0; i < rounds; i++) {
      killed += await cut(['backup', place, stick, '--whole', '--keep', '2'], takes)
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
      const cut_off = await cut(['restore', stick, back], takes)
      killed += cut_off
      if (!existsSync(join(back, 'jishi.db')) || run('verify', back).code !== 0) {
        assert.ok(cut_off)
        timed(['restore', stick, back])
      }
      assert.equal(run('rebuild', '--check', back).code, 0)
    }
    assert.ok(killed > 0)
  },
})
dropPlace(place)
rmSync(folder, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
