/* Checks a receipt (docs/api.md, "Receipts") in the browser alone: form, signature, sum. */
'use strict'

const FIRST = 'jishi-receipt 1\n'

class Wrong extends Error {}
const noReceipt = () =>
  new Wrong('这不是回执的内容，请把扫到的文字原样放进来。 This is no receipt; give its text as it is.')

function unpack(text, bytes) {
  let plain
  try {
    plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  } catch {
    throw noReceipt()
  }
  if (plain.length !== bytes) throw noReceipt()
  return Uint8Array.from(plain, (c) => c.charCodeAt(0))
}

function readReceipt(given) {
  const text = given.replace(/\r\n/g, '\n').trim(),
    end = text.lastIndexOf('\n')
  if (!text.startsWith(FIRST) || end < FIRST.length) throw noReceipt()
  let figures
  try {
    figures = JSON.parse(text.slice(FIRST.length, end))
  } catch {
    throw noReceipt()
  }
  return { signed: text.slice(0, end), figures, last: text.slice(end + 1) }
}

async function checkSignature(r) {
  if (r.last === 'unsigned')
    throw new Wrong('这张回执没有签名，不能作准。 This receipt is not signed: anybody could have written it.')
  const parts = r.last.split(' ')
  if (parts.length !== 2) throw noReceipt()
  const key = unpack(parts[0], 32),
    signature = unpack(parts[1], 64)
  let own
  try {
    own = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
  } catch {
    throw new Wrong(
      '这个浏览器太旧，核对不了签名；请换一个，或用 jishi check-receipt。 ' +
        'This browser is too old to check signatures; take another, or jishi check-receipt.',
    )
  }
  if (!(await crypto.subtle.verify({ name: 'Ed25519' }, own, signature, new TextEncoder().encode(r.signed))))
    throw new Wrong('签名不符：内容被改过，或者不是这个地方出的。 The signature does not fit.')
  return Array.from(key, (b) => b.toString(16).padStart(2, '0')).join('')
}

/* Sums, products, quotients (cut off), min, max and brackets over whole numbers. */
function compute(formula, numbers) {
  const tokens = formula.match(/\d+|[A-Za-z_]\w*|[-+*/(),]|\S/g) ?? []
  let at = 0
  const take = (x) => tokens[at] === x && ++at
  const need = (x) => {
    if (!take(x)) throw new Wrong('这个算式这里算不了。 This formula cannot be computed here.')
  }
  function atom() {
    const t = tokens[at++]
    if (t === '(') {
      const v = sum()
      need(')')
      return v
    }
    if (t === '-') return -atom()
    if (/^\d+$/.test(t ?? '')) return BigInt(t)
    if (t === 'min' || t === 'max') {
      need('(')
      let v = sum()
      while (take(',')) {
        const w = sum()
        if (t === 'min' ? w < v : w > v) v = w
      }
      need(')')
      return v
    }
    if (Object.prototype.hasOwnProperty.call(numbers, t)) return BigInt(numbers[t])
    at = tokens.length + 1
    return need('')
  }
  function product() {
    let v = atom()
    for (;;) {
      if (take('*')) v *= atom()
      else if (take('/')) v /= atom()
      else return v
    }
  }
  function sum() {
    let v = product()
    for (;;) {
      if (take('+')) v += product()
      else if (take('-')) v -= product()
      else return v
    }
  }
  const v = sum()
  if (at !== tokens.length) need('')
  return v
}

const $ = (id) => document.getElementById(id)
function say(id, words, how) {
  $(id).textContent = words
  $(id).className = how
}

function showWords(figures) {
  const rows = [[figures.county, figures.form], [figures.on, ''], ...(figures.words ?? [])]
  $('words').replaceChildren(
    ...rows.map((pair) => {
      const row = document.createElement('tr')
      for (const cell of pair) row.appendChild(document.createElement('td')).textContent = String(cell)
      return row
    }),
  )
}

async function check() {
  $('words').replaceChildren()
  say('sum', '', '')
  try {
    const r = readReceipt($('given').value),
      key = await checkSignature(r),
      wanted = $('key').value.trim().toLowerCase()
    if (wanted && wanted !== key) throw new Wrong(`签名相符，但不是这把公钥的，是 ${key}。 Another key signed it.`)
    showWords(r.figures)
    say('verdict', `签名相符。 The signature fits. 公钥 key: ${key}`, 'good')
    if (!r.figures.formula) return
    const v = compute(r.figures.formula, r.figures.n)
    const fits = v === BigInt(r.figures.result)
    say(
      'sum',
      fits
        ? `按所带的数重算，金额相符：${r.figures.formula} = ${v} 分。 Computed anew, the amount fits.`
        : `金额不符：重算得 ${v} 分，回执写的是 ${r.figures.result} 分。 The amount does not fit.`,
      fits ? 'good' : 'bad',
    )
  } catch (e) {
    say('verdict', e instanceof Wrong ? e.message : String(e), 'bad')
  }
}
$('check').addEventListener('click', () => void check())
