// standby: a second place follows the first, and takes over in one command when the first was killed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Client, jishi, makePlace, dropPlace, run, root, startServer, stopServer, uuid, village } from '../api/kit.mjs'
import { runTests, withFolder } from './kit.mjs'

// A follower, and a way to wait until it is at an entry.
function followerOf(place, from, env) {
  const child = spawn(jishi, ['standby', place, from, '--every', '1', '--json'], { env })
  const f = { child, seq: 0, err: '', waiting: [] }
  child.stderr.on('data', (d) => (f.err += d))
  child.stdout.setEncoding('utf8').on('data', (d) => {
    for (const line of d.split('\n').filter(Boolean)) f.seq = JSON.parse(line).seq
    f.waiting = f.waiting.filter(([seq, done]) => f.seq < seq || done())
  })
  f.ended = new Promise((done) => child.once('close', (code) => done(code)))
  f.at = (seq) =>
    Promise.race([
      new Promise((done) => (f.seq >= seq ? done() : f.waiting.push([seq, done]))),
      f.ended.then((code) => assert.fail(`the follower ended with ${code}: ${f.err}`)),
    ])
  return f
}

export const standby = (driver) =>
  runTests(`cli standby ${driver}`, {
    'a second place follows the first and takes over when it is killed': () =>
      withFolder(async (folder) => {
        const first = makePlace(driver)
        const second = join(folder, 'second')
        const env = { ...process.env, JISHI_HOME: root }
        const server = await startServer(first)
        const client = await new Client(server).signIn('keeper')
        const add = (c, code, id = uuid()) =>
          c.call('PUT', `/api/v1/subjects/garden/${id}`, { area: village, fields: { code, owner: '某' } })
        const kept = uuid()
        const one = await add(client, 'S1')
        const follower = followerOf(second, first, env)
        await follower.at(one.json.seq)
        const two = await add(client, 'S2', kept)
        await follower.at(two.json.seq)
        server.child.kill('SIGKILL')
        await server.exited

        const next = await startServer(second) // the one command
        assert.equal(await follower.ended, 0, follower.err)
        const again = await new Client(next).signIn('keeper') // passwords came along
        assert.equal((await again.call('GET', `/api/v1/subjects/garden/${kept}`)).status, 200)
        assert.equal((await add(again, 'S3')).status, 201)
        assert.equal((await stopServer(next)).code, 0)
        assert.equal(run('verify', second).code, 0)
        assert.equal(run('rebuild', '--check', second).code, 0)

        // What went another way is not followed any more.
        const more = await startServer(first)
        await add(await new Client(more).signIn('keeper'), 'S4')
        await stopServer(more)
        const r = run('standby', second, first)
        assert.equal(r.code, 1)
        assert.match(r.err, /另一条路/)
        dropPlace(first)
      }),
  })
