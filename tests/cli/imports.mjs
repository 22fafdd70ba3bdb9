// A roster by command: its number is told, and takes it back.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

export const imports = (driver) =>
  runTests(`cli import ${driver}`, {
    'what was written has a number, by which it is taken back': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const file = join(folder, 'a roster.csv')
          assert.equal(
            call(['init', place, '--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')])
              .code,
            0,
          )
          writeFileSync(file, '街道,村,园号,园主,树牌\n接庄街道,口头村,R1,赵某某,r-1\n接庄街道,口头村,R2,钱某某,r-2\n')
          const words = ['import', place, file, '--layout', 'roster']
          assert.doesNotMatch(call(words).out, /undo/)
          const said = call([...words, '--apply'])
          assert.equal(said.code, 0, said.err)
          const line = said.out.trim().split('\n').pop().trim()
          const entries = () => JSON.parse(call(['verify', place, '--json']).out).entries
          const before = entries()
          for (let again = 0; again < 2; again++)
            // the second time nothing is left to do
            assert.equal(spawnSync('sh', ['-c', line], { env: { ...process.env, JISHI_HOME: root } }).status, 0)
          assert.equal(entries(), before + 1)
          const applied = JSON.parse(call([...words, '--apply', '--json']).out)
          assert.deepEqual([applied.rows, applied.refused], [2, 0])
          assert.deepEqual(JSON.parse(call(['undo', place, applied.import_id, '--json']).out), {
            undone: applied.import_id,
          })
          assert.equal(call(['undo', place, 'nonsense']).code, 2)
          assert.match(call(['undo', place, '01890000-0000-7000-8000-000000000000']).err, /没有找到这次导入/)
          assert.equal(call(['rebuild', '--check', place]).code, 0)
        }),
      ),
    'the same newborn is not added again, and has the number that comes later': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const file = join(folder, 'roster.csv')
          call(['init', place, '--county', '370871', '--name', '甲', '--pack', join(root, 'packs/antipoverty')])
          const head = '乡镇,行政村,户编号,户主姓名,姓名,证件号码,与户主关系,出生日期\n洸河街道,江庄村,A1,纪某甲,'
          const take = (child, ...more) => {
            writeFileSync(file, `${head}纪某甲,370871196804121319,户主,\n,,A1,,${child}\n`)
            return JSON.parse(call(['import', place, file, '--layout', 'lifted_export', '--json', ...more]).out)
          }
          const counts = (r) => [r.accepted, r.created, r.changed, r.same]
          const day = new Date(Date.now() - 86400000 * 30).toISOString().slice(0, 10)
          assert.deepEqual(counts(take(`纪某宝,无,之子,${day}`, '--apply')), [2, 3, 0, 0])
          assert.deepEqual(counts(take(`纪某宝,,之子,${day} 00:00:00`, '--apply')), [2, 0, 0, 3])
          assert.deepEqual(counts(take(`纪某贝,,之子,${day}`)), [2, 1, 0, 2])
        }),
      ),
  })
