// Officers by route: added, changed, moved, closed, given passwords, taken from a list; by administrators only, within their areas,
// and with an end to the sessions of those whom it concerns.
import assert from 'node:assert/strict'
import { Client, runTests, run, settle, uuid, village, otherVillage, openPlace } from './kit.mjs'

export async function officers(driver) {
  const { place, server, contract, as, end } = await openPlace(driver)
  const boss = await as('boss')
  const clerk = await as('clerk')
  const id = uuid()
  const at = `/api/v1/officers/${id}`
  const body = {
    login: 'li',
    name: '李某',
    posts: [{ role: 'keeper', area: village }],
    password: '一二三四五六七八九十百千',
  }
  const signedIn = async (client) => (await client.call('GET', '/api/v1/session')).status
  const list = async () => (await boss.call('GET', '/api/v1/officers?closed=1&limit=500')).json.items

  const failed = await runTests(`officers ${driver}`, {
    'who does not administer may do none of it': async () => {
      for (const [method, path, sent] of [
        ['GET', at],
        ['PUT', at, body],
        ['PATCH', at, { name: 'x' }],
        ['POST', `${at}/password`, {}],
        ['POST', '/api/v1/officers/imports', '登录名,姓名,岗位,区域\n'],
        ['GET', `/api/v1/officers/imports/${id}`],
        ['POST', `/api/v1/officers/imports/${id}/apply`, { seal: '' }],
        ['POST', `/api/v1/officers/imports/${id}/passwords`, { seal: '' }],
      ]) {
        const r = await clerk.call(method, path, sent)
        assert.equal(r.status, 403, `${method} ${path}`)
        assert.equal(r.json.code, 'denied')
        assert.equal((await new Client(server, contract).call(method, path, sent)).status, 401)
      }
      assert.ok(!(await list()).some((o) => o.login === 'li'))
    },
    'a fault names its field, and nobody is made': async () => {
      const wrong = [
        [{ ...body, posts: [...body.posts, { role: 'keepr', area: village }] }, 'posts/1/role', /keeper（看园人）/],
        [{ ...body, posts: [{ role: 'keeper', area: '370871099' }] }, 'posts/0/area', /370871099000/],
        [{ ...body, posts: [{ role: 'keeper', area: 'x' }] }, 'posts/0/area', /./],
        [{ ...body, password: '12345' }, 'password', /12 到 128/],
        [{ ...body, login: 'l i' }, 'login', /空格/],
        ...[
          '李某',
          ' li',
          'li ',
          'li\u200b',
          '\u202eli',
          'l\u0456',
          '=li',
          '-li',
          '@li',
          '.li',
          'l=i',
          "l'i",
          '\uff4ci',
          'l\u00ad',
          'li\n',
        ].map((login) => [{ ...body, login }, 'login', /英文字母/]),
        [{ ...body, name: ' ' }, 'name', /姓名/],
        ...['李\u202e某', '李\u200b', '李\r=1+1'].map((name) => [{ ...body, name }, 'name', /看不见/]),
        [{ ...body, active: 'no' }, 'active', /true/],
        [{ login: 'li', name: '李某' }, 'posts', /岗位/],
        [{ ...body, colour: 'red' }, 'colour', /./],
        [{ ...body, posts: Array(17).fill(body.posts[0]) }, 'posts', /最多 16 个/],
      ]
      for (const [sent, where, told] of wrong) {
        const r = await boss.call('PUT', at, sent)
        assert.ok(r.status === 422 || r.status === 400, JSON.stringify(r.json))
        assert.equal(r.json.where.split(':')[0], where)
        assert.match(r.json.zh, told)
      }
      assert.equal((await boss.call('PUT', at, { ...body, login: 'clerk' })).status, 409)
      assert.equal((await boss.call('GET', at)).status, 404)
      assert.equal((await boss.call('PATCH', at, { name: 'x' })).status, 404)
      assert.equal((await boss.call('POST', `${at}/password`, {})).status, 404)
    },
    'an officer is added whole, and signs in': async () => {
      const r = await boss.call('PUT', at, body)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      assert.deepEqual(
        [r.json.login, r.json.active, r.json.posts[0].area, 'password' in r.json],
        ['li', true, village, false],
      )
      assert.deepEqual((await boss.call('GET', at)).json, r.json)
      await as('li', '一二三四五六七八九十百千')
    },
    'sent again he is the same; sent otherwise he is a conflict, and stays as he was': async () => {
      assert.equal((await boss.call('PUT', at, body)).status, 200)
      assert.equal((await boss.call('PUT', at, { ...body, active: true, password: undefined })).status, 200)
      for (const other of [
        { login: 'li2' },
        { name: '李二' },
        { posts: [] },
        { posts: [{ role: 'clerk', area: village }] },
        { active: false },
        { password: 'apple-pear-9' },
      ]) {
        const r = await boss.call('PUT', at, { ...body, ...other })
        assert.equal(r.status, 409, JSON.stringify(other))
        assert.match(r.json.zh, /PATCH/)
      }
      assert.equal((await boss.call('GET', at)).json.login, 'li')
      await as('li', '一二三四五六七八九十百千')
      const twice = uuid()
      const both = await Promise.all(
        ['甲', '乙'].map((name) => boss.call('PUT', `/api/v1/officers/${twice}`, { ...body, login: 'twice', name })),
      )
      assert.deepEqual(both.map((r) => r.status).sort(), [201, 409])
    },
    "other posts, a closed account, a new password end his sessions at once, and nobody else's": async () => {
      let password = '一二三四五六七八九十百千'
      const steps = [
        [() => boss.call('PATCH', at, { posts: [{ role: 'clerk', area: otherVillage }] }), 200],
        [() => boss.call('POST', `${at}/password`, { password: 'apple-pear-2' }), 200, 'apple-pear-2'],
        [() => boss.call('PATCH', at, { password: 'apple-pear-3' }), 200, 'apple-pear-3'],
        [() => boss.call('PATCH', at, { active: false }), 200, null],
      ]
      for (const [step, status, next] of steps) {
        const li = await as('li', password)
        assert.equal(await signedIn(li), 200)
        const r = await step()
        assert.equal(r.status, status, JSON.stringify(r.json))
        assert.equal(await signedIn(li), 401)
        if (next !== undefined) password = next
      }
      assert.equal(
        (await new Client(server, contract).call('POST', '/api/v1/session', { login: 'li', password: 'apple-pear-3' }))
          .status,
        401,
      )
      assert.equal((await boss.call('PATCH', at, { active: true, name: '李四' })).json.name, '李四')
      const li = await as('li', 'apple-pear-3')
      assert.equal((await boss.call('PATCH', at, { name: '李五' })).status, 200)
      assert.equal(await signedIn(li), 200, 'a new name ends no session')
      assert.equal(await signedIn(clerk), 200)
    },
    'the live feed of a closed account ends': async () => {
      const feed = await fetch(`${server.url}/api/v1/stream`, {
        headers: { Authorization: `Bearer ${(await as('li', 'apple-pear-3')).token}` },
      })
      const read = async () => {
        for await (const part of feed.body) void part
        return 'ended'
      }
      const ended = read()
      await boss.call('PATCH', at, { active: false })
      assert.equal(await ended, 'ended')
      assert.equal((await boss.call('PATCH', at, { active: true })).status, 200)
    },
    'a first password is made when none is given': async () => {
      const r = await boss.call('POST', `${at}/password`, {})
      assert.match(r.json.password, /^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/)
      await as('li', r.json.password)
    },
    'everybody changes his own password, and only with the old one': async () => {
      await boss.call('POST', `${at}/password`, { password: 'apple-pear-4' })
      const li = await as('li', 'apple-pear-4')
      const wrong = await li.call('POST', '/api/v1/session/password', { old: 'apple-pear-5', new: 'apple-pear-6' })
      assert.deepEqual([wrong.status, wrong.json.where], [422, 'old'])
      const short = await li.call('POST', '/api/v1/session/password', { old: 'apple-pear-4', new: '短' })
      assert.deepEqual([short.status, short.json.where], [422, 'new'])
      assert.equal(await signedIn(li), 200)
      assert.equal(
        (await li.call('POST', '/api/v1/session/password', { old: 'apple-pear-4', new: 'apple-pear-6' })).status,
        200,
      )
      assert.equal(await signedIn(li), 200, 'only the others end')
      await as('li', 'apple-pear-6')
    },
    'nobody closes himself, or changes his own posts': async () => {
      const me = (await boss.call('GET', '/api/v1/session')).json.officer.id
      for (const sent of [{ active: false }, { posts: [] }])
        assert.equal((await boss.call('PATCH', `/api/v1/officers/${me}`, sent)).status, 409)
      assert.equal((await boss.call('PATCH', `/api/v1/officers/${me}`, { name: '主任' })).status, 200)
    },
    'an administrator of a town manages the officers of that town': async () => {
      const town = uuid()
      assert.equal(
        (
          await boss.call('PUT', `/api/v1/officers/${town}`, {
            login: 'town',
            name: '镇管',
            posts: [{ role: 'admin', area: village.slice(0, 9) }],
            password: 'apple-pear-0',
          })
        ).status,
        201,
      )
      const admin = await settle(new Client(server, contract), 'town', 'apple-pear-0', 'apple-pear-1')
      const other = {
        login: 'x1',
        name: '某',
        posts: [{ role: 'keeper', area: otherVillage }],
        password: 'apple-pear-1',
      }
      assert.equal((await admin.call('PUT', `/api/v1/officers/${uuid()}`, other)).status, 403)
      assert.equal(
        (
          await admin.call('PUT', `/api/v1/officers/${uuid()}`, {
            ...other,
            posts: [{ role: 'admin', area: '370871' }],
          })
        ).status,
        403,
      )
      assert.equal((await admin.call('PATCH', at, { active: false })).status, 403, 'li works elsewhere')
      assert.equal(
        (
          await admin.call('PUT', `/api/v1/officers/${uuid()}`, {
            ...other,
            posts: [{ role: 'keeper', area: village }],
          })
        ).status,
        201,
      )
    },
    "whoever has no post is the county's: no town makes him its own, or learns his password": async () => {
      const free = `/api/v1/officers/${uuid()}`
      const admin = await as('town')
      const alone = { login: 'free', name: '闲', posts: [], password: 'apple-pear-1' }
      assert.equal((await admin.call('PUT', free, alone)).status, 403)
      assert.equal((await boss.call('PUT', free, alone)).status, 201)
      assert.equal((await admin.call('PUT', free, alone)).status, 403)
      for (const change of [
        { posts: [{ role: 'keeper', area: village }] },
        { name: '我的' },
        { active: false },
        { password: 'apple-pear-2' },
      ])
        assert.equal((await admin.call('PATCH', free, change)).status, 403, JSON.stringify(change))
      assert.equal((await admin.call('POST', `${free}/password`, {})).status, 403)
      const listed = await admin.call(
        'POST',
        '/api/v1/officers/imports',
        `login,name,role,area\nfree,闲,keeper,${village}\n`,
      )
      assert.deepEqual([listed.json.refused, listed.json.errors[0].column], [1, '登录名'])
      await as('free')
      // His own town may take his posts off, and has him no more.
      const own = `/api/v1/officers/${uuid()}`
      assert.equal(
        (
          await admin.call('PUT', own, {
            login: 'own',
            name: '某',
            posts: [{ role: 'keeper', area: village }],
            password: 'apple-pear-1',
          })
        ).status,
        201,
      )
      assert.equal((await admin.call('PATCH', own, { posts: [] })).status, 200)
      assert.equal((await admin.call('PATCH', own, { name: '他' })).status, 403)
      assert.equal((await boss.call('PATCH', own, { name: '他' })).status, 200)
    },
    'a dry run finds what taking in would refuse': async () => {
      const admin = await as('town')
      const dry = async (who, ...rows) =>
        (
          await who.call(
            'POST',
            '/api/v1/officers/imports?name=a.csv',
            ['login,name,role,area,state', ...rows, ''].join('\n'),
          )
        ).json
      const told = (r) => r.errors.map((x) => `${x.row} ${x.column}`)
      assert.deepEqual(told(await dry(admin, `x2,某,keeper,${otherVillage},`)), ['2 area'])
      assert.deepEqual(told(await dry(admin, `far,某,keeper,${village},`)), ['2 登录名'], 'who works in another town')
      assert.match((await dry(admin, `far,某,keeper,${village},`)).errors[0].zh, /管理这个区域/)
      assert.match((await dry(boss, 'boss,主任,admin,370871,停用')).errors[0].zh, /不能停用自己/)
      assert.match((await dry(boss, 'boss,主任,keeper,370871,')).errors[0].zh, /自己的岗位/)
      assert.deepEqual(told(await dry(boss, `y1,某,keeper,${village},`, `y1,某,keeper,${village},`)), ['3 登录名'])
      assert.deepEqual(told(await dry(boss, `=y1,某,keeper,${village},`, `y\u0456,某,keeper,${village},`)), [
        '2 登录名',
        '3 登录名',
      ])
      const heads = await boss.call(
        'POST',
        '/api/v1/officers/imports',
        `登录名,姓名,岗位,区域,岗位1,login\nz1,某,keeper,${village},clerk,z2\n`,
      )
      assert.deepEqual(
        [heads.json.refused > 0, heads.json.errors.filter((x) => /同样的一列/.test(x.zh)).map((x) => x.column)],
        [true, ['岗位1', 'login']],
      )
    },
    'a list: checked, taken in, its report and passwords fetched again': async () => {
      const head = '登录名,姓名,岗位,区域,状态\n'
      const send = (body) => boss.call('POST', '/api/v1/officers/imports?name=%E5%90%8D%E5%8D%95.csv', body)
      const apply = (who, r, seal = r.json.seal) =>
        who.call('POST', `/api/v1/officers/imports/${r.json.id}/apply`, { seal })
      const bad = await send(`${head}n1,新,看园人,${village},\nn2,,nosuch,${village},\n`)
      assert.deepEqual([bad.status, bad.json.refused, bad.json.state], [201, 1, 'checked'])
      assert.deepEqual(
        bad.json.errors.map((x) => [x.row, x.column]),
        [
          [3, '姓名'],
          [3, '岗位'],
        ],
      )
      assert.deepEqual((await apply(boss, bad)).json.state, 'checked')
      assert.ok(!(await list()).some((o) => o.login === 'n1'))
      const good = `${head}n1,新,看园人,接庄街道,\nn2,二,clerk,${village},\nli,李五,clerk,${otherVillage},停用\n`
      const dry = await send(good)
      assert.deepEqual([dry.json.created, dry.json.changed, dry.json.state], [2, 1, 'checked'])
      assert.ok(!(await list()).some((o) => o.login === 'n1'))
      assert.equal((await apply(boss, dry, 'x')).status, 403)
      const second = uuid()
      assert.equal(
        (
          await boss.call('PUT', `/api/v1/officers/${second}`, {
            login: 'second',
            name: '二管',
            posts: [{ role: 'admin', area: '370871' }],
            password: 'apple-pear-0',
          })
        ).status,
        201,
      )
      assert.equal(
        (await apply(await settle(new Client(server, contract), 'second', 'apple-pear-0'), dry)).status,
        403,
        'another administrator, even with the seal',
      )
      const done = await apply(boss, dry)
      assert.deepEqual([done.status, done.json.state, done.json.done], [200, 'applied', 3], JSON.stringify(done.json))
      assert.deepEqual((await boss.call('GET', `/api/v1/officers/imports/${dry.json.id}`)).json, done.json)
      assert.ok(!('seal' in done.json))
      assert.equal((await apply(boss, dry)).status, 409)
      const passwords = async () =>
        (await boss.call('POST', `/api/v1/officers/imports/${dry.json.id}/passwords`, { seal: dry.json.seal })).json
          .items
      const told = await passwords()
      assert.deepEqual(
        told.map((x) => [x.login, x.name]),
        [
          ['n1', '新'],
          ['n2', '二'],
        ],
      )
      assert.deepEqual(await passwords(), told)
      assert.equal(
        (await boss.call('POST', `/api/v1/officers/imports/${dry.json.id}/passwords`, { seal: 'x' })).status,
        403,
      )
      for (const x of told) await as(x.login, x.password)
      assert.equal((await list()).find((o) => o.login === 'li').active, false)
      assert.equal((await send(good)).json.same, 3)
      assert.equal((await send('姓名\n')).status, 422)
    },
    'the imports are listed, newest first, to whom they belong': async () => {
      const admin = await as('town')
      const mine = await admin.call(
        'POST',
        '/api/v1/officers/imports?name=town.csv',
        `login,name,role,area\nq1,某,keeper,${village}\n`,
      )
      const roster = await clerk.call(
        'POST',
        '/api/v1/imports?layout=roster&name=r.csv',
        '园号,园主,村,树牌\nG1,赵,口头村,t1\n',
      )
      assert.equal(roster.status, 201, JSON.stringify(roster.json))
      const all = (await boss.call('GET', '/api/v1/imports')).json.items
      assert.deepEqual(
        all.slice(0, 2).map((x) => [x.id, x.layout, x.officer_name]),
        [
          [roster.json.id, 'roster', 'clerk某'],
          [mine.json.id, '', '镇管'],
        ],
      )
      assert.deepEqual(
        all.map((x) => x.id),
        all
          .map((x) => x.id)
          .sort()
          .reverse(),
      )
      const pages = []
      for (let cursor = ''; cursor !== null;) {
        const r = (await boss.call('GET', `/api/v1/imports?limit=2${cursor && `&cursor=${cursor}`}`)).json
        pages.push(...r.items.map((x) => x.id))
        cursor = r.next
      }
      assert.deepEqual(
        pages,
        all.map((x) => x.id),
      )
      assert.deepEqual(
        (await clerk.call('GET', '/api/v1/imports')).json.items.map((x) => x.id),
        [roster.json.id],
      )
      const towns = (await admin.call('GET', '/api/v1/imports')).json.items.map((x) => x.id)
      assert.ok(towns.includes(mine.json.id) && !towns.includes(all.find((x) => x.officer_name === '主任').id))
      assert.equal(
        (await admin.call('GET', `/api/v1/officers/imports/${all.find((x) => x.officer_name === '主任').id}`)).status,
        404,
      )
      assert.equal(
        (await boss.call('GET', `/api/v1/imports/${mine.json.id}`)).status,
        404,
        'a list of officers is no roster',
      )
    },
    'no password is in the journal, and a replay is the same': async () => {
      const r = await boss.call('GET', '/api/v1/journal?limit=500')
      assert.doesNotMatch(JSON.stringify(r.json), /secret-|argon2|一二三四五六七八九十百千/)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  return failed + (await end(`officers ${driver}`))
}
