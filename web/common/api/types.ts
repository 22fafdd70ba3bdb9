/* The shapes of docs/api.md. */

export interface Label {
  zh: string
  en: string
}

/** Money is integer fen, days are YYYY-MM-DD, rates decimal strings, choices codes; absent or null is unknown. */
export type Value = string | number | boolean | string[] | null
export type Values = Record<string, Value>

export type FieldType = 'text' | 'int' | 'money' | 'rate' | 'date' | 'bool' | 'choice' | 'choices'

export interface Choice {
  code: string
  title: Label
  group?: Label
  /** When it is offered: CEL, as a field's. */
  applies_when?: string
  from?: string
  to?: string
}

export interface Field {
  name: string
  title: Label
  help?: Label
  type: FieldType
  format?: string | null
  privacy?: 'open' | 'masked' | 'hidden'
  required?: boolean
  long?: boolean
  min?: number | string | null
  max?: number | string | null
  values?: Choice[]
  fact?: string | null
  /** The value is the key of a registered subject of this kind. */
  of?: string | null
  /** When it is asked: CEL over the form, the subject under its kind's name, `on` and parameters. */
  applies_when?: string
  /** Of several choices: what an empty list says. */
  empty_title?: Label
  /** Shown behind a number. */
  unit?: string
  /** The system numbers it. */
  numbered?: boolean
}

export interface Kind {
  name: string
  plural: string
  title: Label
  parent: string | null
  key: string | null
  label: string
  /** From the day in this field on the subject counts no more. */
  end_date_field?: string | null
  list: string[]
  fields: Field[]
}

export interface EventKind {
  name: string
  title: Label
  about: string
  who: string[]
  /** Made by the system; nobody records it. */
  derived?: boolean
  payment?: { fund: string; measure: string | null; fund_kind: string } | null
  list: string[]
  fields: Field[]
}

export interface WorkflowState {
  name: string
  title: Label
  closed: boolean
}

export interface Workflow {
  name: string
  process: string
  title: Label
  of: string
  from: string | null
  to: string | null
  start: string
  states: WorkflowState[]
  transitions: {
    name: string
    title: Label
    from: string[]
    to: string
    who: string[]
    fields: Field[]
    guarded: boolean
  }[]
}

export interface MeasureKind {
  name: string
  title: Label
  group: { name: string; title: Label }
  of: string
  fields: Field[]
  per: string
  propose: string[]
  approve: string[]
  needs_case: boolean
}

export interface Rule {
  name: string
  title: Label
  colour: string
  of?: string
  per?: string | null
}

/** A rate is a decimal text; a keyed parameter is a map of values, a scale a list of brackets. */
export type ParameterValue = number | string | boolean | null
export interface Parameter {
  name: string
  title: Label
  unit: 'money' | 'rate' | 'int' | 'bool' | 'text' | 'date'
  form: 'value' | 'keyed' | 'scale'
  values: {
    from: string
    value: ParameterValue | Record<string, ParameterValue> | unknown[]
    reference: string | null
  }[]
}

export interface Pack {
  name: string
  version: string
  hash: string
  title: Label
  roles: { name: string; title: Label }[]
  kinds: Kind[]
  variables?: { name: string; title: Label; of: string }[]
  events: EventKind[]
  parameters?: Parameter[]
  indicators?: { name: string; title: Label }[]
  duties?: {
    name: string
    title: Label
    of: string
    by: string
    who: string[]
    period: string
    excused_by: string[]
    reasons: Label[]
  }[]
  rules: Rule[]
  workflows: Workflow[]
  measures: MeasureKind[]
  imports: { name: string; title: Label }[]
}

export interface Packs {
  county: { code: string; name: string }
  today: string
  packs: Pack[]
}

export interface Area {
  code: string
  name: string
  level: string
  parent: string | null
}

export interface Officer {
  id: string
  name: string
  login: string
  posts: { role: string; role_title: Label; area: string; area_name: string }[]
  rights: string[]
  admin: boolean
}

export type Colour = 'red' | 'yellow' | 'green'

export interface Subject {
  id: string
  kind: string
  parent: string | null
  root: string
  area: string
  area_name: string
  title: string
  version: number
  fields: Values
  colour?: Colour
}

export interface Ref {
  kind: string
  id: string
  root: string
  root_kind: string
  title: string
  area: string
  area_name: string
}

export interface Reason {
  name: string
  title: Label
  text?: string
  choice?: Label
  value?: Value
  reference?: string | null
  since?: string
  formula?: string
  from?: Reason[]
}

/** One node of the tree behind something computed. */
export interface Explanation {
  kind: string
  name: string
  title: Label
  inputs: Explanation[]
  formula?: string
  op?: 'and' | 'or'
  text?: string
  value?: unknown
  missing?: Missing[]
  since?: string | null
  until?: string | null
  source?: string
  source_title?: Label
  at?: string
  officer_name?: string
  window?: { from: string | null; to: string | null }
  count?: number
  events?: {
    id: string
    kind: string
    title: Label
    on: string
    officer_name: string
    text: string
    missing?: Missing[]
  }[]
  unit?: string
  reference?: string | null
  now_text?: string
  seen?: boolean
  cut?: boolean
}

export interface Finding {
  id: string
  rule: string
  title: Label
  colour: Colour
  subject: Ref
  since: string
  until: string | null
  case: string | null
  says: Label
  reasons: Reason[]
}

export interface Answer {
  name: string
  title: Label
  text: string
}

export interface Step {
  transition: string
  title: Label
  from: string
  to: string
  to_title?: Label
  at: string
  officer_name: string
  form: Values
  answers?: Answer[]
  note: string
}

export interface NextStep {
  transition: string
  title: Label
  to: string
  to_title: Label
  fields: Field[]
  may: boolean
  why_not: Label | null
}

export interface Measure {
  id: string
  kind: string
  title: Label
  subject: Ref
  case: string | null
  state: string
  amount: number | null
  per: string
  form: Values
  answers?: Answer[]
  note: string
  since: string
  version: number
  next: string[]
  trace?: Reason[]
  paid?: number
  fund?: string
}

export interface Case {
  id: string
  process: string
  workflow: string
  title: Label
  state: string
  state_title: Label
  closed: boolean
  subject: Ref
  opened: string
  since: string
  deadline: string | null
  overdue: boolean
  days_left: number | null
  relapses: number
  version: number
  findings: Finding[]
  steps?: Step[]
  next?: NextStep[]
  measures?: Measure[]
}

export interface EventRecord {
  id: string
  kind: string
  subject: string
  on: string
  at: string
  officer: string
  officer_name: string
  withdrawn: boolean
  fields: Values
  /** Computed of it, in words. */
  shows?: { name: string; title: Label; text: string }[]
}

export interface Missing {
  name: string
  title: Label
}

export interface Variable {
  name: string
  title: Label
  value: Value
  text: string
  missing: Missing[]
}

export interface Change {
  subject: string
  field: string
  title: Label
  value: Value
  text: string
  since: string
  at: string
  officer_name: string
  source: string
  subject_title?: string
  source_title?: Label
}

/** The names of what is missing are as the subject sees them. */
export interface CannotTell {
  rule: string
  title: Label
  subject?: string
  subject_title?: string
  missing: Missing[]
}

export interface SubjectFile {
  subject: Subject
  children: Subject[]
  variables: Variable[]
  findings: Finding[]
  cannot_tell: CannotTell[]
  events: EventRecord[]
  cases: Case[]
  measures: Measure[]
}

export interface Consequences {
  raised: Finding[]
  resolved: Finding[]
  cases: Case[]
}

export interface Due {
  today: string
  overdue: Case[]
  soon: Case[]
  open: Case[]
  approvals: Measure[]
  counts: {
    subjects: Record<string, number>
    findings: { red: number; yellow: number; green?: number }
    cases: { state: string; title: Label; n: number }[]
  }
}

export interface ImportReport {
  id: string
  layout: string
  file: string
  state: 'checked' | 'applied' | 'undone'
  rows: number
  good: number
  bad: number
  created: number
  changed: number
  same: number
  absent?: number
  absent_rows?: { row: number; key: string; cells: string[] }[]
  unknown_columns?: string
  errors: { row: number; column: string; value: string; zh: string; en: string }[]
  sample: { row: number; title: string; fields: Record<string, Value> }[]
}

export interface Tally {
  raised: number
  unknown: number
  failed: number
  /** fen, in the rule's own period; null: the rule tells no cost */
  money: number | null
  unpriced: number
}

export interface RuleSum {
  name: string
  now: Tally
  then: Tally
  enters: number
  leaves: number
}

export type Which = 'raised_now' | 'raised_then' | 'enters' | 'leaves' | 'unknown'

export interface Question {
  pack?: string
  as_of?: string
  area?: string
  by?: string
  set?: Record<string, ParameterValue>
  list?: { rule: string; which: Which; cursor?: string; limit?: number }
}

export interface Affected {
  id: string
  root: string
  kind: string
  root_kind: string
  title: string
  area: string
  area_name: string
  money: number | null
}

export interface Simulation {
  as_of: string
  seq: number
  area: string
  area_name: string
  subjects: number
  enters: number
  leaves: number
  set: {
    name: string
    title: Label
    unit: string
    now: ParameterValue
    then: ParameterValue
    reference: string | null
  }[]
  rules: (RuleSum & { title: Label; colour: Colour; per: string | null })[]
  areas: { area: string; name: string; level: string; rules: RuleSum[] }[]
  categories: { title: Label; rules: RuleSum[] }[]
  list?: Page<Affected>
}

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface StreamEntry {
  seq: number
  verb: string
  kind: string
  id: string
  root: string | null
  area: string
  officer_name: string
}

/** A figure with its definition; a value is null where nothing is divided by. */
export interface Figure {
  value: number | string | null
  unknown: number
}
export interface Indicator extends Figure {
  name: string
  title: Label
  definition: Label
  group: Label
  type: string
  /** Of the events of the period; else as things are on its last day. */
  of_period: boolean
  areas: (Figure & { area: string; name: string })[]
}
export interface Indicators {
  pack: string
  from: string
  to: string
  area: string
  area_name: string
  seq: number
  items: Indicator[]
}
export interface IndicatorRow {
  subject: Ref
  on: string | null
  what: number
}
export interface IndicatorRows {
  name: string
  title: Label
  definition: Label
  unit: 'money' | 'int'
  items: IndicatorRow[]
  next: string | null
}

export interface Fund {
  kind: string
  id: string
  key: string
  title: string
  budget: number | null
  paid: number
  payments: number
  promised: number
  promises: number
  left: number | null
}
export interface Payment {
  id: string
  kind: string
  title: Label
  on: string
  fund: string
  period: string
  amount: number
  subject: Ref
  measure: string | null
  measure_title?: Label
}

export type DutyState = 'nothing' | 'done' | 'excused' | 'due' | 'overdue' | 'unknown'
export interface DutyLine {
  pack: string
  duty: string
  title: Label
  kind: string
  event: string
  period: 'day' | 'week' | 'month' | 'quarter' | 'year'
  from: string
  to: string
  form: 'least' | 'subjects' | 'coverage'
  each: 'officer' | 'village' | 'town' | 'county'
  officer: string | null
  officer_name: string | null
  area: string
  area_name: string
  set: number
  need: number
  done: number
  excused: number
  today: number
  days_left: number
  state: DutyState
  why: Label
}
export interface DutyList extends Page<DutyLine> {
  day: string
  today: string
}
export interface DutySubject {
  subject: Ref
  need: number
  done: number
  last: string | null
  since: string
  state: DutyState
  why: Label
}
export interface Excuse {
  id: string
  duty: string
  duty_title: Label
  officer: string | null
  officer_name: string | null
  subject?: Ref
  area: string
  from: string
  to: string
  reason: string
  stand_in: string | null
  stand_in_name: string | null
  said_by: string | null
  withdrawn: boolean
}
export interface OfficerListed {
  id: string
  login: string
  name: string
  role_title: Label
  area: string
  area_name: string
}

export interface PlaceOf {
  id: string
  title: string
  key: string | null
  /** "lng,lat" in WGS-84. */
  place: string | null
  sort: string | null
  colour: 'red' | 'yellow' | 'green'
  area: string
}
