/* What was typed and not saved yet, kept on this device by form: through reload, Back, a crash, signing out. */
import Dexie, { type EntityTable } from 'dexie'
import { sealBy } from './seal'

export interface FormState {
  /** Of the command it becomes: the same after a reload, so that sending it twice makes one record. */
  id: string
  /** Only what was changed against the form's beginning. */
  fields: Record<string, string | string[]>
  /** What is typed beside the fields: the day, a note. */
  rest: Record<string, unknown>
}
export interface Kept extends FormState {
  form: string
  /** Instant, ISO. */
  at: string
  title: string
  /** The page it was typed on. */
  page: string
}
export interface Drafts {
  keep(kept: Kept): Promise<void>
  of(form: string): Promise<Kept | undefined>
  drop(form: string): Promise<void>
  /** The latest first. */
  all(): Promise<Kept[]>
}

interface Row {
  key: string
  owner: string
  sealed: Uint8Array
}

let base: (Dexie & { drafts: EntityTable<Row, 'key'> }) | null = null
function open() {
  if (base) return base
  base = new Dexie('jishi') as Dexie & { drafts: EntityTable<Row, 'key'> }
  base.version(1).stores({ drafts: 'key, owner' })
  return base
}

/** `owner`: the officer; `key`: his device_key. Every call fails where the device keeps nothing, or is full. */
export function draftsOf(owner: string, key: string): Drafts {
  const seal = sealBy(key)
  const table = () => open().drafts
  const at = (form: string) => `${owner}/${form}`
  return {
    async keep(kept) {
      await table().put({ key: at(kept.form), owner, sealed: seal.close(kept) })
    },
    async of(form) {
      const row = await table().get(at(form))
      return row && seal.open<Kept>(row.sealed)
    },
    async drop(form) {
      await table().delete(at(form))
    },
    async all() {
      const rows = await table().where('owner').equals(owner).toArray()
      return rows
        .map((row) => seal.open<Kept>(row.sealed))
        .filter((kept): kept is Kept => !!kept)
        .sort((a, b) => (a.at < b.at ? 1 : -1))
    },
  }
}
