/* Every talk with the server goes through here: language, errors, versions, idempotent ids. */
import { problemOf, unreachable } from './problem'
import type {
  Amendment,
  AmendmentDecision,
  AmendmentNew,
  Area,
  AreaChange,
  AreaChangeNew,
  AreaChangePlan,
  Case,
  Compared,
  Change,
  Codes,
  CodesBegun,
  CodesMade,
  Done,
  Due,
  DutyList,
  DutySubjects,
  EventAnswer,
  EventListed,
  EventNew,
  Excuse,
  ExcuseNew,
  Explanation,
  Finding,
  Forgetting,
  ForgettingDecision,
  ForgettingNew,
  FirstPassword,
  FollowUp,
  FundList,
  Health,
  ImportChoices,
  ImportListed,
  ImportReport,
  IndicatorRows,
  Indicators,
  Sample,
  Report,
  ReportFile,
  ReportNew,
  SampleFile,
  SampleNew,
  SampleSizing,
  SampleSubject,
  Key,
  Mapping,
  Merger,
  MergerNew,
  MergerUndo,
  MapPoints,
  Measure,
  MeasureChange,
  OfficerChange,
  OfficerEntry,
  OfficerListed,
  OfficerNew,
  Packs,
  Page,
  Payment,
  Question,
  SessionAnswer,
  SessionListed,
  SetUp,
  Settings,
  SettingsChange,
  Simulation,
  StepBack,
  StepTaken,
  Stored,
  Subject,
  SubjectChange,
  SubjectFile,
  SubjectNew,
  SavedTable,
  SavedTableNew,
  Table,
  TableAsked,
  TemplateChoice,
  TemplateKept,
  TemplatePreview,
  TemplateRead,
} from './types'

export type Query = Record<string, string | number | boolean | null | undefined>

interface Sending {
  query?: Query
  json?: unknown
  body?: Blob
  match?: number
}

let language = 'zh-CN'
let signedOut: () => void = () => {}
let locked: () => void = () => {}

export function setLanguage(locale: string): void {
  language = locale === 'en' ? 'en' : 'zh-CN'
}

/** Called when the session is over, whichever request finds it out. */
export function onSignedOut(f: () => void): void {
  signedOut = f
}

/** Called when the session is locked: the password opens it again. */
export function onLocked(f: () => void): void {
  locked = f
}

export function queryString(query: Query = {}): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) if (v !== null && v !== undefined && v !== '') q.set(k, String(v))
  const s = q.toString()
  return s ? `?${s}` : ''
}

async function call<T>(method: string, path: string, s: Sending = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language }
  let body: BodyInit | undefined
  if (s.json !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(s.json)
  } else if (s.body) {
    headers['Content-Type'] = 'application/octet-stream'
    body = s.body
  }
  if (s.match !== undefined) headers['If-Match'] = `"${s.match}"`
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}${queryString(s.query)}`, { method, headers, body, credentials: 'same-origin' })
  } catch {
    throw unreachable()
  }
  const text = await answer.text()
  let tree: unknown = null
  try {
    tree = text ? JSON.parse(text) : null
  } catch {
    throw problemOf(answer.status >= 400 ? answer.status : 502, null)
  }
  if (!answer.ok) {
    if (answer.status === 401 && path !== '/session') signedOut()
    if (answer.status === 423) locked()
    throw problemOf(answer.status, tree)
  }
  return tree as T
}

export interface Fetched {
  blob: Blob
  name: string
}

/** A file that is to be saved, with the name that the server gives it. */
async function fetchFile(method: string, path: string, s: Sending): Promise<Fetched> {
  const headers: Record<string, string> = { Accept: '*/*', 'Accept-Language': language }
  if (s.json !== undefined) headers['Content-Type'] = 'application/json'
  else if (s.body) headers['Content-Type'] = 'application/octet-stream'
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}${queryString(s.query)}`, {
      method,
      headers,
      body: s.json === undefined ? s.body : JSON.stringify(s.json),
      credentials: 'same-origin',
    })
    if (answer.ok) {
      const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('Content-Disposition') ?? '')
      return { blob: await answer.blob(), name: named ? decodeURIComponent(named[1]!) : 'table' }
    }
  } catch {
    throw unreachable()
  }
  if (answer.status === 401) signedOut()
  if (answer.status === 423) locked()
  throw problemOf(answer.status, await answer.json().catch(() => null))
}

const id = encodeURIComponent

export const api = {
  signIn: (login: string, password: string, code?: string) =>
    call<SessionAnswer>('POST', '/session', { json: { login, password, code } }),
  whoAmI: () => call<SessionAnswer>('GET', '/session'),
  signOut: () => call<Done>('DELETE', '/session'),
  /** Beside the API: what the server says of itself. */
  health: async (): Promise<Health> => (await (await fetch('/healthz')).json()) as Health,
  lock: () => call<Done>('POST', '/session/lock'),
  unlock: (password: string) => call<SessionAnswer>('POST', '/session/unlock', { json: { password } }),
  changePassword: (old: string, next: string) =>
    call<SessionAnswer>('POST', '/session/password', { json: { old, new: next } }),
  codes: () => call<Codes>('GET', '/session/codes'),
  beginCodes: () => call<CodesBegun>('POST', '/session/codes'),
  confirmCodes: (password: string, code: string) =>
    call<CodesMade>('POST', '/session/codes/confirm', { json: { password, code } }),
  dropCodes: (password: string, code: string) =>
    call<Codes>('POST', '/session/codes/drop', { json: { password, code } }),
  sessions: (all: boolean) => call<Page<SessionListed>>('GET', '/sessions', { query: { all: all ? 1 : undefined } }),
  endSession: (of: string) => call<Done>('DELETE', `/sessions/${id(of)}`),
  settings: () => call<Settings>('GET', '/settings'),
  changeSettings: (json: SettingsChange) => call<Settings>('PATCH', '/settings', { json }),
  accounts: (q: string) => call<Page<OfficerListed>>('GET', '/officers', { query: { q, closed: 1, limit: 500 } }),
  account: (of: string) => call<OfficerEntry>('GET', `/officers/${id(of)}`),
  addAccount: (of: string, json: OfficerNew) => call<OfficerEntry>('PUT', `/officers/${id(of)}`, { json }),
  changeAccount: (of: string, json: OfficerChange) => call<OfficerEntry>('PATCH', `/officers/${id(of)}`, { json }),
  resetPassword: (of: string) => call<FirstPassword>('POST', `/officers/${id(of)}/password`, { json: {} }),
  resetCodes: (of: string) => call<Done>('DELETE', `/officers/${id(of)}/codes`),
  packs: () => call<Packs>('GET', '/packs'),
  areas: () => call<Page<Area>>('GET', '/areas'),
  events: (kind: string, query: Query) => call<Page<EventListed>>('GET', `/events/${id(kind)}`, { query }),
  areaChanges: () => call<Page<AreaChange>>('GET', '/area-changes'),
  planAreas: (json: AreaChangeNew) => call<AreaChangePlan>('POST', '/area-changes/plan', { json }),
  changeAreas: (of: string, json: AreaChangeNew) => call<AreaChange>('PUT', `/area-changes/${id(of)}`, { json }),
  due: (area?: string) => call<Due>('GET', '/due', { query: { area } }),

  subjects: (kind: string, query: Query) => call<Page<Subject>>('GET', `/subjects/${id(kind)}`, { query }),
  subject: (kind: string, of: string, clear = false) =>
    call<Subject>('GET', `/subjects/${id(kind)}/${id(of)}`, { query: { clear: clear ? 1 : undefined } }),
  /** `reason`: in clear, which is noted with it. */
  file: (kind: string, of: string, reason?: string) =>
    call<SubjectFile>('GET', `/subjects/${id(kind)}/${id(of)}/file`, {
      query: { clear: reason ? 1 : undefined, reason },
    }),
  history: (kind: string, of: string, query: { cursor?: string; limit?: number }) =>
    call<Page<Change>>('GET', `/subjects/${id(kind)}/${id(of)}/history`, { query }),
  mergers: (kind: string, of: string) => call<Merger[]>('GET', `/subjects/${id(kind)}/${id(of)}/mergers`),
  merge: (of: string, json: MergerNew) => call<Merger>('PUT', `/mergers/${id(of)}`, { json }),
  unmerge: (of: string, json: MergerUndo) => call<Merger>('POST', `/mergers/${id(of)}/undo`, { json }),
  alike: (kind: string, query: Query) => call<Subject[][]>('GET', `/alike/${id(kind)}`, { query }),
  addSubject: (kind: string, of: string, json: SubjectNew) =>
    call<Subject>('PUT', `/subjects/${id(kind)}/${id(of)}`, { json }),
  changeSubject: (kind: string, of: string, version: number, json: SubjectChange) =>
    call<Subject>('PATCH', `/subjects/${id(kind)}/${id(of)}`, { json, match: version }),

  record: (kind: string, of: string, json: EventNew) =>
    call<EventAnswer>('PUT', `/events/${id(kind)}/${id(of)}`, {
      json,
    }),
  withdraw: (kind: string, of: string) => call<EventAnswer>('DELETE', `/events/${id(kind)}/${id(of)}`),

  /** Keys and names that a field may refer to. */
  keys: (kind: string, q: string) => call<Page<Key>>('GET', `/keys/${id(kind)}`, { query: { q } }),
  places: (kind: string, query: Query) => call<MapPoints>('GET', `/places/${id(kind)}`, { query }),
  duties: (query: Query) => call<DutyList>('GET', '/duties', { query }),
  dutySubjects: (duty: string, query: Query) => call<DutySubjects>('GET', `/duties/${id(duty)}/subjects`, { query }),
  followUps: (query: Query) => call<Page<FollowUp>>('GET', '/follow-ups', { query }),
  excuses: (query: Query) => call<Page<Excuse>>('GET', '/excuses', { query }),
  excuse: (of: string, json: ExcuseNew) => call<Excuse>('PUT', `/excuses/${id(of)}`, { json }),
  dropExcuse: (of: string) => call<Excuse>('DELETE', `/excuses/${id(of)}`),
  officers: (q: string) => call<Page<OfficerListed>>('GET', '/officers', { query: { q, limit: 100 } }),
  sendFile: (body: Blob) => call<Stored>('POST', '/files', { body }),
  funds: () => call<FundList>('GET', '/funds'),
  payments: (query: Query) => call<Page<Payment>>('GET', '/payments', { query }),
  indicators: (query: Query) => call<Indicators>('GET', '/indicators', { query }),
  indicatorRows: (name: string, query: Query) => call<IndicatorRows>('GET', `/indicators/${id(name)}/rows`, { query }),
  samples: (query: Query) => call<Page<Sample>>('GET', '/samples', { query }),
  sample: (of: string) => call<SampleFile>('GET', `/samples/${id(of)}`),
  sampleSubjects: (of: string, query: Query) =>
    call<Page<SampleSubject>>('GET', `/samples/${id(of)}/subjects`, { query }),
  sampleSizing: (plan: string, query: Query) => call<SampleSizing>('GET', `/sample-plans/${id(plan)}`, { query }),
  drawSample: (of: string, json: SampleNew) => call<Sample>('PUT', `/samples/${id(of)}`, { json }),

  ledger: (name: string, query: Query) => call<Table>('GET', `/ledgers/${id(name)}`, { query }),
  ledgerFile: (name: string, query: Query) => fetchFile('GET', `/ledgers/${id(name)}`, { query }),
  print: (name: string, query: Query) => fetchFile('GET', `/prints/${id(name)}`, { query }),
  reports: (query: Query) => call<Page<Report>>('GET', '/reports', { query }),
  report: (of: string) => call<ReportFile>('GET', `/reports/${id(of)}`),
  keepReport: (of: string, json: ReportNew) => call<Report>('PUT', `/reports/${id(of)}`, { json }),
  /** A list as a file: its own path and search, with format (and encoding). */
  listFile: (path: string, query: Query) => fetchFile('GET', path, { query }),
  table: (json: TableAsked) => call<Table>('POST', '/tables', { json }),
  savedTables: () => call<Page<SavedTable>>('GET', '/tables'),
  saveTable: (key: string, json: SavedTableNew) => call<SavedTable>('PUT', `/tables/${id(key)}`, { json }),
  removeTable: (key: string) => call<SavedTable>('DELETE', `/tables/${id(key)}`),
  tableFile: (json: TableAsked) => fetchFile('POST', '/tables', { json }),
  readTemplate: (file: File, query: Query) => call<TemplateRead>('POST', '/templates', { query, body: file }),
  previewTemplate: (file: File, query: Query) =>
    call<TemplatePreview>('POST', '/templates/fill', { query, body: file }),
  fillTemplate: (file: File, query: Query) =>
    fetchFile('POST', '/templates/fill', { query: { ...query, format: 'xlsx' }, body: file }),
  templates: () => call<Page<TemplateKept>>('GET', '/templates'),
  keepTemplate: (of: string, json: TemplateChoice) => call<TemplateKept>('PUT', `/templates/${id(of)}`, { json }),
  forgetTemplate: (of: string) => call<Done>('DELETE', `/templates/${id(of)}`),
  eventList: (kind: string, query: Query) => call<Page<EventListed>>('GET', `/events/${id(kind)}`, { query }),

  simulate: (json: Question) => call<Simulation>('POST', '/simulations', { json }),
  whyEvent: (kind: string, of: string) => call<Explanation>('GET', `/events/${id(kind)}/${id(of)}/explain`),
  whyFinding: (of: string) => call<Explanation>('GET', `/findings/${id(of)}/explain`),
  whyMeasure: (of: string) => call<Explanation>('GET', `/measures/${id(of)}/explain`),
  /** `name`: a variable, aggregate or rule of the kind, or colour. */
  whyName: (kind: string, of: string, name: string) =>
    call<Explanation>('GET', `/subjects/${id(kind)}/${id(of)}/explain`, { query: { name } }),
  findings: (query: Query) => call<Page<Finding>>('GET', '/findings', { query }),
  cases: (query: Query) => call<Page<Case>>('GET', '/cases', { query }),
  oneCase: (of: string) => call<Case>('GET', `/cases/${id(of)}`),
  takeStep: (of: string, version: number, json: StepTaken) =>
    call<Case>('POST', `/cases/${id(of)}/transitions`, { json, match: version }),
  stepBack: (of: string, version: number, json: StepBack) =>
    call<Case>('POST', `/cases/${id(of)}/step-back`, { json, match: version }),

  propose: (of: string, json: MeasureChange) => call<Measure>('PUT', `/measures/${id(of)}`, { json }),
  moveMeasure: (of: string, version: number, json: MeasureChange) =>
    call<Measure>('PUT', `/measures/${id(of)}`, { json, match: version }),

  amendments: (query: Query) => call<Page<Amendment>>('GET', '/amendments', { query }),
  correct: (of: string, json: AmendmentNew) => call<Amendment>('PUT', `/amendments/${id(of)}`, { json }),
  decideAmendment: (of: string, version: number, json: AmendmentDecision) =>
    call<Amendment>('POST', `/amendments/${id(of)}/decision`, { json, match: version }),
  forgettings: (query: Query) => call<Page<Forgetting>>('GET', '/forgettings', { query }),
  forget: (of: string, json: ForgettingNew) => call<Forgetting>('PUT', `/forgettings/${id(of)}`, { json }),
  decideForgetting: (of: string, version: number, json: ForgettingDecision) =>
    call<Forgetting>('POST', `/forgettings/${id(of)}/decision`, { json, match: version }),
  setUp: () => call<SetUp>('GET', '/set-up'),
  endSetUp: () => call<SetUp>('POST', '/set-up', { json: { closed: true } }),
  /** `from`: a first taking-in, and of which register. */
  checkImport: (layout: string, file: File, from?: { source: string; on: string }) =>
    call<ImportReport>('POST', '/imports', {
      query: { layout, name: file.name, taking_in: from?.source, taking_in_on: from?.on },
      body: file,
    }),
  imports: (query: Query) => call<Page<ImportListed>>('GET', '/imports', { query }),
  importReport: (of: string) => call<ImportReport>('GET', `/imports/${id(of)}`),
  chooseImport: (of: string, choices: ImportChoices, remember = false) =>
    call<ImportReport>('POST', `/imports/${id(of)}/check`, { json: { choices, remember } }),
  compared: (of: string, query: Query) => call<Compared>('GET', `/imports/${id(of)}/compared`, { query }),
  mapping: (of: string) => call<Mapping>('GET', `/mappings/${id(of)}`),
  changeMapping: (of: string, map: Record<string, string>) =>
    call<Mapping>('PUT', `/mappings/${id(of)}`, { json: { map } }),
  faultySheet: (of: string, all: boolean) =>
    fetchFile('GET', `/imports/${id(of)}/faults`, { query: { all: all || '' } }),
  mappings: () => call<Page<Mapping>>('GET', '/mappings', { query: { limit: 500 } }),
  forgetMapping: (of: string) => call<Mapping>('DELETE', `/mappings/${id(of)}`),
  applyImport: (of: string) => call<ImportReport>('POST', `/imports/${id(of)}/apply`),
  undoImport: (of: string) => call<ImportReport>('POST', `/imports/${id(of)}/undo`),
}
