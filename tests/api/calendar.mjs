// Holiday notices over HTTP and by command: provisional deadlines, taking in the next notice, a later file at start.
// The program's data folder is one of the test's own, whose last notice is that of last year.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  home,
  makePlace,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  today,
  until,
  settle,
  uuid,
  village,
} from './kit.mjs'

const year = Number(today().slice(0, 4))
const noticeOf = (y, holidays = [`${y}-01-01`]) => ({ year: y, reference: `${y}年测试通知`, holidays, workdays: [] })
const asFile = (notices) => `notices: ${JSON.stringify(notices)}\n`

function makeHome() {
  const at = mkdtempSync(join(tmpdir(), 'jishi-home-'))
  mkdirSync(join(at, 'data'))
  symlinkSync(join(root, 'data/areas'), join(at, 'data/areas'))
  for (const name of ['packs', 'tests', 'web']) symlinkSync(join(root, name), join(at, name))
  return at
}

const addDays = (day, n) => new Date(Date.parse(day) + n * 86400e3).toISOString().slice(0, 10)
const isWeekday = (day) => ![0, 6].includes(new Date(day).getUTCDay())

/** The n-th weekday after a day, without those that are off. */
function workday(from, n, off = []) {
  for (let day = addDays(from, 1); ; day = addDays(day, 1))
    if (isWeekday(day) && !off.includes(day) && --n === 0) return day
}

export async function calendar(driver) {
  home.at = makeHome()
  const file = join(home.at, 'data/calendar.yaml')
  writeFileSync(file, asFile([noticeOf(year - 2), noticeOf(year - 1)]))
  const place = makePlace(driver)
  let server = await startServer(place)
  const contract = await contractOf(server)
  const clerk = await new Client(server, contract).signIn('clerk')
  let boss = await new Client(server, contract).signIn('boss')
  const garden = uuid()
  const theCase = async () => (await clerk.call('GET', `/api/v1/cases`)).json.items[0]
  const mites = async () =>
    (await clerk.call('GET', '/api/v1/findings?rule=mites_unrooted')).json.items
      .map((f) => [f.subject.title, f.provisional])
      .sort()
  let since, deadline, off
  // Two years: the case may be of the last days of one.
  const bothNotices = () =>
    [year, year + 1].map((y) =>
      noticeOf(y, [`${y}-01-01`, ...off.filter((d) => d.startsWith(`${y}`) && !d.endsWith('-01-01'))]),
    )
  const allOff = () => [...off, `${year}-01-01`, `${year + 1}-01-01`]

  const failed = await runTests(`api calendar ${driver}`, {
    'the county knows the years of the file it was made with': async () => {
      const r = await clerk.call('GET', '/api/v1/calendar')
      assert.equal(r.status, 200)
      assert.deepEqual([r.json.first, r.json.last, r.json.notices.length], [year - 2, year - 1, 2])
      assert.equal(r.json.notices[1].reference, `${year - 1}年测试通知`)
    },
    'a working-day deadline beyond them is provisional, everywhere it is shown': async () => {
      await clerk.call('PUT', `/api/v1/subjects/garden/${garden}`, {
        area: village,
        fields: { code: 'C1', owner: '某某' },
      })
      await clerk.call('PUT', `/api/v1/events/check/${uuid()}`, { subject: garden, on: today(), fields: { ill: 4 } })
      const natural = await theCase()
      assert.equal(natural.deadline_provisional, false)
      const r = await clerk.call(
        'POST',
        `/api/v1/cases/${natural.id}/transitions`,
        { transition: 'treat', form: { people: 2 } },
        { 'If-Match': `"${natural.version}"` },
      )
      assert.equal(r.status, 200, JSON.stringify(r.json))
      since = r.json.since
      deadline = workday(since, 5)
      assert.deepEqual([r.json.deadline, r.json.deadline_provisional], [deadline, true])
      assert.equal((await theCase()).deadline_provisional, true)
      const due = (await clerk.call('GET', '/api/v1/due')).json
      assert.ok([...due.overdue, ...due.soon, ...due.open].every((c) => c.deadline_provisional === true))
      const whole = (await clerk.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      assert.equal(whole.cases[0].deadline_provisional, true)
    },
    'duties that count working days say so, too': async () => {
      const lines = (await clerk.call('GET', '/api/v1/duties')).json.items
      const of = (name) => lines.filter((l) => l.duty === name).map((l) => l.provisional)
      assert.deepEqual([of('look'), of('month')], [[true], [false]])
    },
    'a finding whose rule holds by such days says so, everywhere it is shown': async () => {
      for (const [tag, planted] of [
        ['t-1', today()],
        ['t-2', `${year - 1}-03-02`],
      ])
        assert.equal(
          (
            await clerk.call('PUT', `/api/v1/subjects/tree/${uuid()}`, {
              parent: garden,
              fields: { tag, planted, pests: ['mite'] },
            })
          ).status,
          201,
        )
      const expected = [
        ['t-1', true],
        ['t-2', false],
      ]
      assert.deepEqual(await mites(), expected)
      const whole = (await clerk.call('GET', `/api/v1/subjects/garden/${garden}/file`)).json
      assert.deepEqual(
        whole.findings
          .filter((f) => f.rule === 'mites_unrooted')
          .map((f) => [f.subject.title, f.provisional])
          .sort(),
        expected,
      )
      const r = await clerk.call('POST', '/api/v1/simulations', {
        pack: 'orchard',
        list: { rule: 'mites_unrooted', which: 'matched_now' },
      })
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.deepEqual(r.json.list.items.map((i) => [i.title, i.provisional]).sort(), expected)
      const listed = run('screen', place, '--rule', 'mites_unrooted', '--list')
      assert.equal(listed.code, 0, listed.err)
      assert.deepEqual(
        listed.out
          .split('\n')
          .filter((l) => /^t-\d/.test(l))
          .map((l) => [l.slice(0, 3), /暂定$/.test(l)])
          .sort(),
        expected,
      )
    },
    'only an administrator takes a notice in': async () => {
      assert.equal((await clerk.call('POST', '/api/v1/calendar', { notices: [noticeOf(year)] })).status, 403)
      const town = {
        login: 'town',
        name: '镇管理员',
        posts: [{ role: 'admin', area: '370871003' }],
        password: 'of-the-town-1',
      }
      assert.equal((await boss.call('PUT', `/api/v1/officers/${uuid()}`, town)).status, 201)
      const his = await settle(new Client(server, contract), 'town', 'of-the-town-1')
      assert.equal((await his.call('POST', '/api/v1/calendar', { notices: [noticeOf(year)] })).status, 403)
    },
    'faults of a notice are told with their place': async () => {
      const fault = async (notices) => {
        const r = await boss.call('POST', '/api/v1/calendar', { notices })
        assert.equal(r.status, 422)
        return [r.json.where, r.json.zh]
      }
      assert.deepEqual(await fault([noticeOf(year + 1)]), [
        'notices',
        `已有${year - 2}年至${year - 1}年的放假通知，还缺${year}年的，请一并提供。`,
      ])
      assert.equal((await fault([noticeOf(year, [`${year}-01-01`, `${year - 1}-06-01`])]))[0], 'notices/0/holidays/1')
      assert.equal((await fault([{ ...noticeOf(year), workdays: [`${year}-01-01`] }]))[0], 'notices/0/workdays/0')
      assert.equal((await clerk.call('GET', '/api/v1/calendar')).json.last, year - 1)
    },
    'the command plans first, and changes nothing': async () => {
      const next = join(home.at, 'next.yaml')
      off = [workday(since, 1)]
      writeFileSync(next, asFile(bothNotices()))
      const r = run('calendar', place, next)
      assert.equal(r.code, 0, r.err)
      assert.match(r.out, /期限有变的个案：1 个/)
      assert.match(r.out, new RegExp(`期限 ${deadline} → ${workday(since, 5, allOff())}`))
      assert.equal((await clerk.call('GET', '/api/v1/calendar')).json.last, year - 1)
      const bad = join(home.at, 'bad.yaml')
      writeFileSync(bad, asFile([noticeOf(year, [`${year}-02-30`])]))
      const refused = run('calendar', place, bad)
      assert.equal(refused.code, 1)
      assert.match(refused.err, /bad\.yaml:1:\d+: 这不是日期/)
    },
    'a notice taken in moves the deadline and answers which': async () => {
      const id = uuid()
      const body = { id, notices: bothNotices() }
      const r = await boss.call('POST', '/api/v1/calendar', body)
      assert.equal(r.status, 201, JSON.stringify(r.json))
      deadline = workday(since, 5, allOff())
      assert.deepEqual(
        [r.json.last, r.json.changed, r.json.cases[0].deadline, r.json.cases[0].deadline_provisional],
        [year + 1, 1, deadline, false],
      )
      assert.equal((await theCase()).deadline, deadline)
      assert.equal((await boss.call('POST', '/api/v1/calendar', body)).status, 200)
    },
    'and makes the findings anew': async () => {
      await clerk.call('PUT', `/api/v1/events/check/${uuid()}`, { subject: garden, on: today(), fields: { ill: 4 } }) // what is due comes first
      assert.deepEqual(await mites(), [
        ['t-1', false],
        ['t-2', false],
      ])
      const rooted = workday(today(), 5, allOff())
      const { items } = (await clerk.call('GET', '/api/v1/findings?rule=mites_unrooted')).json
      assert.match(items.find((f) => f.subject.title === 't-1').message.en, new RegExp(rooted))
    },
    'a later file is taken in at start, and the log says so': async () => {
      await stopServer(server)
      writeFileSync(file, asFile([noticeOf(year - 1), noticeOf(year), noticeOf(year + 1), noticeOf(year + 2)]))
      server = await startServer(place)
      boss = await new Client(server, contract).signIn('boss')
      const r = await boss.call('GET', '/api/v1/calendar')
      assert.deepEqual([r.json.first, r.json.last], [year - 2, year + 2])
      assert.deepEqual(r.json.notices.find((n) => n.year === year).holidays, bothNotices()[0].holidays) // the county's own stays
      await stopServer(server)
      const line = server.err
        .split('\n')
        .filter((l) => l.includes('calendar_taken_in'))
        .map((l) => JSON.parse(l))
      assert.deepEqual([line.length, line[0]?.first, line[0]?.last], [1, year + 2, year + 2])
    },
    'a second server that takes over takes a later file in, too': async () => {
      const first = await startServer(place),
        second = await startServer(place)
      const its = await new Client(second, contract).signIn('boss')
      writeFileSync(file, asFile([noticeOf(year + 2), noticeOf(year + 3)]))
      first.child.kill('SIGKILL')
      await first.exited
      await until(async () => (await its.call('GET', '/api/v1/calendar')).json.last === year + 3)
      await stopServer(second)
    },
    'a replay agrees, whatever file is there': async () => {
      rmSync(file)
      const r = run('rebuild', place, '--check')
      assert.equal(r.code, 0, r.err)
    },
  })
  rmSync(home.at, { recursive: true, force: true })
  home.at = root
  dropPlace(place)
  return failed
}
