// Officers by command: nobody half made, faults with what there is, lists, and an effect on a running service at once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jishi, startServer, stopServer } from '../api/kit.mjs'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

const village = '370871003208',
  town = '370871003'

function county(place) {
  const r = call(['init', place, '--county', '370871', '--name', '高新区', '--pack', join(root, 'tests/packs/orchard')])
  assert.equal(r.code, 0, r.err)
}
const add = (place, login, ...more) =>
  call(['user', 'add', place, login, '--name', `${login}某`, ...more], { input: 'apple-pear-1\n' })
const list = (place) => JSON.parse(call(['user', 'list', place, '--json']).out).items

async function signIn(server, login, password) {
  const r = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  return { status: r.status, token: r.status === 200 ? (await r.json()).token : '' }
}
const me = async (server, token) =>
  (await fetch(`${server.url}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } })).status

export const officers = (driver) =>
  runTests(`cli officers ${driver}`, {
    'an add that fails leaves nobody, and says what there is': () =>
      withPlace(driver, (place) => {
        county(place)
        const wrong = [
          [
            call(['user', 'add', place, 'a', '--name', '甲', '--post', `keeper@${village}`], { input: 'abc\n' }),
            /12 到 128 个字符/,
          ],
          [
            call(['user', 'add', place, 'a', '--name', '甲', '--post', `keeper@${village}`], { input: '密码\n' }),
            /12 到 128 个字符/,
          ],
          [call(['user', 'add', place, 'a', '--name', '甲', '--post', `keeper@${village}`]), /没有读到密码/],
          [add(place, 'a', '--post', `kepper@${village}`), /keeper {2}看园人(.|\n)*admin/],
          [add(place, 'a', '--post', 'keeper@999999'), /没有代码为 999999000000 的区域(.|\n)* 370871001000 {2}/],
          [add(place, 'a', '--post', 'keeper@370871003999'), /有这些：\n( {2}370871003\d{3} {2}.*\n)+/],
          [add(place, 'a', '--post', 'keeper@接庄'.replace('接庄', '不存在村')), /没有“不存在村”/],
          [add(place, 'a', '--post', 'keeper'), /岗位@区域/],
          [add(place, 'a b', '--post', `keeper@${village}`), /空格/],
          [add(place, 'a'), /--post/],
        ]
        for (const [r, told] of wrong) {
          assert.notEqual(r.code, 0)
          assert.match(r.err, told)
          assert.equal(r.out, '')
        }
        assert.deepEqual(list(place), [])
        assert.equal(add(place, 'a', '--post', `keeper@${village}`).code, 0)
        assert.match(add(place, 'a', '--post', `keeper@${village}`).err, /已经有人用了（a某）/)
        assert.equal(call(['rebuild', '--check', place]).code, 0)
      }),
    'characters are counted, posts are named by title and area by name, success is told': () =>
      withPlace(driver, (place) => {
        county(place)
        const r = call(
          ['user', 'add', place, 'wang', '--name', '王', '--post', '看园人@接庄街道', '--post', `clerk@${village}`],
          { input: '一二三四五六七八九十百千\n' },
        )
        assert.equal(r.code, 0, r.err)
        assert.match(r.out, /已添加：wang 王，看园人@接庄街道（370871003000）、经办员@/)
        assert.deepEqual(
          list(place)[0].posts.map((p) => [p.role, p.area]),
          [
            ['keeper', '370871003000'],
            ['clerk', village],
          ],
        )
      }),
    'for programs every change answers with the officer as he is now': () =>
      withPlace(driver, (place) => {
        county(place)
        const ask = (words) => JSON.parse(call([...words, '--json'], { input: 'apple-pear-1\n' }).out)
        const made = ask(['user', 'add', place, 'li', '--name', '李', '--post', `keeper@${village}`, '--generate'])
        assert.match(made.first_password, /^[a-z0-9-]{19}$/)
        assert.deepEqual([made.login, made.active, made.posts[0].area], ['li', true, village])
        assert.equal(ask(['user', 'change', place, 'li', '--name', '李二']).name, '李二')
        assert.equal(ask(['user', 'move', place, 'li', town]).posts[0].area, `${town}000`)
        assert.equal(ask(['user', 'close', place, 'li']).active, false)
        assert.equal(ask(['user', 'close', place, 'li']).active, false, 'again')
        assert.equal(ask(['user', 'reopen', place, 'li']).active, true)
        const told = ask(['user', 'passwd', place, 'li'])
        assert.deepEqual([told.id, told.first_password], [made.id, undefined])
      }),
    'the county is an area by the name it was given, and is offered first': () =>
      withPlace(driver, (place) => {
        county(place)
        assert.equal(add(place, 'a', '--post', 'admin＠３７０８７１').code, 0)
        assert.equal(list(place)[0].posts[0].area, '370871000000')
        const lines = add(place, 'b', '--post', 'admin@没有的村').err.split('\n')
        assert.match(lines[0], /没有“没有的村”这个区域/)
        assert.match(lines[2], /370871000000 {2}高新区/)
      }),
    'the only administrator of the county stays one': () =>
      withPlace(driver, (place) => {
        county(place)
        add(place, 'one', '--post', 'admin@370871')
        add(place, 'town', '--post', `admin@${town}`)
        for (const words of [
          ['close', place, 'one'],
          ['move', place, 'one', town],
          ['change', place, 'one', '--post', `keeper@${village}`],
        ]) {
          const r = call(['user', ...words])
          assert.equal(r.code, 1, words.join(' '))
          assert.match(r.err, /one.*唯一的系统管理员/)
        }
        assert.equal(call(['user', 'change', place, 'one', '--name', '新名']).code, 0)
        add(place, 'two', '--post', 'admin@370871')
        assert.equal(call(['user', 'close', place, 'one']).code, 0)
        assert.equal(call(['user', 'close', place, 'two']).code, 1)
        assert.equal(call(['user', 'close', place, 'town']).code, 0)
        assert.equal(call(['rebuild', '--check', place]).code, 0)
      }),
    'first passwords: no name is run by a spreadsheet; two columns alike, and the last administrator, are found beforehand':
      () =>
        withPlace(driver, (place) =>
          withFolder((folder) => {
            county(place)
            for (const login of ['one', 'two']) add(place, login, '--post', 'admin@370871')
            const path = join(folder, 'list.csv'),
              passwords = join(folder, 'first.csv')
            const dry = (text) => (
              writeFileSync(path, text),
              JSON.parse(call(['user', 'import', place, path, '--json']).out)
            )
            const faults = (text) => dry(text).errors.map((x) => `${x.row} ${x.column}`)
            assert.deepEqual(
              faults('login,name,role,area,state\none,one某,admin,370871,closed\ntwo,two某,admin,370871,closed\n'),
              ['3 登录名'],
            )
            assert.deepEqual(faults(`login,name,role,area,登录名\nx,某,keeper,${village},y\n`), ['1 登录名'])
            const names = ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1+1']
            assert.equal(
              dry(`login,name,role,area\n${names.map((n, i) => `x${i},"${n}",keeper,${village}\n`).join('')}`).created,
              5,
            )
            assert.equal(call(['user', 'import', place, path, '--apply', '--passwords', passwords]).code, 0)
            const told = readFileSync(passwords, 'utf8').trim().split('\r\n').slice(1)
            // What quiets a formula in a list is taken off when it is read: the names are those that were written.
            told.forEach((line, i) => assert.match(line, /^x\d,"'.*",[a-z0-9-]{19}$/, names[i]))
          }),
        ),
    'a name that several areas have is asked for by code': () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          writeFileSync(
            join(folder, 'areas.csv'),
            '130406001,甲镇\n130406001001,东村\n130406002,乙镇\n130406002001,东村\n',
          )
          const pack = ['--pack', join(root, 'tests/packs/orchard')]
          assert.equal(
            call(['init', place, '--county', '130406', '--name', '峰峰', '--areas', join(folder, 'areas.csv'), ...pack])
              .code,
            0,
          )
          assert.match(
            add(place, 'a', '--post', 'keeper@东村').err,
            /叫“东村”的有 2 个.*130406001001 东村、130406002001 东村/,
          )
          assert.equal(add(place, 'a', '--post', 'keeper@乙镇/东村').code, 0)
          assert.equal(list(place)[0].posts[0].area, '130406002001')
          assert.match(call(['areas', place, '东']).out, /^130406001001 {2}东村\n130406002001 {2}东村\n$/)
          assert.match(call(['areas', place, '乙镇/东村居委会']).out, /^130406002001 {2}东村\n$/)
          assert.deepEqual(
            JSON.parse(call(['areas', place, '130406', '镇', '--json']).out).items.map((x) => x.name),
            ['甲镇', '乙镇'],
          )
          assert.match(
            call(['areas', place, '130406000000']).out,
            /峰峰/,
            'the county itself, which the table left out',
          )
          assert.equal(call(['areas', place, '西']).code, 1)
        }),
      ),
    'a first password can be made, and signs in': () =>
      withPlace(driver, async (place) => {
        county(place)
        const r = call(['user', 'add', place, 'li', '--name', '李', '--post', `keeper@${village}`, '--generate'])
        const password = /首次密码：([a-z0-9-]{19})/.exec(r.out)[1]
        const server = await startServer(place)
        try {
          assert.equal((await signIn(server, 'li', password)).status, 200)
        } finally {
          await stopServer(server)
        }
      }),
    'changes by command count in a running service at once': () =>
      withPlace(driver, async (place) => {
        county(place)
        for (const login of ['one', 'two', 'still']) add(place, login, '--post', `keeper@${village}`)
        const server = await startServer(place)
        try {
          const still = await signIn(server, 'still', 'apple-pear-1')
          const steps = [
            [['user', 'passwd', place, 'one'], 'apple-pear-2'],
            [['user', 'change', place, 'one', '--post', `clerk@${town}`], 'apple-pear-2'],
            [['user', 'move', place, 'one', '370871001'], 'apple-pear-2'],
            [['user', 'close', place, 'one'], ''],
            [['user', 'reopen', place, 'one'], 'apple-pear-2'],
          ]
          let password = 'apple-pear-1'
          for (const [words, next] of steps) {
            const before = password ? await signIn(server, 'one', password) : { token: '' }
            if (password) assert.equal(before.status, 200, words.join(' '))
            const r = call(words, { input: 'apple-pear-2\n' })
            assert.equal(r.code, 0, r.err)
            if (password) assert.equal(await me(server, before.token), 401, words.join(' '))
            if (next) assert.equal((await signIn(server, 'one', next)).status, 200, words.join(' '))
            else assert.equal((await signIn(server, 'one', 'apple-pear-2')).status, 401)
            password = next
          }
          assert.equal(await me(server, still.token), 200, 'nobody else is signed out')
          const two = await signIn(server, 'two', 'apple-pear-1')
          assert.equal(call(['user', 'change', place, 'two', '--name', '新名']).code, 0)
          assert.equal(await me(server, two.token), 200, 'a new name ends no session')
        } finally {
          await stopServer(server)
        }
        assert.deepEqual(
          list(place)
            .find((x) => x.login === 'one')
            .posts.map((p) => [p.role, p.area]),
          [['clerk', '370871001000']],
        )
        assert.equal(call(['rebuild', '--check', place]).code, 0)
        assert.equal(call(['verify', place]).code, 0)
      }),
    'each change is an entry of its own, without any password': () =>
      withPlace(driver, (place) => {
        county(place)
        add(place, 'one', '--post', `keeper@${village}`)
        const entries = () => JSON.parse(call(['verify', place, '--json']).out).entries
        const before = entries()
        for (const words of [
          ['change', place, 'one', '--login', 'uno'],
          ['passwd', place, 'uno'],
          ['close', place, 'uno'],
          ['reopen', place, 'uno'],
        ])
          assert.equal(call(['user', ...words], { input: 'apple-pear-2\n' }).code, 0)
        assert.equal(entries(), before + 4)
        assert.match(call(['user', 'close', place, 'uno']).out, /已停用/)
        assert.match(call(['user', 'close', place, 'uno']).out, /本来就已停用/)
        assert.equal(entries(), before + 5)
        assert.match(call(['user', 'change', place, 'un', '--name', 'x']).err, /没有这个登录名(.|\n)*uno/)
        assert.equal(call(['user', 'change', place, 'uno']).code, 2)
      }),
    "a list: each fault by row and column, nothing written until it has none, passwords in a file of one's own": () =>
      withPlace(driver, (place) =>
        withFolder((folder) => {
          county(place)
          add(place, 'old', '--post', `keeper@${village}`)
          add(place, 'kept', '--post', `keeper@${village}`)
          const path = join(folder, 'list.csv'),
            passwords = join(folder, 'first.csv')
          const head = '序号,登录名,姓名,岗位,区域,岗位2,区域2,状态\n'
          writeFileSync(
            path,
            `某县人员名单\n${head}1,new,新,看园人,接庄街道,clerk,${town},\n2,old,老,keepr,${village},,,\n3,new,又,keeper,nowhere,,,\n4,x y,,,,,,走了\n`,
          )
          const dry = JSON.parse(call(['user', 'import', place, path, '--json']).out)
          assert.deepEqual([dry.rows, dry.accepted, dry.refused, dry.created], [4, 1, 3, 1])
          assert.deepEqual(
            dry.errors.map((x) => [x.row, x.column]),
            [
              [4, '岗位'],
              [5, '登录名'],
              [5, '区域'],
              [6, '登录名'],
              [6, '姓名'],
              [6, '状态'],
              [6, '岗位'],
            ],
          )
          const refused = call(['user', 'import', place, path, '--apply', '--passwords', passwords])
          assert.equal(refused.code, 1)
          assert.match(refused.out, /第 4 行，岗位，“keepr”(.|\n)*没有写入/)
          assert.ok(!existsSync(passwords))
          assert.equal(list(place).length, 2)

          writeFileSync(
            path,
            `${head}1,new,"新, 人",看园人,接庄街道,clerk,${town},\n2,old,老,keeper,${village},,,停用\n3,kept,kept某,keeper,${village},,,\n`,
          )
          assert.match(
            call(['user', 'import', place, path]).out,
            /新增 1，变更 1，相同 1(.|\n)*新增 new 新, 人，看园人@接庄街道(.|\n)*变更 old old某\n +姓名：old某 → 老\n +状态：在岗 → 停用\n只检查，没有写入/,
          )
          const lines = JSON.parse(call(['user', 'import', place, path, '--json']).out).lines
          assert.deepEqual(
            lines.map((x) => [x.login, x.was]),
            [
              ['new', null],
              ['old', { name: 'old某', active: true }],
            ],
          )
          assert.equal(call(['user', 'import', place, path, '--apply']).code, 2, 'where to put the password')
          assert.equal(list(place).length, 2)
          assert.equal(call(['user', 'import', place, path, '--apply', '--passwords', passwords]).code, 0)
          assert.equal(statSync(passwords).mode & 0o777, 0o600)
          const told = readFileSync(passwords, 'utf8')
          assert.match(told, /^\uFEFF登录名,姓名,首次密码\r\nnew,"新, 人",[a-z0-9-]{19}\r\n$/)
          assert.deepEqual(
            list(place).map((x) => [x.login, x.name, x.active, x.posts.length]),
            [
              ['kept', 'kept某', true, 1],
              ['new', '新, 人', true, 2],
              ['old', '老', false, 1],
            ],
          )
          assert.match(call(['user', 'import', place, path, '--apply']).out, /相同 3/)
          assert.equal(
            call(['user', 'import', place, path, '--apply', '--passwords', passwords]).code,
            0,
            'nobody new, no file needed',
          )
          writeFileSync(path, '登录名,姓名,岗位,区域,电话\n')
          assert.match(call(['user', 'import', place, path]).out, /第 1 行，电话/)
          assert.match(call(['user', 'import', place, join(folder, 'nope.csv')]).err, /nope\.csv: 打不开文件/)
          writeFileSync(path, '姓名,岗位\n')
          assert.match(call(['user', 'import', place, path]).err, /没有找到表头/)
          assert.equal(call(['rebuild', '--check', place]).code, 0)
        }),
      ),
  })

// Each answer is typed when its question stands there: before that the terminal would show it.
function typed(place, answers) {
  const child = spawn(
    'script',
    ['-qec', `'${jishi}' user add '${place}' li --name 李 --post keeper@${village}`, '/dev/null'],
    { env: { ...process.env, JISHI_HOME: root, LC_ALL: 'C.UTF-8' } },
  )
  let out = '',
    asked = 0
  child.stdout.on('data', (d) => {
    out += d
    const questions = out.match(/密码：|再输一次：/g)?.length ?? 0
    for (; asked < questions && asked < answers.length; asked++) child.stdin.write(`${answers[asked]}\n`)
  })
  return new Promise((done) => child.once('close', (code) => done({ code, out })))
}

export const terminal = () =>
  runTests('cli terminal', {
    'on a terminal a password is asked twice and not shown': () =>
      withPlace('sqlite', async (place) => {
        county(place)
        const differ = await typed(place, ['apple-pear-1', 'apple-pear-2'])
        assert.equal(differ.code, 1)
        assert.match(differ.out, /两次输入的密码不一样/)
        assert.deepEqual(list(place), [])
        const r = await typed(place, ['apple-pear-1', 'apple-pear-1'])
        assert.equal(r.code, 0, r.out)
        assert.doesNotMatch(r.out, /secret/)
        assert.equal(list(place).length, 1)
      }),
  })
