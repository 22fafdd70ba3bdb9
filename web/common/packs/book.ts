/* The packs as one book: everything found by name, and values turned into words. Knows no programme. */
import type {
  EventKind,
  Field,
  ImportLayout,
  Kind,
  Label,
  MeasureKind,
  Officer,
  Packs,
  Rule,
  Value,
  Workflow,
} from '../api/types'
import { tellNumber } from '../format/number'

export function tr(label: Label | string | null | undefined, locale: string): string {
  if (!label) return ''
  if (typeof label === 'string') return label
  return (locale === 'en' ? label.en : label.zh) || label.zh || label.en || ''
}

/** What a pack has, and which pack: rules, workflows, layouts and roles of two packs may be called alike. */
export type Own<T> = T & { pack: string }

export interface Book {
  packs: Packs
  kinds: Map<string, Kind>
  roots: Kind[]
  events: Map<string, Own<EventKind>>
  measures: Map<string, Own<MeasureKind>>
  workflows: Own<Workflow>[]
  rules: Own<Rule>[]
  imports: Own<ImportLayout>[]
  /** Kinds of events and subjects of which something is computed. */
  computed: Set<string>
}

/** `sees`: the kinds that the officer sees; packs of which he sees none are left out. */
export function makeBook(told: Packs, sees?: string[]): Book {
  const seen = (k: Kind) => !sees || sees.includes(k.name)
  const packs = { ...told, packs: told.packs.filter((p) => p.kinds.some(seen)) }
  const all = <T>(pick: (p: Packs['packs'][number]) => T[] | undefined): Own<T>[] =>
    packs.packs.flatMap((p) => (pick(p) ?? []).map((x) => ({ ...x, pack: p.name })))
  const of = <T extends { name: string }>(pick: (p: Packs['packs'][number]) => T[] | undefined) =>
    new Map(all(pick).map((x) => [x.name, x]))
  const kinds = of((p) => p.kinds)
  const hasMembers = (k: Kind) => [...kinds.values()].some((c) => c.parent === k.name)
  return {
    packs,
    kinds,
    /* Those with members come first: they are what the work is about. */
    roots: [...kinds.values()]
      .filter((k) => !k.parent && seen(k))
      .sort((a, b) => Number(hasMembers(b)) - Number(hasMembers(a))),
    events: of((p) => p.events),
    measures: of((p) => p.measures),
    workflows: all((p) => p.workflows),
    rules: all((p) => p.rules),
    imports: all((p) => p.imports),
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

export function hasRole(officer: Officer | null, pack: string, roles: string[]): boolean {
  return !!officer && officer.posts.some((p) => p.pack === pack && roles.includes(p.role))
}

/** Told apart by the pack's title where two packs have a name in words alike. */
export function ownTitles<T extends { title: Label }>(book: Book, items: Own<T>[], locale: string): string[] {
  const plain = items.map((x) => tr(x.title, locale))
  const packTitle = (name: string) => tr(book.packs.packs.find((p) => p.name === name)?.title, locale)
  return items.map((x, i) =>
    plain.some((s, k) => k !== i && s === plain[i]) ? `${plain[i]} · ${packTitle(x.pack)}` : plain[i]!,
  )
}

/** Comfort only: the server decides. */
export function mayRecord(officer: Officer | null, event: Own<EventKind>): boolean {
  return hasRole(officer, event.pack, event.who)
}

export function mayPropose(officer: Officer | null, m: Own<MeasureKind>): boolean {
  return hasRole(officer, m.pack, m.propose)
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
