// A table by command: ledgers, kinds, events, saved tables; masked, noted, while the service runs.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

const orchard = ['--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')]
const lines = (text) =>
  text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')

export const tables = (driver) =>
  runTests(`cli export-table ${driver}`, {
    'ledgers and kinds leave as files, with filter, columns and area, and the journal says so': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const roster = join(folder, 'roster.csv')
          assert.equal(call(['init', place, ...orchard]).code, 0)
          writeFileSync(
            roster,
            '街道,村,园号,园主,树牌\n接庄街道,口头村,R1,赵某某,r-1\n接庄街道,口头村,R1,赵某某,r-2\n接庄街道,宗营村,R2,钱某某,r-3\n',
          )
          assert.equal(call(['import', place, roster, '--layout', 'roster', '--apply']).code, 0)
          const out = (...more) => {
            const r = call(['export-table', place, ...more])
            assert.equal(r.code, 0, r.err)
            return r.out
          }
          const ledger = lines(out('gardens'))
          assert.equal(ledger[0], '序号,园号,园主,土质,棵数,卖果')
          assert.deepEqual(
            ledger.slice(1).map((l) => l.split(',')[1]),
            ['R1', 'R2'],
          )
          const few = out('garden', '--columns', "code,size(trees),area,owner == 'x, y'", '--filter', 'size(trees) > 1')
          assert.deepEqual(
            lines(few).map((l) => l.split(',').slice(0, 3).join()),
            ['园号,size(trees),村（社区）', 'R1,2,口头村村委会'],
          )
          assert.equal(lines(out('tree', '--area', '370871003209', '--columns', 'tag'))[1], 'r-3')
          assert.deepEqual(lines(out('garden', '--as-of', '2020-01-01', '--columns', 'code')), ['园号'])
          for (const form of ['xlsx', 'pdf']) {
            const file = join(folder, `trees.${form}`)
            assert.match(out('orchard.gardens', '--out', file), /2 行/)
            assert.equal(readFileSync(file).subarray(0, 2).toString(), form === 'pdf' ? '%P' : 'PK')
          }
          const kept = JSON.parse(call(['verify', place, '--json']).out).entries
          // What is refused leaves neither a file nor an entry.
          const bad = join(folder, 'bad.csv')
          for (const [words, says] of [
            [['nothing'], /没有这本台账/],
            [['garden', '--columns', 'codde'], /codde/],
            [['garden', '--format', 'doc'], /xlsx/],
            [['garden', '--columns', 'id_number', '--clear'], /--reason/],
            [['garden', '--filter', 'code'], /filter/],
          ]) {
            const r = call(['export-table', place, ...words, '--out', bad])
            assert.notEqual(r.code, 0)
            assert.match(r.err, says)
            assert.ok(!existsSync(bad))
          }
          assert.equal(JSON.parse(call(['verify', place, '--json']).out).entries, kept)
          assert.equal(call(['rebuild', '--check', place]).code, 0)
        }),
      ),
  })
