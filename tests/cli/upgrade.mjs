// Folders of earlier versions, each made by the version it is named after (tests/upgrade/make.mjs): opened, served, backed up,
// upgraded, and gone back from.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { Client, today, uuid, village } from '../api/kit.mjs'
import { call, root, runTests, sql, withFolder, withPlace } from './kit.mjs'
import { serving } from './serve.mjs'

const kept = join(root, 'tests/upgrade')
const versions = readdirSync(kept).filter((name) => /^\d+$/.test(name))

// The folder of `version` as it was made, or on PostgreSQL the same county moved there; and the command with its key file.
const withOlder = (driver, version, use) =>
  withFolder((folder) =>
    withPlace(driver, async (url) => {
      const from = join(kept, version)
      const unpack = (name, to) => writeFileSync(to, brotliDecompressSync(readFileSync(join(from, name))))
      const made = join(folder, 'county')
      mkdirSync(made, { mode: 0o700 })
      unpack('jishi.db.br', join(made, 'jishi.db'))
      cpSync(join(from, 'jishi.db-head'), join(made, 'jishi.db-head'))
      unpack('county.jishi.br', join(folder, 'county.jishi'))
      const key = { JISHI_KEY_FILE: join(from, 'county.key') }
      const jishi = (...words) => call(words, { env: key })
      const must = (...words) => {
        const r = jishi(...words)
        assert.equal(r.code, 0, `${words.join(' ')}: ${r.out}${r.err}`)
        return r.out
      }
      const place = driver === 'pg' ? url : made
      if (driver === 'pg') must('move', made, url)
      const entries = (at = place) => JSON.parse(must('verify', at, '--json')).entries
      await use({ folder, place, jishi, must, entries, key })
    }),
  )

export const upgrade = (driver) =>
  runTests(
    `cli upgrade ${driver}`,
    Object.assign(
      {},
      ...versions.map((version) => ({
        [`a folder of layout ${version} is read and served, and its backup comes back`]: () =>
          withOlder(driver, version, async ({ folder, place, must, entries, key }) => {
            const all = entries()
            const back = join(folder, 'back')
            must('restore', join(folder, 'county.jishi'), back)
            assert.equal(entries(back), all)
            must('rebuild', '--check', back)
            must('upgrade', place, '--apply') // nothing, where the layout is this version's
            must('clock', place, '--is-right') // it grows old
            const before = entries()
            await serving(
              place,
              ['--port', '0'],
              async (printed) => {
                const c = await new Client({ url: printed.match(/http:\/\/[^\s/]+/)[0] }).signIn('keeper')
                const gardens = (await c.raw('GET', '/api/v1/subjects/garden')).json.items
                assert.equal(gardens.length, 3)
                const r = await c.raw('PUT', `/api/v1/events/check/${uuid()}`, {
                  subject: gardens[0].id,
                  on: today(),
                  fields: { ill: 2 },
                })
                assert.equal(r.status, 201, JSON.stringify(r.json))
              },
              key,
            )
            assert.ok(entries() > before)
            must('rebuild', '--check', place)
          }),
      })),
      {
        'tables and columns that came later are there at once, for who only reads, too': () =>
          withOlder(driver, versions.at(-1), ({ place, must, entries }) => {
            const all = entries()
            sql(place, 'DROP TABLE report')
            sql(place, 'ALTER TABLE county_state DROP COLUMN layout')
            sql(place, 'ALTER TABLE county_state DROP COLUMN set_up_until')
            assert.equal(entries(), all)
            assert.equal(JSON.parse(must('upgrade', place, '--json')).same, true)
            must('rebuild', '--check', place)
          }),
        'what a newer version wrote is left as it is': () =>
          withOlder(driver, versions.at(-1), ({ place, jishi, folder }) => {
            sql(place, 'UPDATE county_state SET layout = 99')
            for (const words of [['verify'], ['upgrade'], ['upgrade', '--apply'], ['rebuild', '--check'], ['serve']]) {
              const r = jishi(words[0], place, ...words.slice(1))
              assert.equal(r.code, 1, words.join(' '))
              assert.match(r.err, /更新版本的即时/)
            }
            assert.equal(jishi('backup', place, folder).code, 1)
          }),
        'an older layout is refused, rehearsed, upgraded, and gone back from': () =>
          withOlder(driver, versions.at(-1), async ({ place, jishi, must, entries, key }) => {
            const all = entries()
            sql(place, 'ALTER TABLE payment DROP COLUMN amount')
            for (const words of [['verify'], ['rebuild', '--check'], ['serve']]) {
              const r = jishi(words[0], place, ...words.slice(1))
              assert.equal(r.code, 1)
              assert.match(r.err, /jishi upgrade/)
            }
            const rehearsed = JSON.parse(must('upgrade', place, '--json'))
            assert.deepEqual([rehearsed.older, rehearsed.entries, rehearsed.kept], [true, all, null])
            assert.equal(jishi('verify', place).code, 1) // it was a rehearsal
            const done = JSON.parse(must('upgrade', place, '--apply', '--json'))
            assert.ok(done.kept)
            assert.equal(entries(), all)
            must('rebuild', '--check', place)
            must('clock', place, '--is-right')
            const add = ['user', 'add', place, 'late', '--name', '丁', '--post', `keeper@${village}`]
            assert.equal(call(add, { input: 'a longer password\n', env: key }).code, 0)
            const more = entries() - all

            const told = JSON.parse(must('upgrade', place, '--back', done.kept, '--json'))
            assert.deepEqual([told.entries, told.lost, told.kept], [all, more, null])
            assert.equal(entries(), all + more)
            const back = JSON.parse(must('upgrade', place, '--back', done.kept, '--apply', '--json'))
            assert.match(jishi('verify', place).err, /jishi upgrade/) // as it was before
            const later = driver === 'pg' ? `${place.split('?')[0]}?schema=${back.kept}` : back.kept
            assert.equal(entries(later), all + more) // and nothing is lost
          }),
        'a table that comes out differently is named, and mended; not while it is served': () =>
          withOlder(driver, versions.at(-1), async ({ place, jishi, must, key }) => {
            must('clock', place, '--is-right')
            await serving(
              place,
              ['--port', '0'],
              () => assert.match(jishi('upgrade', place, '--apply').err, /先停止/),
              key,
            )
            sql(place, "UPDATE subject_garden SET title = 'other'")
            const told = JSON.parse(must('upgrade', place, '--json'))
            assert.equal(told.older, false)
            assert.match(told.differences.join(), /^subject_garden: 3 \/ 3$/)
            assert.equal(jishi('rebuild', '--check', place).code, 1)
            must('upgrade', place, '--apply')
            must('rebuild', '--check', place)
            assert.match(jishi('upgrade', place).out, /完全一样/)
            if (driver !== 'pg') assert.ok(!existsSync(`${place}.upgrading`))
          }),
        'what is kept of another county does not take its stead': () =>
          withOlder(driver, versions.at(-1), ({ folder, place, jishi, must, entries }) => {
            const all = entries()
            const pack = join(root, 'tests/packs/orchard')
            const other = join(folder, 'other')
            must('init', other, '--county', '370811', '--name', '甲', '--pack', pack, '--key-file', join(folder, 'k'))
            if (driver !== 'pg')
              assert.match(jishi('upgrade', place, '--back', other, '--apply').err, /不是这个位置从前/)
            assert.notEqual(jishi('upgrade', place, '--back', join(folder, 'none'), '--apply').code, 0)
            assert.equal(entries(), all)
          }),
      },
    ),
  )
