/* The packs as one book: everything found by name, and values turned into words. Knows no programme. */
import type { EventKind, Field, Kind, Label, MeasureKind, Officer, Packs, Rule, Value, Workflow } from '../api/types'
import { tellNumber } from '../format/number'

export function tr(label: Label | string | null | undefined, locale: string): string {
  if (!label) return ''
  if (typeof label === 'string') return label
  return (locale === 'en' ? label.en : label.zh) || label.zh || label.en || ''
}

export interface Book {
  packs: Packs
  kinds: Map<string, Kind>
  roots: Kind[]
  events: Map<string, EventKind>
  workflows: Map<string, Workflow>
  measures: Map<string, MeasureKind>
  rules: Map<string, Rule>
  imports: { name: string; title: Label }[]
  /** Kinds of events and subjects of which something is computed. */
  computed: Set<string>
}

export function makeBook(packs: Packs): Book {
  const of = <T extends { name: string }>(pick: (p: Packs['packs'][number]) => T[] | undefined) =>
    new Map(packs.packs.flatMap((p) => pick(p) ?? []).map((x) => [x.name, x]))
  const kinds = of((p) => p.kinds)
  const hasMembers = (k: Kind) => [...kinds.values()].some((c) => c.parent === k.name)
  return {
    packs,
    kinds,
    /* Those with members come first: they are what the work is about. */
    roots: [...kinds.values()].filter((k) => !k.parent).sort((a, b) => Number(hasMembers(b)) - Number(hasMembers(a))),
    events: of((p) => p.events),
    workflows: of((p) => p.workflows),
    measures: of((p) => p.measures),
    rules: of((p) => p.rules),
    imports: packs.packs.flatMap((p) => p.imports ?? []),
    computed: new Set(packs.packs.flatMap((p) => p.variables ?? []).map((v) => v.of)),
  }
}

export function children(book: Book, kind: string): Kind[] {
  return [...book.kinds.values()].filter((k) => k.parent === kind)
}

export function fieldOf(of: { fields: Field[] } | undefined, name: string): Field | undefined {
  return of?.fields.find((f) => f.name === name)
}

export function listFields(of: { list?: string[]; fields: Field[] }): Field[] {
  return (of.list ?? []).map((n) => fieldOf(of, n)).filter((f): f is Field => !!f)
}

export function hasRole(officer: Officer | null, roles: string[]): boolean {
  return !!officer && officer.posts.some((p) => roles.includes(p.role))
}

/** Comfort only: the server decides. */
export function mayRecord(officer: Officer | null, event: EventKind): boolean {
  return hasRole(officer, event.who)
}

export function mayPropose(officer: Officer | null, m: MeasureKind): boolean {
  return hasRole(officer, m.propose)
}

export interface Words {
  yes: string
  no: string
  unknown: string
  yuan: string
  and: string
}

/** A value in words; the unknown is said as such, never shown as nothing or zero. */
export function inWords(field: Field, value: Value | undefined, locale: string, w: Words): string {
  if (value === null || value === undefined || value === '') return w.unknown
  const title = (code: string) => tr(field.values?.find((c) => c.code === code)?.title, locale) || code
  switch (field.type) {
    case 'money': // masked, it is no number
      return typeof value === 'number' ? tellNumber(field, value, w.yuan) : String(value)
    case 'int':
    case 'rate':
    case 'number':
      return tellNumber(field, String(value), w.yuan)
    case 'bool':
      return value ? w.yes : w.no
    case 'choice':
      return title(String(value))
    case 'choices':
      if (Array.isArray(value) && !value.length && field.empty_title) return tr(field.empty_title, locale)
      return Array.isArray(value) ? value.map(title).join(w.and) || w.unknown : String(value)
    default:
      return String(value)
  }
}
