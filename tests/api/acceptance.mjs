// The acceptance table of article 1 (docs/domain.md, "Acceptance table", A1 to A36): a district is made through the front door, and every number is
// counted by the server from what was recorded. "Over" in the article is ≥ here.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, contractOf, dropPlace, root, run, runTests, startServer, stopServer, today, uuid } from './kit.mjs'

const recipe = join(root, 'packs/antipoverty/tests/seed/district.yaml')

async function all(client, path) {
  const items = []
  for (let cursor = ''; cursor !== null;) {
    const r = await client.call(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    assert.equal(r.status, 200)
    items.push(...r.json.items)
    cursor = r.json.next
  }
  return items
}

export async function acceptance(driver) {
  const place =
    driver === 'pg'
      ? `${process.env.JISHI_TEST_PG}?schema=api_${randomBytes(6).toString('hex')}`
      : mkdtempSync(join(tmpdir(), 'jishi-acceptance-'))
  const made = run('demo', place, '--recipe', recipe, '--until', '2019-10-31', '--json')
  if (made.code !== 0) throw new Error(`demo: ${made.err}`)
  run('clock', place, '--is-right') // its last day is long ago
  const server = await startServer(place)
  const desk = new Client(server, await contractOf(server))
  await desk.signIn('qu1', 'jishi-2026')
  const figures = async (from, to) => {
    const r = await desk.call('GET', `/api/v1/indicators?from=${from}&to=${to}`)
    assert.equal(r.status, 200)
    for (const i of r.json.items) assert.ok(i.definition.zh, `${i.name} has a definition`)
    return Object.fromEntries(r.json.items.map((i) => [i.name, i.value]))
  }
  const seen = await figures('2018-01-01', '2019-10-31')
  const rowsOf = (name, from = '2018-01-01') => all(desk, `/api/v1/indicators/${name}/rows?from=${from}&to=2019-10-31`)
  const fileOf = async (row) => (await desk.call('GET', `/api/v1/subjects/household/${row.subject.root}/file`)).json
  const packs = (await desk.call('GET', '/api/v1/packs')).json.packs
  const parameter = (name) => packs[0].parameters.find((p) => p.name === name)

  const failed = await runTests(`acceptance of article 1, ${driver}`, {
    'no step of the stories is against the rules': () => assert.deepEqual(JSON.parse(made.out).notes, []),
    'A33 at once is a number: from the first sign to each step, open ones counted, each row with its file':
      async () => {
        const r = await desk.call('GET', '/api/v1/indicators?from=2018-01-01&to=2019-10-31')
        const told = r.json.items.filter((i) => i.sums)
        assert.deepEqual(told.map((i) => i.name).sort(), [
          'house_to_repaired',
          'house_to_works',
          'sign_to_closed',
          'sign_to_enrolled',
          'sign_to_help',
          'sign_to_verified',
        ])
        for (const i of told) {
          const s = i.sums
          assert.equal(s.count, s.done + s.late + s.open + s.overdue + s.left, i.name)
          assert.equal(i.value, s.median)
          assert.equal(
            s.count,
            i.areas.reduce((n, a) => n + a.sums.count, 0),
            i.name,
          )
          const rows = await rowsOf(i.name)
          assert.equal(rows.length, s.count)
          for (const state of ['done', 'late', 'open', 'overdue', 'left'])
            assert.equal(rows.filter((x) => x.state === state).length, s[state], `${i.name} ${state}`)
        }
        const [verified] = told.filter((i) => i.name === 'sign_to_verified')
        assert.ok(verified.duration.limit.reference)
        assert.deepEqual(Object.fromEntries(told.map((i) => [i.name, [i.sums.count, i.sums.done, i.sums.left]])), {
          sign_to_verified: [48, 48, 0],
          sign_to_help: [48, 44, 4],
          sign_to_enrolled: [48, 0, 4], // before 2021 nobody was enrolled: help came at once
          sign_to_closed: [48, 44, 4],
          house_to_works: [30, 30, 0],
          house_to_repaired: [30, 30, 0],
        })
        assert.equal(verified.sums.share, '1')
        const works = told.find((i) => i.name === 'house_to_works')
        assert.deepEqual([works.duration.limit.days, works.sums.share], [null, null], 'no limit is made up')
        const [row] = await rowsOf('house_to_works')
        assert.equal(row.subject.root_kind, 'household')
        assert.ok(row.subject.title)
      },
    'A1 50,000 yuan lent, interest subsidised for 36 months, 7,125.00 yuan of it': async () => {
      const early = await figures('2015-12-01', '2019-10-31')
      assert.equal(early.loans_sum, 5000000)
      assert.equal(early.loans_subsidy, 712500)
      const [row] = await rowsOf('loans', '2015-12-01')
      const periods = (await fileOf(row)).events.filter((e) => e.kind === 'loan_interest').map((e) => e.fields)
      const [from, to] = [
        periods.map((p) => p.start).sort()[0],
        periods
          .map((p) => p.end)
          .sort()
          .at(-1),
      ]
      const months = (d) => Number(d.slice(0, 4)) * 12 + Number(d.slice(5, 7))
      assert.equal(months(to) - months(from), 36)
    },
    'A2 and A3 8 mu, 1,400 saplings, about 200,000 yuan expected': async () => {
      const [row] = await rowsOf('loans', '2015-12-01')
      const plan = (await fileOf(row)).measures.find((m) => m.kind === 'industry')
      assert.deepEqual([plan.form.land, plan.form.quantity, plan.form.forecast], [80, 1400, 20000000])
      assert.equal(seen.measure_income, 9800000) // what came of it
    },
    'A4 a family with a transplant: over a million yuan of bills': async () => {
      const ofHouse = {}
      for (const r of await rowsOf('claims_total', '2015-12-01'))
        ofHouse[r.subject.root] = (ofHouse[r.subject.root] ?? 0) + r.what
      const [[house, total]] = Object.entries(ofHouse).sort((x, y) => y[1] - x[1])
      assert.equal(total, 7 * 16500000)
      const file = await fileOf({ subject: { root: house } })
      assert.ok(file.measures.some((m) => m.kind === 'medical_aid' && m.state === 'done'))
    },
    'A5 three visits a month to each of the 27': async () => {
      const rows = await rowsOf('poorest')
      for (const row of rows) {
        const days = new Set(
          (await fileOf(row)).events
            .filter(
              (e) =>
                e.kind === 'visit' &&
                e.fields.way === 'home' &&
                e.fields.purpose === 'pairing' &&
                e.on.startsWith('2019-10'),
            )
            .map((e) => e.on),
        )
        assert.ok(days.size >= 3, `${row.subject.title}: ${days.size}`)
      }
      assert.equal(seen.visits_full, '1')
    },
    'A5 by person: 81 of 81, each household by whose it is; the villages are the sum of it': async () => {
      const lines = (await all(desk, '/api/v1/duties?day=2019-10-31')).filter((l) => l.duty === 'pairing_visits')
      const sum = (some) => ['set', 'need', 'done'].map((n) => some.reduce((s, l) => s + l[n], 0))
      const [people, villages] = [lines.filter((l) => l.assigned), lines.filter((l) => l.each === 'village')]
      assert.deepEqual(
        [sum(people), sum(villages)],
        [
          [27, 81, 81],
          [27, 81, 81],
        ],
      )
      assert.ok(people.every((l) => l.state === 'done' && l.officer && l.officer_name && !/^bao/.test(l.officer_name)))
      for (const l of people) {
        const rows = await all(desk, `/api/v1/duties/pairing_visits/subjects?day=2019-10-31&officer=${l.officer}`)
        assert.deepEqual(sum(rows.map((r) => ({ set: 1, ...r }))), [l.set, l.need, l.done])
        assert.ok(rows.every((r) => r.owner === l.officer_name))
      }
      const cadre = new Client(server, desk.contract)
      const officers = (await desk.call('GET', '/api/v1/officers?limit=500')).json.items
      await cadre.signIn(officers.find((o) => o.id === people[0].officer).login, 'jishi-2026')
      const own = (await cadre.call('GET', '/api/v1/duties?day=2019-10-31&officer=me')).json.items
      assert.deepEqual(sum(own.filter((l) => l.assigned)), sum([people[0]]))
      const rows = await all(cadre, '/api/v1/duties/pairing_visits/subjects?day=2019-10-31&officer=me')
      assert.equal(rows.length, people[0].set)
    },
    'A6 27 poorest households, each with its cause and its plan': async () => {
      assert.equal(seen.poorest, 27)
      for (const row of await rowsOf('poorest')) {
        const { fields } = (await fileOf(row)).subject
        assert.ok(fields.cause && fields.plan, row.subject.title)
      }
      assert.deepEqual(await all(desk, '/api/v1/findings?state=all&rule=plan_missing'), [])
    },
    'A7 one unit, one enterprise, one person and one plan each': () =>
      assert.deepEqual([seen.paired, seen.planned], [27, 27]),
    'A8 over 300,000 yuan of premium subsidies by the district': () =>
      assert.ok(seen.premium_paid >= 30000000, String(seen.premium_paid)),
    'A9 90, 80, 65 %': () => {
      const value = parameter('p.medical.basic.rate').values.at(-1).value
      assert.deepEqual([value.level1, value.level2, value.level3], ['0.9', '0.8', '0.65'])
    },
    'A10 300,000, then 500,000': () =>
      assert.deepEqual(
        parameter('p.medical.critical.cap')
          .values.slice(0, 2)
          .map((v) => v.value),
        [30000000, 50000000],
      ),
    'A11 143,000 yuan for three covers of all poor households': () =>
      assert.deepEqual([seen.package_premiums, seen.package_households], [14300000, seen.lifted_households]),
    'A12 48 people, 82,410 yuan': () => assert.deepEqual([seen.package_people, seen.package_paid_sum], [48, 8241000]),
    'A13 nutrition milk over 300 person-times': () => assert.ok(seen.milk > 300, String(seen.milk)),
    'A14 education aid over 1,400 person-times, people counted apart': () => {
      assert.ok(seen.education_times > 1400, String(seen.education_times))
      assert.equal(seen.education_people, 574)
    },
    'A15 30 houses, 544,700 yuan, paid as approved': async () => {
      assert.deepEqual([seen.repairs, seen.repairs_cost_sum], [30, 54470000])
      const paid = []
      for (const row of await rowsOf('repairs'))
        paid.push(...(await fileOf(row)).events.filter((e) => e.kind === 'payment').map((e) => e.fields.amount))
      assert.deepEqual([paid.length, paid.reduce((n, x) => n + x, 0)], [30, 54470000])
    },
    'A16 eight aspects, three phases': async () => {
      const problems = await all(desk, '/api/v1/subjects/problem')
      assert.equal(new Set(problems.map((p) => p.fields.aspect)).size, 8)
      const [campaign] = await all(desk, '/api/v1/subjects/campaign')
      const phases = (await desk.call('GET', `/api/v1/subjects/campaign/${campaign.id}/file`)).json.cases[0]
      assert.deepEqual(phases.steps.map((s) => s.to).slice(0, 3), ['mobilise', 'check', 'consolidate'])
    },
    'A17 15 problems found, 15 struck off, 100 %': () =>
      assert.deepEqual([seen.problems_found, seen.problems_closed, seen.problems_rate], [15, 15, '1']),
    'A18 eleven ledgers': async () => {
      const problems = await all(desk, '/api/v1/subjects/problem')
      assert.equal(new Set(problems.map((p) => p.fields.unit)).size, 11)
    },
    'nothing is registered without its procedure': async () => {
      for (const rule of ['problem_closed_case_open', 'problem_open_case_closed', 'monitored_without_case'])
        assert.deepEqual(await all(desk, `/api/v1/findings?state=all&rule=${rule}`), [], rule)
      const wrote = await all(desk, '/api/v1/amendments')
      assert.deepEqual([...new Set(wrote.map((a) => a.way))], ['taking_in'])
      assert.notEqual((await desk.call('GET', '/api/v1/set-up')).json.until, null)
    },
    'A19 three zeros': () => assert.deepEqual([seen.zero_new, seen.zero_return, seen.zero_poor], [0, 0, 0]),
    'A20 every household is patrolled every month, nothing overdue': async () => {
      for (const day of ['2019-09-30', '2019-10-31']) {
        const rows = await all(desk, `/api/v1/duties?duty=village_patrol&day=${day}`)
        assert.deepEqual([...new Set(rows.map((r) => r.state))], ['done'], day)
        assert.equal(
          rows.reduce((n, r) => n + r.need, 0),
          seen.households,
        )
      }
      assert.equal(seen.village_patrols, 2 * seen.households)
    },
    'A21 the express line: rounds, first visits, referrals and claims follow one another': () =>
      assert.deepEqual([seen.rounds, seen.first_visits, seen.referrals, seen.claims], [6, 6, 6, 6]),
    'A22 ill or struck by disaster: allowance and emergency help, at once': async () => {
      assert.deepEqual([seen.allowances, seen.allowances_month, seen.emergency_helps], [6, 90000, 9])
      const paid = (6 * 3000 + 3 * 5000) * 100
      assert.deepEqual([seen.payments - seen.repairs_cost_sum, seen.payments_count], [paid, 30 + 9])
      for (const row of await rowsOf('allowances')) {
        const file = await fileOf(row)
        const day = (kind) => file.events.find((e) => e.kind === kind).on
        const help = file.measures.find((m) => m.kind === 'emergency_help')
        assert.equal(help.state, 'done')
        assert.ok(day('round') < day('first_visit') && day('first_visit') < day('referral'))
        assert.ok(day('referral') < day('medical_claim') && day('medical_claim') < day('warning'))
        assert.ok(file.cases.every((c) => c.closed))
      }
    },
    'A23 work lost and found again; leads and objections all answered': () =>
      assert.deepEqual(
        [seen.jobs_lost, seen.jobs_found, seen.warnings, seen.refused, seen.objections, seen.objections_answered],
        [5, 5, 10, 4, 6, 6],
      ),
    'A24 while help is under way income grows and the allowance stays': () => assert.equal(seen.allowances_kept, 6),
    'A25 what the poorest earn grows, by household': () => {
      assert.equal(seen.dynamic_growth, 25 * 300000 - 2 * 50000)
      assert.ok(seen.dynamic_income > seen.dynamic_growth)
      assert.equal(Math.round(Number(seen.dynamic_grew) * 27), 25)
    },
    'A26 special relief: operation and rehabilitation waived, back at work with a craft': async () => {
      assert.deepEqual(
        [seen.relief_people, seen.relief_operations, seen.relief_courses, seen.relief_waived],
        [1, 1, 1, 6800000],
      )
      assert.deepEqual([seen.relief_self_care, seen.relief_working], [1, 1])
      const [row] = await rowsOf('relief_people')
      const last = (await fileOf(row)).events
        .filter((e) => e.kind === 'treatment')
        .sort((x, y) => (x.on < y.on ? 1 : -1))
      assert.deepEqual([last[0].fields.outcome, last[0].fields.craft], ['working', '编织'])
    },
    'A27 trees, flowers, decals, books, know-how, training, evenings, each counted': () => {
      assert.equal(seen.evening_people, 4 * (40 + 120 + 120))
      assert.deepEqual(
        [seen.trees, seen.flowers, seen.decals, seen.books, seen.know_how, seen.trainings, seen.evenings],
        [108, 162, 54, 270, 27, 33, 12],
      )
    },
    'A28 spirits, habits and courtyards that became better, by household': () =>
      assert.deepEqual(
        [seen.mood_better, seen.habits_better, seen.courtyards_better, seen.courtyards_green],
        [24, 23, 25, 20],
      ),
    'A29 student loans are lent: 30 of 6,000 yuan, none of it aid': async () => {
      assert.deepEqual([seen.student_loans, seen.student_loans_sum], [30, 18000000])
      const rows = await rowsOf('education_sum')
      assert.equal(
        rows.reduce((sum, r) => sum + r.what, 0),
        seen.education_sum,
      )
      const given = { grant: 310 * 25000 + 778 * 100000, fee: 30 * 300000 }
      assert.equal(seen.education_sum, given.grant + given.fee)
    },
    'A30 students without another waiver have the fee subsidy; twelve pupils have a helper': () =>
      assert.deepEqual([seen.fee_subsidies, seen.pupils_paired], [30, 12]),
    'A31 the look-back: a leading group, eleven member units, the plan, checks by aspect': async () => {
      assert.deepEqual([seen.leaders, seen.member_units, seen.inspections, seen.inspections_failed], [3, 11, 27, 3])
      const [campaign] = await all(desk, '/api/v1/subjects/campaign')
      const { subject } = (await desk.call('GET', `/api/v1/subjects/campaign/${campaign.id}/file`)).json
      assert.match(subject.fields.plan_file, /^[0-9a-f]{64}$/)
    },
    'A32 after closing each problem is looked at again, and holds': () =>
      assert.deepEqual([seen.rechecks, seen.rechecks_held, seen.quality_visits], [15, '1', 30]),
    'A34 food, school, insurance, house and water are guaranteed to all': () =>
      assert.deepEqual(
        ['food', 'schooling', 'insurance', 'house', 'water'].map((x) => seen[`without_guarantee_${x}`]),
        [0, 0, 0, 0, 0],
      ),
    'A35 what was promised on a visit is kept, in time': async () => {
      const promises = (await all(desk, '/api/v1/follow-ups?state=all')).filter((f) => f.name === 'promise')
      assert.equal(promises.length, 27)
      for (const f of promises) assert.ok(f.state === 'done' && f.owner_name && f.done_on <= f.due, f.what)
    },
    'no note of bad data is left': async () => {
      const open = new Set((await all(desk, '/api/v1/findings?state=open')).map((f) => f.rule))
      assert.deepEqual([...open].sort(), ['allowance_kept', 'visits_short']) // this month has no visit yet
    },
    'the fund paid what the rows of its payments come to': async () => {
      const [fund] = (await desk.call('GET', '/api/v1/funds')).json.items
      const rows = await all(desk, `/api/v1/payments?fund=${encodeURIComponent(fund.key)}`)
      assert.equal(
        rows.reduce((sum, p) => sum + p.amount, 0),
        fund.paid,
      )
      assert.equal(rows.length, fund.payments)
      assert.equal(fund.paid + fund.left, fund.budget)
    },
    'every figure is the sum of its rows': async () => {
      for (const name of ['premium_paid', 'repairs_cost_sum', 'milk', 'poorest']) {
        const rows = await rowsOf(name)
        assert.equal(
          rows.reduce((sum, r) => sum + r.what, 0),
          seen[name],
          name,
        )
      }
    },
  })
  const households = async (filter) => all(desk, `/api/v1/subjects/household?filter=${encodeURIComponent(filter)}`)
  const put = (kind, subject, fields, on = '2019-10-30') =>
    desk.call('PUT', `/api/v1/events/${kind}/${uuid()}`, { subject, on, fields })
  const more = await runTests(`families and funds, ${driver}`, {
    'a person moves to another household with all that happened to her; both are counted anew': async () => {
      const [row] = await rowsOf('package_people')
      const file = await fileOf(row)
      const person = file.children.find((c) => c.kind === 'person' && c.id === row.subject.id)
      const to = (await households('poorest'))[0]
      const before = await figures('2018-01-01', '2019-10-31')
      const moved = await desk.call(
        'PATCH',
        `/api/v1/subjects/person/${person.id}`,
        { parent: to.id },
        { 'If-Match': `"${person.version}"` },
      )
      assert.equal(moved.status, 200)
      assert.deepEqual([moved.json.parent, moved.json.root], [to.id, to.id])
      const [left, joined] = [
        await fileOf({ subject: { root: file.subject.id } }),
        await fileOf({ subject: { root: to.id } }),
      ]
      assert.ok(!left.children.some((c) => c.id === person.id))
      assert.ok(joined.children.some((c) => c.id === person.id))
      assert.ok(joined.events.some((e) => e.kind === 'package_claim' && e.subject === person.id))
      assert.ok(!left.events.some((e) => e.subject === person.id))
      const after = await figures('2018-01-01', '2019-10-31')
      assert.deepEqual(
        [after.persons, after.package_people, after.premium_paid],
        [before.persons, before.package_people, before.premium_paid],
      )
      const stale = await desk.call(
        'PATCH',
        `/api/v1/subjects/person/${person.id}`,
        { parent: file.subject.id },
        { 'If-Match': `"${person.version}"` },
      )
      assert.equal(stale.status, 412)
    },
    'who died is counted no more, and the history stays': async () => {
      const [row] = await rowsOf('package_people')
      const before = await figures('2018-01-01', '2019-10-31')
      const person = (await desk.call('GET', `/api/v1/subjects/person/${row.subject.id}`)).json
      const r = await desk.call(
        'PATCH',
        `/api/v1/subjects/person/${person.id}`,
        { fields: { left_on: '2019-10-01', left_why: 'died' } },
        { 'If-Match': `"${person.version}"` },
      )
      assert.equal(r.status, 200)
      const after = await figures('2018-01-01', '2019-10-31')
      assert.equal(after.persons, before.persons - 1)
      assert.equal(after.package_people, before.package_people)
    },
    'nothing is paid without approval, nor to a fund that is not there, nor twice': async () => {
      const [house] = await households('poorest')
      const none = await put('payment', house.id, { measure: 'house_repair', amount: 100 })
      assert.equal(none.status, 409)
      assert.equal(none.json.where, 'measure')
      const child = (await fileOf({ subject: { root: house.id } })).children.find((c) => c.kind === 'person')
      const wrong = await put(
        'premium',
        child.id,
        { payer: 'district', subsidy: 100, fund: '没有这笔资金' },
        '2018-05-05',
      )
      assert.equal(wrong.status, 422)
      assert.equal(wrong.json.where, 'fund')
      const again = await put('premium', child.id, { payer: 'disabled', subsidy: 100 }, '2019-05-05')
      assert.equal(again.status, 409)
    },
    'a payment that is withdrawn is in the fund again': async () => {
      const fund = async () => (await desk.call('GET', '/api/v1/funds')).json.items[0]
      const before = await fund()
      const [payment] = (await desk.call('GET', `/api/v1/payments?limit=1&fund=${encodeURIComponent(before.key)}`)).json
        .items
      assert.equal((await desk.call('DELETE', `/api/v1/events/${payment.kind}/${payment.id}`)).status, 200)
      const after = await fund()
      assert.equal(after.left - before.left, payment.amount)
      assert.equal(before.payments - after.payments, 1)
    },
    'names to choose from are the same for all; figures end at the areas of who asks': async () => {
      const village = new Client(server, desk.contract)
      await village.signIn('cun1', 'jishi-2026')
      const keys = (await village.call('GET', `/api/v1/keys/fund?q=${encodeURIComponent('扶贫')}`)).json.items
      assert.deepEqual(keys, [{ key: '区级扶贫专项资金', title: '区级扶贫专项资金' }])
      assert.equal((await village.call('GET', '/api/v1/keys/household')).json.items.length <= 100, true)
      const own = (await village.call('GET', '/api/v1/indicators?from=2018-01-01&to=2019-10-31')).json
      const count = own.items.find((i) => i.name === 'households')
      const subjects = await all(village, '/api/v1/subjects/household')
      assert.equal(count.value, subjects.length)
      assert.ok(count.value < seen.households)
      const rows = await village.call('GET', '/api/v1/indicators/poorest/rows?from=2018-01-01&to=2019-10-31')
      assert.ok(rows.json.items.every((r) => r.subject.area === own.area))
    },
    'a department list is compared with the register, taken in once, and taken back': async () => {
      const clerk = new Client(server, desk.contract)
      await clerk.signIn('qu1', 'jishi-2026')
      const [house] = await households('poorest')
      const people = (
        await clerk.call('GET', `/api/v1/subjects/household/${house.id}/file?clear=1&reason=check`)
      ).json.children.filter((c) => c.kind === 'person')
      const [one, two] = people.map((p) => p.fields.id_number)
      const list = Buffer.from(
        '\uFEFF' +
          [
            '2019年9月医保结算清单',
            '序号,姓名,身份证号,出院日期,医院,医院级别,总费用,合规费用,基本医保,个人自付,结算单号',
            `1,某,${one},2019-09-12,区人民医院,二级,"12,000.00",10000,7680,2400,JS-1`,
            `2,某,${two},2019/9/20,市第一医院,三级,8000,7000,4290,1800,JS-2`,
            '3,某,000000190001010009,2019-09-21,区人民医院,二级,3000,2500,1680,500,JS-3',
            `4,某,${one},2019-09-22,区人民医院,二级,,100,60,10,JS-4`,
            `5,某,${one},2019-09-23,区人民医院,二级,100,2000,60,10,JS-5`,
          ].join('\r\n') +
          '\r\n',
      )
      const before = await figures('2018-01-01', '2019-10-31')
      const dry = await clerk.call('POST', '/api/v1/imports?layout=settlement_list&name=list.csv', list)
      assert.equal(dry.status, 201, JSON.stringify(dry.json))
      const counts = (r) => [r.rows, r.accepted, r.refused, r.created, r.same, r.absent]
      assert.deepEqual(counts(dry.json), [5, 2, 2, 2, 0, 1])
      assert.deepEqual(
        dry.json.absent_rows.map((a) => [a.row, a.key]),
        [[5, '000000190001010009']],
      )
      assert.deepEqual(
        dry.json.errors.map((e) => [e.row, e.column]),
        [
          [6, '总费用'],
          [7, '合规费用'],
        ],
      )
      assert.ok(dry.json.sample.every((x) => x.fields['身份证号'].includes('*')))
      const taken = await clerk.call('POST', `/api/v1/imports/${dry.json.id}/apply`)
      assert.deepEqual(counts(taken.json), counts(dry.json))
      const after = await figures('2018-01-01', '2019-10-31')
      assert.deepEqual([after.claims - before.claims, after.claims_total - before.claims_total], [2, 2000000])
      const again = await clerk.call('POST', '/api/v1/imports?layout=settlement_list&name=list.csv', list)
      assert.deepEqual(counts(again.json), [5, 2, 2, 0, 2, 1])
      assert.equal((await clerk.call('POST', `/api/v1/imports/${dry.json.id}/undo`)).status, 200)
      assert.equal((await figures('2018-01-01', '2019-10-31')).claims, before.claims)
      const back = await clerk.call('POST', '/api/v1/imports?layout=settlement_list&name=list.csv', list)
      assert.deepEqual(counts(back.json), counts(dry.json))
      await clerk.call('POST', `/api/v1/imports/${back.json.id}/apply`)
      assert.equal((await figures('2018-01-01', '2019-10-31')).claims, before.claims + 2)
    },
    'a warning list opens clues; what the engine refuses is told of its row': async () => {
      const house = (await households('poorest'))[3]
      const person = (
        await desk.call('GET', `/api/v1/subjects/household/${house.id}/file?clear=1&reason=check`)
      ).json.children.find((c) => c.kind === 'person')
      const list = Buffer.from(
        [
          '姓名,身份证号,推送日期,事由',
          `某,${person.fields.id_number},${new Date().toISOString().slice(0, 10)},新办残疾证`,
        ].join('\n'),
      )
      const dry = await desk.call('POST', '/api/v1/imports?layout=warning_list&name=w.csv', list)
      assert.equal(dry.json.accepted, 1, JSON.stringify(dry.json))
      await desk.call('POST', `/api/v1/imports/${dry.json.id}/apply`)
      const file = await fileOf({ subject: { root: house.id } })
      assert.equal(file.events.find((e) => e.kind === 'warning').fields.channel, 'department')
      assert.ok(file.cases.some((c) => c.process === 'watch' && !c.closed))
      const premium = Buffer.from(
        ['身份证号,资助日期,出资,资助额', `${person.fields.id_number},2019-03-03,区财政,240`].join('\n'),
      )
      const once = await desk.call('POST', '/api/v1/imports?layout=premium_list&name=p.csv', premium)
      assert.equal(once.json.accepted, 1)
      const refused = (await desk.call('POST', `/api/v1/imports/${once.json.id}/apply`)).json
      assert.deepEqual([refused.accepted, refused.refused, refused.created, refused.errors[0].row], [0, 1, 0, 2])
      assert.match(refused.errors[0].zh, /一人一年只能资助一次/)
    },
    'a promise has an owner and a day, is overdue with its reason, kept by a later entry, gone with the visit':
      async () => {
        const officers = (await desk.call('GET', '/api/v1/officers?limit=500')).json.items
        const lines = (await all(desk, '/api/v1/duties?day=2019-10-31')).filter(
          (l) => l.duty === 'pairing_visits' && l.assigned,
        )
        const cadre = new Client(server, desk.contract)
        await cadre.signIn(officers.find((o) => o.id === lines[0].officer).login, 'jishi-2026')
        const [row] = await all(cadre, '/api/v1/duties/pairing_visits/subjects?day=2019-10-31&officer=me')
        const own = async (client = cadre) =>
          (await all(client, '/api/v1/follow-ups?officer=me')).filter((f) => f.name === 'promise')
        const visit = async (fields) => {
          const id = uuid()
          const r = await desk.call('PUT', `/api/v1/events/visit/${id}`, {
            subject: row.subject.id,
            on: '2019-10-30',
            fields: { way: 'home', ...fields },
          })
          return { id, r }
        }
        const without = await visit({ promised: '修大门' })
        assert.deepEqual([without.r.status, without.r.json.where], [422, 'promised_by'])
        const one = await visit({
          promised: '修大门',
          promised_by: '2019-11-10',
          promised_owner: lines[0].officer_name,
        })
        assert.equal(one.r.status, 201, JSON.stringify(one.r.json))
        const [due] = await own()
        assert.deepEqual(
          [due.id, due.what, due.due, due.state, due.owner_name, due.why],
          [one.id, '修大门', '2019-11-10', 'overdue', lines[0].officer_name, null],
        )
        assert.ok(due.late > 0)
        assert.deepEqual(await own(desk), [])
        const whole = (await all(desk, '/api/v1/follow-ups?state=all')).map((f) => `${f.id} ${f.name}`)
        const turned = []
        for (let next = ''; next !== null;) {
          const page = `/api/v1/follow-ups?state=all&limit=7${next && `&cursor=${next}`}`
          const { items, next: more } = (await desk.call('GET', page)).json
          turned.push(...items.map((f) => `${f.id} ${f.name}`))
          next = more
        }
        assert.ok(whole.some((f) => f.startsWith(one.id)))
        assert.deepEqual(turned, whole)
        const said = await cadre.call('PUT', `/api/v1/excuses/${uuid()}`, {
          duty: 'promise',
          kind: 'household',
          subject: row.subject.id,
          from: '2019-11-11',
          to: '2019-11-30',
          reason: '等木料',
        })
        assert.equal(said.status, 201, JSON.stringify(said.json))
        assert.equal((await own())[0].why, '等木料')
        const wrong = await cadre.call('PUT', `/api/v1/events/promise_kept/${uuid()}`, {
          subject: row.subject.id,
          on: '2019-11-12',
          fields: { promise: uuid(), result: '好了' },
        })
        assert.deepEqual([wrong.status, wrong.json.where], [422, 'promise'])
        const kept = uuid()
        const r = await cadre.call('PUT', `/api/v1/events/promise_kept/${kept}`, {
          subject: row.subject.id,
          on: '2019-11-12',
          fields: { promise: one.id, result: '好了' },
        })
        assert.equal(r.status, 201, JSON.stringify(r.json))
        const inFile = async () =>
          (await fileOf({ subject: { root: row.subject.root } })).follow_ups.filter((f) => f.id === one.id)
        assert.deepEqual(
          [(await own()).length, (await inFile()).map((f) => [f.state, f.done_on])],
          [0, [['done', '2019-11-12']]],
        )
        await cadre.call('DELETE', `/api/v1/events/promise_kept/${kept}`)
        assert.equal((await own()).length, 1)
        await desk.call('DELETE', `/api/v1/events/visit/${one.id}`)
        assert.deepEqual([(await own()).length, (await inFile()).length], [0, 0])
      },
    'who must be seen is due until the first visit; forecast and actual income stand side by side': async () => {
      const house = (await households('poorest'))[5]
      const person = (await fileOf({ subject: { root: house.id } })).children.find((c) => c.kind === 'person')
      const village = new Client(server, desk.contract)
      const officers = (await desk.call('GET', '/api/v1/officers?limit=500&q=cun')).json.items
      await village.signIn(officers.find((o) => o.area === house.area).login, 'jishi-2026')
      const say = async (kind, fields, on) =>
        assert.equal(
          (await village.call('PUT', `/api/v1/events/${kind}/${uuid()}`, { subject: person.id, on, fields })).status,
          201,
        )
      await say('round', { needs_visit: true, findings: '血压高' }, '2019-10-30')
      const due = async () => (await all(desk, '/api/v1/follow-ups')).filter((f) => f.subject.id === person.id)
      assert.deepEqual(
        (await due()).map((f) => [f.name, f.what, f.subject.kind]),
        [['first_visit_due', '血压高', 'person']],
      )
      await say('first_visit', { treated: true }, '2019-10-31')
      assert.deepEqual(await due(), [])
      const [loan] = await rowsOf('loans', '2015-12-01')
      const [income] = (await fileOf(loan)).follow_ups
      assert.deepEqual(
        [income.name, income.from, income.due, income.state, income.expected, income.actual],
        ['industry_income', '2017-01-01', '2017-12-31', 'done', 20000000, 9800000],
      )
    },
    'A36 the look-back draws a sample by a public seed; what visits tell is a rate with its interval': async () => {
      const [campaign] = await all(desk, '/api/v1/subjects/campaign')
      const id = uuid()
      const drawn = await desk.call('PUT', `/api/v1/samples/${id}`, {
        pack: 'antipoverty',
        plan: 'wrong_exit',
        title: '错退抽查',
        seed: '公开号码 2019-10-31',
        size: 20,
        stratified: true,
        subject: campaign.id,
      })
      assert.equal(drawn.status, 201, JSON.stringify(drawn.json))
      assert.equal(drawn.json.population, seen.lifted_households)
      const { size } = drawn.json // 20, and what a whole number of each stratum adds
      const list = await all(desk, `/api/v1/samples/${id}/subjects`)
      assert.ok(size >= 20 && size < 25 && list.length === size, `${size} ${list.length}`)
      for (const [i, x] of list.entries()) {
        const satisfied = i ? 'satisfied' : 'unsatisfied'
        const fields = { met: true, should_be_in: false, satisfied, checked_by: '孟某、颜某' }
        assert.equal((await put('sample_check', x.subject.id, fields, today())).status, 201)
      }
      const told = (await desk.call('GET', `/api/v1/samples/${id}`)).json
      const [wrong, satisfied] = told.results
      assert.deepEqual([told.visited, wrong.asked, wrong.yes, Number(wrong.rate)], [size, size, 0, 0])
      assert.ok(Number(wrong.high) > 0 && Number(wrong.high) < 0.3, wrong.high)
      assert.deepEqual([satisfied.asked, satisfied.yes], [size, size - 1])
      assert.ok(Number(satisfied.low) < Number(satisfied.rate) && Number(satisfied.rate) < Number(satisfied.high))
      const ofIt = (await desk.call('GET', `/api/v1/samples?pack=antipoverty&subject=${campaign.id}`)).json.items
      assert.deepEqual(
        ofIt.map((x) => x.title),
        ['错退抽查'],
      )
    },
    'parts of a figure add up to it': async () => {
      const r = (await desk.call('GET', '/api/v1/indicators?from=2018-01-01&to=2019-10-31')).json
      for (const name of ['households', 'premium_paid', 'milk']) {
        const i = r.items.find((x) => x.name === name)
        assert.equal(
          i.areas.reduce((sum, a) => sum + a.value, 0),
          i.value,
          name,
        )
      }
    },
    'what cannot be asked is said': async () => {
      for (const [path, where] of [
        ['indicators?from=x', 'from'],
        ['indicators?from=2019-02-02&to=2019-01-01', 'to'],
        ['indicators?pack=none', 'pack'],
        ['indicators/none/rows', 'name'],
        ['indicators/milk/rows?cursor=-4', 'cursor'],
        ['payments?cursor=x', 'cursor'],
        ['payments?from=x', 'from'],
      ]) {
        const r = await desk.call('GET', `/api/v1/${path}`)
        assert.ok(r.status >= 400 && r.status < 500, path)
        assert.equal(r.json.where, where)
      }
    },
  })
  await stopServer(server)
  const rebuilt = await runTests(`replay, ${driver}`, {
    'a replay of the journal gives the same tables': () => {
      const r = run('rebuild', place, '--check')
      assert.equal(r.code, 0, r.out + r.err)
    },
  })
  if (driver !== 'pg') dropPlace(place)
  return failed + more + rebuilt
}
