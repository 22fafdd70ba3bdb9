// Files that are not what they say, or that would fill the memory: named, nothing changed, the server small and up.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { openPlace, runTests, seqOf } from './kit.mjs'
import { workbook, zipped } from './xlsx.mjs'

const head = ['村', '园号', '园主', '树牌', '品种']
const good = ['口头村', 'G1', '赵某某', 'g-1', '苹果']
const text = (s) => `<c t="inlineStr"><is><t>${s}</t></is></c>`
const row = (cells) => `<row>${cells.map(text).join('')}</row>`
/* The workbook's sheet with these rows in its XML, packed. */
const withRows = (data, after = '') =>
  zipped(workbook([head]), {
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${data}</sheetData>${after}</worksheet>`,
  })

export async function badFiles(driver = 'sqlite') {
  const { server, as, end } = await openPlace(driver)
  const clerk = await as('clerk')
  const send = (body, name) =>
    clerk.call('POST', `/api/v1/imports?layout=roster&name=${encodeURIComponent(name)}`, body)
  const resident = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024
  const refused = async (body, name, status, said) => {
    const before = await seqOf(clerk)
    const r = await send(body, name)
    assert.equal(r.status, status, `${name}: ${JSON.stringify(r.json)}`)
    assert.match(r.json.detail ?? r.json.title, said)
    assert.equal(await seqOf(clerk), before)
    assert.ok(resident() < 600, `${name}: ${resident()} MiB`)
  }
  const read = async (body, name) => {
    const r = await send(body, name)
    assert.equal(r.status, 201, `${name}: ${JSON.stringify(r.json)}`)
    assert.ok(resident() < 600, `${name}: ${resident()} MiB`)
    return r.json
  }
  const failed = await runTests(`bad files ${driver}`, {
    'a picture, a PDF, a document that are called a table': async () => {
      await refused(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), '名册.xlsx', 422, /图片/)
      await refused(Buffer.from('%PDF-1.7\n%\xe2\xe3', 'latin1'), '名册.xlsx', 422, /PDF/)
      await refused(Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'), '名册.xlsx', 422, /压缩包/)
      await refused(zipped(null, { 'word/document.xml': '<w/>' }), '名册.xlsx', 422, /不是|表格|Excel|另存/)
    },
    'one with a password, or in the old form, is said to be so': async () => {
      const old = Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(4096),
        Buffer.from('EncryptedPackage', 'utf16le'),
        Buffer.alloc(512),
      ])
      await refused(old, '加密.xlsx', 422, /密码/)
    },
    'a file that was cut off': async () => {
      const whole = workbook([head, good])
      await refused(whole.subarray(0, whole.length >> 1), '半.xlsx', 422, /损坏|另存/)
    },
    'entities in the XML': async () => {
      const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'A'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]>`
      const x = zipped(workbook([head]), {
        'xl/worksheets/sheet1.xml': `${bomb}<worksheet><sheetData>&b;</sheetData></worksheet>`,
      })
      await refused(x, '实体.xlsx', 422, /损坏|另存/)
    },
    'a zip that grows': async () => {
      await refused(withRows(' '.repeat(400 << 20)), '大.xlsx', 413, /太大|过大|超过/)
    },
    'formulas: their results are read, and one that was never computed is told': async () => {
      const formula = (f, v) => `<c t="str"><f>${f}</f>${v ? `<v>${v}</v>` : ''}</c>`
      const r = await read(
        withRows(
          row(head) +
            `<row>${text('口头村')}${text('G1')}${text('赵某某')}${text('g-1')}${formula('"苹"&amp;"果"', '苹果')}</row>` +
            `<row>${text('口头村')}${text('G1')}${text('赵某某')}${text('g-2')}${formula('A1', '')}</row>`,
        ),
        '公式.xlsx',
      )
      assert.equal(r.accepted, 2)
      assert.equal(r.cells[0].code, 'no_result')
    },
    'a million blank rows': async () => {
      const blank = Array.from({ length: 1_000_000 }, (_, i) => `<row r="${i + 3}" s="1" customFormat="1"/>`).join('')
      const r = await read(
        withRows(`<row r="1">${head.map(text).join('')}</row><row r="2">${good.map(text).join('')}</row>${blank}`),
        '空行.xlsx',
      )
      assert.deepEqual([r.rows, r.accepted], [1, 1])
    },
    'merges that overlap, and one over the whole sheet': async () => {
      const merges = (...refs) => `<mergeCells>${refs.map((m) => `<mergeCell ref="${m}"/>`).join('')}</mergeCells>`
      for (const m of [merges('A2:B3', 'B2:C3', 'A3:A2'), merges('A2:XFD1048576')]) {
        const r = await send(withRows(row(head) + row(good) + row(['', '', '', 'g-2', '']), m), '合并.xlsx')
        assert.ok([201, 422].includes(r.status), JSON.stringify(r.json))
        assert.ok(resident() < 600)
      }
    },
    'a sheet with 16,384 columns': async () => {
      const wide = [...head, ...Array.from({ length: 16384 - head.length }, (_, i) => `列${i}`)]
      await refused(withRows(row(wide) + row(good)), '宽.xlsx', 413, /列太多/)
    },
    'the server is up, and a good file is read': async () => {
      assert.equal((await read(workbook([head, good]), '好.xlsx')).accepted, 1)
    },
  })
  return failed + (await end(`bad files ${driver}`))
}
