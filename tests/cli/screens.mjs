// screen and simulate: one rule alone, why of one it cannot be told, names that are nearly right.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

// Three gardens: one poor, one not, one of which the income is not known.
const withGardens = (driver, use) =>
  withPlace(driver, (place) =>
    withFolder((folder) => {
      const file = join(folder, 'roster.csv')
      const values = join(folder, 'values/parameters/limit')
      mkdirSync(values, { recursive: true })
      writeFileSync(join(values, 'income.yaml'), 'values: {2020-01-01: {value: 1000, metadata: {reference: 测试}}}\n')
      const made = call([
        'init',
        place,
        '--county',
        '370871',
        '--name',
        '甲',
        '--pack',
        join(root, 'tests/packs/orchard'),
        '--overlay',
        join(folder, 'values'),
      ])
      assert.equal(made.code, 0, made.err)
      writeFileSync(
        file,
        '街道,村,园号,园主,年收入,树牌,虫害\n' +
          [
            ['R1', '赵某某', 1, 'r-1', '蛾'],
            ['R2', '钱某某', 999999, 'r-2', '螨'],
            ['R3', '孙某某', '', 'r-3', ''],
          ]
            .map((row) => `接庄街道,口头村,${row.join(',')}\n`)
            .join(''),
      )
      assert.equal(call(['import', place, file, '--layout', 'roster', '--apply']).code, 0)
      return use(place)
    }),
  )

export const screens = (driver) =>
  runTests(`cli screen ${driver}`, {
    'a rule, by name or title, is told alone': () =>
      withGardens(driver, (place) => {
        assert.match(call(['screen', place]).out, /收入低(.|\n)*有蛾/)
        const one = call(['screen', place, '--rule', 'poor'])
        assert.equal(one.code, 0, one.err)
        assert.match(one.out, /收入低 +果园 +1 +1 /)
        assert.doesNotMatch(one.out, /有蛾|没有列出/)
        assert.equal(call(['screen', place, '--rule', '收入低']).out, one.out)
        const sums = JSON.parse(call(['screen', place, '--rule', 'poor', '--json']).out)
        assert.deepEqual(
          sums.rules.map((r) => r.name),
          ['poor'],
        )
        assert.ok(sums.areas.every((x) => x.rules.every((r) => r.name === 'poor')))
        assert.equal(sums.list, undefined)
        const tried = call(['simulate', place, '--set', 'p.limit.income=0.5', '--rule', 'poor']).out
        assert.match(tried, /收入低 +果园 +1 +0 +0 +1 /)
        assert.doesNotMatch(tried, /个对象，退出/)
      }),
    'a county without anybody is told in zeros': () =>
      withPlace(driver, (place) => {
        const pack = join(root, 'tests/packs/orchard')
        assert.equal(call(['init', place, '--county', '370871', '--name', '甲', '--pack', pack]).code, 0)
        const said = call(['screen', place])
        assert.equal(said.code, 0, said.err)
        assert.match(said.out, /共 0 个对象(.|\n)*条规则全是零/)
        assert.doesNotMatch(said.out, /村（社区）/)
      }),
    'who cannot be told comes with what is not known': () =>
      withGardens(driver, (place) => {
        const said = call(['screen', place, '--rule', 'poor', '--list', '--who', 'unknown'])
        assert.equal(said.code, 0, said.err)
        assert.match(said.out, /还不知道(.|\n)*孙某某.*年收入/)
        assert.match(
          call(['simulate', place, '--set', 'p.limit.income=', '--rule', 'poor', '--list', '--who', 'unknown']).out,
          /赵某某.*去掉了参数/,
        )
      }),
    'a wrong name is told in a sentence, the nearest after it': () =>
      withGardens(driver, (place) => {
        for (const [words, said, near] of [
          [['screen', place, '--rule', 'por'], /^--rule: 没有这条规则。\n有这些：\n {2}poor /, 'poor'],
          [['screen', place, '--by', 'sol'], /^--by: .*\n有这些：\n {2}soil /, 'soil'],
          [
            ['simulate', place, '--set', 'p.limit.incom=8'],
            /^--set: .*没有参数.*\n有这些：\n {2}p\.limit\.income /,
            'p.limit.income',
          ],
        ]) {
          const r = call(words)
          assert.notEqual(r.code, 0)
          assert.match(r.err, said, near)
        }
      }),
  })
