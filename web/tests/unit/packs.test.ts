import type { Field, Packs, SubjectFile } from '@common/api/types'
import { minute, longDay, isDay } from '@common/format/date'
import { inWords, makeBook } from '@common/packs/book'
import { whereMissing } from '@common/packs/missing'
import { uuid7 } from '@common/uuid'
import { describe, expect, it } from 'vitest'
// @ts-expect-error plain JavaScript, for the mock server
import { pack } from '../../dev/pack.mjs'

const book = makeBook({ county: { code: '1', name: '县' }, today: '2026-11-24', packs: [pack] } as Packs)
const w = { yes: '是', no: '否', unknown: '未知', yuan: '元', and: '、' }
const field = (name: string) => book.kinds.get('household')!.fields.find((f) => f.name === name) as Field

describe('values in words', () => {
  it.each([
    ['income_year', 3000000, '30,000.00元'],
    ['house_grade', 'c', 'C级（局部危险）'],
    ['water_safe', false, '否'],
    ['risks', ['illness', 'school'], '因病、因学'],
    ['land_share', '0.35', '35%'],
    ['size', 0, '0'],
    ['size', null, '未知'],
  ])('%s %s', (name, v, said) => expect(inWords(field(name), v, 'zh', w)).toBe(said))
  it('an unknown code is shown as it is', () => expect(inWords(field('house_grade'), 'z', 'zh', w)).toBe('z'))
})

describe('where a missing fact is filled in', () => {
  const subject = { id: 's', kind: 'household', fields: {} }
  const file = {
    subject,
    children: [
      { id: 'a', kind: 'person' },
      { id: 'b', kind: 'person' },
    ],
    variables: [{ name: 'income_pc', missing: [{ name: 'size', title: { zh: '', en: '' } }] }],
  } as unknown as SubjectFile
  it.each([
    ['size', { subject, field: 'size' }],
    ['household.size', { subject, field: 'size' }],
    ['persons[1].health', { subject: file.children[1], field: 'health' }],
    ['persons[7].health', null],
    ['income_pc', { subject, field: 'size' }],
    ['p.monitor.line', null],
    ['household.size', { subject, field: 'size' }],
  ])('%s', (name, place) => expect(whereMissing(book, file, name)).toEqual(place))
  it('of the child the rule looked at', () =>
    expect(whereMissing(book, file, 'health', 'b')).toEqual({ subject: file.children[1], field: 'health' }))
  it('of an event', () =>
    expect(whereMissing(book, file, 'medical_claim.self_paid')).toEqual({ event: book.events.get('medical_claim') }))
})

describe('days and ids', () => {
  it('says an instant as it is written, whatever zone the reader sits in', () =>
    expect(minute('2026-11-23T23:05:12+08:00')).toBe('2026-11-23 23:05'))
  it('long days', () => expect(longDay('2026-03-05', 'zh')).toBe('2026年3月5日'))
  it('knows which days exist', () =>
    expect(['2024-02-29', '2023-02-29', '2023-13-01', '23-1-1'].map(isDay)).toEqual([true, false, false, false]))
  it('ids are version 7 and in order of time', () => {
    const a = uuid7(1_700_000_000_000)
    expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(a < uuid7(1_700_000_000_001)).toBe(true)
  })
})
