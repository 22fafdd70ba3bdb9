// Places: what is one, one county in each, and nothing left behind by what failed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, isThere, root, runTests, withFolder, withPlace } from './kit.mjs'

const pack = ['--pack', join(root, 'tests/packs/orchard')]
const init = (place, ...more) => call(['init', place, '--county', '370871', '--name', '高新区', ...pack, ...more])

export const noPlace = () =>
  runTests('cli place', {
    'a mistyped address is refused and makes no folder': () =>
      withFolder((cwd) => {
        for (const place of ['postgres:/me:secret@host/x', 'mysql://host/x', 'PostgreSQL://host/x', 'http://host/']) {
          const r = call(['init', place, '--county', '370871', '--name', '甲', ...pack], { cwd })
          assert.equal(r.code, 2, place)
          assert.match(r.err, /postgresql:\/\/用户@主机/)
          assert.doesNotMatch(r.err, /secret/)
          assert.equal(call(['verify', place], { cwd }).code, 2)
        }
        assert.deepEqual(readdirSync(cwd), [])
      }),
    'what is no place for a county is told as what it is, and left as it was': () =>
      withFolder((cwd) => {
        const make = (place) => [
          ['init', place, '--county', '370871', '--name', '甲', ...pack],
          ['demo', place, '--size', '5'],
        ]
        mkdirSync(join(cwd, 'photos'))
        for (const file of ['list.txt', 'photos/1.jpg']) writeFileSync(join(cwd, file), 'x')
        const wrong = { 'list.txt': /这是一个文件/, photos: /已经有别的东西（如 1\.jpg）/ }
        for (const text of ['waiting for postgres', 'me@host', 'localhost:5432', '~county', '*', '$DATA', 'a\nb'])
          wrong[text] = /不像一个目录.*“\.\/”/s
        for (const [place, told] of Object.entries(wrong))
          for (const words of make(place)) {
            const r = call(words, { cwd })
            assert.equal(r.code, 2, place)
            assert.match(r.err, told)
          }
        assert.deepEqual(readdirSync(cwd).sort(), ['list.txt', 'photos'])
        assert.deepEqual(readdirSync(join(cwd, 'photos')), ['1.jpg'])
        mkdirSync(join(cwd, 'new'))
        for (const place of ['new', './waiting for postgres', '高新区'])
          assert.equal(call(make(place)[0], { cwd }).code, 0, place)
      }),
    'a folder is made by init and demo only': () =>
      withFolder((cwd) => {
        const others = [
          ['serve', 'x'],
          ['verify', 'x'],
          ['rebuild', '--check', 'x'],
          ['screen', 'x'],
          ['simulate', 'x', '--set', 'p.a=1'],
          ['user', 'list', 'x'],
          ['import', 'x', 'y.csv', '--layout', 'z'],
          ['pack', 'plan', 'x', pack[1]],
        ]
        for (const words of others) {
          const r = call(words, { cwd })
          assert.equal(r.code, 1, words.join(' '))
          assert.match(r.err, /没有区县.*jishi init/)
        }
        assert.deepEqual(readdirSync(cwd), [])
      }),
    'what to type next can be typed: the program as it was called, the place quoted': () =>
      withFolder((cwd) => {
        const place = "it's a place"
        const r = call(['init', place.replace(/^/, './'), '--county', '370871', '--name', '甲', ...pack], { cwd })
        assert.equal(r.code, 0, r.err)
        const line = r.out.split('\n')[1].trim()
        assert.ok(line.includes(`'./it'\\''s a place'`), line)
        const typed = line.replace('登录名', 'boss').replace('姓名', '主任')
        assert.equal(
          spawnSync('sh', ['-c', `echo apple-pear-1 | ${typed}`], { cwd, env: { ...process.env, JISHI_HOME: root } })
            .status,
          0,
        )
        const said = JSON.parse(
          call(['init', './b', '--county', '370871', '--name', '乙', ...pack, '--json'], { cwd }).out,
        )
        assert.deepEqual([said.location, said.county, said.name, said.packs], ['./b', '370871', '乙', [pack[1]]])
      }),
    'a pack is a folder, or the name of one that comes with the program': () =>
      withFolder((cwd) => {
        const init = (...more) => call(['init', './d', '--county', '370871', '--name', '甲', ...more], { cwd })
        const r = init('--pack', 'arr')
        assert.equal(r.code, 1)
        assert.match(r.err, /没有这个业务包(.|\n)*有这些：\n {2}air\n/)
        assert.equal(init('--pack', 'air').code, 0)
        assert.match(call(['pack', 'check', 'air']).out, /没有错误/)
        const before = call(['verify', './d'], { cwd }).out
        for (const verb of ['plan', 'upgrade'])
          assert.match(call(['pack', verb, './d', 'air'], { cwd }).out, /完全一样/)
        assert.equal(call(['verify', './d'], { cwd }).out, before, 'nothing was entered')
        const other = join(cwd, 'air')
        cpSync(join(root, 'packs/air'), other, { recursive: true })
        writeFileSync(join(other, 'README.md'), 'not a file of the pack\n')
        assert.match(call(['pack', 'plan', './d', './air'], { cwd }).out, /完全一样/)
        writeFileSync(
          join(other, 'pack.yaml'),
          readFileSync(join(other, 'pack.yaml'), 'utf8').replace('0.1.0', '0.1.1'),
        )
        assert.match(call(['pack', 'plan', './d', './air'], { cwd }).out, /air 0\.1\.0 → 0\.1\.1(.|\n)*只是预览/)
        assert.match(call(['pack', 'upgrade', './d', './air'], { cwd }).out, /已换上/)
        assert.notEqual(call(['verify', './d'], { cwd }).out, before)
      }),
    'the list of areas must hold the county, and --areas is named': () =>
      withFolder((cwd) => {
        const r = call(['init', join(cwd, 'd'), '--county', '110101', '--name', '东城', ...pack])
        assert.match(r.err, /--areas/)
        const town = call(['init', join(cwd, 'd'), '--county', '370871003', '--name', '街道', ...pack])
        assert.match(town.err, /--county.*六位/)
        assert.deepEqual(readdirSync(cwd), [])
        writeFileSync(join(cwd, 'areas.csv'), '110101001,一街道\n')
        assert.equal(
          call([
            'init',
            join(cwd, 'd'),
            '--county',
            '110101',
            '--name',
            '东城',
            ...pack,
            '--areas',
            join(cwd, 'areas.csv'),
          ]).code,
          0,
        )
      }),
  })

export const places = (driver) =>
  runTests(`cli place ${driver}`, {
    'a county has a name': () =>
      withPlace(driver, (place) => {
        const r = call(['init', place, '--county', '370871', '--name', ' ', ...pack])
        assert.equal(r.code, 1)
        assert.match(r.err, /--name.*名称/)
        assert.equal(init(place).code, 0)
      }),
    'a second init names the county that is there and writes nothing': () =>
      withPlace(driver, (place) => {
        assert.equal(init(place).code, 0)
        const before = call(['verify', place]).out
        for (const code of ['370871', '370811']) {
          const r = call(['init', place, '--county', code, '--name', '乙', ...pack])
          assert.equal(r.code, 1)
          assert.match(r.err, /已经有一个区县：高新区（370871）/)
        }
        assert.equal(call(['demo', place, '--size', '5']).code, 1)
        assert.equal(call(['verify', place]).out, before)
        assert.equal(call(['rebuild', '--check', place]).code, 0)
        assert.match(call(['verify', place, '--json']).out, /^\{"entries":\d+\}\n$/)
      }),
    'an init that fails inside its transaction leaves nothing behind': () =>
      withFolder((folder) =>
        withPlace(driver, (place) => {
          // Two packs with the same kinds: found only when the second comes to the first.
          const copy = join(folder, 'other')
          cpSync(pack[1], copy, { recursive: true })
          writeFileSync(
            join(copy, 'pack.yaml'),
            readFileSync(join(copy, 'pack.yaml'), 'utf8').replace('name: orchard', 'name: other'),
          )
          const r = init(place, '--pack', copy)
          assert.equal(r.code, 1, r.err)
          assert.ok(!isThere(place))
          assert.equal(init(place).code, 0)
          assert.ok(isThere(place))
        }),
      ),
  })
