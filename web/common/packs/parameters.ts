/* Parameters as things to turn: one a value, one a key of a keyed parameter. Numbers are kept whole: money in fen, decimals × 10^8. */
import type { Label, Pack, ParameterType, ParameterValue } from '../api/types'
import { fenToYuan, percentToRate, rateToPercent, yuanToFen } from '../format/money'
import { readDecimal, tellNumber, type Told } from '../format/number'

export interface Knob {
  /** As the API names it: "p.monitor.line", "p.medical.rate.level1". */
  name: string
  title: Label
  key: string
  type: ParameterType
  /** Behind a number. */
  unit?: string
  decimals?: number
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
      type: p.type,
      unit: p.unit,
      decimals: p.decimals,
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

const isDecimal = (type: ParameterType): boolean => type === 'rate' || type === 'number'
export const turns = (type: ParameterType): boolean => type === 'int' || type === 'money' || isDecimal(type)

/** A value of the API as a whole number, and back. */
export function toWhole(type: ParameterType, v: ParameterValue): number | null {
  if (v === null || typeof v === 'boolean') return null
  if (!isDecimal(type)) return typeof v === 'number' ? v : null
  const n = Math.round(Number(v) * RATE_ONE)
  return Number.isSafeInteger(n) ? n : null
}
export function fromWhole(type: ParameterType, n: number): ParameterValue {
  if (!isDecimal(type)) return n
  const digits = String(Math.abs(n)).padStart(9, '0')
  const part = digits.slice(-8).replace(/0+$/, '')
  return `${n < 0 ? '-' : ''}${digits.slice(0, -8)}${part ? `.${part}` : ''}`
}

/** What is typed into the box: yuan, percent, or a number. */
export function boxText(type: ParameterType, v: ParameterValue): string {
  if (v === null) return ''
  if (type === 'money') return fenToYuan(Number(v)).replace(/\.00$/, '')
  return type === 'rate' ? rateToPercent(String(v)) : String(v)
}
/** null: no such number. */
export function readBox(type: ParameterType, typed: string): ParameterValue {
  if (type === 'money') return yuanToFen(typed)
  if (type === 'rate') return percentToRate(typed)
  if (type === 'number') return readDecimal(typed)
  return /^[+-]?\d{1,15}$/.test(typed.trim()) ? Number(typed) : null
}

/** For reading. */
export function valueInWords(
  of: Told,
  v: ParameterValue | object,
  w: { yes: string; no: string; yuan: string; notSet: string },
): string {
  if (v === null || v === undefined) return w.notSet
  if (typeof v === 'object') return JSON.stringify(v)
  if (typeof v === 'boolean') return v ? w.yes : w.no
  return of.type === 'text' || of.type === 'date' ? String(v) : tellNumber(of, v, w.yuan)
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
export function rangeOf(type: ParameterType, now: number | null, wish: number | null): Range {
  const first =
    { money: 1_000_000, rate: RATE_ONE / 2, number: RATE_ONE * 100 }[type as 'money' | 'rate' | 'number'] ?? 20
  const centre = now === null || now === 0 ? (wish ? Math.abs(wish) : first) : Math.abs(now)
  const least = type === 'money' ? 100 : isDecimal(type) ? RATE_ONE / 1000 : 1
  const step = round(centre / 200, least)
  let min = Math.floor((now ? now - centre / 2 : 0) / step) * step
  let max = Math.ceil((now ? now + centre / 2 : centre * 2) / step) * step
  if (wish !== null && wish < min) min = Math.floor(wish / step) * step
  if (wish !== null && wish > max) max = Math.ceil(wish / step) * step
  return { min, max: Math.max(max, min + step), step }
}
