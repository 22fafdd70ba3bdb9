/* What a form asks here: fields and choices may say when (docs/pack-format.md, `applies_when`). The engine says the same when it is sent. */
import type { Field, Pack, ParameterValue, Value, Values } from '../api/types'
import { ruleBook, type Fact, type Rule } from '../rules/index'
import { draftValue, readOne, type Draft } from './model'

export interface Asking {
  pack: Pack
  /** The kind's name and what is known of the subject; absent for a subject's own form. */
  about?: { kind: string; values: Values } | null
  on: string
}

const RATE_ONE = 100_000_000n
const dayNumber = (s: string): bigint => BigInt(Math.floor(Date.parse(`${s}T00:00:00Z`) / 86_400_000))

function decimalOf(s: string): bigint {
  const m = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(s)
  if (!m) return 0n
  const n = BigInt(m[2]!) * RATE_ONE + BigInt((m[3] ?? '').padEnd(8, '0') || '0')
  return m[1] ? -n : n
}

function factOf(type: string, v: Value | ParameterValue | undefined): Fact | undefined {
  if (v === null || v === undefined) return undefined
  if (type === 'rate' || type === 'number') return decimalOf(String(v))
  if (type === 'date') return dayNumber(String(v))
  if (typeof v === 'number') return BigInt(Math.trunc(v))
  return v as Fact
}

function recordOf(fields: Field[], values: Values): { [name: string]: Fact } {
  const out: { [name: string]: Fact } = {}
  for (const f of fields) {
    const x = factOf(f.type, values[f.name])
    if (x !== undefined) out[f.name] = x
  }
  return out
}

function factsOf(fields: Field[], draft: Draft): { [name: string]: Fact } {
  const facts: { [name: string]: Fact } = {}
  for (const f of fields) {
    const r = readOne(f, draft[f.name])
    const x = 'value' in r ? factOf(f.type, r.value) : undefined
    if (x !== undefined) facts[f.name] = x
  }
  return facts
}

const sourcesOf = (fields: Field[]): string[] =>
  fields
    .flatMap((f) => [f.applies_when, ...(f.values ?? []).map((c) => c.applies_when)])
    .filter((s): s is string => !!s)

/* Compiled once a form: names are the same as long as its fields are. */
const compiled = new WeakMap<Field[], Map<string, Rule>>()
function rulesOf(fields: Field[], names: string[]): Map<string, Rule> {
  let rules = compiled.get(fields)
  if (rules) return rules
  const book = ruleBook(names)
  rules = new Map()
  for (const source of sourcesOf(fields)) if (!rules.has(source)) rules.set(source, book.compile(source))
  compiled.set(fields, rules)
  return rules
}

/** The fields as they are asked now: those not asked are gone, and of the others the choices that do not apply. */
export function applicableFields(fields: Field[], draft: Draft, asking: Asking | null): Field[] {
  const open = fields.filter((f) => !f.filled)
  const dated = open.some((f) => f.values?.some((c) => c.from || c.to))
  if (!asking || (!dated && !sourcesOf(open).length)) return open
  const facts = factsOf(fields, draft)
  const names = fields.map((f) => f.name)
  const parameters = asking.pack.parameters ?? []
  for (const p of parameters) {
    names.push(p.name)
    const row = p.values.filter((v) => v.from <= asking.on).at(-1)
    const x = p.form === 'value' && row ? factOf(p.type, row.value as ParameterValue) : undefined
    if (x !== undefined) facts[p.name] = x
  }
  if (asking.about) {
    const kind = asking.pack.kinds.find((k) => k.name === asking.about!.kind)
    names.push('on', asking.about.kind)
    facts.on = dayNumber(asking.on)
    facts[asking.about.kind] = recordOf(kind?.fields ?? [], asking.about.values)
  }
  const rules = rulesOf(fields, names)
  const today = Number(dayNumber(asking.on))
  /* A field waits until it can be told that it is asked; a choice is offered unless it can be told that it is not. */
  const holds = (source: string | undefined, unknown: boolean): boolean => {
    const a = source ? rules.get(source)?.evaluate(facts, today) : undefined
    return !a || ('value' in a ? a.value !== false : unknown)
  }
  return open
    .filter((f) => holds(f.applies_when, false))
    .map((f) =>
      f.values?.some((c) => c.applies_when || c.from || c.to)
        ? {
            ...f,
            values: f.values.filter(
              (c) => (!c.from || c.from <= asking.on) && (!c.to || asking.on <= c.to) && holds(c.applies_when, true),
            ),
          }
        : f,
    )
}

const dayText = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10)

/** What the engine would fill in of a subject's own form (`filled_from`), as it is typed; the engine says the same when it is sent. */
export function filledIn(fields: Field[], draft: Draft, on: string): Draft {
  const filled: Draft = {}
  const asked = fields.filter((f) => f.filled_from && !f.owned)
  if (!asked.length) return filled
  const facts = factsOf(fields, draft)
  const book = ruleBook(fields.map((f) => f.name))
  for (const f of asked) {
    const rest = { ...facts }
    delete rest[f.name]
    const a = book.compile(f.filled_from!).evaluate(rest, Number(dayNumber(on)))
    if (!('value' in a) || a.value === null || a.value === undefined) continue
    if (f.type === 'date') filled[f.name] = dayText(Number(a.value))
    else if (f.type === 'choice' || f.type === 'text' || f.type === 'int' || f.type === 'bool')
      filled[f.name] = draftValue(f, f.type === 'int' ? Number(a.value) : (a.value as Value))
  }
  return filled
}
