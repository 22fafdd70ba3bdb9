/* Yuan as people write it ↔ integer fen. By digits only: no floating point touches money. */

const DIGITS = /^([+-]?)(\d{1,14})(?:\.(\d{1,2}))?$/
const GROUPED = /^[+-]?\d{1,3}([,，]\d{3})+(\.\d{1,2})?$/

/** "1234.5", "1,234.50", "１２３４" → fen; null when it is no amount (more than two decimals, too long, letters …). */
export function yuanToFen(s: string): number | null {
  let t = s.trim().replace(/[０-９．]/g, (c) => (c === '．' ? '.' : String(c.charCodeAt(0) - 0xff10)))
  if (GROUPED.test(t)) t = t.replace(/[,，]/g, '')
  const m = DIGITS.exec(t)
  if (!m) return null
  const fen = Number(m[2]! + (m[3] ?? '').padEnd(2, '0'))
  if (!Number.isSafeInteger(fen)) return null
  return m[1] === '-' && fen !== 0 ? -fen : fen
}

/** Fen → "1234.50", as typed into a box. */
export function fenToYuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Fen → "1,234.50", for reading. */
export function money(fen: number): string {
  const [whole, part] = fenToYuan(fen).split('.') as [string, string]
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part}`
}

const RATE = /^([+-]?)(\d{1,10})(?:\.(\d{1,8}))?$/

function shift(whole: string, part: string, by: number): string {
  let digits = whole + part
  let point = whole.length + by
  if (point <= 0) {
    digits = '0'.repeat(1 - point) + digits
    point = 1
  }
  digits = digits.padEnd(point, '0')
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '')
  const right = digits.slice(point).replace(/0+$/, '')
  return right ? `${left}.${right}` : left
}

/** "65" or "65%" (percent, as people say it) → "0.65"; null when it is no rate. */
export function percentToRate(s: string): string | null {
  const m = RATE.exec(
    s
      .trim()
      .replace(/[%％]$/, '')
      .trim(),
  )
  if (!m) return null
  const out = shift(m[2]!, m[3] ?? '', -2)
  return m[1] === '-' && out !== '0' ? `-${out}` : out
}

/** "0.65" → "65" */
export function rateToPercent(s: string): string {
  const m = RATE.exec(s)
  if (!m) return s
  const out = shift(m[2]!, m[3] ?? '', 2)
  return m[1] === '-' && out !== '0' ? `-${out}` : out
}
