// More than one program on a county: commands while it is served, and a second server.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import net from 'node:net'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  jishi,
  makePlace,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  today,
  until,
  uuid,
  village,
} from './kit.mjs'

const env = { ...process.env, LANG: 'zh_CN.UTF-8', JISHI_HOME: root }

function addUser(place, login, role, area = '370871') {
  const r = spawnSync(
    jishi,
    ['user', 'add', place, login, '--lasting', '--name', `${login}某`, '--post', `${role}@${area}`],
    {
      input: 'apple-pear-1\n',
      encoding: 'utf8',
      env,
    },
  )
  assert.equal(r.status, 0, r.stderr)
}

// As addUser, but the test goes on meanwhile.
function addUserBeside(place, login, role) {
  return new Promise((done) => {
    const child = spawn(
      jishi,
      ['user', 'add', place, login, '--lasting', '--name', `${login}某`, '--post', `${role}@370871`],
      {
        env,
      },
    )
    let said = ''
    child.stderr.on('data', (d) => (said += d))
    child.once('exit', (code) => done(code === 0 ? '' : said || `ended with ${code}`))
    child.stdin.end('apple-pear-1\n')
  })
}

function putGarden(client, code, id = uuid()) {
  return client.call('PUT', `/api/v1/subjects/garden/${id}`, { area: village, fields: { code, owner: '某' } })
}

async function isWhole(place) {
  for (const words of [
    ['verify', place],
    ['rebuild', '--check', place],
  ]) {
    const r = run(...words)
    assert.equal(r.code, 0, `${words[0]}: ${r.err}${r.out}`)
  }
}

// Between the program and PostgreSQL: cuts the connection after the server has committed, before the answer comes through.
function commitCutter() {
  const to = new URL(process.env.JISHI_TEST_PG)
  const cutter = { armed: false, cut: 0 }
  const server = net.createServer((near) => {
    const far = net.connect(Number(to.port || 5432), to.hostname)
    let waiting = false
    const end = () => {
      near.destroy()
      far.destroy()
    }
    near.on('data', (d) => {
      if (cutter.armed && d.includes('COMMIT\0')) {
        cutter.armed = false
        waiting = true
      }
      far.write(d)
    })
    far.on('data', (d) => {
      if (!waiting) return near.write(d)
      if (!d.includes('COMMIT\0')) return // the server's word that it is done
      cutter.cut++
      end()
    })
    for (const s of [near, far]) s.on('error', end).on('close', end)
  })
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => {
      cutter.through = (place) => place.replace(to.host, `127.0.0.1:${server.address().port}`)
      cutter.close = () => server.close()
      done(cutter)
    }),
  )
}

// As run, but the test goes on meanwhile.
function runBeside(...args) {
  return new Promise((done) => {
    const child = spawn(jishi, args, { env })
    const got = { out: '', err: '' }
    child.stdout.on('data', (d) => (got.out += d))
    child.stderr.on('data', (d) => (got.err += d))
    child.once('exit', (code) => done({ ...got, code }))
  })
}

// What only a server between can do: the commit is there, the answer is not.
const lostAnswers = {
  'an officer whose commit was not answered has the password that is told': async () => {
    const place = makePlace('pg'),
      cutter = await commitCutter()
    const server = await startServer(place)
    cutter.armed = true
    const made = await runBeside(
      'user',
      'add',
      cutter.through(place),
      'li',
      '--name',
      '李某',
      '--post',
      'keeper@370871',
      '--generate',
    )
    assert.equal(made.code, 0, made.err)
    assert.equal(cutter.cut, 1)
    const password = /首次密码：(\S+?)（/.exec(made.out)[1]
    await new Client(server).signIn('li', password)
    const folder = mkdtempSync(join(tmpdir(), 'jishi-programs-'))
    const list = join(folder, 'list.csv'),
      kept = join(folder, 'passwords.csv')
    writeFileSync(list, '登录名,姓名,岗位,区域\nwang,王某,看园人,370871\n')
    cutter.armed = true
    const taken = await runBeside('user', 'import', cutter.through(place), list, '--apply', '--passwords', kept)
    assert.equal(taken.code, 0, taken.err)
    assert.equal(cutter.cut, 2)
    await new Client(server).signIn('wang', readFileSync(kept, 'utf8').split('\r\n')[1].split(',')[2])
    assert.equal((await stopServer(server)).code, 0)
    cutter.close()
    await isWhole(place)
    rmSync(folder, { recursive: true })
    dropPlace(place)
  },

  'a request whose commit was not answered is answered as if it had been': async () => {
    const place = makePlace('pg'),
      cutter = await commitCutter()
    const server = await startServer(cutter.through(place))
    const keeper = await new Client(server, await contractOf(server)).signIn('keeper')
    const garden = uuid()
    assert.equal((await putGarden(keeper, 'A1', garden)).status, 201)
    cutter.armed = true
    const event = await keeper.call('PUT', `/api/v1/events/check/${uuid()}`, {
      subject: garden,
      on: today(),
      fields: { ill: 4 },
    })
    assert.equal(cutter.cut, 1)
    assert.equal(event.status, 201, JSON.stringify(event.json))
    assert.equal(event.json.consequences.opened.length, 1) // with its consequences
    assert.equal((await stopServer(server)).code, 0)
    cutter.close()
    await isWhole(place)
    dropPlace(place)
  },
}

export async function programs(driver) {
  return runTests(`programs ${driver}`, {
    'an officer is added between two writes of the server': async () => {
      const place = makePlace(driver)
      const server = await startServer(place)
      const keeper = await new Client(server, await contractOf(server)).signIn('keeper')
      const first = await putGarden(keeper, 'A1')
      assert.equal(first.status, 201)
      addUser(place, 'li', 'keeper', village)
      const second = await putGarden(keeper, 'A2')
      assert.equal(second.status, 201, JSON.stringify(second.json))
      assert.equal(second.json.version, first.json.version + 2)
      await new Client(server).signIn('li')
      assert.equal((await stopServer(server)).code, 0)
      await isWhole(place)
      dropPlace(place)
    },

    'two programs write 200 entries each, interleaved': async () => {
      const place = makePlace(driver)
      const server = await startServer(place)
      const keeper = await new Client(server).signIn('keeper')
      // 200 gardens by the server; meanwhile 200 gardens with a tree each by `import --apply`, and
      // officers by `user add`.
      const folder = mkdtempSync(join(tmpdir(), 'jishi-programs-'))
      const roster = join(folder, 'gardens.csv')
      const rows = Array.from({ length: 200 }, (_, i) => `R${i},园主${i},T${i},${village}`)
      writeFileSync(roster, ['园号,园主,树牌,区划代码', ...rows].join('\n'))
      const importing = new Promise((done) => {
        const child = spawn(jishi, ['import', place, roster, '--layout', 'roster', '--apply'], { env })
        let said = ''
        child.stdout.on('data', (d) => (said += d))
        child.stderr.on('data', (d) => (said += d))
        child.once('exit', (code) => done(code === 0 ? '' : said || `ended with ${code}`))
      })
      const officers = (async () => {
        let said = ''
        for (let i = 0; i < 5; i++) said += await addUserBeside(place, `o${i}`, 'clerk')
        return said
      })()
      for (let i = 0; i < 200; i++) {
        const r = await putGarden(keeper, `S${i}`)
        assert.equal(r.status, 201, `write ${i}: ${JSON.stringify(r.json)}`)
      }
      assert.equal(await importing, '')
      assert.equal(await officers, '')
      assert.equal((await stopServer(server)).code, 0)
      await isWhole(place)
      rmSync(folder, { recursive: true })
      dropPlace(place)
    },

    'what a command wrote reaches the live feed and the forms': async () => {
      const place = makePlace(driver)
      const server = await startServer(place)
      const head = await new Client(server).signIn('head')
      const stop = new AbortController()
      const r = await fetch(`${server.url}/api/v1/stream`, {
        headers: { Authorization: `Bearer ${head.token}` },
        signal: stop.signal,
      })
      const reader = r.body.getReader()
      const folder = mkdtempSync(join(tmpdir(), 'jishi-programs-'))
      const roster = join(folder, 'gardens.csv')
      writeFileSync(roster, `园号,园主,树牌,区划代码\nR1,园主,T1,${village}\n`)
      const taken = run('import', place, roster, '--layout', 'roster', '--apply')
      assert.equal(taken.code, 0, taken.err + taken.out)
      let feed = ''
      while (!/"verb":"subject"/.test(feed)) {
        const { value, done } = await reader.read()
        assert.equal(done, false)
        feed += Buffer.from(value).toString()
      }
      stop.abort()
      // A newer pack: the served one knows its new field without a restart.
      const pack = join(folder, 'pack')
      cpSync(join(root, 'tests/packs/orchard'), pack, { recursive: true })
      const file = join(pack, 'events/check.yaml')
      writeFileSync(
        file,
        readFileSync(file, 'utf8') + '  - {name: fresh, title: {zh: 新株, en: fresh trees}, type: int}\n',
      )
      const upgraded = run('pack', 'upgrade', place, pack)
      assert.equal(upgraded.code, 0, upgraded.err)
      await until(async () => JSON.stringify((await head.raw('GET', '/api/v1/packs')).json).includes('新株'))
      const keeper = await new Client(server).signIn('keeper')
      const garden = uuid()
      assert.equal((await putGarden(keeper, 'N1', garden)).status, 201)
      const event = await keeper.call('PUT', `/api/v1/events/check/${uuid()}`, {
        subject: garden,
        on: today(),
        fields: { ill: 1, fresh: 2 },
      })
      assert.equal(event.status, 201, JSON.stringify(event.json))
      const asked = await head.raw('POST', '/api/v1/simulations', {})
      assert.equal(asked.status, 200, JSON.stringify(asked.json))
      assert.equal((await stopServer(server)).code, 0)
      await isWhole(place)
      rmSync(folder, { recursive: true })
      dropPlace(place)
    },

    'while packs are upgraded under a served county no request is refused': async () => {
      const place = makePlace(driver)
      const server = await startServer(place)
      const keeper = await new Client(server).signIn('keeper'),
        head = await new Client(server).signIn('head')
      const folder = mkdtempSync(join(tmpdir(), 'jishi-programs-'))
      const fresh = (n) => `  - {name: fresh${n}, title: {zh: 新株, en: fresh trees}, type: int}\n`
      const packs = [0, 1, 2, 3].map((n) => {
        const pack = join(folder, `pack${n}`),
          file = join(pack, 'events/check.yaml')
        cpSync(join(root, 'tests/packs/orchard'), pack, { recursive: true })
        writeFileSync(file, readFileSync(file, 'utf8') + Array.from({ length: n + 1 }, (_, i) => fresh(i)).join(''))
        return pack
      })
      let going = true
      const refused = []
      const asks = async (each) => {
        for (let n = 0; going; n++) {
          const r = await each(n)
          if (r.status >= 400) refused.push(`${r.status} ${JSON.stringify(r.json)}`)
        }
      }
      const write = async (n) => {
        const garden = uuid()
        const made = await putGarden(keeper, `G${n}`, garden)
        return made.status >= 400
          ? made
          : keeper.raw('PUT', `/api/v1/events/check/${uuid()}`, {
              subject: garden,
              on: today(),
              fields: { ill: n % 9 },
            })
      }
      const all = [
        write,
        () => head.raw('POST', '/api/v1/simulations', {}),
        () => head.raw('POST', '/api/v1/simulations', {}),
        () => keeper.raw('GET', '/api/v1/due'),
        () => keeper.raw('GET', '/api/v1/subjects/garden?limit=5'),
      ].map(asks)
      for (const pack of packs) {
        const r = await runBeside('pack', 'upgrade', place, pack)
        assert.equal(r.code, 0, r.err)
        await until(async () =>
          JSON.stringify((await head.raw('GET', '/api/v1/packs')).json).includes(`fresh${packs.indexOf(pack)}`),
        )
      }
      going = false
      await Promise.all(all)
      assert.deepEqual(refused, [])
      assert.equal((await stopServer(server)).code, 0)
      await isWhole(place)
      rmSync(folder, { recursive: true })
      dropPlace(place)
    },

    ...(driver === 'pg' ? lostAnswers : {}),

    'a second server shows, and takes over when the first is killed': async () => {
      const place = makePlace(driver)
      const first = await startServer(place)
      const second = await startServer(place)
      const contract = await contractOf(second)
      const writer = await new Client(first, contract).signIn('keeper')
      const reader = await new Client(second, contract).signIn('keeper')
      assert.equal((await writer.call('GET', '/healthz')).json.role, 'writer')
      assert.equal((await reader.call('GET', '/healthz')).json.role, 'reader')
      const garden = uuid()
      const made = await putGarden(writer, 'A1', garden)
      assert.equal(made.status, 201)
      const there = await reader.call('GET', `/api/v1/subjects/garden/${garden}`)
      assert.equal(there.status, 200)
      const no = await putGarden(reader, 'A2')
      assert.equal(no.status, 503)
      assert.equal(no.json.code, 'standby')
      assert.match(no.json.zh, new RegExp(`${first.child.pid}，自 20`))
      const file = await fetch(`${second.url}/api/v1/files`, {
        method: 'POST',
        body: Buffer.from('%PDF-1.4'),
        headers: { Authorization: `Bearer ${reader.token}` },
      })
      assert.equal(file.status, 503)
      first.child.kill('SIGKILL')
      await first.exited
      await until(async () => (await reader.raw('GET', '/healthz')).json.role === 'writer')
      const next = await putGarden(reader, 'A2')
      assert.equal(next.status, 201, JSON.stringify(next.json))
      assert.equal(next.json.version, made.json.version + 1)
      // And there is room for another one behind it.
      const third = await startServer(place)
      assert.equal((await new Client(third).call('GET', '/healthz')).json.role, 'reader')
      assert.equal((await stopServer(third)).code, 0)
      assert.equal((await stopServer(second)).code, 0)
      await isWhole(place)
      dropPlace(place)
    },
  })
}
