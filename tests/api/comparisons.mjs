// A department's list beside the register: who is in it and how, who is not, who differs; nothing of it is stored, and
// leads are made of it when the clerk says so.
import assert from 'node:assert/strict'
import { openPlace, runTests } from './kit.mjs'
import { cells } from './xlsx.mjs'

const sheet = (...rows) => Buffer.from('\uFEFF' + rows.map((r) => r.join(',')).join('\r\n') + '\r\n')
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
/* A number with its check character, of nobody. */
function number(born, order) {
  const head = `370811${born}${String(order).padStart(3, '0')}`
  return head + '10X98765432'[[...head].reduce((sum, c, i) => sum + Number(c) * weights[i], 0) % 11]
}
const id = {
  zhao: number('19680412', 1),
  qian: number('19700506', 2),
  sun: number('19910708', 3),
  li: number('19550101', 4),
}
const far = { zhou: number('19600606', 5) }
const registerHead = [
  '户编号',
  '户主姓名',
  '乡镇',
  '村',
  '姓名',
  '证件号码',
  '与户主关系',
  '性别',
  '户类型',
  '监测对象类别',
]
const register = sheet(
  registerHead,
  ['B1', '赵某某', '', '口头村', '赵某某', id.zhao, '户主', '男', '脱贫户', ''],
  ['B1', '赵某某', '', '口头村', '钱某某', id.qian, '配偶', '女', '脱贫户', ''],
  ['B2', '孙某某', '', '口头村', '孙某某', id.sun, '户主', '男', '一般农户', '边缘易致贫户'],
)
const wild = sheet(
  ['大额医疗费用名单'],
  ['序号', '患者姓名', '公民身份号码', '性别', '所在村', '自付金额', '医院'],
  [1, '赵某某', id.zhao, '女', '口头村', '58000', '市医院'],
  [2, '钱某某', '', '', '口头村', '31000', '市医院'],
  [3, '孙某某', number('19910708', 9), '男', '口头村', '22000', '区医院'],
  [4, '李某某', id.li, '男', '口头村', '90000', '市医院'],
  [5, '吴某某', '', '', '', '10', ''],
  [6, '赵某某', id.zhao, '男', '口头村', '7', '市医院'],
)

export async function comparisons(driver) {
  const { server, as, end } = await openPlace(driver, {
    packs: ['packs/antipoverty'],
    people: [
      ['clerk', 'town_clerk@370871003'],
      ['other', 'town_clerk@370871001'],
      ['checker', 'audit@370871'],
    ],
  })
  const clerk = await as('clerk')
  const other = await as('other')
  const upload = (who, body, layout, name) =>
    who.call('POST', `/api/v1/imports?layout=${layout}&name=${encodeURIComponent(name)}`, body)
  const rows = async (of, query = '') => (await clerk.call('GET', `/api/v1/imports/${of}/compared${query}`)).json
  let list
  const failed = await runTests(`comparisons ${driver}`, {
    'a register to compare with': async () => {
      const r = await upload(
        clerk,
        register,
        'lifted_export&taking_in=%E5%9B%BD%E5%AE%B6%E7%B3%BB%E7%BB%9F',
        '名册.csv',
      )
      assert.equal(r.json.accepted, 3, JSON.stringify(r.json))
      assert.equal((await clerk.call('POST', `/api/v1/imports/${r.json.id}/apply`)).status, 200)
      const theirs = sheet(registerHead, ['A1', '周某某', '', '东闸', '周某某', far.zhou, '户主', '男', '一般农户', ''])
      const x = await upload(other, theirs, 'lifted_export', '名册.csv')
      assert.equal(x.json.accepted, 1, JSON.stringify(x.json))
      await other.call('POST', `/api/v1/imports/${x.json.id}/apply`)
    },
    'a list of nobody knows whose shape is compared, and nothing is stored': async () => {
      const r = await upload(clerk, wild, 'compare_persons', '大额.csv')
      assert.equal(r.status, 201, JSON.stringify(r.json))
      list = r.json.id
      assert.equal(r.json.head_fault, undefined)
      assert.deepEqual(r.json.compared, {
        found: 2,
        possible: 2,
        absent: 1,
        unclear: 1,
        differing: 1,
        managed: 0,
      })
      assert.deepEqual([r.json.created, r.json.changed, r.json.sample, r.json.errors], [0, 0, [], []])
      assert.doesNotMatch(JSON.stringify(r.json), /李某某|58000/)
    },
    'each row says who it is, who may be, who differs in what; numbers are masked': async () => {
      const all = await rows(list)
      assert.deepEqual(
        all.items.map((x) => [x.row, x.result]),
        [
          [3, 'found'],
          [4, 'possible'],
          [5, 'possible'],
          [6, 'absent'],
          [7, 'unclear'],
          [8, 'found'],
        ],
      )
      assert.deepEqual(all.items[0].differences, [{ column: '性别', told: '女', registered: '男' }])
      assert.equal(all.items[0].root_title, '赵某某')
      assert.deepEqual(all.items[0].shown.slice(0, 2), ['B1', '脱贫户'])
      assert.match(all.items[0].key, /\*/)
      assert.equal(all.items[2].shown[2], '边缘易致贫户')
      assert.doesNotMatch(JSON.stringify(all), new RegExp(Object.values(id).join('|')))
      assert.deepEqual(
        (await rows(list, '?differing=1')).items.map((x) => x.row),
        [3],
      )
      assert.deepEqual(
        (await rows(list, '?managed=yes')).items.map((x) => x.row),
        [5],
      )
      const first = await rows(list, '?result=found&limit=1')
      assert.deepEqual([first.matched, first.items[0].row], [2, 3])
      assert.deepEqual((await rows(list, `?result=found&limit=1&cursor=${first.next}`)).items[0].row, 8)
      assert.equal((await clerk.call('GET', `/api/v1/imports/${list}/compared?result=x`)).status, 422)
    },
    'who is not his to see is not there for him': async () => {
      const r = await upload(other, wild, 'compare_persons', '大额.csv')
      assert.deepEqual([r.json.compared.found, r.json.compared.possible], [0, 0])
      assert.equal((await other.call('GET', `/api/v1/imports/${list}/compared`)).status, 404)
    },
    'it leaves as a file, and who compared what is an entry': async () => {
      const path = `/api/v1/imports/${list}/compared?format=xlsx`
      const r = await fetch(server.url + path, { headers: { Authorization: `Bearer ${clerk.token}` } })
      assert.equal(r.status, 200)
      const said = Object.values(cells(Buffer.from(await r.arrayBuffer())))
      assert.ok(said.includes('可能在册，请核对') && said.includes('性别：女，登记：男'))
      assert.ok(!said.some((x) => Object.values(id).includes(x)))
      const entries = (await (await as('checker')).call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      const noted = entries.filter((x) => x.verb === 'export').map((x) => x.officer_name)
      assert.deepEqual(noted, ['clerk某', 'other某', 'clerk某'])
    },
    'leads are made of those found when the clerk says so, and taken back as a whole': async () => {
      const bare = await clerk.call('POST', `/api/v1/imports/${list}/apply`)
      assert.equal(bare.status, 422, 'what it is about must be said')
      const clues = { fields: { subject: '大额医疗费用' } }
      const checked = await clerk.call('POST', `/api/v1/imports/${list}/check`, { choices: { clues } })
      assert.equal(checked.status, 200, JSON.stringify(checked.json))
      const r = await clerk.call('POST', `/api/v1/imports/${list}/apply`)
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.deepEqual([r.json.state, r.json.created, r.json.same, r.json.errors], ['applied', 1, 1, []])
      const root = (await rows(list, '?result=found')).items[0].root
      const file = (await clerk.call('GET', `/api/v1/subjects/household/${root}/file`)).json
      const lead = file.events.find((x) => x.kind === 'warning')
      assert.equal(lead.fields.channel, 'department')
      assert.equal(lead.fields.subject, '大额医疗费用')
      assert.equal(lead.fields.note, '自付金额：58000；医院：市医院')
      const back = await clerk.call('POST', `/api/v1/imports/${list}/undo`)
      assert.equal(back.status, 200, JSON.stringify(back.json))
      const after = (await clerk.call('GET', `/api/v1/subjects/household/${root}/file`)).json
      assert.ok(!after.events.some((x) => x.kind === 'warning' && !x.withdrawn))
    },
    'a list whose columns nobody knows is mapped by hand and remembered': async () => {
      const strange = sheet(['甲', '乙', '丙'], ['赵某某', '19680412', '1'], ['钱某某', '19700506', '2'])
      const r = await upload(clerk, strange, 'compare_persons', '怪.csv')
      assert.match(r.json.head_fault.zh, /没有找到.*表头/)
      const half = await clerk.call('POST', `/api/v1/imports/${r.json.id}/check`, {
        choices: { map: { 乙: 'person.birth', 丙: '' } },
      })
      assert.match(half.json.head_fault.zh, /证件号码.*姓名/)
      const map = { 甲: 'person.name', 乙: 'person.birth' }
      const c = await clerk.call('POST', `/api/v1/imports/${r.json.id}/check`, { choices: { map }, remember: true })
      assert.deepEqual([c.json.compared.possible, c.json.head_fault], [2, undefined], JSON.stringify(c.json))
      const again = await upload(clerk, strange, 'compare_persons', '怪2.csv')
      assert.equal(again.json.compared.possible, 2)
    },
  })
  return failed + (await end(`comparisons ${driver}`))
}
