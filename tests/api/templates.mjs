// Somebody else's empty tables: what their headings ask for, what is remembered of them, and their file filled in.
import assert from 'node:assert/strict'
import { addUser, openPlace, otherVillage, runTests, today, uuid, village } from './kit.mjs'
import { cells, part, workbook } from './xlsx.mjs'

const empty = () =>
  workbook(
    [
      ['果园情况表', null, null, null, null],
      ['序号', '基本信息', null, '其他', null],
      [null, '园主', '园号', '面积（公顷）', '心情'],
      ['', '', '', '', ''],
      ['', '', '', '', ''],
      ['填表人：', null, null, null, null],
    ],
    ['A1:E1', 'A2:A3', 'B2:C2', 'D2:E2'],
  )

export async function templates(driver) {
  const { as, end, place, server } = await openPlace(driver)
  const clerk = await as('clerk'),
    far = await as('far'),
    head = await as('head'),
    boss = await as('boss')
  const read = (who, file, query = '') => who.call('POST', `/api/v1/templates?${query}`, file)
  const preview = (who, file, query = '') => who.call('POST', `/api/v1/templates/fill?${query}`, file)
  const fill = async (who, file, query = '') => {
    const r = await fetch(`${server.url}/api/v1/templates/fill?format=xlsx&name=%E8%A1%A8.xlsx&${query}`, {
      method: 'POST',
      body: file,
      headers: { Authorization: `Bearer ${who.token}` },
    })
    return { status: r.status, headers: r.headers, book: Buffer.from(await r.arrayBuffer()) }
  }
  const states = (r) => r.json.columns.map((c) => c.state)
  let kept

  const failed = await runTests(`templates, ${driver}`, {
    'sure headings are matched, others asked': async () => {
      for (let i = 0; i < 4; i++) {
        const r = await (i === 3 ? far : clerk).call('PUT', `/api/v1/subjects/garden/${uuid()}`, {
          area: i === 3 ? otherVillage : village,
          fields: { code: `00${i}`, owner: `园主${i}`, hectares: `${i}.5`, id_number: '11010519491231002X' },
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
      }
      const r = await read(clerk, empty())
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.equal(r.json.rows, 'garden')
      assert.deepEqual(
        r.json.columns.map((c) => c.heading),
        ['序号', '基本信息/园主', '基本信息/园号', '其他/面积(公顷)', '其他/心情'],
      )
      assert.deepEqual(states(r), ['sure', 'sure', 'sure', 'asked', 'asked'])
      assert.deepEqual(r.json.columns[3].likely.column, { what: 'hectares' })
      assert.equal(r.json.remembered, null)
      assert.equal(r.json.empty_rows, 2)
    },
    'what is sure is filled into their file, rows put in where there are too few': async () => {
      const r = await fill(clerk, empty())
      assert.equal(r.status, 200)
      assert.match(r.headers.get('content-disposition'), /filename\*=UTF-8''%E8%A1%A8/)
      const c = cells(r.book)
      assert.deepEqual([c.A4, c.B4, c.C4, c.D4], ['1', '园主0', '000', undefined])
      assert.deepEqual([c.A6, c.B6, c.C6, c.A7], ['3', '园主2', '002', '填表人：'])
      assert.equal(part(r.book, 'xl/styles.xml'), part(empty(), 'xl/styles.xml'))
      assert.match(part(r.book, 'xl/worksheets/sheet1.xml'), /<c r="D6" s="1"\/>/)
    },
    'what somebody chose is remembered by the headings, for everybody': async () => {
      const before = await read(clerk, empty())
      const columns = before.json.columns.map((c, i) => ({
        heading: c.heading,
        column: i === 3 ? { what: 'hectares' } : i === 4 ? null : c.column,
      }))
      kept = before.json.fingerprint
      const put = await clerk.call('PUT', `/api/v1/templates/${kept}`, { title: '果园情况表', rows: 'garden', columns })
      assert.equal(put.status, 200, JSON.stringify(put.json))
      const r = await read(head, empty())
      assert.deepEqual(states(r), ['chosen', 'chosen', 'chosen', 'chosen', 'left'])
      assert.equal(r.json.remembered.officer_name, 'clerk某')
      const shown = await preview(clerk, empty(), `seen=${r.json.remembered.seq}`)
      assert.equal(shown.status, 200, JSON.stringify(shown.json))
      assert.deepEqual(shown.json.rows[1], ['2', '园主1', '001', '1.50'])
      assert.equal((await preview(clerk, empty(), 'seen=0')).status, 409)
      assert.equal((await clerk.call('GET', '/api/v1/templates')).json.items.length, 1)
    },
    'everybody gets his own rows, and the journal tells of it': async () => {
      const c = cells((await fill(far, empty())).book)
      assert.deepEqual([c.B4, c.B5, c.D4], ['园主3', undefined, '3.50'])
      const one = cells((await fill(head, empty(), `area=${village}&q=${encodeURIComponent('园主1')}`)).book)
      assert.deepEqual([one.B4, one.B5], ['园主1', undefined])
      addUser(place, 'checker', 'audit@370871')
      const entries = (await (await as('checker')).call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      const mine = entries.filter((x) => x.verb === 'export')
      assert.deepEqual(
        mine.map((x) => x.officer_name),
        ['clerk某', 'far某', 'head某'],
      )
      assert.equal(entries.filter((x) => x.verb === 'template').length, 1)
    },
    'masked fields stay masked unless for a reason': async () => {
      const file = workbook([
        ['园号', '园主', '身份证号'],
        ['', '', ''],
      ])
      const masked = cells((await fill(clerk, file)).book)
      assert.ok(masked.C2.includes('*'), masked.C2)
      assert.equal((await fill(head, file, 'clear=1')).status, 422)
      assert.equal((await fill(clerk, file, 'clear=1&reason=x')).status, 403)
      const clear = await fill(head, file, `clear=1&reason=${encodeURIComponent('报上级')}`)
      assert.equal(clear.status, 200, clear.book.toString())
      assert.equal(cells(clear.book).C2, '11010519491231002X')
    },
    'bad files and bad choices are told, and change nothing': async () => {
      for (const [file, words] of [
        [Buffer.from('a,b\n'), /不是 Excel/],
        [Buffer.from('PK\x03\x04torn'), /损坏/],
        [Buffer.from('d0cf11e0a1b11ae1', 'hex'), /密码/],
        [workbook([['通知']]), /没有找到表头/],
        [
          workbook(
            [
              ['园号', '园主'],
              ['', ''],
            ],
            ['A2:B3', 'B3:C4'],
          ),
          /重叠/,
        ],
      ]) {
        const r = await read(clerk, file)
        assert.ok(r.status >= 400 && words.test(r.json.detail ?? r.json.title), JSON.stringify(r.json))
      }
      const bad = { title: '表', rows: 'garden', columns: [{ heading: '甲', column: { what: 'no_such' } }] }
      assert.equal((await clerk.call('PUT', `/api/v1/templates/${kept}`, bad)).status, 422)
      assert.equal((await clerk.call('PUT', `/api/v1/templates/xx`, bad)).status, 422)
      assert.equal(
        (await boss.call('PUT', `/api/v1/templates/${kept}`, { ...bad, columns: [{ heading: '甲', column: null }] }))
          .status,
        403,
      )
    },
    'it can be forgotten': async () => {
      assert.equal((await clerk.call('DELETE', `/api/v1/templates/${kept}`)).status, 200)
      assert.equal((await clerk.call('DELETE', `/api/v1/templates/${kept}`)).status, 404)
      assert.deepEqual(states(await read(clerk, empty())), ['sure', 'sure', 'sure', 'asked', 'asked'])
    },
    'a table whose rows are villages is filled by their names; what is not sure is asked': async () => {
      const rows = (heads) =>
        workbook([
          ['村', ...heads],
          ['口头村', ...heads.map(() => '')],
          ['东闸社区', ...heads.map(() => '')],
          ['无此村', ...heads.map(() => '')],
        ])
      for (const k of [1, 2])
        await clerk.call('PUT', `/api/v1/events/sale/${uuid()}`, {
          subject: (await clerk.call('GET', '/api/v1/subjects/garden?q=000')).json.items[0].id,
          on: today(),
          fields: { amount: 100 * k },
        })
      const named = rows(['有围栏', '卖果次数', '园数'])
      const r = await read(head, named, 'rows=garden')
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.deepEqual(states(r), ['left', 'sure', 'sure', 'asked'])
      assert.deepEqual(r.json.columns[2].column, { counts: 'sale' })
      const shown = (await preview(head, named, 'rows=garden')).json
      assert.deepEqual([shown.labels, shown.label_place], [['东闸社区', '口头村'], 0])
      assert.deepEqual(shown.rows, [
        [null, '0'],
        [null, '2'],
      ])
      assert.deepEqual(shown.unmatched, ['无此村'])
      assert.equal(shown.unknown, 4) // whether they are fenced nobody has said
      const put = await head.call('PUT', `/api/v1/templates/${r.json.fingerprint}`, {
        title: '分村表',
        rows: 'garden',
        columns: r.json.columns.map((c, i) => ({ heading: c.heading, column: i === 3 ? { make: 'count' } : c.column })),
      })
      assert.equal(put.status, 200, JSON.stringify(put.json))
      const c = cells((await fill(head, named, `rows=garden&seen=${put.json.seq}`)).book)
      assert.deepEqual([c.A2, c.C2, c.D2, c.C3, c.D3], ['口头村', '2', '3', '0', '1'])
      assert.deepEqual([c.A4, c.B4, c.C4, c.D4], ['无此村', undefined, undefined, undefined])
      // Of the same heads over empty rows nothing is remembered.
      const blank = workbook([
        ['村', '有围栏', '卖果次数', '园数'],
        ['', '', '', ''],
      ])
      assert.equal((await read(head, blank, 'rows=garden')).json.remembered, null)
      const other = await preview(
        head,
        workbook([
          ['村', '有围栏'],
          ['甲', ''],
          ['乙', ''],
        ]),
        'rows=garden',
      )
      assert.deepEqual([other.status, other.json.where], [409, 'area'], JSON.stringify(other.json))
    },
  })
  return failed + (await end(`templates, ${driver}`))
}
