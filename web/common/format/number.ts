/* Numbers as people read and write them: money in yuan, a share in percent, anything else with its unit. */
import { money, rateToPercent } from './money'

/** How a number is told: its type, and the unit and decimals that the pack declares. */
export interface Told {
  type: string
  unit?: string
  decimals?: number
}

/** Letters stand apart from the digits; 米, ℃ and % do not. */
export function withUnit(digits: string, unit: string | undefined): string {
  if (!unit) return digits
  return /^[%°]|^[\u2000-\uffff]/.test(unit) ? digits + unit : `${digits} ${unit}`
}

const DECIMAL = /^([+-]?)(\d{1,12})(?:\.(\d{1,8}))?$/

/** The digits of a decimal with exactly so many decimals, rounded half away from zero; without `decimals` as they are. */
export function decimals(digits: string, decimals: number | undefined): string {
  const m = DECIMAL.exec(digits)
  if (!m || decimals === undefined) return digits
  const part = m[3] ?? ''
  let n = BigInt(m[2]! + part.slice(0, decimals).padEnd(decimals, '0'))
  if (part.length > decimals && part[decimals]! >= '5') n += 1n
  const all = String(n).padStart(decimals + 1, '0')
  const whole = all.slice(0, all.length - decimals)
  return `${m[1] === '-' && n ? '-' : ''}${decimals ? `${whole}.${all.slice(-decimals)}` : whole}`
}

/** "81.4", "1,234.5", "８１．４" → "81.4"; null when it is no number or has more than eight decimals. */
export function readDecimal(typed: string): string | null {
  let s = typed.trim().replace(/[０-９．－]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(s)) s = s.replaceAll(',', '')
  const m = DECIMAL.exec(s)
  if (!m) return null
  const part = (m[3] ?? '').replace(/0+$/, '')
  const whole = m[2]!.replace(/^0+(?=\d)/, '')
  const zero = /^0*$/.test(whole + part)
  return `${m[1] === '-' && !zero ? '-' : ''}${whole}${part ? `.${part}` : ''}`
}

export function tellNumber(of: Told, value: number | string, yuan: string): string {
  if (of.type === 'money') return money(Number(value)) + yuan
  if (of.type === 'rate') return `${decimals(rateToPercent(String(value)), of.decimals)}%`
  return withUnit(of.type === 'number' ? decimals(String(value), of.decimals) : String(value), of.unit)
}
