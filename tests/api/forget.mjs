// Somebody is forgotten: by two officers, everywhere on the disk, and the past stays as it was counted.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlace, run, runTests, today, uuid } from './kit.mjs'

const village = '370871001001'
const name = '阚忘之'
const idNumber = '110105197604127032'
const phone = '13900007193'
const words = [name, idNumber, phone, '阚某的病情']

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0])

const county = {
  packs: ['packs/antipoverty', 'packs/air'],
  people: [
    ['clerk', 'town_clerk@370871001', 'air_clerk@370871001'],
    ['officer', 'county_officer@370871000000', 'air_county@370871000000'],
    ['leader', 'county_leader@370871000000', 'air_leader@370871001'],
    ['staff', `village_staff@${village}`],
  ],
}

const filesBelow = (folder) =>
  readdirSync(folder).flatMap((f) => {
    const path = join(folder, f)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })

function dumpOf(place) {
  const url = new URL(place)
  const schema = url.searchParams.get('schema')
  url.search = ''
  const bin = ['17', '16', '15']
    .map((v) => `/usr/lib/postgresql/${v}/bin/pg_dump`)
    .find((p) => spawnSync(p, ['-V']).status === 0)
  const r = spawnSync(bin, ['-n', schema, url.href], { maxBuffer: 1 << 28 })
  assert.equal(r.status, 0, String(r.stderr))
  return r.stdout
}

function holds(place, word) {
  if (place.startsWith('postgres')) return dumpOf(place).includes(word)
  return filesBelow(place).some((f) => readFileSync(f).includes(word))
}

export async function forget(driver) {
  const { place, as, end } = await openPlace(driver, county)
  const clerk = await as('clerk')
  const officer = await as('officer')
  const leader = await as('leader')
  const staff = await as('staff')
  const good = async (client, method, path, body, status, headers) => {
    const r = await client.call(method, path, body, headers)
    assert.equal(r.status, status ?? (method === 'PUT' ? 201 : 200), `${method} ${path} ${JSON.stringify(r.json)}`)
    return r.json
  }
  const patch = async (kind, id, fields) => {
    const now = await good(clerk, 'GET', `/api/v1/subjects/${kind}/${id}`)
    return good(clerk, 'PATCH', `/api/v1/subjects/${kind}/${id}`, { fields }, 200, { 'If-Match': `"${now.version}"` })
  }
  const household = async (code, head) => {
    const id = uuid()
    const fields = { code, head_name: head, phone }
    await good(clerk, 'PUT', `/api/v1/subjects/household/${id}`, { area: village, fields })
    return id
  }
  const person = async (parent, fields) => {
    const id = uuid()
    await good(clerk, 'PUT', `/api/v1/subjects/person/${id}`, { area: village, parent, fields })
    return id
  }
  const one = await household('F1', '阚在堂')
  const two = await household('F2', '阚另户')
  const gone = await person(two, { name, id_number: idNumber, phone, relation: 'son', health: ['major'] })
  const stays = await person(one, { name: '阚在堂', relation: 'head', birth: '1960-02-03' })
  // He came from another household, which hangs together with this one from then on.
  const was = await good(clerk, 'GET', `/api/v1/subjects/person/${gone}`)
  await good(clerk, 'PATCH', `/api/v1/subjects/person/${gone}`, { parent: one, fields: {} }, 200, {
    'If-Match': `"${was.version}"`,
  })
  const event = (kind, about, fields) =>
    good(clerk, 'PUT', `/api/v1/events/${kind}/${uuid()}`, { subject: about, on: today(-1), fields })
  await event('medical_claim', gone, { hospital: '阚某的病情', total: 123456, in_scope: 120000 })
  await event('visit', one, { way: 'home', note: `${name}不在家` })
  // What was counted of the past, and stays so.
  const past = async () => {
    const counted = await good(officer, 'GET', '/api/v1/indicators')
    const claims = await good(officer, 'GET', `/api/v1/subjects/household/${one}/file`)
    return JSON.stringify([
      counted.items.map((i) => [i.name, i.value]),
      claims.events.map((e) => [e.kind, e.on, e.fields.total]),
    ])
  }
  let before
  const propose = (client, id, body) => client.call('PUT', `/api/v1/forgettings/${id}`, body)
  const request = uuid()
  const decide = (client, id, state, version) =>
    client.call('POST', `/api/v1/forgettings/${id}/decision`, { state }, { 'If-Match': `"${version}"` })

  const forgotten = async (kind, subject) => {
    const id = uuid()
    await good(officer, 'PUT', `/api/v1/forgettings/${id}`, { kind, subject, reason: '到期', document: '1号' })
    const { version } = await good(officer, 'GET', `/api/v1/forgettings/${id}`)
    const r = await decide(leader, id, 'confirmed', version)
    assert.equal(r.status, 200, JSON.stringify(r.json))
  }

  const failed = await runTests(`forget ${driver}`, {
    'what is still in use is not forgotten, and not by everybody': async () => {
      const body = { kind: 'person', subject: gone, reason: '本人申请', document: '申请书1号' }
      assert.equal((await propose(staff, uuid(), body)).status, 403)
      const r = await propose(officer, uuid(), body)
      assert.equal(r.status, 409, JSON.stringify(r.json))
      assert.match(r.json.detail, /还在登记使用/)
      await patch('person', gone, { left_on: today(-1) })
      assert.equal((await propose(officer, uuid(), { ...body, reason: '' })).status, 422)
      await good(officer, 'PUT', `/api/v1/forgettings/${request}`, body)
      assert.equal((await propose(leader, uuid(), body)).status, 409)
      before = await past()
    },
    'a second officer decides': async () => {
      const seen = await good(leader, 'GET', `/api/v1/forgettings/${request}`)
      assert.deepEqual(seen.next, ['confirmed', 'refused'])
      assert.equal((await decide(officer, request, 'confirmed', seen.version)).status, 403)
      assert.equal((await decide(clerk, request, 'confirmed', seen.version)).status, 403)
      assert.ok(!place.startsWith('postgres') || holds(place, name))
      const r = await decide(leader, request, 'confirmed', seen.version)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.equal(r.json.state, 'confirmed')
      assert.equal(r.json.reason, '本人申请')
      assert.equal((await good(officer, 'GET', '/api/v1/forgettings')).items.length, 1)
    },
    'nothing of him can be read on the disk': async () => {
      for (const word of words) assert.equal(holds(place, word), false, word)
    },
    'the figures of the past stay, and who stays is told of without him': async () => {
      assert.equal(await past(), before)
      const file = await good(clerk, 'GET', `/api/v1/subjects/household/${one}/file`)
      assert.ok(file.events.some((e) => e.fields.note === '＊＊不在家'))
    },
    'his record says so, and takes nothing more': async () => {
      const p = await good(clerk, 'GET', `/api/v1/subjects/person/${gone}`)
      assert.equal(p.fields.name, '（已删去）')
      assert.equal(p.fields.relation, 'son')
      for (const f of ['id_number', 'phone', 'birth', 'health']) assert.equal(p.fields[f] ?? null, null, f)
      const r = await clerk.call(
        'PATCH',
        `/api/v1/subjects/person/${gone}`,
        { fields: { phone } },
        {
          'If-Match': `"${p.version}"`,
        },
      )
      assert.equal(r.status, 409, JSON.stringify(r.json))
    },
    'who stays goes on': async () => {
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/person/${stays}`)).fields.birth, '1960-02-03')
      await patch('household', one, { phone: '13900008471' })
      const h = await good(clerk, 'GET', `/api/v1/subjects/household/${one}?clear=1&reason=check`)
      assert.equal(h.fields.phone, '13900008471')
    },
    'of a root all of its unit is forgotten, with what was merged into it, and its photographs': async () => {
      const three = await household('F3', '卜并户')
      const four = await household('F4', '卜留户')
      await person(four, { name: '卜留户之子', relation: 'son' })
      const merged = { kind: 'household', from: three, into: four, reason: '卜留户重复' }
      await good(clerk, 'PUT', `/api/v1/mergers/${uuid()}`, merged)
      await patch('household', four, { ended_on: today() })
      await forgotten('household', four)
      for (const word of ['卜并户', '卜留户']) assert.equal(holds(place, word), false, word)

      const shop = uuid()
      const fields = { code: 'W1', name: '韦某汽修', type: 'repair' }
      await good(clerk, 'PUT', `/api/v1/subjects/source/${shop}`, { area: village, fields })
      const photo = await clerk.call('POST', '/api/v1/files', Buffer.concat([jpeg, Buffer.from(`${Math.random()}`)]))
      const patrol = {
        subject: shop,
        on: today(),
        fields: { failed: ['booth_closed'], fixed: ['booth_closed'], photos: photo.json.name },
      }
      const saved = await clerk.call('PUT', `/api/v1/events/patrol/${uuid()}`, patrol)
      assert.equal(saved.status, 201, JSON.stringify(saved.json))
      assert.equal((await clerk.raw('GET', `/api/v1/files/${photo.json.name}`)).status, 200)
      await patch('source', shop, { ended: today() })
      await forgotten('source', shop)
      assert.equal((await clerk.raw('GET', `/api/v1/files/${photo.json.name}`)).status, 404)
      assert.equal(holds(place, '韦某汽修'), false)
    },
    'the chain still verifies, and a backup brings nothing of him back': () => {
      const to = mkdtempSync(join(tmpdir(), 'jishi-forget-'))
      for (const args of [
        ['verify', place],
        ['backup', place, to],
        ['restore', to, join(to, 'back')],
        ['rebuild', join(to, 'back'), '--check'],
      ]) {
        const r = run(...args)
        assert.equal(r.code, 0, `${args[0]}: ${r.out}${r.err}`)
      }
      for (const word of words) assert.equal(holds(to, word), false, word)
      rmSync(to, { recursive: true })
    },
  })
  return failed + (await end(`forget ${driver}`))
}
