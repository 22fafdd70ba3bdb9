import 'fake-indexeddb/auto'
import { draftsOf, type Kept } from '@common/device/drafts'
import { sealBy } from '@common/device/seal'
import Dexie from 'dexie'
import { describe, expect, it } from 'vitest'

const key = '7f'.repeat(32)
const kept = (form: string, at: string, note: string): Kept => ({
  form,
  at,
  title: form,
  page: '/s/household/1',
  id: '01a21f02-c319-7e8c-ae8c-12b18ba24b56',
  fields: { note },
  rest: { on: '2026-11-27' },
})

describe('what was typed and not saved', () => {
  it('is there again, as it was', async () => {
    const mine = draftsOf('a', key)
    await mine.keep(kept('visit', '2026-11-27T10:00:00+08:00', '母亲住院'))
    await mine.keep(kept('visit', '2026-11-27T10:01:00+08:00', '母亲住院，自付八千'))
    await mine.keep(kept('income', '2026-11-27T10:02:00+08:00', 'x'))
    expect((await draftsOf('a', key).of('visit'))?.fields).toEqual({ note: '母亲住院，自付八千' })
    expect((await mine.all()).map((d) => d.form)).toEqual(['income', 'visit'])
    await mine.drop('visit')
    expect(await mine.of('visit')).toBeUndefined()
  })
  it('belongs to one officer', async () => {
    await draftsOf('a', key).keep(kept('patrol', '2026-11-27T10:00:00+08:00', 'y'))
    expect(await draftsOf('b', '01'.repeat(32)).all()).toEqual([])
    expect(await draftsOf('a', '01'.repeat(32)).of('patrol')).toBeUndefined()
  })
  it('lies on the device sealed', async () => {
    await draftsOf('a', key).keep(kept('visit', '2026-11-27T10:00:00+08:00', 'a word nobody else may read'))
    const base = await new Dexie('jishi').open()
    const rows = (await base.table('drafts').toArray()) as { sealed: Uint8Array }[]
    expect(rows.length).toBeGreaterThan(0)
    for (const r of rows) expect(new TextDecoder('latin1').decode(r.sealed)).not.toMatch(/nobody|visit|household/)
  })
  it('that was changed by another hand is none', () => {
    const seal = sealBy(key)
    const closed = seal.close({ a: 1 })
    expect(seal.open(closed)).toEqual({ a: 1 })
    closed[closed.length - 1]! ^= 1
    expect(seal.open(closed)).toBeUndefined()
  })
})
