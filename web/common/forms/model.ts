/* A form drawn from FIELDs, without a UI library: drafts are what is typed, values are what is sent. */
import type { Field, Value, Values } from '../api/types'
import { isDay, readTime } from '../format/date'
import { readDecimal } from '../format/number'
import { fenToYuan, percentToRate, rateToPercent, yuanToFen } from '../format/money'

export type Draft = Record<string, string | string[]>

export interface Fault {
  key: string
  params?: Record<string, string | number>
}

/** One thing typed → its value, unknown when empty, or why not. The key names a sentence of the message catalogue. */
export type Reading = { value: Value } | { fault: Fault }

export function draftOf(fields: Field[], values: Values = {}): Draft {
  const d: Draft = {}
  for (const f of fields) d[f.name] = draftValue(f, values[f.name])
  return d
}

/** Ticked in place of choices: none of them. */
export const NONE = '-none-'

export function draftValue(f: Field, v: Value | undefined): string | string[] {
  if (f.type === 'choices') return Array.isArray(v) ? (v.length || !f.empty_title ? [...v] : [NONE]) : []
  if (v === null || v === undefined) return ''
  if (f.type === 'money' && typeof v === 'number') return fenToYuan(v).replace(/\.00$/, '')
  if (f.type === 'rate') return rateToPercent(String(v))
  return String(v)
}

export function readOne(f: Field, typed: string | string[] | null | undefined): Reading {
  if (f.type === 'choices') {
    const list = Array.isArray(typed) ? typed : []
    if (list.includes(NONE)) return { value: [] }
    return { value: list.length ? [...list].sort() : null }
  }
  const s = (typeof typed === 'string' ? typed : '').trim()
  if (!s) return { value: null }
  switch (f.type) {
    case 'int': {
      if (!/^[+-]?\d{1,15}$/.test(s)) return { fault: { key: 'form.int' } }
      return range(f, Number(s))
    }
    case 'money': {
      const fen = yuanToFen(s)
      return fen === null ? { fault: { key: 'form.money' } } : { value: fen }
    }
    case 'rate': {
      const r = percentToRate(s)
      return r === null ? { fault: { key: 'form.rate' } } : { value: r }
    }
    case 'number': {
      const n = readDecimal(f.unit && s.endsWith(f.unit) ? s.slice(0, -f.unit.length) : s)
      if (n === null) return { fault: { key: 'form.number' } }
      const places = n.split('.')[1]?.length ?? 0
      if (f.decimals !== undefined && places > f.decimals)
        return { fault: { key: 'form.decimals', params: { n: f.decimals } } }
      return { value: n }
    }
    case 'date':
      return isDay(s) ? { value: s } : { fault: { key: 'form.date' } }
    case 'bool':
      return { value: s === 'true' }
    case 'text': {
      if (f.format === 'time') {
        const time = readTime(s)
        return time ? { value: time } : { fault: { key: 'form.time' } }
      }
      const max = typeof f.max === 'number' ? f.max : null
      if (max !== null && max > 0 && [...s].length > max) return { fault: { key: 'form.tooLong', params: { max } } }
      return { value: s }
    }
    default:
      return { value: s }
  }
}

function range(f: Field, n: number): Reading {
  const { min, max } = f
  if (typeof min === 'number' && typeof max === 'number' && min > max) return { value: n }
  if (typeof min === 'number' && n < min) return { fault: { key: 'form.min', params: { min } } }
  if (typeof max === 'number' && n > max) return { fault: { key: 'form.max', params: { max } } }
  return { value: n }
}

export interface Read {
  values: Values
  faults: Record<string, Fault>
}

/** The whole form: unknown answers are left out, for a thing made anew. */
export function readForm(fields: Field[], draft: Draft): Read {
  const out: Read = { values: {}, faults: {} }
  for (const f of fields) {
    const r = readOne(f, draft[f.name])
    if ('fault' in r) out.faults[f.name] = r.fault
    else if (r.value === null) {
      if (f.required)
        out.faults[f.name] = { key: f.type === 'choice' || f.type === 'choices' ? 'form.pick' : 'form.required' }
    } else out.values[f.name] = r.value
  }
  return out
}

const same = (a: string | string[] | undefined, b: string | string[] | undefined): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n')
    : a === b

/** Only what was touched, for a change: a masked value that nobody touched is never sent back; an emptied one becomes unknown (null). */
export function readChanges(fields: Field[], before: Draft, after: Draft): Read {
  const out: Read = { values: {}, faults: {} }
  for (const f of fields) {
    if (same(before[f.name], after[f.name])) continue
    const r = readOne(f, after[f.name])
    if ('fault' in r) out.faults[f.name] = r.fault
    else if (r.value === null && f.required) out.faults[f.name] = { key: 'form.required' }
    else out.values[f.name] = r.value
  }
  return out
}

/** Which field a refusal is about: `where` may carry a path (fields.phone, form.people). */
export function fieldAt(fields: Field[], where: string | null): string | null {
  if (!where) return null
  const names = where.split(/[.\[\]/]/).filter(Boolean)
  for (let i = names.length - 1; i >= 0; i--) if (fields.some((f) => f.name === names[i])) return names[i]!
  return null
}

/** What the last event of this kind may offer as a start: long texts and ticked lists, not amounts or states of that day. */
export function offerFrom(fields: Field[], last: Values | undefined): { draft: Draft; count: number } {
  const draft: Draft = {}
  for (const f of fields) {
    const v = last?.[f.name]
    if (v === null || v === undefined) continue
    if (f.type === 'text' || f.type === 'choices') draft[f.name] = draftValue(f, v)
  }
  return { draft, count: Object.keys(draft).length }
}
