// One-time codes beside the password: set up by oneself, once each, counted when wrong, demanded by the county, taken away by the
// administrator; and nothing of their secret in clear on the disk.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, openPlace, run, runTests } from './kit.mjs'

const password = 'apple-pear-1'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function bytesOf(base32) {
  const bits = [...base32].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
}
const stepNow = () => Math.floor(Date.now() / 30000)
/** RFC 6238, as the telephone makes it. */
function codeOf(secret, step) {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', bytesOf(secret)).update(message).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

export async function codes(driver) {
  const place = await openPlace(driver)
  const { server, contract } = place
  const tryIn = async (login, code, pass = password) => {
    const sent = { login, password: pass, ...(code === undefined ? {} : { code }) }
    const r = await new Client(server, contract).call('POST', '/api/v1/session', sent)
    return [r.status, r.json.code ?? '']
  }
  const comeIn = async (login, code) => {
    const c = new Client(server, contract)
    const r = await c.call('POST', '/api/v1/session', { login, password, code })
    assert.equal(r.status, 200, JSON.stringify(r.json))
    c.token = r.json.token
    return c
  }
  /** Sets them up with the code of `step`; the secret and the recovery codes. */
  const setUp = async (client, step = stepNow()) => {
    const begun = (await client.call('POST', '/api/v1/session/codes')).json
    const made = await client.call('POST', '/api/v1/session/codes/confirm', {
      password,
      code: codeOf(begun.secret, step),
    })
    assert.equal(made.status, 200, JSON.stringify(made.json))
    return { secret: begun.secret, recovery: made.json.recovery, step }
  }
  const officerOf = async (c) => (await c.call('GET', '/api/v1/session')).json.officer.id
  let his = null

  const failed = await runTests(`codes ${driver}`, {
    'set up with the password and a code of the telephone; other sessions end': async () => {
      const [here, there] = [await place.as('clerk'), await place.as('clerk')]
      const confirm = async (body) => {
        const r = await here.call('POST', '/api/v1/session/codes/confirm', body)
        return [r.status, r.json.where]
      }
      assert.equal((await confirm({ password, code: '000000' }))[0], 409, 'it was not begun')
      const begun = (await here.call('POST', '/api/v1/session/codes')).json
      assert.match(begun.address, new RegExp(`^otpauth://totp/Jishi:clerk\\?secret=${begun.secret}&issuer=Jishi$`))
      assert.match(begun.qr, /^<svg /)
      const other = codeOf(begun.secret, stepNow() + 1000)
      assert.deepEqual(await confirm({ password, code: other }), [422, 'code'])
      assert.deepEqual(await confirm({ password: 'x', code: codeOf(begun.secret, stepNow()) }), [422, 'password'])
      assert.deepEqual((await here.call('GET', '/api/v1/session/codes')).json, {
        on: false,
        recovery_left: 0,
        required: false,
      })
      his = await setUp(here)
      assert.equal(new Set(his.recovery).size, 10)
      assert.ok(his.recovery.every((c) => /^[a-z0-9]{4}(-[a-z0-9]{4}){2}$/.test(c)))
      assert.equal((await here.call('GET', '/api/v1/packs')).status, 200)
      assert.equal((await there.call('GET', '/api/v1/packs')).status, 401)
      assert.equal((await here.call('POST', '/api/v1/session/codes')).status, 409, 'not over what is set up')
    },
    'the password alone no longer lets in, and tells no stranger anything': async () => {
      assert.deepEqual(await tryIn('clerk'), [401, 'code_needed'])
      assert.deepEqual(await tryIn('clerk', undefined, 'wrong-wrong-1'), [401, 'sign_in'])
      assert.deepEqual(await tryIn('clerk', codeOf(his.secret, his.step + 1), 'wrong-wrong-1'), [401, 'sign_in'])
    },
    'one code lets in once; neither it nor an older one a second time': async () => {
      const code = codeOf(his.secret, his.step + 1)
      const both = await Promise.all([tryIn('clerk', code), tryIn('clerk', code)])
      assert.deepEqual(both.map(([s]) => s).toSorted(), [200, 401])
      assert.deepEqual(await tryIn('clerk', codeOf(his.secret, his.step)), [401, 'sign_in'])
    },
    'a recovery code lets in once, however it is written': async () => {
      assert.equal((await tryIn('clerk', his.recovery[0].toUpperCase().replaceAll('-', ' ')))[0], 200)
      assert.equal((await tryIn('clerk', his.recovery[0]))[0], 401)
      const c = await comeIn('clerk', his.recovery[1])
      assert.equal((await c.call('GET', '/api/v1/session/codes')).json.recovery_left, 8)
    },
    'wrong codes are counted as wrong passwords are, also from the account page': async () => {
      const head = await place.as('head')
      const x = await setUp(head)
      const drop = (code) => head.call('POST', '/api/v1/session/codes/drop', { password, code })
      assert.deepEqual([(await drop('')).json.where, (await drop('000000')).json.where], ['code', 'code'])
      const told = []
      for (let i = 0; i < 6; i++) told.push((await tryIn('head', `${i}`))[0])
      assert.deepEqual(told, [401, 401, 401, 401, 429, 429])
      assert.equal((await tryIn('head', x.recovery[0]))[0], 429, 'nor with a right one')
    },
    'a lock is opened by the password alone; a new password leaves them as they are': async () => {
      const c = await comeIn('clerk', his.recovery[2])
      await c.call('POST', '/api/v1/session/lock')
      assert.equal((await c.call('POST', '/api/v1/session/unlock', { password })).status, 200)
      const id = await officerOf(c)
      const boss = await place.as('boss')
      assert.equal((await boss.call('GET', `/api/v1/officers/${id}`)).json.codes, true)
    },
    'they are dropped by who has password and code': async () => {
      const c = await comeIn('clerk', his.recovery[3])
      const other = await comeIn('clerk', his.recovery[4])
      const drop = (body) => c.call('POST', '/api/v1/session/codes/drop', body)
      assert.equal((await drop({ password: 'x', code: his.recovery[5] })).json.where, 'password')
      const r = await drop({ password, code: his.recovery[5] })
      assert.deepEqual(r.json, { on: false, recovery_left: 0, required: false })
      assert.equal((await other.call('GET', '/api/v1/packs')).status, 401)
      assert.equal((await tryIn('clerk'))[0], 200)
    },
    'the administrator drops a colleague’s, as an entry, never his own; others cannot': async () => {
      const keeper = await place.as('keeper')
      const boss = await place.as('boss')
      const id = await officerOf(keeper)
      await setUp(keeper)
      assert.equal((await (await place.as('far')).call('DELETE', `/api/v1/officers/${id}/codes`)).status, 403)
      const own = await boss.call('DELETE', `/api/v1/officers/${await officerOf(boss)}/codes`)
      assert.equal(own.status, 409)
      assert.equal((await boss.call('DELETE', `/api/v1/officers/${id}/codes`)).status, 200)
      assert.equal((await keeper.call('GET', '/api/v1/packs')).status, 401)
      assert.equal((await tryIn('keeper'))[0], 200)
    },
    'where the county demands them, nothing else is done before': async () => {
      const boss = await place.as('boss')
      const demand = (n) => boss.call('PATCH', '/api/v1/settings', { codes_required: n })
      assert.equal((await demand(1)).status, 200)
      assert.equal((await (await place.as('keeper')).call('GET', '/api/v1/packs')).status, 200)
      const again = await place.as('boss')
      assert.equal((await again.call('GET', '/api/v1/session')).json.codes_first, true)
      assert.equal((await again.call('GET', '/api/v1/officers')).json.code, 'code_first')
      assert.equal((await demand(2)).status, 200, 'sessions from before go on')
      const keeper = await place.as('keeper')
      const r = await keeper.call('GET', '/api/v1/packs')
      assert.deepEqual([r.status, r.json.code], [403, 'code_first'])
      const x = await setUp(keeper)
      assert.equal((await keeper.call('GET', '/api/v1/packs')).status, 200)
      const dropped = await keeper.call('POST', '/api/v1/session/codes/drop', { password, code: x.recovery[0] })
      assert.equal(dropped.json.required, true)
      assert.equal((await keeper.call('GET', '/api/v1/packs')).json.code, 'code_first')
      assert.equal((await demand(0)).status, 200)
    },
    'on the server they go with a new password, for who has lost everything': async () => {
      const far = await place.as('far')
      await setUp(far)
      const r = run('user', 'passwd', place.place, 'far', '--generate', '--lasting', '--drop-codes', '--json')
      assert.equal(r.code, 0, r.err)
      assert.equal((await tryIn('far', undefined, JSON.parse(r.out).first_password))[0], 200)
    },
    'entries tell that, and no secret; nor does the disk': async () => {
      const x = await setUp(await place.as('keeper'))
      const audit = run('user', 'list', place.place, '--json')
      assert.ok(!audit.out.includes(x.secret))
      if (driver === 'pg') return
      for (const name of readdirSync(place.place, { recursive: true })) {
        if (!/jishi\.db/.test(name)) continue
        const bytes = readFileSync(join(place.place, name))
        assert.equal(bytes.indexOf(bytesOf(x.secret)), -1, name)
        assert.equal(bytes.indexOf(x.secret), -1, name)
        for (const c of x.recovery) assert.equal(bytes.indexOf(c), -1, name)
      }
    },
  })
  return failed + (await place.end(`codes ${driver}`))
}
