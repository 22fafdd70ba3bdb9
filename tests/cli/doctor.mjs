// doctor: each thing that can be wrong is found, and told with what to do about it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jishi } from '../api/kit.mjs'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'
import { serving } from './serve.mjs'

export const doctor = (driver) =>
  runTests(`cli doctor ${driver}`, {
    'a healthy place is told as such, and each fault by its name': () =>
      withPlace(driver, (place) =>
        withFolder(async (folder) => {
          const init = ['--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')]
          assert.equal(call(['init', place, ...init]).code, 0)
          // code, and what was found of each thing
          const look = (...words) => {
            const r = call(['doctor', place, '--port', '1', ...words, '--json'])
            const told = JSON.parse(r.out)
            assert.equal(r.code, told.worst === 'bad' ? 1 : 0)
            return Object.fromEntries(told.findings.map((f) => [f.what.en, { ...f.text, state: f.state }]))
          }
          const well = look()
          assert.equal(well.data.state, 'fine')
          assert.match(well.versions.en, driver === 'pg' ? /PostgreSQL 1\d/ : /SQLite 3/)
          assert.equal(well.service.state, 'look')
          assert.match(well.service.zh, /没有在运行/)
          assert.match(well.backup.en, /--backup/)
          const keyFile = well['key file']
          const keyPath = /“(.*)”/.exec(keyFile.zh)[1]
          assert.equal(keyFile.state, driver === 'pg' ? 'fine' : 'look') // on one disk with the data
          chmodSync(keyPath, 0o640)
          assert.match(look()['key file'].en, /chmod 600/)
          chmodSync(keyPath, 0o600)
          const other = call(['doctor', place, '--json', '--key-file', join(folder, 'none.key')])
          assert.equal(JSON.parse(other.out).findings.find((f) => f.what.en === 'key file').state, 'bad')
          if (spawnSync('faketime', ['--version']).error === undefined) {
            const told = spawnSync('faketime', ['+30 days', jishi, 'doctor', place, '--json'], {
              encoding: 'utf8',
              env: { ...process.env, JISHI_HOME: root },
            })
            const clock = JSON.parse(told.stdout).findings.find((f) => f.what.en === 'clock')
            assert.match(clock.text.en, /--is-right/)
          }

          const stick = join(folder, 'stick')
          assert.equal(look('--backup', stick).backup.state, 'bad') // none yet
          mkdirSync(stick)
          assert.equal(call(['backup', place, stick]).code, 0)
          const made = look('--backup', `${stick}@02:00`).backup
          assert.match(made.zh, /最近一份是/)
          assert.equal(made.state, driver === 'pg' ? 'fine' : 'look') // on one disk with the data

          const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name))
          const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', key]
          assert.equal(spawnSync('openssl', [...request, '-out', cert, '-days', '10']).status, 0)
          const tls = ['--tls-cert', cert, '--tls-key', key]
          assert.match(look(...tls).certificate.en, /expires in (9|10) days/)
          chmodSync(key, 0o644)
          assert.match(call(['doctor', place, ...tls]).out, /chmod 600/)
          writeFileSync(cert, 'x')
          assert.equal(look(...tls).certificate.state, 'bad')

          await serving(place, ['--port', '0'], (printed) => {
            const port = printed.match(/:(\d+)/)[1]
            const served = look('--port', port)
            assert.equal(served.service.state, 'fine')
            assert.match(served.port.zh, /正在运行的服务/)
          })
          if (driver === 'pg') return
          chmodSync(place, 0o755)
          assert.match(look().permissions.en, /chmod 700/)
          truncateSync(join(place, 'jishi.db'), 8192)
          const told = look()
          assert.equal(told.data.state, 'bad')
          assert.match(told.data.zh, /restore|备份/)
          assert.equal(call(['doctor', join(folder, 'nothing')]).code, 1)
        }),
      ),
  })
