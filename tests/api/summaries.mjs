// Summary tables: rows put together to lines, pivots, what is not known, and what nobody may learn from them.
import assert from 'node:assert/strict'
import { otherVillage, runTests, today, uuid, village, openPlace } from './kit.mjs'

export async function summaries(driver) {
  const { as, end } = await openPlace(driver)
  const clerk = await as('clerk'),
    far = await as('far'),
    head = await as('head')
  const make = (who, asked) => who.call('POST', '/api/v1/tables', { rows: 'garden', ...asked })
  const ok = async (who, asked) => {
    const r = await make(who, asked)
    assert.equal(r.status, 200, JSON.stringify(r.json))
    return r.json
  }
  const titles = (t) => t.columns.map((c) => (c.over ? `${c.over}/${c.title}` : c.title))
  const count = [{ make: 'count' }]

  const failed = await runTests(`summaries, ${driver}`, {
    'lines by village, with what is not known, means and shares with their base': async () => {
      // village: clay 1.0, clay 2.5, sand, one of unknown soil; the other: sand 4.0
      const made = [
        [clerk, village, { soil: 'clay', hectares: '1.0', income: 1000, fenced: true }],
        [clerk, village, { soil: 'clay', hectares: '2.5', income: 2000, fenced: false }],
        [clerk, village, { soil: 'sand', income: 4000 }],
        [clerk, village, { fenced: true }],
        [far, otherVillage, { soil: 'sand', hectares: '4.0', income: 3000 }],
      ]
      for (const [i, [who, area, fields]] of made.entries()) {
        const id = uuid()
        const r = await who.call('PUT', `/api/v1/subjects/garden/${id}`, {
          area,
          fields: { code: `g${i}`, owner: `园主${i}`, ...fields },
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
        const days = [today(), '2024-02-10', '2024-02-20'].slice(0, i % 3)
        for (const on of days)
          await who.call('PUT', `/api/v1/events/sale/${uuid()}`, { subject: id, on, fields: { amount: 100 * (i + 1) } })
      }
      const t = await ok(head, {
        group_by: [{ what: 'soil' }],
        columns: [
          ...count,
          { make: 'sum', what: 'income' },
          { make: 'mean', what: 'hectares' },
          { make: 'max', what: 'hectares' },
          { make: 'unknown', what: 'hectares' },
          { make: 'share' },
          { make: 'share', where: 'fenced', title: '有围栏' },
        ],
      })
      assert.deepEqual(titles(t), [
        '土质',
        '数量',
        '年收入合计',
        '面积（公顷）平均',
        '面积（公顷）最大',
        '面积（公顷）不详数',
        '占比',
        '基数',
        '有围栏',
        '基数',
      ])
      assert.deepEqual(t.rows, [
        ['黏土', 2, 3000, '1.75', '2.50', 0, '0.4', 5, '0.5', 2],
        ['沙土', 2, 7000, '4.00', '4.00', 1, '0.4', 5, null, 0],
        ['不详', 1, null, null, null, 1, '0.2', 5, '1', 1],
        ['合计', 5, 10000, '2.50', '4.00', 2, '1', 5, '0.66666667', 3],
      ])
      assert.deepEqual(t.sums, [3])
      assert.equal(t.unknown, 1 + 2 + 2 + 2 + 2) // of income, hectares three times, and of the fences
    },
    'a pivot: values across in their order, zero where there is none, totals': async () => {
      const t = await ok(head, { group_by: [{ shows: 'area' }], pivot: { what: 'soil' }, columns: count })
      assert.deepEqual(titles(t).slice(1), ['黏土', '沙土', '不详', '合计'])
      const numbers = t.rows.map((r) => r.slice(1))
      assert.deepEqual(numbers, [
        [0, 1, 0, 1],
        [2, 1, 1, 4],
        [2, 2, 1, 5],
      ])
      const two = await ok(head, {
        group_by: [{ shows: 'area' }],
        pivot: { shows: 'colour' },
        columns: [...count, { make: 'row_share' }],
      })
      assert.deepEqual(titles(two).slice(1, 4), ['绿/数量', '绿/占本行', '绿/基数'])
      assert.deepEqual(two.rows.at(-1).slice(1), [5, '1', 5, 5, '1', 5])
    },
    'lines in an order that is asked for, what is not known last': async () => {
      const asked = {
        group_by: [{ what: 'soil' }],
        columns: [...count, { make: 'sum', what: 'income' }],
        totals: false,
      }
      const order = async (sort) => (await ok(head, { ...asked, sort })).rows.map((r) => r[0])
      assert.deepEqual(await order('-3'), ['沙土', '黏土', '不详'])
      assert.deepEqual(await order('3'), ['黏土', '沙土', '不详'])
      assert.deepEqual(await order('2 -1'), ['不详', '沙土', '黏土'])
    },
    'groups within groups, subtotals, and days by their months': async () => {
      const t = await ok(head, {
        rows: 'sale',
        group_by: [{ shows: 'area' }, { shows: 'day', step: 'month' }],
        columns: [...count, { make: 'sum', what: 'amount' }],
        subtotals: true,
        filter: 'amount > yuan(0)',
      })
      const month = today().slice(0, 7).split('-').map(Number)
      assert.deepEqual(
        t.rows.map((r) => r.slice(1)),
        [
          [`${month[0]}年${month[1]}月`, 1, 500],
          ['小计', 1, 500],
          ['2024年2月', 1, 300],
          [`${month[0]}年${month[1]}月`, 2, 500],
          ['小计', 3, 800],
          [null, 4, 1300],
        ],
      )
      assert.deepEqual(t.sums, [1, 4, 5])
      // Events counted by the rows they are about, in a period.
      const c = await ok(head, {
        group_by: [{ what: 'soil' }],
        columns: [{ counts: 'sale' }, { counts: 'sale', sum: 'amount', make: 'mean', title: '平均卖出' }],
        from: today(),
        totals: false,
      })
      assert.deepEqual(c.rows, [
        ['黏土', 1, 100],
        ['沙土', 2, 400],
        ['不详', 0, 0],
      ])
    },
    'as a file: two lines of titles, the total line, and a note of what is left out': async () => {
      const r = await head.raw('POST', '/api/v1/tables', {
        rows: 'garden',
        group_by: [{ shows: 'area' }],
        pivot: { what: 'soil' },
        columns: [...count, { make: 'sum', what: 'income' }],
        format: 'csv',
      })
      assert.equal(r.status, 200)
      const lines = r.json
        .replace(/^\uFEFF/, '')
        .trimEnd()
        .split('\r\n')
      assert.match(lines[0], /^[^,]+,黏土 数量,黏土 年收入合计,沙土 数量/)
      assert.match(lines.at(-1), /^合计,2,30.00,2,70.00,1,,5,100.00$/)
    },
    'a ledger of a pack': async () => {
      const t = (await head.call('GET', '/api/v1/ledgers/soils')).json
      assert.deepEqual(titles(t).slice(2, 6), [
        '黏土/数量',
        '黏土/面积（公顷）平均',
        '沙土/数量',
        '沙土/面积（公顷）平均',
      ])
      assert.deepEqual([t.rows.length, t.sums], [5, [1, 3, 4]])
      assert.deepEqual(t.rows.at(-1).slice(2, 6), [2, '1.75', 2, '4.00'])
    },
    'rows of his own areas alone': async () => {
      assert.deepEqual((await ok(far, { group_by: [{ what: 'soil' }], columns: count })).rows, [
        ['沙土', 1],
        ['合计', 1],
      ])
      assert.deepEqual((await ok(clerk, { pivot: { what: 'soil' }, columns: count })).rows, [[2, 1, 1, 4]])
    },
    'a table is kept under a name, shared, renamed and removed; each sees of it what is his': async () => {
      const asked = { rows: 'garden', group_by: [{ what: 'soil' }], columns: count }
      const id = uuid()
      const put = (who, body) => who.call('PUT', `/api/v1/tables/${id}`, body)
      const names = async (who) => (await who.call('GET', '/api/v1/tables')).json.items.map((x) => [x.name, x.own])
      const made = await put(clerk, { name: '土质', asked, period: 'month' })
      assert.equal(made.status, 200, JSON.stringify(made.json))
      assert.deepEqual(
        [made.json.own, made.json.shared, made.json.period, made.json.asked],
        [true, false, 'month', asked],
      )
      assert.deepEqual([await names(clerk), await names(far)], [[['土质', true]], []])
      // Not another's to change: nobody learns that it is there, until it is shared.
      assert.equal((await put(far, { name: 'x' })).status, 404)
      assert.equal((await put(clerk, { shared: true, name: '各村土质' })).status, 200)
      assert.deepEqual(await names(far), [['各村土质', false]])
      assert.equal((await put(far, { name: 'x' })).status, 403)
      assert.equal((await far.call('DELETE', `/api/v1/tables/${id}`)).status, 403)
      const theirs = (await far.call('GET', '/api/v1/tables')).json.items[0].asked
      assert.deepEqual((await ok(far, theirs)).rows.at(-1), ['合计', 1])
      const boss = await as('boss') // sees no record
      assert.deepEqual(await names(boss), [])
      for (const [body, at] of [
        [{ name: ' ' }, 'name'],
        [{ period: 'day' }, 'period'],
        [{ asked: { ...asked, group_by: [{ what: 'nothing' }] } }, 'asked group_by[0].what column 1'],
        [{ asked: { ...asked, filter: 'phone != ""' } }, 'asked filter'],
      ]) {
        const r = await put(clerk, body)
        assert.ok([403, 422].includes(r.status), JSON.stringify(r.json))
        assert.equal(r.json.where, at, JSON.stringify(r.json))
      }
      assert.equal((await clerk.call('DELETE', `/api/v1/tables/${id}`)).status, 200)
      assert.deepEqual([await names(clerk), await names(far)], [[], []])
      assert.equal((await clerk.call('DELETE', `/api/v1/tables/${id}`)).status, 404)
    },
    'nothing is grouped or summed by what is masked': async () => {
      for (const [asked, where] of [
        [{ group_by: [{ what: 'id_number' }], columns: count }, 'group_by[0]'],
        [{ pivot: { what: 'phone' }, columns: count }, 'pivot'],
        [{ group_by: [{ what: 'id_number.substring(0, 6)' }], columns: count }, 'group_by[0].what'],
        [{ group_by: [{ what: 'soil' }], columns: [{ make: 'count', where: 'phone != ""' }] }, 'columns[0].where'],
      ]) {
        const r = await make(head, asked)
        assert.deepEqual([r.status, r.json.code, r.json.where], [403, 'denied', where], JSON.stringify(r.json))
      }
      const events = await head.call('POST', '/api/v1/tables', {
        rows: 'sale',
        group_by: [{ what: 'garden.id_number' }],
        columns: count,
      })
      assert.equal(events.status, 403)
    },
    'what is asked wrongly is told with its place': async () => {
      for (const [asked, at] of [
        [{ group_by: [{ shows: 'number' }], columns: count }, 'group_by[0]'],
        [{ group_by: [{ what: 'soil', step: 'month' }], columns: count }, 'group_by[0].step'],
        [{ group_by: [{ what: 'soil' }], columns: [{ make: 'median' }] }, 'columns[0].make'],
        [{ group_by: [{ what: 'soil' }], columns: [{ make: 'sum' }] }, 'columns[0].what'],
        [{ group_by: [{ what: 'soil' }], columns: [{ make: 'sum', what: 'owner' }] }, 'columns[0].what'],
        [{ group_by: Array(4).fill({ what: 'soil' }), columns: count }, 'group_by'],
        [{ pivot: { what: 'soil' }, columns: [{ shows: 'area' }] }, 'columns[0]'],
      ]) {
        const r = await make(head, asked)
        assert.deepEqual([r.status, r.json.where], [422, at], JSON.stringify(r.json))
      }
    },
  })
  return failed + (await end(`summaries, ${driver}`))
}
