// Backup, restore, export, move by command: what a clerk types.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client, addUser, jishi, village } from '../api/kit.mjs'
import { call, root, sql, runTests, withFolder, withPlace } from './kit.mjs'
import { serving } from './serve.mjs'

export const backups = (driver) =>
  runTests(`cli backup ${driver}`, {
    'a county comes back from a stick, from an export and from a move': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const stick = join(folder, 'a stick')
          const phrase = join(folder, 'phrase')
          writeFileSync(phrase, 'correct horse battery staple\n')
          const init = [
            'init',
            place,
            '--county',
            '370871',
            '--name',
            '甲',
            '--pack',
            join(root, 'tests/packs/orchard'),
          ]
          assert.equal(call(init).code, 0)
          const entries = (at) => JSON.parse(call(['verify', at, '--json']).out).entries
          const same = (at) => {
            assert.equal(entries(at), entries(place))
            assert.equal(call(['rebuild', '--check', at]).code, 0)
          }

          const gone = call(['backup', place, stick])
          assert.equal(gone.code, 1)
          assert.match(gone.err, /没有这个目录/)
          mkdirSync(stick)
          const made = call(['backup', place, stick])
          assert.equal(made.code, 0, made.err)
          assert.match(made.out, /试着恢复一次/)
          assert.match(call(['backup', place, stick]).out, /没有新的内容/)
          assert.deepEqual(readdirSync(stick), ['jishi-backup-370871000000'])

          const one = join(folder, 'one')
          const restored = call(['restore', stick, one])
          assert.equal(restored.code, 0, restored.err)
          assert.match(restored.out, /serve/)
          same(one)
          assert.equal(call(['restore', stick, one]).code, 1) // a county is there
          assert.equal(call(['restore', folder, join(folder, 'none')]).code, 1)
          assert.equal(call(['restore', stick, join(folder, 'none'), '--until', 'soon']).code, 2)
          const first = JSON.parse(call(['restore', stick, join(folder, 'first'), '--until', '1', '--json']).out)
          assert.equal(first.seq, 1)

          const file = join(folder, 'all.jishi')
          assert.equal(call(['export', place, file, '--passphrase-file', phrase]).code, 0)
          assert.match(call(['restore', file, join(folder, 'none')]).err, /--passphrase-file/)
          const two = join(folder, 'two')
          assert.equal(call(['restore', file, two, '--passphrase-file', phrase]).code, 0)
          same(two)

          const signed = ['--head-file', join(folder, 'heads'), '--sign-key', join(folder, 'key')]
          assert.match(call(['head', place, ...signed]).out, /^jishi-head 1 370871000000 \d+ [0-9a-f]{64} /)
          assert.deepEqual(JSON.parse(call(['verify', place, ...signed, '--json']).out).heads, 1)
          assert.match(call(['verify', join(folder, 'first'), ...signed]).err, /截短/)

          const moved = join(folder, 'moved')
          assert.equal(call(['move', place, moved]).code, 0)
          same(moved)
        }),
      ),
    'a backup takes the stead of what is there, which is kept': () =>
      withPlace(driver, (place) =>
        withFolder(async (folder) => {
          const stick = join(folder, 'stick')
          mkdirSync(stick)
          const pack = join(root, 'tests/packs/orchard')
          const make = (at, code) => call(['init', at, '--county', code, '--name', '甲', '--pack', pack])
          assert.equal(make(place, '370871').code, 0)
          assert.equal(call(['backup', place, stick]).code, 0)
          const seq = () => JSON.parse(call(['verify', place, '--json']).out).entries
          const before = seq()
          const add = ['user', 'add', place, 'late', '--name', '丁', '--post', 'keeper@370871']
          const added = call(add, { input: 'a longer password\n' })
          assert.equal(added.code, 0, added.err)
          assert.equal(seq(), before + 1)

          assert.equal(call(['restore', stick, place]).code, 1) // not without the word
          await serving(place, ['--port', '0'], () => {
            const r = call(['restore', stick, place, '--replace'])
            assert.equal(r.code, 1)
            assert.match(r.err, /先停止/)
          })
          const r = call(['restore', stick, place, '--replace', '--json'])
          assert.equal(r.code, 0, r.err)
          const { kept } = JSON.parse(r.out)
          assert.match(kept, /\d{4}.\d\d.\d\d.\d{6}$/)
          assert.doesNotMatch(kept, /@/) // no URL: it may hold a password
          assert.equal(seq(), before)
          const old = driver === 'pg' ? `${place.split('?')[0]}?schema=${kept}` : kept
          assert.equal(JSON.parse(call(['verify', old, '--json']).out).entries, before + 1)
          assert.equal(call(['rebuild', '--check', place]).code, 0)

          const other = join(folder, 'other')
          assert.equal(make(other, '370811').code, 0)
          assert.match(call(['restore', stick, other, '--replace']).err, /另一个区县/)
          assert.deepEqual(readdirSync(folder).sort(), ['other', 'stick'])
          if (driver === 'pg') return
          writeFileSync(join(place, 'jishi.db'), 'damaged')
          assert.equal(call(['restore', stick, place, '--replace']).code, 0)
          assert.equal(seq(), before)
        }),
      ),
    'a county comes back with its key file beside it, and not without': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const [stick, back, key] = ['stick', 'back', 'the.key'].map((name) => join(folder, name))
          mkdirSync(stick)
          const its = { env: { JISHI_KEY_FILE: key } }
          const own = { env: { JISHI_KEY_FILE: '' } }
          const init = ['--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')]
          assert.equal(call(['init', place, ...init], its).code, 0)
          const file = join(folder, 'roster.csv')
          writeFileSync(file, '街道,村,园号,园主,树牌,身份证号\n接庄街道,口头村,R1,赵某某,r-1,37081119800101001X\n')
          const taken = call(['import', place, file, '--layout', 'roster', '--apply'], its)
          assert.equal(taken.code, 0, taken.err + taken.out)
          assert.equal(call(['backup', place, stick], its).code, 0)
          assert.match(call(['restore', stick, back], own).err, /back\.key.*密钥文件/)
          copyFileSync(key, `${back}.key`)
          const r = call(['restore', stick, back], own)
          assert.equal(r.code, 0, r.err)
          assert.equal(call(['rebuild', '--check', back], own).code, 0)
          const other = ['restore', stick, join(folder, 'other'), '--key-file', key]
          assert.equal(call(other, own).code, 0)
        }),
      ),
    'a photograph comes with the next part of a backup; verify names one that was exchanged, and a pack that was edited':
      () =>
        withPlace(driver, (place) =>
          withFolder(async (folder) => {
            const [stick, back] = ['stick', 'back'].map((name) => join(folder, name))
            mkdirSync(stick)
            const init = ['--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')]
            assert.equal(call(['init', place, ...init]).code, 0)
            assert.equal(addUser(place, 'keeper', `keeper@${village}`).status, 0)
            assert.equal(call(['backup', place, stick]).code, 0)
            let name
            const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
            await serving(place, ['--port', '0'], async (printed) => {
              const c = await new Client({ url: printed.match(/http:\/\/[^\s/]+/)[0] }).signIn('keeper')
              const sent = await c.raw('POST', '/api/v1/files', jpeg, { 'Content-Type': 'image/jpeg' })
              assert.equal(sent.status, 201)
              name = sent.json.name
            })
            const part = JSON.parse(call(['backup', place, stick, '--json']).out)
            assert.deepEqual([part.whole, part.rows > 0], [false, true])
            assert.equal(call(['restore', stick, back]).code, 0)
            assert.equal(sql(back, 'SELECT name FROM file'), name)
            assert.equal(call(['verify', back]).code, 0)
            const without = call(['verify', back, '--key-file', join(folder, 'none')])
            assert.equal(without.code, 0)
            assert.match(without.out, /没有核对/)

            const other = name.replace(/^../, (two) => (two === '00' ? '11' : '00'))
            sql(back, `UPDATE file SET name = '${other}'`)
            const told = call(['verify', back])
            assert.equal(told.code, 1)
            assert.ok(told.err.includes(other) && told.err.includes('附件'), told.err)
            sql(back, `UPDATE file SET name = '${name}'`)
            assert.equal(call(['verify', back]).code, 0)
            sql(back, "UPDATE pack_source SET body = replace(body, 'garden', 'gardem')")
            assert.match(call(['verify', back]).err, /orchard/)
          }),
        ),
    'an auditor needs only the export, the heads and a program of its own': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const verify = (...words) => spawnSync(join(dirname(jishi), 'jishi-verify'), words, { encoding: 'utf8' })
          const init = [
            'init',
            place,
            '--county',
            '370871',
            '--name',
            '甲',
            '--pack',
            join(root, 'tests/packs/orchard'),
          ]
          assert.equal(call(init).code, 0)
          const [file, heads, bad] = ['all', 'heads', 'bad'].map((name) => join(folder, name))
          const line = call(['head', place, '--sign-key', join(folder, 'key'), '--head-file', heads]).out.trim()
          assert.equal(call(['export', place, file]).code, 0)
          const good = verify('--heads', heads, '--key', line.split(' ')[6], file)
          assert.equal(good.status, 0, good.stderr)
          assert.match(good.stdout, /^4 条流水、1 个签名/)
          assert.equal(verify().status, 2)
          const lines = readFileSync(file, 'utf8').split('\n')
          const told = (changed, words, what) => {
            writeFileSync(bad, changed.join('\n'))
            const r = verify(...words, bad)
            assert.equal(r.status, 1)
            assert.match(r.stderr, what)
          }
          told(lines.toSpliced(3, 1, lines[3].replace('"at":1', '"at":2')), [], /entry 2 does not fit/)
          told(lines.toSpliced(3, 1), [], /entry 3 comes after entry 1/)
          told(lines.slice(0, 5), [], /cut off/)
          told(lines.toSpliced(5, 1), ['--heads', heads], /was cut off/)
          const sheet = join(folder, 'sheet.html')
          const print = () => call(['head', place, '--sign-key', join(folder, 'key'), '--sheet', sheet])
          assert.equal(print().code, 0)
          assert.equal(print().code, 1) // a filed day is not written over
          const page = readFileSync(sheet, 'utf8')
          assert.ok(page.includes(`\n${line}\n`) && page.includes('<svg') && page.includes('370871'))
          assert.match(verify('--heads', sheet, file).stdout, /1 个签名/)
          assert.equal(JSON.parse(call(['verify', place, '--head-file', sheet, '--json']).out).heads, 1)
          told(lines.toSpliced(5, 1), ['--heads', sheet], /was cut off/)
          writeFileSync(sheet, page.replace(`\n${line}`, '\n'))
          assert.match(verify('--heads', sheet, file).stderr, /no signed head/)
          assert.equal(call(['verify', place, '--head-file', sheet]).code, 1)
          writeFileSync(heads, line.replace(' 4 ', ' 5 '))
          assert.match(verify('--heads', heads, file).stderr, /signature does not fit/)
        }),
      ),
    'a server keeps its signed head elsewhere': () =>
      withPlace(driver, (place) =>
        withFolder(async (folder) => {
          const init = ['--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')]
          assert.equal(call(['init', place, ...init]).code, 0)
          const signed = ['--head-file', join(folder, 'heads'), '--sign-key', join(folder, 'key')]
          assert.equal(call(['serve', place, '--port', '0', '--head-file', join(folder, 'heads')]).code, 2)
          const add = ['user', 'add', place, 'late', '--name', '丁', '--post', 'keeper@370871']
          const { code } = await serving(place, ['--port', '0', ...signed], () =>
            assert.equal(call(add, { input: 'a longer password\n' }).code, 0),
          )
          assert.equal(code, 0)
          const heads = readFileSync(join(folder, 'heads'), 'utf8').trim().split('\n')
          assert.ok(heads.length >= 2) // at the start and at the end
          const { entries } = JSON.parse(call(['verify', place, ...signed, '--json']).out)
          assert.equal(heads.at(-1).split(' ')[3], String(entries))
        }),
      ),
    'a server makes its own backups, and tells when it cannot': () =>
      withPlace(driver, (place) =>
        withFolder(async (folder) => {
          const stick = join(folder, 'stick')
          mkdirSync(stick)
          const init = [
            'init',
            place,
            '--county',
            '370871',
            '--name',
            '甲',
            '--pack',
            join(root, 'tests/packs/orchard'),
          ]
          assert.equal(call(init).code, 0)
          const watch = async (printed, ready) => {
            const url = printed.match(/http:\S+/)[0]
            for (;;) {
              const { backup } = await (await fetch(new URL('/healthz', url))).json()
              if (ready(backup)) return [backup, await (await fetch(new URL('/metrics', url))).text()]
              await new Promise((r) => setTimeout(r, 50))
            }
          }
          const words = ['--port', '0', '--open', 'metrics', '--backup', `${stick}@03:30`]
          const { code } = await serving(place, words, async (printed) => {
            const [backup, metrics] = await watch(printed, (b) => b.checked)
            assert.equal(backup.late, false)
            assert.ok(backup.good)
            assert.match(metrics, /jishi_backup_failed 0/)
          })
          assert.equal(code, 0)
          assert.equal(call(['restore', stick, join(folder, 'back')]).code, 0)
          await serving(
            place,
            ['--port', '0', '--open', 'metrics', '--backup', join(folder, 'gone')],
            async (printed) => {
              const [, metrics] = await watch(printed, (b) => b.late)
              assert.match(metrics, /jishi_backup_failed 1/)
            },
          )
        }),
      ),
  })
