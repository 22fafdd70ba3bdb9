/* Parameters as things to turn: one a value, one a key of a keyed parameter. Numbers are kept whole: money in fen, rates × 10^8. */
import type { Label, Pack, ParameterValue } from '../api/types'
import { fenToYuan, money, percentToRate, rateToPercent, yuanToFen } from '../format/money'

export type Unit = 'money' | 'rate' | 'int' | 'bool' | 'text' | 'date'

export interface Knob {
  /** As the API names it: "p.monitor.line", "p.medical.rate.level1". */
  name: string
  title: Label
  key: string
  unit: Unit
  /** In force on the day asked; null: not set. */
  now: ParameterValue
  since: string | null
  reference: string | null
}

const RATE_ONE = 100_000_000

/** The parameters of a pack on a day. Scales are tried in an overlay folder, not here. */
export function knobsOf(pack: Pack, day: string): Knob[] {
  const out: Knob[] = []
  for (const p of pack.parameters ?? []) {
    const row = p.values.filter((v) => v.from <= day).at(-1)
    const base = {
      title: p.title,
      unit: p.unit,
      since: row?.from ?? null,
      reference: row?.reference ?? p.values.at(-1)?.reference ?? null,
    }
    if (p.form === 'value') out.push({ ...base, name: p.name, key: '', now: (row?.value ?? null) as ParameterValue })
    if (p.form !== 'keyed') continue
    const map = (row?.value ?? {}) as Record<string, ParameterValue>
    const keys = new Set(p.values.flatMap((v) => (v.value && typeof v.value === 'object' ? Object.keys(v.value) : [])))
    for (const key of keys) out.push({ ...base, name: `${p.name}.${key}`, key, now: map[key] ?? null })
  }
  return out
}

export const turns = (unit: Unit): boolean => unit === 'money' || unit === 'rate' || unit === 'int'

/** A value of the API as a whole number, and back. */
export function toWhole(unit: Unit, v: ParameterValue): number | null {
  if (v === null || typeof v === 'boolean') return null
  if (unit !== 'rate') return typeof v === 'number' ? v : null
  const n = Math.round(Number(v) * RATE_ONE)
  return Number.isSafeInteger(n) ? n : null
}
export function fromWhole(unit: Unit, n: number): ParameterValue {
  if (unit !== 'rate') return n
  const digits = String(Math.abs(n)).padStart(9, '0')
  const part = digits.slice(-8).replace(/0+$/, '')
  return `${n < 0 ? '-' : ''}${digits.slice(0, -8)}${part ? `.${part}` : ''}`
}

/** What is typed into the box: yuan, percent, or a whole number. */
export function boxText(unit: Unit, v: ParameterValue): string {
  if (v === null) return ''
  if (unit === 'money') return fenToYuan(Number(v)).replace(/\.00$/, '')
  return unit === 'rate' ? rateToPercent(String(v)) : String(v)
}
/** null: no such number. */
export function readBox(unit: Unit, typed: string): ParameterValue {
  if (unit === 'money') return yuanToFen(typed)
  if (unit === 'rate') return percentToRate(typed)
  return /^[+-]?\d{1,15}$/.test(typed.trim()) ? Number(typed) : null
}

/** For reading. */
export function valueInWords(
  unit: string,
  v: ParameterValue | object,
  w: { yes: string; no: string; yuan: string; notSet: string },
): string {
  if (v === null || v === undefined) return w.notSet
  if (typeof v === 'object') return JSON.stringify(v)
  if (typeof v === 'boolean') return v ? w.yes : w.no
  if (unit === 'money') return money(Number(v)) + w.yuan
  return unit === 'rate' ? `${rateToPercent(String(v))}%` : String(v)
}

export interface Range {
  min: number
  max: number
  step: number
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function round(n: number, least: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(n, least)))
  const nice = [1, 2, 5, 10].map((f) => f * ten).find((x) => x >= n) ?? ten
  return Math.max(nice, least)
}

/** From half to one and a half times today's value, in steps a person would choose; wide enough for `wish`. */
export function rangeOf(unit: Unit, now: number | null, wish: number | null): Range {
  const first = { money: 1_000_000, rate: RATE_ONE / 2, int: 20 }[unit as 'money' | 'rate' | 'int']
  const centre = now === null || now === 0 ? (wish ? Math.abs(wish) : first) : Math.abs(now)
  const least = unit === 'money' ? 100 : unit === 'rate' ? RATE_ONE / 1000 : 1
  const step = round(centre / 200, least)
  let min = Math.floor((now ? now - centre / 2 : 0) / step) * step
  let max = Math.ceil((now ? now + centre / 2 : centre * 2) / step) * step
  if (wish !== null && wish < min) min = Math.floor(wish / step) * step
  if (wish !== null && wish > max) max = Math.ceil(wish / step) * step
  return { min, max: Math.max(max, min + step), step }
}
