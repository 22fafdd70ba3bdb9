// What a clerk does with a table that is not as it should be: columns chosen by hand and remembered, cells mended, the
// sheet with its faults, a form, a server that was killed half-way.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cells, part, workbook } from './xlsx.mjs'
import { Client, dropPlace, makePlace, contractOf, run, runTests, startServer, stopServer, until } from './kit.mjs'

const sheet = (...rows) => Buffer.from('\uFEFF' + rows.map((r) => r.join(',')).join('\r\n') + '\r\n')
const head = ['编号', '主人', '村名', '牌', '虫']
const rows = [
  ['M1', '赵某某', '口头村', 'm-1', ''],
  ['M2', '钱某某', '口头村', 'm-2', '蛾'],
  ['M3', '孙某某', '口头庄子', 'm-3', ''],
  ['M4', '李某某', '口头庄子', 'm-4', ''],
  ['M5', '周某某', '口头村', 'm-5', '虎'],
]
const map = { 编号: 'garden.code', 主人: 'garden.owner', 牌: 'tree.tag', 虫: 'tree.pests' }

export async function imports(driver) {
  const place = makePlace(driver)
  let server = await startServer(place)
  let contract = await contractOf(server)
  let clerk = await new Client(server, contract).signIn('clerk')
  const upload = (body, name = '名册.csv') =>
    clerk.call('POST', `/api/v1/imports?layout=roster&name=${encodeURIComponent(name)}`, body)
  const check = (id, choices, remember = false) =>
    clerk.call('POST', `/api/v1/imports/${id}/check`, { choices, remember })
  const download = async (path) => {
    const r = await fetch(server.url + path, { headers: { Authorization: `Bearer ${clerk.token}` } })
    assert.deepEqual(contract.check('GET', path.split('?')[0], undefined, r.status, r.headers.get('content-type')), [])
    return { status: r.status, type: r.headers.get('content-type'), body: Buffer.from(await r.arrayBuffer()) }
  }
  let first, mapping
  const failed = await runTests(`imports ${driver}`, {
    'a head that nobody knows is told, and nothing is read before it is chosen': async () => {
      const r = await upload(sheet(['果园普查'], head, ...rows))
      assert.equal(r.status, 201, JSON.stringify(r.json))
      first = r.json.id
      assert.match(r.json.head_fault.zh, /表头/)
      assert.deepEqual([r.json.head, r.json.rows, r.json.accepted], [2, 0, 0])
      const how = Object.fromEntries(r.json.columns.map((c) => [c.heading, c.how]))
      assert.deepEqual(how, { 编号: 'unknown', 主人: 'unknown', 村名: 'content', 牌: 'unknown', 虫: 'unknown' })
      assert.equal(r.json.columns[2].to, 'area.village')
      assert.deepEqual(r.json.columns[0].sample, ['M1', 'M2', 'M3'])
      assert.ok(r.json.targets.some((t) => t.to === 'garden.code' && t.required))
      assert.equal(
        (await clerk.call('POST', `/api/v1/imports/${first}/check`, { choices: { map: { 编号: 'no.such' } } })).status,
        404,
      )
    },
    'chosen by hand, required columns that are still missing are said': async () => {
      const some = await check(first, { map: { 编号: 'garden.code', 主人: 'garden.owner' } })
      assert.match(some.json.head_fault.zh, /树牌/)
      const r = await check(first, { map }, true)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.equal(r.json.head_fault, undefined)
      assert.equal(r.json.rows, 5)
      assert.deepEqual(r.json.choices, { map })
    },
    'the mapping is remembered for the next file, listed, changed and forgotten': async () => {
      const list = (await clerk.call('GET', '/api/v1/mappings')).json.items
      assert.equal(list.length, 1)
      mapping = list[0]
      assert.deepEqual(mapping.map, map)
      assert.equal(mapping.titles.编号.zh.length > 0, true)
      const far = await new Client(server, contract).signIn('far')
      const theirs = await far.call('POST', '/api/v1/imports?layout=roster&name=b.csv', sheet(head, rows[0]))
      assert.equal(theirs.json.head_fault, undefined, 'another officer has what the first one chose')
      assert.ok(theirs.json.columns.every((c) => c.heading === '村名' || c.how === 'memory'))
      const whole = (await clerk.call('GET', `/api/v1/mappings/${mapping.id}`)).json
      assert.ok(whole.targets.some((x) => x.to === 'tree.tag' && x.required))
      const other = { ...map, 虫: '' }
      assert.deepEqual((await clerk.call('PUT', `/api/v1/mappings/${mapping.id}`, { map: other })).json.map, other)
      assert.equal((await clerk.call('PUT', `/api/v1/mappings/${mapping.id}`, { map: { a: 'x.y' } })).status, 404)
      assert.equal(
        (await clerk.call('PUT', `/api/v1/mappings/${mapping.id}`, { map: { '370811199001011234': '' } })).status,
        422,
      )
      const again = await upload(sheet(head, rows[1]))
      assert.equal(again.json.columns.find((c) => c.heading === '虫').to, '')
      await clerk.call('DELETE', `/api/v1/mappings/${mapping.id}`)
      assert.equal((await clerk.call('GET', '/api/v1/mappings')).json.items.length, 0)
      assert.match((await upload(sheet(head, rows[1]))).json.head_fault.zh, /表头/)
      assert.equal((await clerk.call('DELETE', `/api/v1/mappings/${mapping.id}`)).status, 404)
    },
    'faults stand together by kind, and one choice mends all cells of a value': async () => {
      const r = await clerk.call('GET', `/api/v1/imports/${first}`)
      const group = r.json.fault_groups.find((g) => g.column === '村名')
      assert.equal(group.to, 'area.village')
      assert.deepEqual([group.cells, group.values.length, group.values[0].value], [2, 1, '口头庄子'])
      assert.deepEqual(group.values[0].rows, [5, 6])
      const mended = await check(first, {
        map,
        values: [{ column: '村名', value: '口头庄子', to: '口头村' }],
        cells: [{ row: 7, column: '虫', to: '螨' }],
        refuse: [{ row: 3 }],
      })
      assert.deepEqual(
        [mended.json.accepted, mended.json.refused, mended.json.set_aside, mended.json.fault_groups.length],
        [4, 0, 1, 0],
      )
    },
    'a village is chosen by its code, too': async () => {
      const village = (await clerk.call('GET', '/api/v1/areas')).json.items.find((a) => a.name.startsWith('口头村'))
      const values = [{ column: '村名', value: '口头庄子', to: village.code }]
      assert.equal((await check(first, { map, values })).json.accepted, 5)
    },
    'the whole sheet is the file that came, with its formats; wrong cells coloured, a column with the reasons':
      async () => {
        const body = workbook(
          [
            ['果园普查', null, null, null],
            head,
            ['K1', '赵某某', '没有的庄', 'k-1', ''],
            ['K2', '钱某某', '口头村', 'k-2', '龙'],
          ],
          ['A1:E1'],
        )
        const sent = await upload(body, '普查.xlsx')
        await check(sent.json.id, { map, cells: [{ row: 4, column: '主人', to: '钱某' }] })
        const got = await download(`/api/v1/imports/${sent.json.id}/faults?all=1`)
        const sheet1 = part(got.body, 'xl/worksheets/sheet1.xml'),
          styles = part(got.body, 'xl/styles.xml'),
          said = cells(got.body)
        assert.match(sheet1, /<mergeCell ref="A1:E1"/)
        assert.match(
          styles,
          /<xf borderId="1" applyBorder="1"\/>.*<xf borderId="1" applyBorder="1" fillId="1" applyFill="1"\/>/,
        )
        assert.equal(said.F2, '问题和改法')
        assert.match(said.F3, /^村名：.*没有的庄/)
        assert.match(said.F4, /^虫：/)
        assert.equal(said.B4, '钱某', 'what was mended is written')
        assert.match(sheet1, /<c r="C3" s="3"/)
        assert.match(sheet1, /<c r="A3" s="1"/)
        const again = await upload(got.body, '普查2.xlsx')
        assert.equal(again.status, 201, JSON.stringify(again.json))
        const twice = await check(again.json.id, { map })
        assert.deepEqual([twice.json.refused, twice.json.left_out], [1, 1], JSON.stringify(twice.json))
        const once = await download(`/api/v1/imports/${again.json.id}/faults?all=1`)
        assert.equal(Object.keys(cells(once.body)).filter((x) => x.startsWith('G')).length, 0, 'no second column')
      },
    'the sheet with its faults is sent in again as it is': async () => {
      await check(first, { map })
      const got = await download(`/api/v1/imports/${first}/faults`)
      assert.equal(got.status, 200)
      assert.match(got.type, /spreadsheetml/)
      const folder = mkdtempSync(join(tmpdir(), 'jishi-faults-'))
      writeFileSync(join(folder, 'f.xlsx'), got.body)
      const part = (name) => execFileSync('unzip', ['-p', join(folder, 'f.xlsx'), name]).toString()
      assert.match(part('xl/comments1.xml'), /口头庄子/)
      assert.match(part('xl/worksheets/sheet1.xml'), /问题和改法/)
      rmSync(folder, { recursive: true })
      const again = await upload(got.body, '改.xlsx')
      const column = again.json.columns.find((c) => c.heading === '问题和改法')
      assert.equal(column.how, 'ignored')
      const r = await check(again.json.id, { map: { ...map, 村名: 'area.village' } })
      assert.equal(r.json.rows, 3, 'rows without a fault are not in it')
      assert.deepEqual(
        [again.json.head, r.json.fault_groups.map((g) => g.cells)],
        [2, (await clerk.call('GET', `/api/v1/imports/${first}`)).json.fault_groups.map((g) => g.cells)],
      )
    },
    'a form with a file is taken, and one without says what to send': async () => {
      const form = new FormData()
      form.append('note', 'x')
      form.append(
        'file',
        new Blob([sheet(['园号', '园主', '树牌', '村'], ['F1', '周某某', 'f-1', '口头村'])]),
        '表.csv',
      )
      const send = async (body) => {
        const r = await fetch(server.url + '/api/v1/imports?layout=roster', {
          method: 'POST',
          body,
          headers: { Authorization: `Bearer ${clerk.token}` },
        })
        return { status: r.status, json: await r.json() }
      }
      const r = await send(form)
      assert.deepEqual([r.status, r.json.file, r.json.accepted], [201, '表.csv', 1])
      const empty = new FormData()
      empty.append('note', 'x')
      assert.match((await send(empty)).json.zh, /直接发送文件/)
    },
    'killed half-way it says so, and goes on without doubling anything': async () => {
      const many = Array.from({ length: 1500 }, (_, i) => [`K${i}`, '吴某某', `k-${i}`, '口头村'])
      const sent = await upload(sheet(['园号', '园主', '树牌', '村'], ...many))
      assert.equal(sent.json.accepted, 1500)
      const id = sent.json.id
      const asking = clerk.raw('POST', `/api/v1/imports/${id}/apply`).catch(() => null)
      await until(async () => (await clerk.call('GET', `/api/v1/imports/${id}`)).json.done > 0)
      server.child.kill('SIGKILL')
      await asking
      await server.exited
      server = await startServer(place)
      contract = await contractOf(server)
      clerk = await new Client(server, contract).signIn('clerk')
      const now = (await clerk.call('GET', `/api/v1/imports/${id}`)).json
      assert.equal(now.state, 'running')
      assert.equal(typeof now.written, 'number')
      const listed = (await clerk.call('GET', '/api/v1/imports')).json.items.find((x) => x.id === id)
      assert.equal(listed.interrupted, true)
      const done = await clerk.call('POST', `/api/v1/imports/${id}/apply`)
      assert.equal(done.json.state, 'applied', JSON.stringify(done.json))
      let count = 0
      for (let next = ''; next !== null;) {
        const page = (await clerk.call('GET', `/api/v1/subjects/garden?limit=500${next && `&cursor=${next}`}`)).json
        count += page.items.filter((g) => g.fields.code.startsWith('K')).length
        next = page.next
      }
      assert.equal(count, 1500)
      const undone = await clerk.call('POST', `/api/v1/imports/${id}/undo`)
      assert.equal(undone.json.state, 'undone')
    },
    'the command line maps columns, too': async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'jishi-map-')), 'a.csv')
      writeFileSync(file, sheet(head, ['C1', '郑某某', '口头村', 'c-1', '']))
      const maps = Object.entries(map).flatMap(([k, v]) => ['--map', `${k}=${v}`])
      const r = run('import', place, file, '--layout', 'roster', ...maps, '--json')
      assert.equal(JSON.parse(r.out).accepted, 1, r.out + r.err)
      assert.match(readFileSync(file, 'utf8'), /编号/)
    },
    'the journal replays': async () => {
      await stopServer(server)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  dropPlace(place)
  return failed
}
