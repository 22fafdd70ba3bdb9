// serve and demo: what they say, which ports and addresses they take, what signals do.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { jishi } from '../api/kit.mjs'
import { call, root, runTests, withFolder, withPlace } from './kit.mjs'

const county = (place) =>
  assert.equal(
    call(['init', place, '--county', '370871', '--name', '高新区', '--pack', join(root, 'tests/packs/orchard')]).code,
    0,
  )

// Runs until `use` is done with what was printed up to the empty line; then asks it to stop.
export async function serving(place, words, use, env = {}) {
  const child = spawn(jishi, ['serve', place, ...words], {
    env: { ...process.env, JISHI_HOME: root, LC_ALL: 'C.UTF-8', ...env },
  })
  let out = '',
    told
  const printed = new Promise((resolve) => (told = resolve))
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, out })))
  child.stdout.on('data', (d) => {
    out += d
    if (out.includes('\n\n')) told(out)
  })
  ended.then(() => told(out))
  await use(await printed, child)
  child.kill('SIGTERM')
  return ended
}
const until = async (what) => {
  while (!what()) await new Promise((r) => setTimeout(r, 20))
}

export const serve = () =>
  runTests('cli serve', {
    'a port that is taken is said before anything is opened, with one that is free': async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await new Promise((r) => other.once('listening', r))
      const { port } = other.address()
      const r = call(['serve', '/nowhere/at/all', '--port', String(port)])
      other.close()
      assert.equal(r.code, 1)
      assert.equal(r.out, '')
      const free = /(\d+) 空着，可以用 --port \1/.exec(r.err)?.[1]
      assert.match(r.err, new RegExp(`端口 ${port} 已经被别的程序占用`))
      assert.ok(Number(free) > port)
    },
    "addresses: one's own, a name, every address with those that a phone can type": () =>
      withPlace('sqlite', async (place) => {
        county(place)
        const own = await serving(place, ['--port', '0'], (out) => {
          assert.match(out, /http:\/\/127\.0\.0\.1:\d+\//)
          assert.doesNotMatch(out, /不加密/)
        })
        assert.deepEqual([own.code, own.signal], [0, null])
        assert.match(own.out, /都已保存/)
        await serving(place, ['--port', '0', '--address', 'localhost'], (out) =>
          assert.match(out, /http:\/\/127\.0\.0\.1:\d+\//),
        )
        const lan = Object.values(networkInterfaces())
          .flat()
          .filter((x) => !x.internal && x.family === 'IPv4')
          .map((x) => x.address)
        for (const any of ['0.0.0.0', '::'])
          await serving(place, ['--port', '0', '--address', any], async (out) => {
            assert.match(out, /http 不加密/)
            const port = /127\.0\.0\.1:(\d+)/.exec(out)[1]
            for (const address of lan) assert.ok(out.includes(`http://${address}:${port}/`), address)
            assert.doesNotMatch(out, /0\.0\.0\.0|\[::\]/)
            assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
            if (any === '::') assert.equal((await fetch(`http://[::1]:${port}/healthz`)).status, 200)
          })
        for (const wrong of ['no such', '10.255.255.254']) {
          const r = call(['serve', place, '--port', '0', '--address', wrong])
          assert.notEqual(r.code, 0)
          assert.match(r.err, /--address/)
        }
      }),
    'SIGHUP opens the log anew and ends nothing': () =>
      withFolder((folder) =>
        withPlace('sqlite', async (place) => {
          county(place)
          const log = join(folder, 'log'),
            moved = join(folder, 'log.1')
          const r = await serving(
            place,
            ['--port', '0', '--log-file', log, '--log-level', 'debug'],
            async (out, child) => {
              const url = /http:\/\/[\d.:]+\//.exec(out)[0]
              await fetch(`${url}api/v1/session`)
              await until(() => existsSync(log) && readFileSync(log, 'utf8') !== '')
              renameSync(log, moved)
              child.kill('SIGHUP')
              await until(() => existsSync(log))
              assert.equal((await fetch(`${url}healthz`)).status, 200)
            },
          )
          assert.equal(r.code, 0)
          assert.ok(JSON.parse(readFileSync(moved, 'utf8').split('\n')[0]).event)
          assert.match(call(['serve', place, '--port', '0', '--log-level', 'loud']).err, /debug、info、warn/)
          assert.match(call(['serve', place, '--port', '0', '--log-file', '/nowhere/at/all']).err, /nowhere/)
        }),
      ),
    'pages that are not there are told, to whoever starts it and in the browser': () =>
      withFolder((home) =>
        withPlace('sqlite', async (place) => {
          county(place)
          const wrong = call(['serve', place, '--port', '0', '--web', '/nowhere/at/all'])
          assert.equal(wrong.code, 2)
          assert.match(wrong.err, /--web.*\/nowhere\/at\/all/)
          for (const folder of ['data', 'packs']) symlinkSync(join(root, folder), join(home, folder))
          await serving(
            place,
            ['--port', '0'],
            async (out) => {
              assert.match(out, /网页还没有编译/)
              const r = await fetch(/http:\/\/[\d.:]+\//.exec(out)[0])
              assert.equal(r.status, 404)
              assert.match(r.headers.get('content-type'), /text\/html/)
              assert.match(await r.text(), /网页还没有编译(.|\n)*not built/)
            },
            { JISHI_HOME: home },
          )
        }),
      ),
    'among the addresses stand no lines of the log': () =>
      withPlace('sqlite', async (place) => {
        county(place)
        let err = ''
        const r = await serving(place, ['--port', '0'], async (out, child) => {
          child.stderr.on('data', (d) => (err += d))
          assert.equal((await fetch(`${/http:\/\/[\d.:]+\//.exec(out)[0]}healthz`)).status, 200)
        })
        assert.equal(r.code, 0)
        assert.equal(err, '')
      }),
    'half of a certificate is refused': () =>
      assert.equal(call(['serve', '/nowhere', '--port', '0', '--tls-key', 'x']).code, 2),
  })

// With so many open files as the system lets it.
const limited = (files, place) =>
  spawnSync('sh', ['-c', `ulimit -n ${files}; exec "$0" serve "$1" --port 0`, jishi, place], {
    encoding: 'utf8',
    env: { ...process.env, JISHI_HOME: root, LC_ALL: 'C.UTF-8' },
  })
export const files = () =>
  runTests('cli open files', {
    'too few are said before it serves': () =>
      withPlace('sqlite', (place) => {
        county(place)
        const r = limited(100, place)
        assert.equal(r.status, 1)
        assert.match(r.stderr, /最多只能打开 100 个文件，服务至少要 \d+ 个.*ulimit -n/)
      }),
    'with few of them one address takes half, and another is answered': () =>
      withPlace('sqlite', async (place) => {
        county(place)
        const child = spawn('sh', ['-c', 'ulimit -n 256; exec "$0" serve "$1" --port 0', jishi, place], {
          env: { ...process.env, JISHI_HOME: root, LC_ALL: 'C.UTF-8' },
        })
        const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
        let out = ''
        child.stdout.on('data', (d) => (out += d))
        await until(() => /127\.0\.0\.1:(\d+)/.test(out))
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(out)[1])
        const sockets = Array.from({ length: 300 }, () =>
          connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' }).on('error', () => {}),
        )
        await until(() => sockets.filter((s) => s.closed).length >= 300 - 80)
        for (let i = 0; i < 5; i++)
          assert.equal(
            (await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { Connection: 'close' } })).status,
            200,
          )
        for (const s of sockets) s.destroy()
        child.kill('SIGTERM')
        assert.deepEqual(await ended, { code: 0, signal: null })
      }),
  })

export const demo = () =>
  runTests('cli demo', {
    'subjects are counted by kind, and steps not taken are told only when asked': () =>
      withFolder((folder) => {
        const pack = ['--pack', join(root, 'packs/air'), '--size', '5']
        const r = call(['demo', join(folder, 'a'), ...pack])
        assert.equal(r.code, 0, r.err)
        assert.match(r.out, /演示区建好了：.*\d+ 巡查对象.*，\d+ 条流水/)
        assert.doesNotMatch(r.out, / 户|没有收/)
        const said = JSON.parse(call(['demo', join(folder, 'b'), ...pack, '--json', '--lang', 'en']).out)
        assert.ok(said.roots > 5 && said.entries > said.roots && said.logins.length > 3)
        assert.match(said.logins[0], /^login \w+ {2}password /)
        assert.equal(call(['demo', join(folder, 'b'), ...pack]).code, 1, 'there is a county already')
      }),
    'weeks after the last entry it is only read, until somebody says that the clock is right': () =>
      withFolder(async (folder) => {
        const place = join(folder, 'old')
        const old = new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 10)
        assert.equal(call(['demo', place, '--pack', join(root, 'packs/air'), '--size', '5', '--until', old]).code, 0)
        const clock = (...words) => call(['clock', place, '--json', ...words])
        const add = () =>
          call(['user', 'add', place, 'late', '--generate', '--name', '某', '--post', 'admin@370871']).code
        const told = clock()
        assert.deepEqual([told.code, JSON.parse(told.out).state], [1, 'far'])
        assert.equal(add(), 1)
        await serving(place, ['--port', '0'], async (out) => {
          assert.match(out, /差得太远，暂不收新的登记/)
          const ask = async () => (await fetch(`${/http:\S+/.exec(out)[0]}readyz`)).json()
          assert.match((await ask()).why.zh, /jishi clock/)
          assert.deepEqual([clock('--is-right').code, clock().code, add()], [0, 0, 0])
          assert.equal((await ask()).why, undefined) // without a restart
        })
      }),
  })
