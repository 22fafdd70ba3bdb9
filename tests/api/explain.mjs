// Why: what the trees say is what was recorded, by whom and when, and by which document.
import assert from 'node:assert/strict'
import {
  Client,
  contractOf,
  dropPlace,
  makePlace,
  runTests,
  startServer,
  stopServer,
  today,
  uuid,
  village,
} from './kit.mjs'

export async function explain(driver) {
  const place = makePlace(driver)
  const server = await startServer(place)
  const contract = await contractOf(server)
  const as = (login) => new Client(server, contract).signIn(login)
  const keeper = await as('keeper'),
    clerk = await as('clerk'),
    far = await as('far')
  const garden = uuid(),
    tree = uuid()
  const ids = { check: uuid(), pruning: uuid(), measure: uuid(), sales: [] }
  let finding

  const why = async (path, who = keeper, headers = {}) => {
    const r = await who.call('GET', `/api/v1/${path}`, undefined, headers)
    assert.equal(r.status, 200, JSON.stringify(r.json))
    return r.json
  }
  const ofGarden = (name, ...rest) => why(`subjects/garden/${garden}/explain?name=${name}`, ...rest)
  const input = (node, name) => {
    const x = node.inputs.find((i) => i.name === name)
    assert.ok(x, `no input ${name} under ${node.name}: ${node.inputs.map((i) => i.name)}`)
    return x
  }
  const put = async (who, path, body) => {
    const r = await who.call('PUT', `/api/v1/${path}`, body)
    assert.equal(r.status, 201, JSON.stringify(r.json))
    return r.json
  }

  const failed = await runTests(`explain ${driver}`, {
    'a garden and what happened there': async () => {
      await put(clerk, `subjects/garden/${garden}`, {
        area: village,
        fields: { code: 'W1', owner: '周某', soil: 'sand', income: 1234500, phone: '13800001234', fenced: true },
      })
      await put(clerk, `subjects/tree/${tree}`, {
        area: village,
        parent: garden,
        fields: { tag: 'A1', variety: 'apple', pests: ['moth'] },
      })
      finding = (await put(keeper, `events/check/${ids.check}`, { subject: garden, on: today(), fields: { ill: 9 } }))
        .consequences.opened[0]
      for (const [on, amount] of [
        [today(-200), 50000],
        [today(-10), 70000],
        [today(-1), 41025],
      ]) {
        const id = uuid()
        ids.sales.push({ id, on, amount })
        await put(keeper, `events/sale/${id}`, { subject: garden, on, fields: { amount } })
      }
      await put(keeper, `events/pruning/${ids.pruning}`, { subject: tree, on: today(), fields: { hours: 3 } })
    },
    'of a finding: sentence, rule, fact with who and when, parameter with its document': async () => {
      const x = await why(`findings/${finding.id}/explain`)
      assert.equal(x.kind, 'finding')
      assert.equal(x.text, '有9棵病树，超过3棵。')
      assert.equal(x.colour, 'red')
      assert.deepEqual(x.reasons, finding.reasons)
      const rule = input(x, 'many_ill')
      assert.equal(rule.formula, 'ill > p.limit.ill')
      assert.equal(rule.value, true)
      assert.equal(rule.text, '成立')
      const ill = input(rule, 'ill')
      assert.deepEqual(
        [ill.kind, ill.value, ill.since, ill.source, ill.source_title.zh, ill.officer_name],
        ['field', 9, today(), 'check', '查看', 'keeper某'],
      )
      assert.match(ill.at, /^\d{4}-\d\d-\d\dT/)
      const limit = input(rule, 'p.limit.ill')
      assert.deepEqual(
        [limit.kind, limit.value, limit.since, limit.reference],
        ['parameter', 3, '2025-01-01', '测试文件 1 号'],
      )
    },
    'of an aggregate: the window and the very records counted': async () => {
      const x = await ofGarden('sold_90d')
      const counted = ids.sales.filter((s) => s.on >= x.window.from)
      assert.equal(counted.length, 2)
      assert.equal(x.window.to, today())
      assert.equal(x.op, 'sum')
      assert.equal(x.count, 2)
      assert.deepEqual(
        x.events.map((e) => [e.id, e.on, e.value, e.officer_name]),
        counted.reverse().map((s) => [s.id, s.on, s.amount, 'keeper某']),
      )
      assert.equal(
        x.value,
        counted.reduce((n, s) => n + s.amount, 0),
      )
      assert.equal((await keeper.call('DELETE', `/api/v1/events/sale/${counted[0].id}`)).status, 200)
      const then = await ofGarden('sold_90d')
      assert.equal(then.count, 1)
      assert.equal(then.value, counted[1].amount)
    },
    'of a computed figure: formula, the records it reads, children': async () => {
      const x = await ofGarden('per_tree')
      assert.equal(x.formula, 'divide(income, max(1, size(trees)))')
      assert.equal(x.value, 1234500)
      assert.equal(x.text, '12,345.00元')
      assert.equal(input(x, 'income').officer_name, 'clerk某')
      assert.equal(input(x, 'trees').value, 1)
    },
    'of a rule that does not hold, and of one that cannot be told': async () => {
      const no = await ofGarden('sold_out')
      assert.equal(no.value, false)
      assert.equal(no.text, '不成立')
      const unknown = await ofGarden('poor')
      assert.equal(unknown.value, null)
      assert.equal(unknown.text, '无法判断')
      assert.deepEqual(
        unknown.missing.map((m) => m.title.zh),
        ['收入线'],
      )
      assert.equal(input(unknown, 'p.limit.income').value, null)
      const moths = await why(`subjects/tree/${tree}/explain?name=moths`)
      assert.equal(moths.value, true)
      assert.equal(input(moths, 'pests').text, '蛾')
    },
    'of a colour: the open findings': async () => {
      const x = await ofGarden('colour')
      assert.equal(x.value, 'red')
      assert.deepEqual(
        x.inputs
          .filter((i) => i.kind === 'finding')
          .map((i) => i.name)
          .sort(),
        ['many_ill', 'moths'],
      )
      assert.ok(x.inputs.some((i) => i.kind === 'case' && i.deadline === today(3)))
    },
    'of a record: each figure by the formula of its day, from the subject it is about': async () => {
      const x = await why(`events/pruning/${ids.pruning}/explain`)
      assert.equal(x.kind, 'event')
      assert.equal(x.text, 'A1')
      const apple = input(x, 'apple_pay')
      assert.equal(apple.value, 3700)
      assert.equal(input(apple, 'tree.variety').text, 'apple')
      const pay = input(apple, 'pay')
      assert.equal(pay.formula, 'p.pay.hour * hours + yuan(1)')
      assert.deepEqual(
        [pay.since, input(pay, 'hours').value, input(pay, 'p.pay.hour').since],
        ['2025-02-01', 3, '2025-01-01'],
      )
      assert.equal(input(x, 'pay').seen, true)
      const old = uuid()
      await put(keeper, `events/pruning/${old}`, { subject: tree, on: '2025-01-15', fields: { hours: 2 } })
      const then = input(await why(`events/pruning/${old}/explain`), 'apple_pay')
      assert.equal(then.value, 2400)
      assert.equal(input(then, 'pay').formula, 'p.pay.hour * hours')
    },
    'of a measure: the amount, the form, the document; in English too': async () => {
      const file = (await keeper.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      await put(keeper, `measures/${ids.measure}`, {
        kind: 'spraying',
        subject: garden,
        case: file.cases[0].id,
        form: { trees: 1 },
      })
      const x = await why(`measures/${ids.measure}/explain`, keeper, { 'Accept-Language': 'en' })
      assert.equal(x.value, 1250)
      assert.equal(x.now, undefined)
      assert.equal(x.formula, 'p.pay.per_tree * form.trees')
      assert.equal(input(input(x, 'form'), 'trees').value, 1)
      assert.equal(input(x, 'p.pay.per_tree').reference, '测试文件 2 号')
      const rule = await ofGarden('many_ill', keeper, { 'Accept-Language': 'en' })
      assert.equal(rule.text, 'holds')
    },
    'what is not there, or not theirs, is refused': async () => {
      const none = await keeper.call('GET', `/api/v1/subjects/garden/${garden}/explain?name=nothing`)
      assert.equal(none.status, 404)
      assert.match(none.json.zh, /没有叫这个名字/)
      assert.equal((await keeper.call('GET', `/api/v1/subjects/tree/${tree}/explain?name=colour`)).status, 404)
      for (const path of [`findings/${finding.id}`, `measures/${ids.measure}`, `events/check/${ids.check}`]) {
        assert.equal((await far.call('GET', `/api/v1/${path}/explain`)).status, 404, path)
        assert.equal((await keeper.call('GET', `/api/v1/${path}/explain`)).status, 200, path)
      }
      assert.equal((await far.call('GET', `/api/v1/subjects/garden/${garden}/explain?name=colour`)).status, 404)
      assert.equal((await keeper.call('GET', `/api/v1/findings/${uuid()}/explain`)).status, 404)
    },
  })
  await stopServer(server)
  dropPlace(place)
  return failed
}
