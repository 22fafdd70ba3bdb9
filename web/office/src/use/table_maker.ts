import type { TableAsked, TableColumnAsked } from '@common/api/types'
import {
  isNumber,
  measuresOf,
  partsOf,
  rowsOf,
  conditionInCel,
  type Condition,
  type Measure,
  type Part,
} from './table_parts'
import { computed, ref, watch } from 'vue'
import { useSession } from '../stores/session'
import { useWords } from './words'

export type Step = NonNullable<TableColumnAsked['step']>
/** '' is all time; 'own' the two days. */
export type Period = '' | 'month' | 'lastMonth' | 'quarter' | 'year' | 'own'
export const periods: Period[] = ['', 'month', 'lastMonth', 'quarter', 'year', 'own']
export const steps: Step[] = ['month', 'quarter', 'year', 'week', 'day']

const pad = (n: number) => String(n).padStart(2, '0')

/** First and last day, as of today. */
export function daysOf(p: Period, today: string): [string, string] | null {
  const year = Number(today.slice(0, 4))
  const month = Number(today.slice(5, 7))
  if (p === 'month') return [`${today.slice(0, 8)}01`, today]
  if (p === 'quarter') return [`${year}-${pad(month - ((month - 1) % 3))}-01`, today]
  if (p === 'year') return [`${year}-01-01`, today]
  if (p !== 'lastMonth') return null
  const [y, m] = month === 1 ? [year - 1, 12] : [year, month - 1]
  return [`${y}-${pad(m)}-01`, `${y}-${pad(m)}-${pad(new Date(Date.UTC(y, m, 0)).getUTCDate())}`]
}

/** A table while it is being made: what was chosen, and what is therefore asked. */
export function useTableMaker() {
  const { t, tr, book } = useWords()
  const session = useSession()
  const words = { t: (key: string, x?: Record<string, unknown>) => t(key, x ?? {}), tr }
  const today = book.value.packs.today

  const choices = computed(() => rowsOf(book.value, session.officer?.sees ?? [], words))
  const all = computed(() => choices.value.flatMap((g) => g.items))
  /* What most rules are about is what the work is about. */
  const rules = (kind: string) => book.value.rules.filter((r) => r.of === kind).length
  const first = book.value.roots
    .filter((k) => all.value.some((r) => r.name === k.name))
    .sort((a, b) => rules(b.name) - rules(a.name))[0]?.name
  const rowsName = ref(first ?? all.value[0]?.name ?? '')
  const rows = computed(() => all.value.find((r) => r.name === rowsName.value))
  const parts = computed(() => (rows.value ? partsOf(book.value, rows.value, words) : []))
  const measures = computed(() => measuresOf(parts.value, words))
  const part = (id: string): Part | undefined => parts.value.find((p) => p.id === id)
  const measure = (id: string): Measure | undefined => measures.value.find((m) => m.id === id)

  const summary = ref(false)
  const columns = ref<string[]>([])
  const groups = ref<string[]>([])
  const across = ref('')
  const made = ref<string[]>([])
  const step = ref<Step>('month')
  const subtotals = ref(false)
  const totals = ref(true)
  const allAreas = ref(true)
  const conditions = ref<Condition[]>([])
  const cel = ref('')
  const area = ref('')
  const period = ref<Period>('')
  const days = ref<[string, string] | null>(null)
  const asOf = ref('')
  const sort = ref('')
  const falling = ref(false)
  const title = ref('')

  /** What one looks at first: the name, the village and the columns of the list. */
  function begin(): void {
    const own = rows.value?.event ?? rows.value?.kind
    const names = own ? [...('label' in own ? [own.label] : []), ...(own.list ?? [])] : []
    columns.value = [
      ...(rows.value?.event ? ['shows:day', 'shows:title'] : []),
      'shows:area',
      ...names.map((n) => `what:${n}`),
    ].filter((id, i, list) => part(id) && list.indexOf(id) === i)
    groups.value = ['shows:area']
    made.value = ['count']
    across.value = sort.value = cel.value = title.value = asOf.value = ''
    conditions.value = []
    subtotals.value = falling.value = false
    totals.value = allAreas.value = true
    period.value = rows.value?.event ? 'month' : ''
  }
  watch(rowsName, begin, { immediate: true })

  const keyed = (id: string): TableColumnAsked => {
    const p = part(id)!
    return p.type === 'date' ? { ...p.column, step: step.value } : p.column
  }
  const byDay = computed(() => [...groups.value, across.value].some((id) => part(id)?.type === 'date'))
  const usesPeriod = computed(
    () =>
      !!rows.value?.event ||
      (summary.value ? made.value.map((id) => measure(id)?.column) : columns.value.map((id) => part(id)?.column)).some(
        (c) => c?.counts,
      ),
  )
  const filter = computed(() =>
    [
      ...conditions.value.map((c) => {
        const p = part(c.part)
        return p ? conditionInCel(p, c) : ''
      }),
      cel.value.trim(),
    ]
      .filter(Boolean)
      .map((x) => `(${x})`)
      .join(' && '),
  )
  /** What may be sorted by, each with the number the server knows it by. */
  const sortable = computed(() =>
    summary.value
      ? [
          ...groups.value.map((id, i) => ({ id, n: i + 1, title: part(id)?.title ?? '' })),
          ...made.value.map((id, i) => ({
            id,
            n: groups.value.length + (across.value ? 1 : 0) + i + 1,
            title: measure(id)?.title ?? '',
          })),
        ]
      : columns.value.map((id, i) => ({ id, n: i + 1, title: part(id)?.title ?? '' })),
  )
  const range = computed(() => (period.value === 'own' ? days.value : daysOf(period.value, today)))
  const usualTitle = computed(() => {
    const what = rows.value?.title ?? ''
    if (!summary.value) return what
    const by = [...groups.value, ...(across.value ? [across.value] : [])].map((id) => part(id)?.title ?? '')
    return t('maker.usualTitle', { what, by: by.join(' × ') })
  })

  const byAreas = computed(
    () => groups.value.length > 0 && groups.value.every((id) => id === 'shows:area' || id === 'shows:town'),
  )
  /** null: there is nothing to ask for yet. */
  const asked = computed<TableAsked | null>(() => {
    const chosen = summary.value
      ? made.value.map((id) => measure(id)?.column)
      : columns.value.map((id) => part(id)?.column)
    const known = chosen.filter((c): c is TableColumnAsked => !!c)
    if (!rows.value || !known.length || (summary.value && !groups.value.length && !across.value)) return null
    const by = sortable.value.find((s) => s.id === sort.value)
    return {
      rows: rows.value.name,
      title: title.value.trim() || usualTitle.value,
      columns: known,
      ...(summary.value
        ? {
            ...(groups.value.length ? { group_by: groups.value.map(keyed) } : {}),
            ...(across.value ? { pivot: keyed(across.value) } : {}),
            ...(subtotals.value && groups.value.length > 1 ? { subtotals: true } : {}),
            ...(totals.value ? {} : { totals: false }),
            ...(byAreas.value && allAreas.value ? { all_areas: true } : {}),
          }
        : {}),
      ...(filter.value ? { filter: filter.value } : {}),
      ...(area.value ? { area: area.value } : {}),
      ...(usesPeriod.value && range.value ? { from: range.value[0], to: range.value[1] } : {}),
      ...(asOf.value ? { as_of: asOf.value } : {}),
      ...(by ? { sort: `${falling.value ? '-' : ''}${by.n}` } : {}),
    }
  })

  /** Makes what was once asked the one that is being made. */
  function take(x: TableAsked, of: Period): void {
    rowsName.value = x.rows
    begin()
    const same = (c: TableColumnAsked) =>
      parts.value.find(
        (p) =>
          p.column.what === c.what &&
          p.column.shows === c.shows &&
          p.column.counts === c.counts &&
          p.column.sum === c.sum,
      )?.id
    const sameMade = (c: TableColumnAsked) =>
      measures.value.find((m) =>
        (['make', 'what', 'counts', 'sum', 'where'] as const).every((key) => m.column[key] === c[key]),
      )?.id
    const found = (ids: (string | undefined)[]) => ids.filter((id): id is string => !!id)
    summary.value = !!(x.group_by?.length || x.pivot)
    if (summary.value) {
      groups.value = found((x.group_by ?? []).map(same))
      across.value = (x.pivot && same(x.pivot)) ?? ''
      made.value = found(x.columns.map(sameMade))
      step.value = [...(x.group_by ?? []), ...(x.pivot ? [x.pivot] : [])].find((c) => c.step)?.step ?? 'month'
    } else {
      columns.value = found(x.columns.map(same))
    }
    subtotals.value = !!x.subtotals
    totals.value = x.totals !== false
    allAreas.value = !!x.all_areas
    cel.value = x.filter ?? ''
    area.value = x.area ?? ''
    period.value = of
    days.value = x.from && x.to ? [x.from, x.to] : null
    asOf.value = x.as_of ?? ''
    falling.value = !!x.sort?.startsWith('-')
    sort.value = sortable.value.find((s) => String(s.n) === x.sort?.replace('-', ''))?.id ?? ''
    title.value = x.title === usualTitle.value ? '' : (x.title ?? '')
  }

  return {
    choices,
    rowsName,
    rows,
    parts,
    measures,
    part,
    measure,
    summary,
    columns,
    groups,
    across,
    made,
    step,
    subtotals,
    totals,
    allAreas,
    byAreas,
    conditions,
    cel,
    area,
    period,
    days,
    asOf,
    sort,
    falling,
    title,
    byDay,
    usesPeriod,
    sortable,
    usualTitle,
    asked,
    take,
    keys: computed(() => parts.value.filter((p) => p.key)),
    numbers: computed(() => parts.value.filter(isNumber)),
  }
}
