// A small workbook, made and read: rows of texts, merges, and styles enough for an empty table with borders.
import { deflateRawSync, inflateRawSync } from 'node:zlib'

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})
const crc = (b) => {
  let c = 0xffffffff
  for (const x of b) c = table[(c ^ x) & 255] ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

function zip(parts, packed = false) {
  const files = [],
    heads = []
  let at = 0
  for (const [name, content] of Object.entries(parts)) {
    const n = Buffer.from(name),
      whole = Buffer.from(content),
      body = packed ? deflateRawSync(whole) : whole,
      local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(0x800, 6)
    local.writeUInt16LE(packed ? 8 : 0, 8)
    local.writeUInt32LE(crc(whole), 14)
    local.writeUInt32LE(body.length, 18)
    local.writeUInt32LE(whole.length, 22)
    local.writeUInt16LE(n.length, 26)
    const head = Buffer.alloc(46)
    head.writeUInt32LE(0x02014b50, 0)
    local.copy(head, 6, 4, 30)
    head.writeUInt32LE(at, 42)
    files.push(local, n, body)
    heads.push(head, n)
    at += 30 + n.length + body.length
  }
  const directory = Buffer.concat(heads),
    end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(heads.length / 2, 8)
  end.writeUInt16LE(heads.length / 2, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...files, directory, end])
}

function names(book) {
  const b = Buffer.from(book),
    found = []
  let at = b.readUInt32LE(b.lastIndexOf(Buffer.from('PK\x05\x06')) + 16)
  while (b.readUInt32LE(at) === 0x02014b50) {
    const n = b.readUInt16LE(at + 28)
    found.push(b.toString('utf8', at + 46, at + 46 + n))
    at += 46 + n + b.readUInt16LE(at + 30) + b.readUInt16LE(at + 32)
  }
  return found
}

/** The text of a part of a workbook; undefined: there is none. */
export function part(book, path) {
  const b = Buffer.from(book)
  let at = b.readUInt32LE(b.lastIndexOf(Buffer.from('PK\x05\x06')) + 16)
  while (b.readUInt32LE(at) === 0x02014b50) {
    const n = b.readUInt16LE(at + 28),
      from = b.readUInt32LE(at + 42)
    if (b.toString('utf8', at + 46, at + 46 + n) === path) {
      const start = from + 30 + b.readUInt16LE(from + 26) + b.readUInt16LE(from + 28)
      const body = b.subarray(start, start + b.readUInt32LE(at + 20))
      return (b.readUInt16LE(at + 10) ? inflateRawSync(body) : body).toString()
    }
    at += 46 + n + b.readUInt16LE(at + 30) + b.readUInt16LE(at + 32)
  }
}

/** The book (null: none) with these parts in place of its own, packed. */
export function zipped(book, parts) {
  const own = book ? Object.fromEntries(names(book).map((n) => [n, part(book, n)])) : {}
  return zip({ ...own, ...parts }, true)
}

const letter = (i) => String.fromCharCode(65 + i)
const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** Rows of texts; null: nothing there, '': an empty cell with a border. */
export function workbook(rows, merges = [], sheet = '表') {
  const cell = (v, r, c) =>
    v === null ? '' : `<c r="${letter(c)}${r}" s="1"${v === '' ? '/>' : ` t="inlineStr"><is><t>${v}</t></is></c>`}`
  const data = rows.map((row, r) => `<row r="${r + 1}">${row.map((v, c) => cell(v, r + 1, c)).join('')}</row>`).join('')
  const merged = merges.length
    ? `<mergeCells count="${merges.length}">${merges.map((m) => `<mergeCell ref="${m}"/>`).join('')}</mergeCells>`
    : ''
  return zip({
    '[Content_Types].xml':
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>' +
      '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>' +
      '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="${type}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${type}"><sheets><sheet name="${sheet}" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${type}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${type}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="2"><border/><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf borderId="1" applyBorder="1"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${data}</sheetData>${merged}</worksheet>`,
  })
}

/** "B3" → text of a sheet whose texts stand in its cells. */
export function cells(book) {
  const out = {}
  for (const [, ref, inside] of part(book, 'xl/worksheets/sheet1.xml').matchAll(
    /<c r="([A-Z]+\d+)"[^>]*?(?:\/>|>(.*?)<\/c>)/g,
  )) {
    const v = /<(?:v|t)[^>]*>([^<]*)</.exec(inside ?? '')?.[1]
    if (v) out[ref] = v
  }
  return out
}
