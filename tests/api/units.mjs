// Numbers with units: a figure, a file, a finding and a what-if question say them as the pack declares them, never in percent.
import assert from 'node:assert/strict'
import { runTests, today, uuid, village, openPlace } from './kit.mjs'

export async function units(driver) {
  const { as, end } = await openPlace(driver)
  const keeper = await as('keeper')
  const head = await as('head')
  const garden = uuid()
  const send = async (method, path, body, wanted = 200) => {
    const r = await keeper.call(method, `/api/v1${path}`, body)
    assert.equal(r.status, wanted, JSON.stringify(r.json))
    return r.json
  }
  const gauge = (fields, wanted = 201) =>
    send('PUT', `/events/gauge/${uuid()}`, { subject: garden, on: today(), fields }, wanted)

  const failed = await runTests(`units ${driver}`, {
    'a number is taken as a decimal text, with its decimals': async () => {
      const fields = { code: 'W1', owner: '乙某', well_top: '84.7', hectares: '2.5' }
      await send('PUT', `/subjects/garden/${garden}`, { area: village, fields }, 201)
      const wrong = await gauge({ level: '81,4' }, 422)
      assert.match(wrong.detail, /井水位：应是数（以米计），例如 81\.4。/)
      assert.match((await gauge({ level: '85.123' }, 422)).detail, /最多 2 位小数/)
      assert.match((await gauge({ level: '101' }, 422)).detail, /不能大于 100\.00米/)
      await gauge({ level: '84.9', rain: '60.25' })
      await gauge({ level: '85.2', rain: '50.5', salt: '12.5' })
    },
    'a finding and the file tell it with its unit': async () => {
      const found = await send('GET', '/findings?rule=high_water&limit=10')
      assert.match(found.items[0].message.zh, /井水位85\.20米，井口84\.70米，高出0\.50米；30天平均85\.1米，读数2次。/)
      const file = await send('GET', `/subjects/garden/${garden}/file`)
      const text = Object.fromEntries(file.variables.map((v) => [v.name, v.text]))
      assert.equal(text.over_top, '0.50米')
      assert.equal(text.rain_water, '2768.8立方米')
      assert.equal(file.variables.find((v) => v.name === 'rain_water').value, '2768.8')
      assert.equal(JSON.stringify(file).includes('8520%'), false)
      const why = await send('GET', `/subjects/garden/${garden}/explain?name=over_top`)
      assert.match(JSON.stringify(why), /85\.20米/)
      assert.doesNotMatch(JSON.stringify(why), /\d%/)
    },
    'a figure has a unit and decimals beside its value': async () => {
      const all = (await head.call('GET', '/api/v1/indicators?pack=orchard')).json.items
      const of = (name) => {
        const { type, unit, decimals, value } = all.find((i) => i.name === name)
        return { type, unit, decimals, value }
      }
      assert.deepEqual(of('level_all'), { type: 'number', unit: '米', decimals: 1, value: '85.1' })
      assert.deepEqual(of('rain_all'), { type: 'number', unit: '毫米', decimals: undefined, value: '110.75' })
      assert.deepEqual(of('rain_each'), { type: 'number', unit: '立方米/公顷', decimals: 2, value: '1107.52' })
      const rows = (await head.call('GET', '/api/v1/indicators/rain_all/rows?pack=orchard')).json
      assert.equal(rows.type, 'number')
      assert.equal(rows.unit, '毫米')
      assert.deepEqual(rows.items.map((r) => r.what).sort(), ['50.5', '60.25'])
    },
    'what-if takes and tells the number itself': async () => {
      const r = await head.call('POST', '/api/v1/simulations', { set: { 'p.limit.rain': '150.25' } })
      assert.equal(r.status, 200, JSON.stringify(r.json))
      const { type, unit, now, then } = r.json.set[0]
      assert.deepEqual({ type, unit, now, then }, { type: 'number', unit: '毫米', now: '100.5', then: '150.25' })
      const rule = r.json.rules.find((x) => x.name === 'much_rain')
      assert.equal(rule.now.matched - rule.then.matched, 1)
      const bad = await head.call('POST', '/api/v1/simulations', { set: { 'p.limit.rain': 150 } })
      assert.equal(bad.status, 422)
      assert.match(bad.json.detail, /小数文字，如 "81\.4"/)
    },
  })
  return failed + (await end(`units ${driver}`))
}
