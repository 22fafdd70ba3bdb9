// Forms on paper: what stands on them, for whom, what the journal keeps; receipts; tables as PDF.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addUser, openPlace, otherVillage, run, runTests, today, uuid, village } from './kit.mjs'

/** The words of a PDF, page by page, and its pages' size in millimetres. */
function read(bytes) {
  const text = spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' })
  assert.equal(text.status, 0, text.stderr)
  const info = spawnSync('pdfinfo', ['-'], { input: bytes, encoding: 'utf8' }).stdout
  const [, width, height] = /Page size: +([\d.]+) x ([\d.]+)/.exec(info)
  return {
    pages: text.stdout.split('\f').slice(0, -1),
    text: text.stdout.replace(/\s+/g, ''),
    size: [width, height].map((points) => Math.round((points / 72) * 25.4)),
  }
}

export async function prints(driver) {
  const { as, end, place, server, contract } = await openPlace(driver)
  const clerk = await as('clerk'),
    far = await as('far'),
    head = await as('head'),
    boss = await as('boss')
  const gardens = [],
    sales = []
  const path = (name, query) => `/api/v1/prints/${name}?${new URLSearchParams(query)}`
  async function get(who, name, query = {}) {
    const r = await fetch(server.url + path(name, query), {
      headers: { Authorization: `Bearer ${who.token}`, 'Accept-Language': 'zh' },
    })
    const type = r.headers.get('content-type')
    const bytes = Buffer.from(await r.arrayBuffer())
    const json = r.status === 200 ? bytes.toString('latin1') : JSON.parse(bytes)
    assert.deepEqual(contract.check('GET', path(name, query).split('?')[0], undefined, r.status, type, json), [])
    return r.status === 200 ? { status: 200, headers: r.headers, ...read(bytes) } : { status: r.status, json }
  }
  const put = async (who, path_, body) => {
    const r = await who.call('PUT', `/api/v1/${path_}`, body)
    assert.equal(r.status, 201, JSON.stringify(r.json))
  }

  const failed = await runTests(`prints, ${driver}`, {
    'one form: values, a table of the unit, empty rows, boxes, exact paper': async () => {
      for (let i = 0; i < 3; i++) {
        gardens.push(uuid())
        await put(i === 2 ? far : clerk, `subjects/garden/${gardens[i]}`, {
          area: i === 2 ? otherVillage : village,
          fields: {
            code: `00${i}`,
            owner: `园主${i}`,
            soil: i ? 'clay' : 'sand',
            phone: '13812345678',
          },
        })
      }
      await put(clerk, `subjects/tree/${uuid()}`, { parent: gardens[0], fields: { tag: 'T9', variety: '红玉' } })
      for (let k = 0; k < 3; k++) {
        sales.push(uuid())
        await put(clerk, `events/sale/${sales[k]}`, {
          subject: gardens[0],
          on: today(k - 3),
          fields: { amount: 12345 * k },
        })
      }
      const r = await get(clerk, 'card', { of: gardens[0] })
      assert.equal(r.status, 200, JSON.stringify(r.json))
      assert.match(r.headers.get('content-type'), /^application\/pdf/)
      assert.match(decodeURIComponent(r.headers.get('content-disposition')), /^inline; .*果园卡/)
      assert.deepEqual([r.size, r.pages.length], [[210, 297], 1])
      for (const words of [
        '园主0的果园',
        '济宁高新区',
        '打印人clerk某',
        '土质：沙土；有1棵树',
        '■沙土',
        '□黏土',
        'T9红玉',
      ])
        assert.ok(r.text.includes(words), `${words}: ${r.text}`)
      assert.ok(r.text.includes('只给沙土园的一段') && r.text.includes('第1页共1页'), r.text)
      // The newest two sales, numbered anew; money in yuan, by a name.
      assert.ok(r.text.includes(`1${today(-2)}123.45clerk某2${today(-1)}246.90clerk某`), r.text)
      const other = await get(clerk, 'card', { of: '001' })
      assert.ok(other.text.includes('没有卖过') && !other.text.includes('只给沙土园'), other.text)
    },
    'masked; in clear with the right and a reason; each an entry of the journal': async () => {
      const masked = await get(clerk, 'card', { of: gardens[0] })
      assert.ok(!masked.text.includes('13812345678') && masked.text.includes('****'), masked.text)
      assert.equal((await get(clerk, 'card', { of: gardens[0], clear: 1, reason: '核对' })).status, 403)
      assert.equal((await get(head, 'card', { of: gardens[0], clear: 1 })).status, 422)
      const clear = await get(head, 'card', { of: gardens[0], clear: 1, reason: '核对电话' })
      assert.ok(clear.text.includes('13812345678'), clear.text)
      assert.equal(addUser(place, 'checker', 'audit@370871').status, 0)
      const entries = (await (await as('checker')).call('GET', '/api/v1/journal?after=0&limit=500')).json.items
      const kept = entries.filter((x) => x.verb === 'export')
      assert.deepEqual([kept.length, kept.at(-1).officer_name], [4, 'head某']) // refused ones are none
    },
    'what he does not see is not there; who may see no record prints none': async () => {
      assert.equal((await get(far, 'card', { of: gardens[0] })).status, 404)
      assert.equal((await get(clerk, 'card', { of: uuid() })).status, 404)
      assert.equal((await get(boss, 'card', { of: gardens[0] })).status, 403)
      assert.equal((await get(clerk, 'nothing', { of: gardens[0] })).status, 404)
    },
    'all of an area in one file, each counted by itself': async () => {
      const all = await get(head, 'card')
      assert.equal(all.pages.length, 3)
      for (const page of all.pages) assert.match(page.replace(/\s+/g, ''), /第1页共1页/)
      assert.equal((await get(head, 'card', { area: village })).pages.length, 2)
      assert.equal((await get(far, 'card')).pages.length, 1)
    },
    'of an event, or the newest of its unit that it is for; others are told why': async () => {
      const one = await get(clerk, 'bill', { of: sales[1] })
      assert.deepEqual([one.size, one.pages.length], [[297, 210], 1])
      const none = await get(clerk, 'bill', { of: sales[0] })
      assert.deepEqual([none.status, none.json.detail], [422, '没有金额，不出回执。'])
      assert.equal((await get(clerk, 'bill', { of: gardens[0] })).status, 200)
      assert.equal((await get(clerk, 'bill')).pages.length, 2) // of the three one is for nothing
    },
    'of an area and a period': async () => {
      const r = await get(clerk, 'sold', { area: village, from: today(-2), to: today() })
      assert.ok(r.text.includes('卖果') && r.text.includes('246.90') && !r.text.includes('园主2'), r.text)
      assert.equal((await get(clerk, 'sold', { from: 'x' })).status, 422)
    },
    'a long table: its head on every page, no row torn': async () => {
      for (let k = 0; k < 60; k++)
        await put(clerk, `subjects/tree/${uuid()}`, {
          parent: gardens[1],
          fields: { tag: `树${k}`, variety: `品种${'很长'.repeat(4)}` },
        })
      const r = await get(clerk, 'card', { of: gardens[1] })
      assert.ok(r.pages.length > 1)
      for (const [i, page] of r.pages.entries()) {
        const words = page.replace(/\s+/g, '')
        assert.ok(words.includes(`第${i + 1}页共${r.pages.length}页`), words)
        if (/树\d/.test(words)) assert.ok(words.includes('树牌') && words.includes('品种'), words)
      }
      for (let k = 0; k < 60; k++) assert.ok(r.text.includes(`树${k}品种`), `${k}`)
    },
    'a ledger, a table and a list as PDF': async () => {
      const ask = (method, to, body) =>
        fetch(server.url + to, {
          method,
          headers: { Authorization: `Bearer ${head.token}`, 'Content-Type': 'application/json' },
          body: body && JSON.stringify(body),
        })
      const ledger = await ask('GET', '/api/v1/ledgers/gardens?format=pdf')
      assert.match(ledger.headers.get('content-type'), /^application\/pdf/)
      const seen = read(Buffer.from(await ledger.arrayBuffer()))
      assert.deepEqual(seen.size, [297, 210])
      assert.ok(seen.text.includes('果园台账') && seen.text.includes('园主2') && seen.text.includes('共3行'), seen.text)
      const list = await ask('GET', '/api/v1/findings?state=all&format=pdf')
      assert.deepEqual(read(Buffer.from(await list.arrayBuffer())).size, [297, 210])
      const table = await ask('POST', '/api/v1/tables', { rows: 'garden', columns: [{ what: 'owner' }], format: 'pdf' })
      assert.ok(read(Buffer.from(await table.arrayBuffer())).text.includes('园主1'))
    },
    'the command line prints the same, and checks receipts without a server': async () => {
      const folder = mkdtempSync(join(tmpdir(), 'jishi-print-'))
      try {
        const file = join(folder, 'card.pdf'),
          r = run('print', place, 'card', file, '--of', '000')
        assert.equal(r.code, 0, r.err)
        assert.ok(read(readFileSync(file)).text.includes('园主0的果园'))
        assert.notEqual(run('print', place, 'card', file, '--of', '000', '--clear').code, 0)
        assert.notEqual(run('print', place, 'nothing', file).code, 0)
        writeFileSync(join(folder, 'bad'), 'jishi-receipt 1\n{}\nunsigned')
        assert.match(run('check-receipt', join(folder, 'bad')).err, /签名/)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  })
  return failed + (await end(`prints, ${driver}`))
}
