// Holiday notices by command: what is new in a file is told as new, and nothing else is taken in.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

export const calendar = (driver) =>
  runTests(`cli calendar ${driver}`, {
    'only what is new or other is taken in': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          const shipped = readFileSync(join(root, 'data/calendar.yaml'), 'utf8'),
            file = join(folder, 'next.yaml')
          assert.equal(
            call(['init', place, '--county', '370871', '--name', '甲', '--pack', join(root, 'tests/packs/orchard')])
              .code,
            0,
          )
          const last = /有2013年至(\d+)年/.exec(call(['calendar', place]).out)[1],
            next = Number(last) + 1
          const entries = () => JSON.parse(call(['verify', place, '--json']).out).entries
          const before = entries()
          writeFileSync(file, shipped)
          const same = call(['calendar', place, file, '--apply'])
          assert.equal(same.code, 0, same.err)
          assert.match(same.out, /都已经有了/)
          assert.equal(entries(), before)
          writeFileSync(
            file,
            `${shipped}\n  - year: ${next}\n    reference: 新的通知\n    holidays: [${next}-01-01]\n    workdays: []\n`,
          )
          const told = call(['calendar', place, file]).out
          assert.match(told, new RegExp(`^  ${next}年（新的）：放假1天`))
          assert.doesNotMatch(told, new RegExp(`${last}年：`))
          assert.equal(entries(), before)
          assert.equal(call(['calendar', place, file, '--apply']).code, 0)
          assert.equal(entries(), before + 1)
          assert.match(call(['calendar', place, file]).out, /都已经有了/)
          writeFileSync(file, readFileSync(file, 'utf8').replace('新的通知', '改过的通知'))
          assert.match(call(['calendar', place, file]).out, new RegExp(`${next}年（代替原来的）`))
          const withdraw = (year, ...more) => call(['calendar', place, '--withdraw', String(year), ...more])
          assert.match(withdraw(next, '--apply').err, /请写明撤回的原因/)
          assert.match(withdraw(last, '--reason', '写错了', '--apply').err, /只能撤回最后一年/)
          assert.match(withdraw(next, '--reason', '写错了').out, new RegExp(`${next}年的放假通知撤回`))
          assert.equal(entries(), before + 1)
          assert.equal(withdraw(next, '--reason', '写错了', '--apply').code, 0)
          assert.match(call(['calendar', place]).out, new RegExp(`至${last}年`))
          assert.equal(entries(), before + 2)
        }),
      ),
  })
