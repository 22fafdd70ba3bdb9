// Rosters: dry run, row errors, partial accept, undo.
import assert from 'node:assert/strict'
import {
  Client,
  contractOf,
  makePlace,
  dropPlace,
  startServer,
  stopServer,
  runTests,
  run,
  root,
  seqOf,
  today,
  uuid,
} from './kit.mjs'

const sheet = (...rows) => Buffer.from('\uFEFF' + rows.map((r) => r.join(',')).join('\r\n') + '\r\n')
const head = ['序号', '街道', '村', '园号', '园主', '土质', '年收入', '树牌', '品种', '栽种日期', '虫害']
const row = (n, code, owner, soil, income, tag, date = '2020/3/1', pests = '', village = '口头村') => [
  n,
  '接庄街道',
  village,
  code,
  owner,
  soil,
  income,
  tag,
  '苹果',
  date,
  pests,
]

export async function rosters() {
  const place = makePlace()
  let server = await startServer(place)
  const contract = await contractOf(server)
  const clerk = await new Client(server, contract).signIn('clerk')
  const seq = () => seqOf(clerk)
  const upload = (body, name = '名册.csv') =>
    clerk.call('POST', `/api/v1/imports?layout=roster&name=${encodeURIComponent(name)}`, body)
  const file = sheet(
    ['果园名册（2026年）'],
    head,
    row(1, 'R1', '赵某某', '砂土', '"12,345.60"', 'r-1', '2020年3月1日', '蛾、螨'),
    row(2, 'R1', '赵某某', '沙土', '', 'r-2'),
    row(3, 'R2', '钱某某', '泥', 100, 'r-3'),
    row(4, 'R3', '孙某某', '', 'abc', 'r-4', '2020-13-40'),
    row(5, 'R4', '李某某', '', '', 'r-1'),
    row(6, 'R5', '周某某', '', '', 'r-6', '', '', '无此村'),
    row(7, 'R6', '', '', '', 'r-7'),
    row(8, 'R7', '吴某某', '黏土', 50, 'r-8'),
  )
  let id
  const failed = await runTests('rosters', {
    'a dry run changes nothing and says what is wrong, where, and how to mend it': async () => {
      const before = await seq()
      const r = await upload(file)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      id = r.json.id
      assert.deepEqual([r.json.rows, r.json.accepted, r.json.refused, r.json.created], [8, 5, 3, 9])
      const of = (n) => r.json.errors.filter((e) => e.row === n)
      const leftOut = (n) => r.json.cells.filter((e) => e.row === n).map((e) => [e.column, e.value, e.code])
      assert.equal(r.json.left_out, 3)
      assert.deepEqual(leftOut(5), [['土质', '泥', 'choice']])
      assert.deepEqual(leftOut(6).sort(), [
        ['年收入', 'abc', 'amount'],
        ['栽种日期', '2020-13-40', 'date'],
      ])
      assert.match(of(7)[0].zh, /重复/)
      assert.match(of(8)[0].zh, /无此村/)
      assert.equal(of(8)[0].code, 'area')
      assert.equal(of(9)[0].column, '园主')
      assert.equal(await seq(), before)
    },
    'the good rows are taken in': async () => {
      const r = await clerk.call('POST', `/api/v1/imports/${id}/apply`)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.equal(r.json.state, 'applied')
      assert.deepEqual((await clerk.call('GET', `/api/v1/imports/${id}`)).json, r.json)
      const list = (await clerk.call('GET', '/api/v1/subjects/garden')).json.items
      assert.deepEqual(list.map((g) => g.fields.code).sort(), ['R1', 'R2', 'R3', 'R7'])
      const file = (
        await clerk.call('GET', `/api/v1/subjects/garden/${list.find((g) => g.fields.code === 'R1').id}/file`)
      ).json
      assert.equal(file.subject.fields.income, 1234560)
      assert.equal(file.subject.area_name.startsWith('口头村'), true)
      assert.deepEqual(file.children.map((t) => t.fields.tag).sort(), ['r-1', 'r-2'])
      assert.deepEqual(file.children.find((t) => t.fields.tag === 'r-1').fields.pests, ['mite', 'moth'])
      assert.equal(file.children.find((t) => t.fields.tag === 'r-1').fields.planted, '2020-03-01')
      assert.ok(file.findings.some((f) => f.rule === 'moths'))
      assert.equal((await clerk.call('POST', `/api/v1/imports/${id}/apply`)).status, 409)
    },
    'the same file again finds everything the same': async () => {
      const r = await upload(file)
      assert.deepEqual([r.json.created, r.json.changed, r.json.same], [0, 0, 9])
    },
    'a second file changes only what differs': async () => {
      const r = await upload(sheet(head, row(1, 'R7', '吴某某', '沙土', 50, 'r-8')))
      assert.deepEqual([r.json.created, r.json.changed, r.json.same], [0, 1, 1], JSON.stringify(r.json.errors))
      await clerk.call('POST', `/api/v1/imports/${r.json.id}/apply`)
      const soil = async () => (await clerk.call('GET', '/api/v1/subjects/garden?q=R7')).json.items[0].fields.soil
      assert.equal(await soil(), 'sand')
      const undone = await clerk.call('POST', `/api/v1/imports/${r.json.id}/undo`)
      assert.equal(undone.json.state, 'undone', JSON.stringify(undone.json))
      assert.equal(await soil(), 'clay')
    },
    'an import is taken back whole': async () => {
      const r = await clerk.call('POST', `/api/v1/imports/${id}/undo`)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.equal((await clerk.call('GET', '/api/v1/subjects/garden')).json.items.length, 0)
      assert.equal((await clerk.call('GET', '/api/v1/cases')).json.items.length, 0)
      assert.equal((await clerk.call('GET', '/api/v1/findings')).json.items.length, 0)
      const again = await upload(file)
      assert.equal(again.json.created, 9)
    },
    'what others wrote since stays when it is undone, and is listed': async () => {
      const own = await upload(
        sheet(head, row(1, 'U1', '郑某某', '', '', 'u-1'), row(2, 'U2', '王某某', '', '', 'u-2')),
      )
      await clerk.call('POST', `/api/v1/imports/${own.json.id}/apply`)
      const garden = (await clerk.call('GET', '/api/v1/subjects/garden?q=U1')).json.items[0]
      const keeper = await new Client(server, contract).signIn('keeper')
      const event = { subject: garden.id, on: today(), fields: { ill: 2 } }
      assert.equal((await keeper.call('PUT', `/api/v1/events/check/${uuid()}`, event)).status, 201)
      const r = await clerk.call('POST', `/api/v1/imports/${own.json.id}/undo`)
      assert.deepEqual(
        r.json.kept.map((x) => [x.verb, x.kind, x.root, x.officer_name]),
        [['event', 'check', garden.id, 'keeper某']],
      )
      const left = (await clerk.call('GET', '/api/v1/subjects/garden')).json.items
      assert.deepEqual(
        left.map((x) => x.id),
        [garden.id],
      )
    },
    'another officer does not see it': async () => {
      const far = await new Client(server, contract).signIn('far')
      assert.equal((await far.call('GET', `/api/v1/imports/${id}`)).status, 404)
      const r = await far.call('POST', '/api/v1/imports?layout=roster&name=a.csv', file)
      assert.equal(r.json.accepted, 0)
      assert.match(r.json.errors[0].zh, /管辖范围/)
    },
    'the journal replays after an undo': async () => {
      await stopServer(server)
      const b = run('rebuild', '--check', place)
      assert.equal(b.code, 0, b.err)
    },
  })
  dropPlace(place)
  return failed
}
