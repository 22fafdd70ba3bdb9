import type { EventKind, Field, Kind, Label, TableColumnAsked } from '@common/api/types'
import type { Book } from '@common/packs/book'

/* What a table can be made of, by what its rows are: for who chooses with the mouse. */

export type PartType = 'text' | 'int' | 'money' | 'rate' | 'number' | 'date' | 'bool' | 'choice' | 'choices'
export interface Part {
  id: string
  title: string
  /** The heading it stands under. */
  group: string
  type: PartType
  column: TableColumnAsked
  /** How it is written in CEL; none: it stands in no condition. */
  cel?: string
  /** How one writes that it is not known. */
  missing?: string
  field?: Field
  /** Lines can be made of it. */
  key: boolean
}
export interface Rows {
  name: string
  title: string
  kind: Kind
  event?: EventKind
}
interface Telling {
  t: (key: string, x?: Record<string, unknown>) => string
  tr: (l: Label | string | null | undefined) => string
}

/** Kinds and events whose records the officer sees, by the title of their pack. */
export function rowsOf(book: Book, sees: string[], w: Telling): { title: string; items: Rows[] }[] {
  return book.packs.packs
    .map((p) => {
      const kinds = p.kinds.filter((k) => sees.includes(k.name))
      const events = p.events.filter((e) => kinds.some((k) => k.name === e.about))
      return {
        title: w.tr(p.title),
        items: [
          ...kinds.map((k) => ({ name: k.name, title: w.tr(k.title), kind: k })),
          ...events.map((e) => ({
            name: e.name,
            title: `${w.tr(e.title)}${w.t('maker.ofKind', { what: w.tr(kinds.find((k) => k.name === e.about)!.title) })}`,
            kind: kinds.find((k) => k.name === e.about)!,
            event: e,
          })),
        ],
      }
    })
    .filter((g) => g.items.length)
}

const keyTypes = ['bool', 'choice', 'choices', 'date', 'int']
/** A text makes lines where it is short and said of many: no name, number or remark. */
const isKey = (f: Field): boolean =>
  f.privacy === 'open' &&
  (keyTypes.includes(f.type) || (f.type === 'text' && (f.format === 'zone' || f.format === 'officer' || !!f.of)))

function fieldPart(f: Field, group: string, prefix: string, w: Telling): Part {
  const name = `${prefix}${f.name}`
  const open = f.privacy === 'open'
  return {
    id: `what:${name}`,
    title: w.tr(f.title),
    group,
    type: f.type as PartType,
    column: { what: name },
    field: f,
    key: isKey(f),
    ...(open ? { cel: name, missing: prefix ? `!has(${name})` : `!known(${name})` } : {}),
  }
}

function places(rows: Rows, w: Telling): Part[] {
  const words = [
    'area',
    'town',
    ...(rows.event
      ? ['title', 'root', 'day', 'officer', 'recorded']
      : ['title', ...(rows.kind.parent ? ['root'] : [])]),
    ...(!rows.event && !rows.kind.parent ? ['colour'] : []),
    'code',
    'number',
  ]
  return words.map((x) => ({
    id: `shows:${x}`,
    title: w.t(`maker.shows.${x}`),
    group: w.t('maker.places'),
    type: x === 'day' ? 'date' : x === 'number' ? 'int' : 'text',
    column: { shows: x },
    key: ['area', 'town', 'colour', 'day', 'officer'].includes(x),
    ...(x === 'day' ? { cel: 'on' } : {}),
  }))
}

/** All there is to choose from, in the order in which it is offered. */
export function partsOf(book: Book, rows: Rows, w: Telling): Part[] {
  const pack = book.packs.packs.find((p) => p.kinds.includes(rows.kind))!
  const own = rows.event ?? rows.kind
  const above = rows.event ? rows.kind : rows.kind.parent ? book.kinds.get(rows.kind.parent) : undefined
  const computed = [
    ...pack.variables.filter((v) => v.of === own.name),
    ...(rows.event ? [] : pack.aggregates.filter((a) => a.of === own.name)),
  ]
  const counted = rows.event
    ? []
    : pack.events.filter((e) => e.about === rows.kind.name || book.kinds.get(e.about)?.parent === rows.kind.name)
  return [
    ...places(rows, w),
    ...own.fields.map((f) => fieldPart(f, w.tr(own.title), '', w)),
    ...(above ? above.fields.map((f) => fieldPart(f, w.tr(above.title), `${above.name}.`, w)) : []),
    ...computed.map((v): Part => ({
      id: `what:${v.name}`,
      title: w.tr(v.title),
      group: w.t('maker.computed'),
      type: v.type as PartType,
      column: { what: v.name },
      cel: v.name,
      missing: `!known(${v.name})`,
      key: v.type === 'bool' || v.type === 'date',
    })),
    ...counted.map((e): Part => ({
      id: `counts:${e.name}`,
      title: w.t('maker.times', { what: w.tr(e.title) }),
      group: w.t('maker.counted'),
      type: 'int',
      column: { counts: e.name },
      key: false,
    })),
    ...counted.flatMap((e) =>
      e.fields
        .filter((f) => ['int', 'money', 'number', 'rate'].includes(f.type) && f.privacy === 'open')
        .map((f): Part => ({
          id: `sums:${e.name}.${f.name}`,
          title: `${w.tr(e.title)}：${w.tr(f.title)}`,
          group: w.t('maker.counted'),
          type: f.type as PartType,
          column: { counts: e.name, sum: f.name, title: `${w.tr(e.title)}：${w.tr(f.title)}` },
          key: false,
        })),
    ),
  ]
}

export const isNumber = (p: Part): boolean => ['int', 'money', 'rate', 'number'].includes(p.type)

/* ---- what a group comes to ---- */

export interface Measure {
  id: string
  title: string
  group: string
  column: TableColumnAsked
}

export function measuresOf(parts: Part[], w: Telling): Measure[] {
  const rows = w.t('maker.ofRows')
  const plain = (make: TableColumnAsked['make']): Measure => ({
    id: `${make}`,
    title: w.t(`maker.make.${make}`),
    group: rows,
    column: { make },
  })
  const made = (p: Part, make: TableColumnAsked['make']): Measure => {
    const title = w.t(`maker.of.${make}`, { what: p.title })
    return { id: `${make}:${p.id}`, title, group: p.group, column: { ...p.column, make, title } }
  }
  const makes = (p: Part): TableColumnAsked['make'][] =>
    p.type === 'date' && p.cel
      ? ['min', 'max']
      : p.id.startsWith('counts:') || p.id.startsWith('sums:')
        ? ['sum', 'mean', 'max']
        : ['sum', 'mean', 'min', 'max', 'share', 'unknown']
  const open = (p: Part) => (isNumber(p) || p.type === 'date') && p.id !== 'shows:number' && p.id !== 'shows:day'
  return [
    plain('count'),
    plain('share'),
    plain('row_share'),
    ...parts
      .filter((p) => p.type === 'bool' && p.cel)
      .flatMap((p): Measure[] => {
        const yes = w.t('maker.of.yes', { what: p.title })
        const share = w.t('maker.of.yesShare', { what: p.title })
        return [
          { id: `yes:${p.id}`, title: yes, group: p.group, column: { make: 'count', where: p.cel, title: yes } },
          {
            id: `yesShare:${p.id}`,
            title: share,
            group: p.group,
            column: { make: 'share', where: p.cel, title: share },
          },
        ]
      }),
    ...parts
      .filter((p) => open(p) && (!p.field || p.field.privacy === 'open'))
      .flatMap((p) => makes(p).map((m) => made(p, m))),
  ]
}

/* ---- conditions ---- */

export interface Condition {
  part: string
  op: string
  /** One value, or choices. */
  value: string | string[]
}

export function opsOf(p: Part): string[] {
  const known = p.missing ? ['known', 'unknown'] : []
  if (p.type === 'choice') return ['in', 'notIn', ...known]
  if (p.type === 'choices') return ['has', ...known]
  if (p.type === 'bool') return ['yes', 'no', ...known]
  if (p.type === 'text') return ['is', 'contains', ...known]
  return ['least', 'most', 'is', ...known]
}

const quoted = (s: string) => `"${s.replace(/[\\"]/g, '\\$&')}"`
function literal(p: Part, s: string): string {
  if (p.type === 'money') return `yuan(${quoted(s)})`
  if (p.type === 'rate') return `rate(${quoted(String(Number((Number(s) / 100).toFixed(8))))})`
  if (p.type === 'number') return `number(${quoted(s)})`
  if (p.type === 'date') return `date(${quoted(s)})`
  return p.type === 'int' ? s : quoted(s)
}

/** Empty while it is not yet said in full. */
export function conditionInCel(p: Part, c: Condition): string {
  const many = Array.isArray(c.value) ? c.value : []
  const one = Array.isArray(c.value) ? '' : c.value.trim()
  switch (c.op) {
    case 'yes':
      return p.cel!
    case 'no':
      return `!(${p.cel})`
    case 'known':
      return `!(${p.missing})`
    case 'unknown':
      return p.missing!
    case 'in':
      return many.map((v) => `${p.cel} == ${quoted(v)}`).join(' || ')
    case 'notIn':
      return many.map((v) => `${p.cel} != ${quoted(v)}`).join(' && ')
    case 'has':
      return many.map((v) => `${quoted(v)} in ${p.cel}`).join(' || ')
    case 'contains':
      return one && `${p.cel}.contains(${quoted(one)})`
    case 'least':
      return one && `${p.cel} >= ${literal(p, one)}`
    case 'most':
      return one && `${p.cel} <= ${literal(p, one)}`
    default:
      return one && `${p.cel} == ${literal(p, one)}`
  }
}

/** What a choice is called where a condition offers it. */
export const choicesOf = (p: Part) => p.field?.values ?? []
