// Two records that were one: hints, merging, old ids and numbers, taking it back; names however they are written; what an ID number says of its bearer.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlace, run, runTests, uuid } from './kit.mjs'

const village = '370871001001'
const numberOf = '11010519491231002X'

const county = {
  packs: ['packs/antipoverty'],
  people: [
    ['clerk', 'town_clerk@370871001'],
    ['officer', 'county_officer@370871000000'],
    ['far', 'town_clerk@370871002'],
    ['staff', `village_staff@${village}`],
  ],
}

export async function mergers(driver) {
  const { place, as, end } = await openPlace(driver, county)
  const clerk = await as('clerk')
  const far = await as('far')
  const officer = await as('officer')
  const staff = await as('staff')
  const good = async (client, method, path, body, status) => {
    const r = await client.call(method, path, body)
    assert.equal(r.status, status ?? (method === 'PUT' ? 201 : 200), `${method} ${path} ${JSON.stringify(r.json)}`)
    return r.json
  }
  const household = async (code, name) => {
    const id = uuid()
    await good(clerk, 'PUT', `/api/v1/subjects/household/${id}`, { area: village, fields: { code, head_name: name } })
    return id
  }
  const person = async (parent, fields) => {
    const id = uuid()
    await good(clerk, 'PUT', `/api/v1/subjects/person/${id}`, { area: village, parent, fields })
    return id
  }
  const one = await household('H1', '阚⼤⼒')
  const two = await household('H2', '阚大力')
  const elder = await person(one, { name: '阚大力', relation: 'head', id_number: numberOf })
  const child = await person(one, { name: '阚小小', relation: 'son', birth: '2020-05-01' })
  const again = await person(two, { name: '阚小小', relation: 'son', birth: '2020-05-01', phone: '13800000000' })
  const names = async (q) =>
    (await good(clerk, 'GET', `/api/v1/subjects/household?q=${encodeURIComponent(q)}`)).items.map((s) => s.id)

  const failed = await runTests(`mergers ${driver}`, {
    'the number says birth and sex, and is not contradicted in silence': async () => {
      const p = await good(clerk, 'GET', `/api/v1/subjects/person/${elder}?clear=1&reason=check`)
      assert.equal(p.fields.birth, '1949-12-31')
      assert.equal(p.fields.sex, 'female')
      const r = await clerk.call(
        'PATCH',
        `/api/v1/subjects/person/${elder}`,
        { fields: { sex: 'male' } },
        { 'If-Match': `"${p.version}"` },
      )
      assert.equal(r.status, 200, JSON.stringify(r.json))
      const file = await good(clerk, 'GET', `/api/v1/subjects/household/${one}/file`)
      assert.ok(file.findings.some((f) => f.rule === 'id_number_contradicts' && !f.until))
    },
    'names are found however they are written': async () => {
      assert.deepEqual((await names('大力')).sort(), [one, two].sort())
      assert.deepEqual((await names('⼤⼒')).sort(), [one, two].sort())
      assert.deepEqual((await names('kdl')).sort(), [one, two].sort())
      assert.deepEqual((await names('ＫＤＬ')).sort(), [one, two].sort())
    },
    'who may not correct in both areas may not merge': async () => {
      const sent = { kind: 'person', from: again, into: child, reason: '同一人' }
      assert.equal((await staff.call('PUT', `/api/v1/mergers/${uuid()}`, sent)).status, 403)
      assert.equal((await far.call('PUT', `/api/v1/mergers/${uuid()}`, sent)).status, 404)
      assert.equal((await clerk.call('PUT', `/api/v1/mergers/${uuid()}`, { ...sent, reason: '' })).status, 422)
    },
    'alike without a number is a hint; merged, the old id leads on; and back': async () => {
      const pairs = await good(clerk, 'GET', '/api/v1/alike/person')
      assert.deepEqual(
        pairs.map((p) => p.map((s) => s.id).sort()),
        [[child, again].sort()],
      )
      assert.deepEqual(await good(far, 'GET', '/api/v1/alike/person'), [])
      const id = uuid()
      const sent = { kind: 'person', from: again, into: child, reason: '同一人' }
      const merged = await good(clerk, 'PUT', `/api/v1/mergers/${id}`, sent)
      assert.equal(merged.subject.id, child)
      assert.equal((await good(clerk, 'PUT', `/api/v1/mergers/${id}`, sent, 200)).id, id)
      const led = await good(clerk, 'GET', `/api/v1/subjects/person/${again}?clear=1&reason=check`)
      assert.equal(led.id, child)
      assert.equal(led.fields.phone, '13800000000')
      assert.deepEqual(await good(clerk, 'GET', '/api/v1/alike/person'), [])
      const back = await good(clerk, 'POST', `/api/v1/mergers/${id}/undo`, { reason: '是双胞胎' })
      assert.equal(back.undone, true)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/person/${again}`)).id, again)
      assert.equal((await good(clerk, 'GET', '/api/v1/alike/person')).length, 1)
    },
    'two households are one, with all that happened to them': async () => {
      const id = uuid()
      const counted = async () => (await good(clerk, 'GET', '/api/v1/subjects/household')).items.length
      const before = await counted()
      await good(clerk, 'PUT', `/api/v1/mergers/${id}`, { kind: 'household', from: two, into: one, reason: '重复' })
      assert.equal(await counted(), before - 1)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/household/${two}/file`)).subject.id, one)
      const file = await good(clerk, 'GET', `/api/v1/subjects/household/${one}/file`)
      assert.equal(file.children.length, 3)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/household/${two}`)).id, one)
      assert.deepEqual(await names('H2'), [])
      const file2 = join(mkdtempSync(join(tmpdir(), 'jishi-roster-')), 'old.csv')
      writeFileSync(
        file2,
        `户编号,户主姓名,户联系电话,姓名,与户主关系,证件号码,村\nH2,阚大力,13900000000,阚大力,户主,${numberOf},${village}\n`,
      )
      const taken = run('import', place, file2, '--layout', 'lifted_export', '--apply')
      assert.equal(taken.code, 0, taken.out + taken.err)
      const stays = await good(clerk, 'GET', `/api/v1/subjects/household/${one}?clear=1&reason=check`)
      assert.deepEqual([stays.fields.code, stays.fields.phone], ['H1', '13900000000'])
      const list = await good(clerk, 'GET', `/api/v1/subjects/household/${one}/mergers`)
      assert.equal(list[0].id, id)
      assert.equal(list[0].may_undo, true)
      await good(clerk, 'POST', `/api/v1/mergers/${id}/undo`, { reason: '并错了' })
      assert.equal(await counted(), before)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/household/${two}/file`)).children.length, 1)
      assert.equal((await clerk.call('POST', `/api/v1/mergers/${id}/undo`, { reason: 'x' })).status, 409)
    },
    'a figure of which nothing is known is unknown, not nought': async () => {
      const { items } = await good(clerk, 'GET', '/api/v1/indicators?from=2026-01-01&to=2026-01-31')
      const { value, unknown } = items.find((i) => i.name === 'mood_better')
      assert.deepEqual([value, unknown > 0], [null, true])
      assert.equal(items.find((i) => i.name === 'without_guarantee_house').value, 0)
    },
    'what a procedure decides is decided by no merger': async () => {
      const register = async (kind, fields, more) => {
        const id = uuid()
        await good(clerk, 'PUT', `/api/v1/subjects/${kind}/${id}`, { area: '370871001000', fields, ...more })
        return id
      }
      await register('organisation', { name: '洸河街道' })
      await officer.call('PUT', `/api/v1/subjects/campaign/${uuid()}`, {
        area: '370871000000',
        fields: { name: '回头看' },
      })
      const problem = (number, fields, more) =>
        register(
          'problem',
          {
            number,
            campaign: '回头看',
            aspect: 'measures',
            unit: '洸河街道',
            what: '手册没有填',
            found_on: '2026-01-05',
            ...fields,
          },
          more,
        )
      const takes = { taking_in: { source: '台账' } }
      const open = await problem('P1', {})
      const closed = await problem('P2', { closed_on: '2026-01-20' }, takes)
      const other = await problem('P3', {})
      const merge = (from, into) =>
        clerk.call('PUT', `/api/v1/mergers/${uuid()}`, { kind: 'problem', from, into, reason: '重复' })
      for (const [from, into, where] of [
        [open, closed, 'closed_on'],
        [closed, open, 'closed_on'],
        [open, other, 'from'],
      ]) {
        const r = await merge(from, into)
        assert.equal(r.status, 409, JSON.stringify(r.json))
        assert.equal(r.json.where, where)
      }
    },
    'by command, too, and back': async () => {
      const made = run('subject', 'merge', place, 'household', 'H2', one, '--reason', '重复', '--json')
      assert.equal(made.code, 0, made.err)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/household/${two}`)).id, one)
      const wrong = run('subject', 'merge', place, 'household', 'H9', 'H1', '--reason', '重复')
      assert.match(wrong.err, /没有编号为“H9”的户/)
      const back = run('subject', 'unmerge', place, JSON.parse(made.out).merger, '--reason', '并错了')
      assert.equal(back.code, 0, back.err)
      assert.equal((await good(clerk, 'GET', `/api/v1/subjects/household/${two}`)).id, two)
    },
  })
  return failed + (await end(`mergers ${driver}`))
}
