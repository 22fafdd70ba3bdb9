// A third pack that takes names of another one's rule, process, workflow, layout and role: each stays its pack's own.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jishi, root, run, runTests, today, uuid, village, openPlace, addUser } from './kit.mjs'

const names = ['packs/air', 'packs/antipoverty', 'tests/packs/flood']
const folders = names.map((p) => join(root, p))
const people = [
  ['dam', 'flood.air_clerk@370871'],
  ['air', 'air.air_clerk@370871'],
  ['leader', 'air_leader@370871'],
  ['both', 'flood.air_clerk@370871', 'air.air_clerk@370871'],
  ['boss', 'admin@370871'],
]

export async function packs(driver) {
  const { place, as, end } = await openPlace(driver, { packs: names, people })
  const bare = addUser(place, 'nobody', `air_clerk@${village}`)
  const [dam, air, both, boss] = [await as('dam'), await as('air'), await as('both'), await as('boss')]
  const reservoir = uuid(),
    shop = uuid()
  const list = (who, path) => who.call('GET', `/api/v1/${path}`).then((r) => r.json.items)

  const failed = await runTests(`packs beside each other, ${driver}`, {
    'a bare role of two packs is refused with both names; each post is its own pack’s': async () => {
      assert.equal(bare.status, 1)
      assert.match(bare.stderr, /air\.air_clerk 或 flood\.air_clerk/)
      const two = uuid()
      const [post] = (await dam.call('GET', '/api/v1/session')).json.officer.posts
      assert.deepEqual([post.role, post.pack, post.role_title.zh], ['air_clerk', 'flood', '防汛值班员'])
      const body = {
        login: 'two',
        name: '某',
        password: '一二三四五六七八九十百千',
        posts: [{ role: 'air_clerk', area: '370871' }],
      }
      const refused = await boss.call('PUT', `/api/v1/officers/${two}`, body)
      assert.deepEqual([refused.status, refused.json.where], [422, 'posts/0/role'], JSON.stringify(refused.json))
      body.posts[0].pack = 'air'
      const taken = await boss.call('PUT', `/api/v1/officers/${two}`, body)
      assert.equal(taken.status, 201, JSON.stringify(taken.json))
      assert.deepEqual(
        taken.json.posts.map((p) => [p.pack, p.role_title.zh]),
        [['air', '街道环保办']],
      )
    },
    'the finding has its own title, its case its own workflow, its officer his own steps': async () => {
      const made = await dam.call('PUT', `/api/v1/subjects/reservoir/${reservoir}`, {
        area: village,
        fields: { code: 'S1', name: '龙湖水库' },
      })
      assert.equal(made.status, 201, JSON.stringify(made.json))
      const told = await dam.call('PUT', `/api/v1/events/dam_patrol/${uuid()}`, {
        subject: reservoir,
        on: today(-1),
        fields: { time: '06:00', found: ['seepage'] },
      })
      assert.equal(told.status, 201, JSON.stringify(told.json))
      const [finding] = told.json.consequences.opened
      assert.deepEqual([finding.pack, finding.rule, finding.title.zh], ['flood', 'defects', '水库有险情'])
      const [c] = told.json.consequences.cases
      assert.deepEqual([c.pack, c.title.zh, c.state_title.zh], ['flood', '水库抢险', '险情上报'])
      const whole = (await dam.call('GET', `/api/v1/cases/${c.id}`)).json
      assert.deepEqual(
        whole.next.map((n) => [n.transition, n.may]),
        [['fix', true]],
      )
      assert.equal((await air.call('GET', `/api/v1/cases/${c.id}`)).status, 404)
      const step = (who) =>
        who.call(
          'POST',
          `/api/v1/cases/${c.id}/transitions`,
          { transition: 'fix' },
          { 'If-Match': `"${whole.version}"` },
        )
      assert.equal((await step(air)).status, 404)
      assert.equal(
        (
          await air.call('PUT', `/api/v1/events/dam_patrol/${uuid()}`, {
            subject: reservoir,
            on: today(),
            fields: { time: '00:00' },
          })
        ).status,
        403,
      )
    },
    'findings and cases are asked for by pack.name': async () => {
      await air.call('PUT', `/api/v1/subjects/source/${shop}`, {
        area: village,
        fields: { code: 'Q1', name: '某汽修厂', type: 'repair' },
      })
      const found = await air.call('PUT', `/api/v1/events/patrol/${uuid()}`, {
        subject: shop,
        on: today(),
        fields: { failed: ['carbon'], photos: 'a'.repeat(64) },
      })
      assert.equal(found.status, 201, JSON.stringify(found.json))
      assert.deepEqual(
        (await list(both, 'findings?rule=air.defects')).map((f) => [f.subject.title, f.title.zh]),
        [['某汽修厂', '有问题待整改']],
      )
      assert.deepEqual(
        (await list(both, 'findings?rule=flood.defects')).map((f) => f.subject.title),
        ['龙湖水库'],
      )
      const several = await both.call('GET', '/api/v1/findings?rule=defects')
      assert.deepEqual([several.status, several.json.where], [422, 'rule'])
      assert.equal((await both.call('GET', '/api/v1/findings?rule=snow.defects')).status, 404)
      assert.equal((await list(both, 'cases?process=remedy')).length, 2)
      assert.deepEqual(
        (await list(both, 'cases?process=flood.remedy')).map((c) => c.title.zh),
        ['水库抢险'],
      )
      assert.deepEqual(
        (await list(both, 'cases?state=air.found')).map((c) => c.title.zh),
        ['问题整改'],
      )
      const due = (await both.call('GET', '/api/v1/due')).json
      assert.deepEqual(
        due.counts.cases.map((s) => [s.pack, s.title.zh, s.n]),
        [
          ['flood', '险情上报', 1],
          ['air', '发现问题', 1],
        ],
      )
    },
    'a roster is judged by the columns of its pack’s layout': async () => {
      const file = `水库编号,水库名称,行政区划代码\nS2,青山水库,${village}\n`
      const several = await dam.call('POST', '/api/v1/imports?layout=sources&name=a.csv', file)
      assert.deepEqual([several.status, several.json.where], [422, 'layout'], JSON.stringify(several.json))
      const dry = await dam.call('POST', '/api/v1/imports?layout=flood.sources&name=a.csv', file)
      assert.deepEqual(
        [dry.json.accepted, dry.json.refused, dry.json.pack, dry.json.layout],
        [1, 0, 'flood', 'sources'],
        JSON.stringify(dry.json),
      )
      const taken = await dam.call('POST', `/api/v1/imports/${dry.json.id}/apply`)
      assert.equal(taken.json.created, 1, JSON.stringify(taken.json))
      assert.deepEqual(
        (await list(dam, 'imports')).map((i) => i.title.zh),
        ['水库名录'],
      )
      const foreign = await dam.call('POST', '/api/v1/imports?layout=air.sources&name=a.csv', file)
      assert.equal(foreign.status, 403)
      const wrong = await both.call('POST', '/api/v1/imports?layout=air.sources&name=a.csv', file)
      assert.match(wrong.json.head_fault?.zh, /没有找到/, JSON.stringify(wrong.json))
      assert.equal(wrong.json.accepted, 0)
    },
    'names that must be one over a county are told with both places': async () => {
      assert.equal(run('pack', 'check', ...folders).code, 0)
      const other = mkdtempSync(join(tmpdir(), 'jishi-clash-'))
      cpSync(folders[2], other, { recursive: true })
      for (const name of [
        'kinds/reservoir.yaml',
        'events/dam_patrol.yaml',
        'rules.yaml',
        'workflow.yaml',
        'imports.yaml',
      ]) {
        const path = join(other, name)
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll('reservoir', 'source'))
      }
      const both =
        /flood\/kinds\/reservoir\.yaml:1:7: 类型“source”在业务包 air 里已经有了（air\/kinds\/source\.yaml:1:7）/
      assert.equal(run('pack', 'check', other).code, 0)
      const checked = run('pack', 'check', folders[0], other)
      assert.equal(checked.code, 1)
      assert.match(checked.err, both)
      const empty = mkdtempSync(join(tmpdir(), 'jishi-clash-'))
      const init = run('init', empty, '--county', '370871', '--name', '某区', '--pack', folders[0], '--pack', other)
      assert.notEqual(init.code, 0)
      assert.match(init.err, both)
      rmSync(other, { recursive: true })
      rmSync(empty, { recursive: true })
    },
  })
  return failed + (await end(`packs beside each other, ${driver}`))
}
