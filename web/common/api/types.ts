/* Made of src/http/shapes.def by tests/unit/test_http_contract --write: change that one. */

export interface Page<T> {
  items: T[]
  next: string | null
}

/** A text for people in both languages. */
export interface Label {
  zh: string
  en: string
}

/** Money is fen, days are YYYY-MM-DD, rates decimal texts, choices codes; null or absent: unknown. */
export type Value = string | number | boolean | string[] | null

/** Values by the names of fields. */
export type Values = Record<string, Value>

export type Colour = 'red' | 'yellow' | 'green'

/** Why a request failed (RFC 9457). */
export interface Problem {
  /** about:blank */
  type: string
  /** The code. */
  title: string
  status: number
  /** A word for programs; src/base/err.h lists them. */
  code: string
  /** The sentence in the language of Accept-Language. */
  detail: string
  /** The field or parameter; may be empty. */
  where: string
  zh: string
  en: string
  /** The request's id, as in the log and in X-Request-Id. */
  request: string
}

/** A subject that something is about. */
export interface Ref {
  kind: string
  id: string
  /** The root subject it belongs to, or itself. */
  root: string
  root_kind: string
  title: string
  area: string
  area_name: string
}

/** A fact that would have to be known, by its name as the subject sees it. */
export interface Missing {
  name: string
  title: Label
}

export interface Health {
  /** It answers. */
  ok: boolean
  /** It can do its work. */
  ready: boolean
  /** Why it is not ready. */
  why?: Label
  /** Of several servers one writes. */
  role: 'writer' | 'reader'
  /** null: this server makes none. */
  backup: BackupState | null
}

export interface BackupState {
  /** The last try failed, or the last good one is over an hour old. */
  late: boolean
  /** What was recorded before is in a backup; null: none yet. */
  good: string | null
  /** When a whole one was restored as a trial. */
  checked: string | null
}

export interface Done {
  done: boolean
}

export interface SignIn {
  login: string
  password: string
  /** The one-time code of who has set them up, or a recovery code. */
  code?: string
}

export interface Post {
  role: string
  /** Whose role; empty: an administrator. */
  pack: string
  role_title: Label
  area: string
  area_name: string
}

export interface Officer {
  id: string
  name: string
  login: string
  posts: Post[]
  /** register record import decide see_clear correct take_in forget, in one of the packs; administer authorise audit */
  rights: string[]
  /** The kinds he sees. */
  sees: string[]
  /** The kinds he registers. */
  registers: string[]
  /** The packs of which figures are told to him. */
  figures: string[]
  admin: boolean
}

export interface SessionAnswer {
  /** When signing in: for Authorization: Bearer. */
  token?: string
  id: string
  expires: string
  /** After so long without use it is locked; 0: never. */
  idle_minutes: number
  /** It must be changed before anything else. */
  first_password: boolean
  /** One-time codes must be set up before anything else. */
  codes_first: boolean
  /** 64 hexadecimal digits: seals what this officer typed and has not saved, on the device he typed it on. The same at each of his sign-ins. */
  device_key: string
  officer: Officer
}

export interface Password {
  password: string
}

export interface Codes {
  /** He signs in with a one-time code. */
  on: boolean
  /** Recovery codes that were not used. */
  recovery_left: number
  /** The county demands them of him. */
  required: boolean
}

export interface CodesBegun {
  /** Base32, to be typed into the app. */
  secret: string
  /** otpauth://, what the QR sign says. */
  address: string
  /** The sign as SVG. */
  qr: string
}

export interface CodesProof {
  password: string
  code: string
}

export interface CodesMade {
  /** Each lets in once without the telephone. */
  recovery: string[]
}

export interface SessionListed {
  id: string
  officer: string
  officer_name: string
  began: string
  used: string
  expires: string
  locked: boolean
  /** The one that asks. */
  own: boolean
  /** The address it was begun from. */
  from: string
  /** What the browser said of itself. */
  device: string
}

export interface Setting {
  name: string
  title: Label
  value: number
  /** When nothing was decided. */
  usual: number
  least: number
  most: number
}

export interface Settings {
  items: Setting[]
}

/** Values by the names of settings. */
export type SettingsChange = Record<string, number>

export interface Area {
  /** 12 digits. */
  code: string
  name: string
  /** province city county town village zone */
  level: string
  parent: string
  /** From this day on it is no more. */
  until: string | null
  /** The codes of those that took its place. */
  successors: string[]
  /** Of a zone: its polygon (GeoJSON); empty: not drawn. */
  shape: string
  /** Of a zone; empty: none. */
  colour: string
}

export interface AreaTarget {
  code: string
  /** Left out: as it is. */
  name?: string
  /** Of a zone: GeoJSON; empty: not drawn. Left out: as it is. */
  shape?: string
  /** Of a zone; empty: none. Left out: as it is. */
  colour?: string
}

/** By kind and id, or by key: who changes areas need not see whom they hold. */
export interface AreaListed {
  kind?: string
  id?: string
  key?: string
  /** One of the codes it is split into. */
  to: string
}

export interface AreaPart {
  /** A village or zone of the town that is split. */
  code: string
  /** One of the towns it is split into. */
  to: string
}

export type AreaWay = 'rename' | 'recode' | 'merge' | 'split' | 'add' | 'abolish' | 'undo'

export interface AreaChangeNew {
  way: AreaWay
  /** Codes. */
  from?: string[]
  to?: AreaTarget[]
  /** Of a split: who goes where; the rest stays, or goes to the first. */
  subjects?: AreaListed[]
  /** Of a town that is split: which villages and zones go where; the rest stays, or goes to the first. */
  areas?: AreaPart[]
  /** Of an undo: what is taken back. */
  change?: string
  /** The first day; today when left out. */
  on?: string
  reason: string
  /** The number of the document that approves it. */
  document: string
}

export interface AreaChangePlan {
  way: AreaWay
  on: string
  /** Subjects that move. */
  units: number
  /** Open ones that move with them. */
  cases: number
  /** Whose posts change, by name. */
  officers: string[]
}

/** As it was called and drawn then. */
export interface AreaNamed {
  code: string
  name: string
  /** Of a zone that was drawn: GeoJSON. */
  shape?: string
  colour?: string
}

export interface AreaChange {
  id: string
  seq: number
  way: AreaWay
  on: string
  reason: string
  document: string
  at: string
  officer_name: string
  from: AreaNamed[]
  to: AreaNamed[]
  /** Subjects that moved. */
  units: number
  /** Whose posts changed. */
  officers: number
  undone: boolean
}

/** One entry of the journal. */
export interface Entry {
  seq: number
  id: string
  verb: string
  subject: string | null
  root: string | null
  area: string
  at: string
  officer_name: string
  /** The hash that chains the entries. */
  link: string
}

/** What the live feed tells of an entry. */
export interface StreamEntry {
  seq: number
  verb: string
  /** The subject. */
  id: string | null
  root: string | null
  area: string
}

export type FieldType = 'text' | 'int' | 'money' | 'rate' | 'number' | 'date' | 'bool' | 'choice' | 'choices'

export interface Choice {
  code: string
  title: Label
  group?: Label
  /** When it is offered: CEL, as a field's. */
  applies_when?: string
  from?: string
  to?: string
}

/** A step, measure or event that writes a field. */
export interface Owner {
  type: 'transition' | 'measure' | 'event'
  workflow: string | null
  name: string
  title: Label
}

export interface Field {
  name: string
  title: Label
  help: Label
  type: FieldType
  format: string | null
  privacy: 'open' | 'masked' | 'hidden'
  required: boolean
  long: boolean
  min: number | string | null
  max: number | string | null
  values: Choice[]
  fact: string | null
  /** The value is the key of a registered subject of this kind. */
  of: string | null
  /** When it is asked: CEL over the form, the subject under its kind's name, `on`, parameters. */
  applies_when?: string
  /** Of several choices: what an empty list says. */
  empty_title?: Label
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  /** The system fills it in. */
  filled: boolean
  /** Closed to typing and imports: its owners write it, a taking-in, or a correction. */
  owned: boolean
  /** Of a kind's field: what writes it. */
  owners?: Owner[]
  /** The choice that a new subject has when nothing is said. */
  initial: string | null
  /** What the engine fills in when nothing is said: CEL over the record's own fields. */
  filled_from?: string
}

export interface Named {
  name: string
  title: Label
}

/** Of lists that are compared with the register and not stored. */
export interface CompareLayout {
  /** What may be recorded of those found. */
  event: string | null
  /** Its fields that are filled in once for all. */
  ask: string[]
}

export interface ImportLayout {
  name: string
  title: Label
  compare?: CompareLayout
}

export interface Role {
  name: string
  title: Label
  /** The rights it gives. */
  may: string[]
  /** Of what is assigned to people: all in its areas, or only the holder's. */
  sees: 'area' | 'own'
}

export interface Kind {
  name: string
  title: Label
  plural: string
  parent: string | null
  key: string | null
  /** The field that is its title. */
  label: string
  /** The level of area at which one is registered: village, town … province. */
  registered_at: string
  /** From the day in this field on the subject counts no more. */
  end_date_field: string | null
  /** Of people: the field with the login of an officer. */
  account_field: string | null
  /** Roles that see its records. */
  seen_by: string[]
  /** Roles that register them. */
  registered_by: string[]
  /** Fields in which two records of one agree: hints to merge. */
  alike: string[]
  /** The fields that a list shows. */
  list: string[]
  fields: Field[]
}

/** The fields of an event that pays. */
export interface PaymentFields {
  fund: string
  measure: string | null
  fund_kind: string
}

export interface EventKind {
  name: string
  title: Label
  about: string
  /** The roles that record it. */
  who: string[]
  /** Made by the system; nobody records it. */
  derived: boolean
  payment: PaymentFields | null
  list: string[]
  fields: Field[]
}

/** A rate is a decimal text. */
export type ParameterValue = number | string | boolean | null

export type ParameterType = 'money' | 'rate' | 'number' | 'int' | 'bool' | 'text' | 'date'

/** Of a keyed parameter an object, of a scale a list of brackets. */
export type ParameterContent = ParameterValue | Record<string, ParameterValue> | unknown[]

export interface DatedValue {
  from: string
  value: ParameterContent
  reference: string | null
}

export interface Parameter {
  name: string
  title: Label
  type: ParameterType
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  form: 'value' | 'keyed' | 'scale'
  values: DatedValue[]
  /** It has a value. */
  set: boolean
}

export interface Aggregate {
  name: string
  title: Label
  of: string
  over: string
  op: string
  window: string
  length: number
  type: string
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
}

export interface VariableKind {
  name: string
  title: Label
  of: string
  type: string
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
}

export interface IndicatorKind {
  name: string
  title: Label
  definition: Label
  group: Label
  of: string
  of_events: boolean
  type: string
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
}

export interface SampleResultKind {
  name: string
  title: Label
  definition: Label
}

/** A table that a programme keeps. */
export interface LedgerKind {
  name: string
  title: Label
  /** A kind, or a kind of event. */
  rows: string
  /** The kind that its rows are, or are about. */
  of: string
  /** The period it is usually asked for. */
  per: 'day' | 'week' | 'month' | 'quarter' | 'year' | null
}

/** A form that is printed. */
export interface PrintKind {
  name: string
  title: Label
  /** What it is printed of: a kind, a kind of event, or area. */
  rows: string
  /** The kind that it is about. */
  of: string | null
}

/** From whom a sample is drawn, and what is counted of it. */
export interface SamplePlan {
  name: string
  title: Label
  /** Who may be drawn. */
  definition: Label
  of: string
  /** The kind that samples are drawn for, such as a campaign. */
  for: string | null
  /** The event that a visit is recorded as. */
  check: string
  /** It can be drawn by strata. */
  strata: boolean
  results: SampleResultKind[]
}

export interface Condition {
  name: string
  title: Label
  over: string
}

export interface DutyKind {
  name: string
  title: Label
  of: string
  counted_event: string
  who: string[]
  period: string
  excused_by: string[]
  reasons: Label[]
}

export interface Rule {
  name: string
  title: Label
  of: string
  from: string | null
  to: string | null
  colour: Colour
  opens_process: string | null
  per: string | null
}

export interface WorkflowState {
  name: string
  title: Label
  closed: boolean
}

export interface Transition {
  name: string
  title: Label
  from: string[]
  to: string
  who: string[]
  not_by: string[]
  fields: Field[]
  guarded: boolean
}

export interface Workflow {
  name: string
  title: Label
  process: string
  of: string
  from: string | null
  to: string | null
  start: string
  states: WorkflowState[]
  transitions: Transition[]
}

export interface MeasureKind {
  name: string
  title: Label
  group: Named
  of: string
  fields: Field[]
  per: string
  propose: string[]
  approve: string[]
  needs_case: boolean
  fund: string | null
  has_amount: boolean
}

/** Fields that not every role sees that sees the record. */
export interface FieldGroup {
  name: string
  title: Label
  /** Roles that see them as they are. */
  clear: string[]
  /** Roles that see stars; all others see nothing of them. */
  masked: string[]
  /** As kind.field or event.field. */
  fields: string[]
}

/** What forms, tables and flows are drawn from; docs/pack-format.md explains the parts. */
export interface Pack {
  name: string
  title: Label
  version: string
  hash: string
  roles: Role[]
  field_groups: FieldGroup[]
  /** Without fields that the caller sees nowhere. */
  kinds: Kind[]
  events: EventKind[]
  parameters: Parameter[]
  aggregates: Aggregate[]
  variables: VariableKind[]
  indicators: IndicatorKind[]
  ledgers: LedgerKind[]
  prints: PrintKind[]
  samples: SamplePlan[]
  conditions: Condition[]
  duties: DutyKind[]
  rules: Rule[]
  workflows: Workflow[]
  measures: MeasureKind[]
  imports: ImportLayout[]
}

export interface County {
  code: string
  name: string
}

export interface Packs {
  county: County
  today: string
  packs: Pack[]
}

export interface Subject {
  id: string
  kind: string
  parent: string | null
  root: string
  area: string
  area_name: string
  title: string
  version: number
  /** The entry that registered it. */
  created: number
  /** Of root subjects. */
  colour?: Colour
  /** In a list only the fields that lists show. */
  fields: Values
}

/** The fields are the state that another system's register has. */
export interface TakingIn {
  /** Which system or register. */
  source: string
  /** Its day; today when it is left out. */
  on?: string
}

export interface SubjectNew {
  area?: string
  parent?: string
  since?: string
  /** Only while the county is set up, or with the right take_in. */
  taking_in?: TakingIn
  /** Owned fields only with taking_in. */
  fields: Values
}

/** Only what changes; a null makes unknown. */
export interface SubjectChange {
  area?: string
  /** Moves a child to another root, with all that happened to it. */
  parent?: string
  since?: string
  /** Owned fields only with taking_in. */
  fields?: Values
  /** Only while the county is set up, or with the right take_in. */
  taking_in?: TakingIn
  note?: string
}

/** A name that a field may refer to. */
export interface Key {
  key: string
  title: string
}

/** What is computed of an event, in words. */
export interface Shown {
  name: string
  title: Label
  text: string
}

export interface EventRecord {
  id: string
  kind: string
  subject: string
  root: string
  on: string
  /** When on that day, of a kind with a time. Order is by it. */
  time?: string
  /** When it was recorded. */
  at: string
  /** null: the system. */
  officer: string | null
  officer_name: string
  withdrawn: boolean
  fields: Values
  /** In a file. */
  display?: Shown[]
}

export interface EventNew {
  subject: string
  on: string
  fields: Values
  /** An event of the same kind and subject, withdrawn in the same entry. */
  replaces?: string
}

export interface Consequences {
  opened: Finding[]
  resolved: Finding[]
  /** Without steps. */
  cases: Case[]
}

export interface EventListed {
  event: EventRecord
  subject: Ref
}

export interface EventAnswer {
  seq: number
  event: EventRecord | null
  consequences: Consequences
}

/** The State Council's holiday arrangements of a year. */
export interface Notice {
  year: number
  /** The notice's title or number. */
  reference: string
  /** Of this year, or of December before. */
  holidays: string[]
  /** Make-up days, likewise. */
  workdays: string[]
}

/** The years whose holiday notice the county has; first and last are null without any. */
export interface Calendar {
  first: number | null
  last: number | null
  notices: Notice[]
}

export interface CalendarNew {
  /** Of the entry: the same again changes nothing. */
  id?: string
  /** By year, without a gap; a notice replaces that of the same year. */
  notices?: Notice[]
  /** Instead: the year, the last one, whose notice is taken back. */
  withdrawn?: number
  /** Why; required with withdrawn. */
  reason?: string
}

export interface CalendarAnswer {
  seq: number
  first: number
  last: number
  /** Open cases whose deadline moved. */
  changed: number
  /** The first 200 of them. */
  cases: Case[]
}

/** A value that an expression read. */
export interface Reason {
  name: string
  title: Label
  text?: string
  choice?: Label
  value?: ParameterContent
  reference?: string | null
  since?: string
  formula?: string
  from?: Reason[]
}

/** A rule that holds of a subject. */
export interface Finding {
  id: string
  /** Whose rule. */
  pack: string
  rule: string
  title: Label
  colour: Colour
  subject: Ref
  since: string
  until: string | null
  /** Hangs on working days of a year without a holiday notice. */
  provisional: boolean
  case: string | null
  message: Label
  reasons: Reason[]
}

/** A form's answer, for people. */
export interface Answer {
  name: string
  title: Label
  text: string
}

export interface TakenBack {
  at: string
  officer_name: string
  reason: string
}

export interface Step {
  /** Number of its entry. */
  seq: number
  transition: string
  title: Label
  /** Empty: the case was opened. */
  from: string
  to: string
  to_title: Label
  at: string
  officer_name: string
  form: Values
  answers: Answer[]
  note: string
  /** What it said counts no more. */
  taken_back: TakenBack | null
  /** The caller may take it back now: it is the last one. */
  may_take_back: boolean
}

export interface NextStep {
  transition: string
  title: Label
  to: string
  to_title: Label
  fields: Field[]
  /** The caller may take it now. */
  may: boolean
  why_not: Label | null
}

/** What an amount was computed from. */
export interface Trace {
  formula: string
  from: Reason[]
}

export interface Measure {
  id: string
  kind: string
  title: Label
  subject: Ref
  case: string | null
  /** proposed approved refused running done stopped */
  state: string
  amount: number | null
  per: string
  paid: number
  fund: string
  form: Values
  answers: Answer[]
  note: string
  since: string
  version: number
  /** The states that the caller may set. */
  next: string[]
  /** null: no amount is computed. */
  trace: Trace | null
}

/** To propose: kind, subject, form; to move: state. */
export interface MeasureChange {
  kind?: string
  subject?: string
  case?: string
  form?: Values
  state?: string
  note?: string
}

export interface Case {
  id: string
  /** Whose process, workflow and state. */
  pack: string
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
  /** In working days, and into a year whose holiday notice is not there yet. */
  deadline_provisional: boolean
  overdue: boolean
  days_left: number | null
  relapses: number
  version: number
  findings: Finding[]
  /** Alone and in a file, not in lists; so are next and measures. */
  steps?: Step[]
  next?: NextStep[]
  measures?: Measure[]
}

export interface StepTaken {
  /** Of the entry; a repeat answers like the first time. */
  id?: string
  transition: string
  form?: Values
  note?: string
}

export interface StepBack {
  /** Of the entry; a repeat answers like the first time. */
  id?: string
  /** Its seq. */
  step: number
  reason: string
}

export interface ColourCounts {
  red: number
  yellow: number
  green: number
}

export interface StateCount {
  pack: string
  state: string
  title: Label
  n: number
}

export interface DueCounts {
  /** By kind. */
  subjects: Record<string, number>
  findings: ColourCounts
  cases: StateCount[]
}

export interface Due {
  today: string
  overdue: Case[]
  /** Within 7 days. */
  soon: Case[]
  /** The rest, newest first, at most 50. */
  open: Case[]
  /** Those that wait for the caller's role. */
  approvals: Measure[]
  counts: DueCounts
}

export interface Variable {
  name: string
  title: Label
  value: Value
  text: string
  /** Hangs on working days of a year without a holiday notice. */
  provisional?: boolean
  missing: Missing[]
}

/** A rule that reads a fact that is not known. */
export interface CannotTell {
  rule: string
  title: Label
  subject: string
  subject_title: string
  missing: Missing[]
}

export interface SubjectFile {
  subject: Subject
  children: Subject[]
  variables: Variable[]
  cannot_tell: CannotTell[]
  findings: Finding[]
  cases: Case[]
  measures: Measure[]
  /** Newest first. */
  amendments: Amendment[]
  follow_ups: FollowUp[]
  /** Newest first. */
  events: EventRecord[]
}

export interface Change {
  subject: string
  subject_title: string
  field: string
  title: Label
  value: Value
  text: string
  since: string
  at: string
  officer_name: string
  source: string
  source_title: Label
}

export interface Window {
  from: string | null
  to: string | null
}

export interface ExplainedEvent {
  id: string
  kind: string
  title: Label
  on: string
  officer_name: string
  text: string
  value?: Value
  missing?: Missing[]
}

/** One node of the tree behind something computed. */
export interface Explanation {
  /** rule variable condition measure field parameter aggregate finding case event children form colour */
  kind: string
  name: string
  title: Label
  inputs: Explanation[]
  formula?: string
  /** and, or: the inputs are its conditions; of an aggregate, what it does. */
  op?: string
  text?: string
  value?: unknown
  missing?: Missing[]
  since?: string | null
  until?: string | null
  source?: string
  source_title?: Label
  at?: string
  officer_name?: string
  window?: Window
  count?: number
  /** At most 50, newest first. */
  events?: ExplainedEvent[]
  type?: ParameterType
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  reference?: string | null
  subject?: string
  colour?: Colour
  /** Where today's amount is another than the measure's. */
  now?: number
  now_text?: string
  deadline?: string | null
  deadline_provisional?: boolean
  case?: string
  event?: string
  /** As the finding kept them. */
  reasons?: Reason[]
  /** As the measure kept it. */
  trace?: Trace | null
  /** It stands elsewhere in the tree. */
  seen?: boolean
  /** There is more than 2,000 nodes hold. */
  cut?: boolean
}

export interface ImportFault {
  /** Of a roster; empty: the file has one. */
  sheet?: string
  row: number
  column: string
  value: string
  /** Of a roster: what kind of fault it is, to group them by. */
  code?: string
  zh: string
  en: string
}

/** A visible sheet of the file. */
export interface ImportSheet {
  name: string
  /** It has the layout's head, and was not left out by hand. */
  read: boolean
  rows: number
}

/** A row whose subject is not in the register. */
export interface AbsentRow {
  sheet: string
  row: number
  key: string
  cells: string[]
}

/** A row that was not read, because another one says the same, or says it anew. */
export interface RepeatedRow {
  sheet: string
  row: number
  /** That row. */
  other: number
  zh: string
  en: string
}

export interface SampleRow {
  sheet: string
  row: number
  title: string
  /** By the headers of the file, masked. */
  fields: Record<string, string>
}

/** What a column may be given to. */
export interface ImportTarget {
  /** KIND.FIELD, on, area.village area.town area.county area.code. */
  to: string
  title: Label
  /** The kind of the field; empty for the others. */
  of: Label
  required: boolean
}

export interface ImportColumn {
  /** Where several columns have it: C:heading. */
  heading: string
  /** A target; empty: it is not read. */
  to: string
  /** How that came about. */
  how: 'unknown' | 'title' | 'ignored' | 'choice' | 'memory' | 'content'
  /** Of a column that nobody knew: its first cells. */
  sample: string[]
}

export interface FaultValue {
  /** At most 120 characters of it. */
  value: string
  cells: number
  /** Of the first row; empty where there is one only. */
  sheet: string
  /** The first five. */
  rows: number[]
}

/** Cells with one fault. */
export interface FaultGroup {
  /** Its heading; empty for rows as a whole. */
  column: string
  /** What that column is. */
  to: string
  /** Of the first of them. */
  zh: string
  en: string
  cells: number
  /** At most 50. */
  values: FaultValue[]
}

/** What is written in place of a value, in every cell of that column. */
export interface MendedValue {
  column: string
  value: string
  to: string
}

export interface RowNamed {
  /** Of a file with several. */
  sheet?: string
  row: number
}

/** What is written in place of one cell; goes before the value's. */
export interface MendedCell {
  /** Of a file with several. */
  sheet?: string
  row: number
  column: string
  to: string
}

/** Of a list that is compared: what is recorded of those found. */
export interface CluesChosen {
  /** The answers that the layout asks for. */
  fields: Values
  /** Not of those with an open case. */
  only_unmanaged?: boolean
}

/** What somebody chose for a file. */
export interface ImportChoices {
  sheet?: string
  /** The row of the headings. */
  head?: number
  /** Targets by headings; empty: not needed. */
  map?: Record<string, string>
  values?: MendedValue[]
  cells?: MendedCell[]
  /** Rows that stay out. */
  refuse?: RowNamed[]
  /** Of rows where a cell that counts cannot be read, take the rest. */
  take_rest?: boolean
  /** Who stands under another parent in the register moves. */
  take_moves?: boolean
  clues?: CluesChosen
}

export interface ImportChosen {
  choices: ImportChoices
  remember?: boolean
}

export interface MappingChange {
  /** Targets by headings; empty: not needed. */
  map: Record<string, string>
}

export interface Mapping {
  id: string
  /** pack.layout */
  layout: string
  /** Of the layout. */
  title: Label
  /** Targets by headings; empty: not needed. */
  map: Record<string, string>
  /** Of the targets, by headings. */
  titles: Record<string, Label>
  /** Who chose last. */
  officer: string | null
  officer_name: string
  at: string
  /** Of one by itself: what its columns may be. */
  targets?: ImportTarget[]
}

/** Rows by what was found. */
export interface ComparedCounts {
  found: number
  /** Same name, one more thing agrees, none contradicts. */
  possible: number
  absent: number
  /** They say too little to tell. */
  unclear: number
  /** Of those found: registered otherwise in some field. */
  differing: number
  /** Of those found: with an open case. */
  managed: number
}

export interface ComparedDifference {
  /** Its heading. */
  column: string
  /** By the list. */
  told: string
  /** Empty: nothing. */
  registered: string
}

export interface ComparedRow {
  /** Empty: the file has one. */
  sheet: string
  row: number
  /** As the list writes it. */
  name: string
  /** The same, masked. */
  key: string
  result: 'found' | 'possible' | 'absent' | 'unclear'
  /** How many are possible. */
  likely: number
  /** This and the following: of who is found, or of the first who is possible. */
  kind?: string
  subject?: string
  title?: string
  root_kind?: string
  root?: string
  root_title?: string
  area_name?: string
  colour?: Colour
  /** It has an open case. */
  managed?: boolean
  /** By columns. */
  shown?: string[]
  differences: ComparedDifference[]
  /** What of the row could not be read. */
  why: string
}

export interface Compared {
  /** What is shown of who is found. */
  columns: Label[]
  /** Rows that were asked for. */
  matched: number
  items: ComparedRow[]
  next: string | null
}

/** Written since about what an import brought; undoing left it. */
export interface KeptEntry {
  /** Of the journal. */
  verb: string
  /** Of the record or event; empty: none. */
  kind: string
  /** The unit it is about. */
  root: string
  officer_name: string
  at: string
}

export interface ImportReport {
  id: string
  /** Whose layout. */
  pack: string
  layout: string
  file: string
  state: 'checked' | 'running' | 'applied' | 'undone'
  /** Rows so far, while it runs. */
  done?: number
  /** Entries so far of one that was broken off: apply goes on with it. */
  written?: number
  choices?: ImportChoices
  /** While it is checked. */
  targets?: ImportTarget[]
  /** A first taking-in: from which register. */
  taking_in: string | null
  rows: number
  accepted: number
  refused: number
  created: number
  changed: number
  /** Recorded already. */
  same: number
  absent: number
  /** Owned fields that are registered otherwise, and stay. */
  differences: number
  /** Cells that stand for no value (missing in the layout). */
  marks: number
  /** Rows that another row of the file says, too, or says anew. */
  repeated: number
  /** Rows that somebody chose to leave out. */
  set_aside: number
  /** Of the headings. */
  fingerprint: string
  /** The row of the headings; 0: none was found. */
  head: number
  /** What is wrong with the headings: no row is read before it is chosen. */
  head_fault?: Label
  columns: ImportColumn[]
  /** Of one that was undone: what others wrote since stays. At most 500. */
  kept?: KeptEntry[]
  /** Of a list that is compared; its other lists are empty. */
  compared?: ComparedCounts
  /** The most frequent first; at most 200. */
  fault_groups: FaultGroup[]
  /** Cells that cannot be read: the rest of their rows is taken in. */
  left_out: number
  /** Cells that are read otherwise than written, or to be checked. */
  noted: number
  /** Rows of subjects that stand under another parent. */
  moves: number
  /** Headers that the layout does not know. */
  unknown_columns: string
  sheets: ImportSheet[]
  /** Of the file as a whole: hidden rows and sheets, totals passed over. */
  notices: Label[]
  /** Each costs its row. At most 500. */
  errors: ImportFault[]
  /** Left out. At most 500. */
  cells: ImportFault[]
  /** At most 500. */
  notes: ImportFault[]
  /** At most 500. */
  move_rows: ImportFault[]
  /** At most 500. */
  repeated_rows: RepeatedRow[]
  /** At most 500. */
  absent_rows: AbsentRow[]
  /** At most 500. */
  difference_rows: ImportFault[]
  sample: SampleRow[]
}

export interface ImportListed {
  id: string
  pack: string
  /** Empty: a list of officers. */
  layout: string
  /** Of the layout. */
  title: Label
  file: string
  state: 'checked' | 'running' | 'applied' | 'undone'
  /** Rows so far, while it runs. */
  done?: number
  /** It was broken off: apply goes on with it. */
  interrupted?: boolean
  at: string
  officer: string
  officer_name: string
  rows: number
  accepted: number
  refused: number
}

/** An attachment: the name goes into a field of the format files. */
export interface Stored {
  /** SHA-256 of the length (8 bytes, big-endian) and the body. */
  name: string
  type: string
  bytes: number
}

export type Which = 'matched_now' | 'matched_then' | 'enters' | 'leaves' | 'unknown'

/** Who is behind a number. */
export interface QuestionList {
  rule: string
  which: Which
  cursor?: string
  /** At most 500. */
  limit?: number
}

export interface Question {
  /** Default: the first. */
  pack?: string
  /** Rules, parameters and windows of that day; facts are those of now. */
  as_of?: string
  area?: string
  /** A choice or yes/no field of a root kind. */
  by?: string
  /** Parameters set otherwise, at most 64; null: not set. */
  set?: Record<string, ParameterValue | unknown[]>
  list?: QuestionList
}

export interface Tally {
  /** The rule matches: it is true. */
  matched: number
  /** It cannot be told. */
  unknown: number
  /** It ended in an error. */
  failed: number
  /** In the rule's own period; null: the rule tells no cost. */
  money: number | null
  /** Matched, but the cost cannot be told. */
  unpriced: number
}

export interface RuleSum {
  name: string
  now: Tally
  then: Tally
  enters: number
  leaves: number
}

export interface RuleTotal {
  name: string
  title: Label
  colour: Colour
  per: string | null
  now: Tally
  then: Tally
  enters: number
  leaves: number
}

export interface AreaSum {
  area: string
  name: string
  level: string
  rules: RuleSum[]
}

export interface CategorySum {
  title: Label
  rules: RuleSum[]
}

export interface SettingShown {
  name: string
  title: Label
  type: ParameterType
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  now: ParameterContent
  then: ParameterContent
  reference: string | null
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
  /** The rule counts working days of a year without a holiday notice. */
  provisional: boolean
}

export interface Simulation {
  as_of: string
  seq: number
  area: string
  area_name: string
  /** Root subjects; so are enters and leaves here. */
  subjects: number
  /** With a first rule that matches (green ones aside) about them or their children. */
  enters: number
  /** Without any any more. */
  leaves: number
  set: SettingShown[]
  rules: RuleTotal[]
  /** One level down; those with nothing left out. */
  areas: AreaSum[]
  categories: CategorySum[]
  list?: Page<Affected>
}

/** One of what, shows, form and counts; of a summary make, and what or counts. */
export interface TableColumnAsked {
  /** Otherwise what the field, variable or event is called. */
  title?: string
  /** The name of a field, or CEL over the scope of the rows. */
  what?: string
  /** number, title, root, area, town, code; of records colour; of events day, officer, recorded. */
  shows?: string
  /** Of rows that are steps: what a step's form said, step.field. */
  form?: string
  /** A kind of event: how many there are in the period. */
  counts?: string
  /** Of counts: CEL over the event; of a summary: over the row. Only these. */
  where?: string
  /** Of a summary: what a group comes to. share: of the column, or with where of the group. */
  make?: 'count' | 'sum' | 'mean' | 'min' | 'max' | 'share' | 'row_share' | 'unknown'
  /** Of a key that is a day. */
  step?: 'day' | 'week' | 'month' | 'quarter' | 'year'
  /** Of counts: CEL over the event, added up instead of counted. */
  sum?: string
}

export interface TableAsked {
  /** A kind, or a kind of event. */
  rows: string
  /** 1 to 100. */
  columns: TableColumnAsked[]
  title?: string
  /** At most 3: rows that agree in them are one line. */
  group_by?: TableColumnAsked[]
  /** Its values stand across. */
  pivot?: TableColumnAsked
  /** Of each group of an outer key. */
  subtotals?: boolean
  /** true if left out. */
  totals?: boolean
  /** Grouped by village or town alone: also those without a row, with noughts. */
  all_areas?: boolean
  /** CEL over the scope of the rows. */
  filter?: string
  /** As in the list of the kind. */
  q?: string
  /** Of root kinds. */
  colour?: Colour
  area?: string
  /** Of events, and of counts. */
  from?: string
  to?: string
  /** What held at the end of that day, by what is known now; what is known only as it is now is refused. */
  as_of?: string
  /** Of the rows that are shown, at most 500; a file has all. */
  limit?: number
  /** Numbers of columns, from 1, with - in front of one that falls: 4 -1. */
  sort?: string
  format?: 'json' | 'xlsx' | 'csv' | 'pdf'
  /** Of CSV. */
  encoding?: 'utf-8' | 'gb18030'
  /** Masked fields in clear, in a file. */
  clear?: boolean
  /** Why in clear. */
  reason?: string
}

export type TablePeriod = '' | 'month' | 'last_month' | 'quarter' | 'year'

export interface SavedTableNew {
  name?: string
  asked?: TableAsked
  /** For which it is made each time; empty: the days that asked says. */
  period?: TablePeriod
  /** With all who see its rows; each sees of them what he sees anywhere. */
  shared?: boolean
}

/** A table kept under a name. */
export interface SavedTable {
  id: string
  name: string
  /** Whose it is. */
  officer_name: string
  /** It is the caller's, who may change and remove it. */
  own: boolean
  shared: boolean
  period: TablePeriod
  asked: TableAsked
}

export interface TableColumn {
  /** In the asker's language, with the unit. */
  title: string
  /** Above it and its neighbours that say the same: a pivot's value. */
  over: string
  type: 'text' | 'int' | 'money' | 'rate' | 'number' | 'date'
}

export interface Table {
  title: string
  columns: TableColumn[]
  /** Texts as people read them, money in fen; null: not known. */
  rows: Value[][]
  /** Which of the rows are subtotals and totals. */
  sums: number[]
  /** There are more rows. */
  more: boolean
  /** Cells that could not be computed. */
  failed: number
  /** The first reason. */
  why: Label
  /** Values that a summary's totals, means and shares are without. */
  unknown: number
  /** The day whose state it is; null: of now. */
  as_of: string | null
  /** With as_of: members who stand with another unit than the one they were registered with. */
  moved: number
}

/** What can be filled in under a heading. */
export interface TemplateTarget {
  column: TableColumnAsked
  title: Label
  /** The kind or event that it is told of. */
  of: Label
}

export interface TemplateColumn {
  /** In the sheet, from 0. */
  place: number
  /** From the widest group down, with / between. */
  heading: string
  /** asked: nobody has said yet, stays empty; left: somebody said that it stays empty; computed: a formula of theirs. */
  state: 'asked' | 'sure' | 'chosen' | 'left' | 'computed'
  /** What it is filled with; null: it stays empty. */
  column: TableColumnAsked | null
  /** Of that. */
  title: Label
  /** Why it stays empty. */
  why: Label
  /** What it may be. */
  likely: TemplateTarget | null
  /** What else it may be. */
  others: TemplateTarget[]
}

/** A cell at the top of the sheet, as it is drawn. */
export interface TemplateCell {
  /** From 1. */
  row: number
  place: number
  /** That it covers. */
  rows: number
  columns: number
  text: string
}

export interface TemplateRows {
  /** A kind, or a kind of event. */
  rows: string
  title: Label
  /** How many headings are surely of it. */
  sure: number
}

export interface TemplateRemembered {
  /** The entry. */
  seq: number
  officer_name: string
  at: string
}

export interface TemplateRead {
  sheets: string[]
  /** The one read. */
  sheet: string
  title: string
  /** Of the headings; the title is not in it. */
  fingerprint: string
  /** What a row is of; empty: it cannot be told. */
  rows: string
  /** The last row of the head. */
  head_last: number
  /** For more than these rows are put in. */
  empty_rows: number
  /** Nothing stands below. */
  open_ended: boolean
  /** As remembered. */
  filter: string
  cells: TemplateCell[]
  columns: TemplateColumn[]
  offered: TemplateRows[]
  /** All that can be chosen. */
  targets: TemplateTarget[]
  remembered: TemplateRemembered | null
}

export interface TemplatePreview {
  /** Which of the template's columns are filled, from 0. */
  columns: number[]
  /** The first ten, as they will stand there; all, where they are named. */
  rows: (string | null)[][]
  /** Of a table whose rows are named: which row each is of. */
  labels: string[]
  /** Names that mean no village, town or choice here, or several: their rows stay empty. */
  unmatched: string[]
  /** In which column of the sheet the names stand, from 0. */
  label_place: number | null
  /** Of named rows: values that are not known, and in no count or sum. */
  unknown: number
  more: boolean
  /** Cells that could not be computed. */
  failed: number
  /** The first reason. */
  why: Label
}

export interface TemplateChosen {
  heading: string
  /** null: it stays empty. */
  column: TableColumnAsked | null
}

export interface TemplateChoice {
  title: string
  rows: string
  /** CEL over the rows. */
  filter?: string
  /** One for each heading, in their order. */
  columns: TemplateChosen[]
}

export interface TemplateKept {
  fingerprint: string
  seq: number
  title: string
  rows: string
  filter: string
  columns: TemplateChosen[]
  officer_name: string
  at: string
}

/** A table that is kept as it is reported: of a ledger, or one that is asked for. */
export interface ReportNew {
  /** pack.name */
  ledger?: string
  /** Instead of a ledger. */
  table?: TableAsked
  /** At most 80 characters; else the table's. */
  title?: string
  from?: string
  to?: string
  as_of?: string
  area?: string
  sort?: string
}

export interface Report {
  id: string
  pack: string
  /** Empty: a table that was asked for. */
  ledger: string
  title: string
  from: string | null
  to: string | null
  /** When it was kept: what was recorded until then is in it. */
  at: string
  /** Its entry. */
  seq: number
  officer_name: string
}

export interface ReportFile {
  report: Report
  /** As it was reported. */
  table: Table
  /** Beside each of its lines the one that is known by the same texts and days today; null: gone. */
  today: (Value[] | null)[]
  /** Lines that have come since. */
  added: Value[][]
  /** Nothing has been corrected since. */
  same: boolean
}

/** A parameter that says within how many days. */
export interface DurationLimit {
  parameter: string
  title: Label
  /** On the last day of the period; null: not set. */
  days: number | null
  reference?: string
}

export interface DurationTerms {
  days: 'natural' | 'working'
  /** Each is held to the limit of the day it began. */
  limit?: DurationLimit
}

/** Kaplan–Meier: those still open count as long as they were seen, none is left out. */
export interface DurationSums {
  /** That began in the period; they are followed until today. */
  count: number
  /** Within the limit, or without one. */
  done: number
  /** Done, but later. */
  late: number
  /** Not done, the limit not over. */
  open: number
  /** Not done, and past the limit. */
  overdue: number
  /** Ended otherwise. */
  left: number
  /** Days; null: fewer than half are done. */
  median: number | null
  /** Done within the limit, a rate; null: cannot be told yet, or no limit. */
  share: string | null
  /** Counts working days of a year without a holiday notice. */
  provisional: boolean
}

export interface IndicatorArea {
  area: string
  name: string
  /** null: nothing to divide by, or of no row is it known; of a duration, its median. */
  value: number | string | null
  /** Of a duration. */
  sums?: DurationSums
  /** Rows not counted because facts are missing. */
  unknown: number
}

export interface Indicator {
  name: string
  title: Label
  definition: Label
  group: Label
  /** int money rate number */
  type: string
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  /** Of the events of the period; else as things are on its last day. */
  of_period: boolean
  /** Of a duration: its median in days. */
  value: number | string | null
  unknown: number
  /** How long from one thing to another. */
  duration?: DurationTerms
  /** Of a duration. */
  sums?: DurationSums
  /** One level below the asked area. */
  areas: IndicatorArea[]
  /** By zone; what has none is left out. */
  zones: IndicatorArea[]
}

export interface Indicators {
  pack: string
  from: string
  to: string
  area: string
  area_name: string
  /** The newest entry that is counted. */
  seq: number
  items: Indicator[]
  next: string | null
}

export interface IndicatorStep {
  from: string
  to: string
  /** false: what things were like then is not kept as a figure; only that of now is. */
  told: boolean
  /** null: not told, nothing to divide by, or of no row is it known. */
  value: number | string | null
  /** Of a duration: of those that began in the step. */
  sums?: DurationSums
  /** Rows not counted because facts are missing. */
  unknown: number
  /** One level below the asked area; none of a duration. */
  areas: IndicatorArea[]
}

export interface IndicatorSeries {
  pack: string
  from: string
  to: string
  area: string
  area_name: string
  /** The newest entry that is counted: what was recorded late counts in its step. */
  seq: number
  name: string
  title: Label
  definition: Label
  /** int money rate number */
  type: string
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  /** Of the events of each step; else as things are, which is known of now alone. */
  of_period: boolean
  by: 'day' | 'week' | 'month' | 'quarter' | 'year'
  items: IndicatorStep[]
  next: string | null
}

export interface IndicatorRow {
  subject: Ref
  on: string | null
  /** The row's part; they add up to a sum or count. Or days. */
  what: number | string | null
  /** Of a duration that began `on`. */
  state?: 'overdue' | 'open' | 'late' | 'done' | 'left'
  /** null: open. */
  ended?: string | null
  /** null: no limit. */
  due?: string | null
  /** Counts working days of a year without a holiday notice. */
  provisional?: boolean
}

export interface IndicatorRows {
  pack: string
  from: string
  to: string
  area: string
  area_name: string
  seq: number
  name: string
  title: Label
  definition: Label
  type: 'money' | 'rate' | 'number' | 'int'
  /** Shown behind a number. */
  unit?: string
  /** So many are shown; of a rate, in percent. */
  decimals?: number
  items: IndicatorRow[]
  next: string | null
}

export interface SampleStratum {
  title: Label
  population: number
  drawn: number
}

/** How many are to be drawn. */
export interface SampleSizing {
  /** Who may be drawn. */
  population: number
  /** Of whom it cannot be told, for lack of facts. */
  unknown: number
  size: number
  strata: SampleStratum[]
}

export interface SampleNew {
  pack: string
  plan: string
  title: string
  /** Public: whoever has it and the list can draw again. */
  seed: string
  /** 12 digits; absent: all of the officer's own. */
  area?: string
  stratified?: boolean
  /** Absent: as the precision needs. */
  size?: number
  /** 0.95 */
  confidence?: string
  /** 0.05 */
  precision?: string
  /** The rate expected: 0.5 when nothing is known. */
  expected?: string
  /** What it is drawn for. */
  subject?: string
}

export interface Sample {
  id: string
  pack: string
  plan: string
  plan_title: Label
  /** Who could be drawn. */
  definition: Label
  kind: string
  title: string
  seed: string
  area: string
  area_name: string
  drawn_on: string
  drawn_by: string
  subject: string | null
  stratified: boolean
  population: number
  size: number
  confidence: string
  precision: string
  expected: string
}

export interface SampleResult {
  name: string
  title: Label
  definition: Label
  /** Visited, and the answer is known. */
  asked: number
  yes: number
  /** Of all who could be drawn; null: nobody visited yet. */
  rate: string | null
  /** The interval of the sample's confidence. */
  low: string | null
  high: string | null
}

export interface SampleFile {
  sample: Sample
  visited: number
  strata: SampleStratum[]
  /** Empty for officers whose areas are not all of the sample's. */
  results: SampleResult[]
}

export interface SampleSubject {
  subject: Ref
  stratum: Label
  /** null: to be visited. */
  checked_on: string | null
  /** By the plan's results; null: not known. */
  answers: (boolean | null)[]
}

export interface Fund {
  kind: string
  id: string
  key: string
  title: string
  budget: number | null
  /** The sum of its payments. */
  paid: number
  payments: number
  /** Approved or running measures, not paid yet (by month: this one). */
  promised: number
  promises: number
  left: number | null
}

export interface FundList {
  today: string
  items: Fund[]
  next: string | null
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

/** One doer's duty in the period that the day lies in, as at the end of that day. */
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
  /** Of a person without an account: his record. */
  officer: string | null
  officer_name: string | null
  area: string
  area_name: string
  /** These subjects are his; else those of an area. */
  assigned: boolean
  set: number
  /** Visits where each subject has its own number (least), else subjects. */
  need: number
  done: number
  excused: number
  /** What must be done that day for the period to come out evenly. */
  today: number
  /** Days that are not excused. */
  days_left: number
  /** Counts working days of a year whose holiday notice is not there yet. */
  provisional: boolean
  state: DutyState
  why: Label
}

export interface DutyList {
  day: string
  today: string
  items: DutyLine[]
  next: string | null
}

export interface DutySubject {
  subject: Ref
  /** The name of whose it is; empty: of all in its area. */
  owner: string
  need: number
  done: number
  last: string | null
  since: string
  state: DutyState
  why: Label
}

export interface DutySubjects {
  day: string
  items: DutySubject[]
  next: string | null
}

export type FollowUpState = 'waiting' | 'due' | 'overdue' | 'done'

/** What is expected after an event or a measure: a promise, a first visit, an income. */
export interface FollowUp {
  pack: string
  name: string
  title: Label
  /** Of the event or measure that it follows. */
  id: string
  subject: Ref
  what: string
  /** The day of what it follows. */
  on: string
  /** Asked for from this day on. */
  from: string
  due: string | null
  state: FollowUpState
  /** Days after `due`. */
  late: number
  /** An officer, or the record of a person without an account. */
  owner: string | null
  owner_name: string | null
  /** In fen. */
  expected: number | null
  /** What came of it, in fen. */
  actual: number | null
  /** The event that fulfilled it. */
  done: string | null
  done_on: string | null
  /** The kind of event that fulfils it. */
  done_by: string
  /** The field of that event that names this one. */
  names: string | null
  /** Why it is not done, as was said last (an excuse that names it). */
  why: string | null
}

export interface ExcuseNew {
  /** Default: all duties (leave). */
  duty?: string
  /** Or one of the people, by his record. Else kind and subject. */
  officer?: string
  kind?: string
  subject?: string
  from: string
  to: string
  reason: string
  /** As officer. */
  stand_in?: string
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

export interface AmendedField {
  field: string
  title: Label
  before: unknown
  /** "" when it was not known. */
  before_text: string
  after: unknown
  /** "" when it is made unknown. */
  after_text: string
}

/** What was written of owned fields without their procedure. */
export interface Amendment {
  id: string
  way: 'correction' | 'taking_in'
  state: 'proposed' | 'confirmed' | 'refused' | 'withdrawn'
  kind_title: Label
  subject: Ref
  /** From when on it holds. */
  since: string
  changes: AmendedField[]
  /** Of a taking-in: from which register. */
  reason: string
  /** Who proposed it, or took it in; null: the system. */
  officer_name: string | null
  at: string
  decided_by: string | null
  decided: string | null
  note: string
  /** The states to which the caller may move it. */
  next: string[]
  version: number
}

/** Proposes a correction; it counts when another officer has confirmed it. */
export interface AmendmentNew {
  kind: string
  subject: string
  /** Owned fields; a null makes unknown. */
  fields: Values
  /** From when on it holds; today when it is left out. */
  since?: string
  reason: string
}

export interface AmendmentDecision {
  state: 'confirmed' | 'refused' | 'withdrawn'
  note?: string
}

/** Somebody of whom all that identifies is to be destroyed, or was. */
export interface Forgetting {
  id: string
  state: 'proposed' | 'confirmed' | 'refused' | 'withdrawn'
  kind_title: Label
  subject: Ref
  reason: string
  document: string
  /** Who proposed it; null: the system. */
  officer_name: string | null
  at: string
  decided_by: string | null
  decided: string | null
  /** The states to which the caller may move it. */
  next: string[]
  version: number
}

export interface ForgettingNew {
  kind: string
  subject: string
  /** Without names. */
  reason: string
  /** The request or document it rests on. */
  document: string
}

export interface ForgettingDecision {
  state: 'confirmed' | 'refused' | 'withdrawn'
}

/** Two records that were one. */
export interface Merger {
  id: string
  /** The one that stays. */
  subject: Ref
  /** The other. */
  gone: string
  gone_title: string
  reason: string
  officer_name: string | null
  at: string
  /** It was taken back. */
  undone: boolean
  undone_reason: string
  undone_by: string | null
  /** Whether the caller may take it back. */
  may_undo: boolean
}

export interface MergerNew {
  kind: string
  /** The record that goes. */
  from: string
  /** The one that stays. */
  into: string
  reason: string
}

export interface MergerUndo {
  reason: string
}

export interface SetUp {
  /** The day on which the set-up ended; null: it goes on. */
  until: string | null
}

export interface SetUpEnd {
  /** true */
  closed: boolean
}

export interface OfficerListed {
  id: string
  /** Told to colleagues, and to whoever administers accounts. */
  login?: string
  name: string
  active: boolean
  role_title: Label
  area: string
  area_name: string
}

/** An officer as an administrator sees him. */
export interface OfficerEntry {
  id: string
  login: string
  name: string
  /** false: the account is closed. */
  active: boolean
  /** He signs in with a one-time code. */
  codes: boolean
  posts: Post[]
}

export interface PostNew {
  /** A role of a pack, or admin. */
  role: string
  /** Whose role, where several packs have one of that name. */
  pack?: string
  /** The code. */
  area: string
}

export interface OfficerNew {
  login: string
  name: string
  posts: PostNew[]
  active?: boolean
  /** Long, and hard to guess. Never kept in the journal. */
  password?: string
}

export interface OfficerChange {
  login?: string
  name?: string
  /** All of them. */
  posts?: PostNew[]
  /** false closes the account. */
  active?: boolean
  password?: string
}

export interface PasswordNew {
  /** Without it one is made. */
  password?: string
}

export interface FirstPassword {
  /** The one that was made; told this once. */
  password?: string
}

export interface PasswordChange {
  old: string
  new: string
}

export interface FirstPasswordOf {
  login: string
  name: string
  password: string
}

export interface FirstPasswords {
  /** As they were made; later ones are not known. */
  items: FirstPasswordOf[]
}

export interface SealGiven {
  /** From the answer to the upload. */
  seal: string
}

export interface OfficerImport {
  id: string
  file: string
  state: 'checked' | 'applied'
  rows: number
  accepted: number
  refused: number
  created: number
  changed: number
  same: number
  /** At most 500. */
  errors: ImportFault[]
  /** Rows written by the last apply. */
  done?: number
  /** Why it stopped before the end; what was done stays, apply goes on. */
  stopped?: Label
  /** Only in the answer to the upload: a secret to be kept for apply and passwords. */
  seal?: string
}

export interface MapPoint {
  id: string
  title: string
  key: string | null
  /** "lng,lat" in WGS-84. */
  place: string | null
  /** The code of the field named by choice_field. */
  choice: string | null
  colour: Colour
  area: string
}

export interface MapPoints {
  /** The kind's first choice field. */
  choice_field: string | null
  items: MapPoint[]
  more: boolean
}
