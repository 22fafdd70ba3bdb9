import type { Field } from '@common/api/types'
import { filledIn } from '@common/forms/applicable'
import { draftOf, fieldAt, offerFrom, readChanges, readForm, readOne } from '@common/forms/model'
import { describe, expect, it } from 'vitest'

const f = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  title: { zh: name, en: name },
  help: { zh: '', en: '' },
  format: null,
  privacy: 'open',
  required: false,
  owned: false,
  initial: null,
  long: false,
  min: null,
  max: null,
  values: [],
  fact: null,
  of: null,
  filled: false,
  ...more,
})
const fields = [
  f('name', 'text', { required: true, max: 4 }),
  f('size', 'int', { min: 1, max: 30 }),
  f('income', 'money'),
  f('share', 'rate'),
  f('born', 'date'),
  f('safe', 'bool'),
  f('grade', 'choice', { values: [{ code: 'a', title: { zh: '甲', en: 'A' } }] }),
  f('risks', 'choices', { values: [] }),
  f('phone', 'text', { privacy: 'masked' }),
]
const values = {
  name: '张某',
  size: 3,
  income: 1234550,
  share: '0.35',
  born: '2020-02-29',
  safe: false,
  grade: 'a',
  risks: ['b', 'a'],
}

describe('a time of day', () => {
  const at = (s: string) => readOne(f('time', 'text', { format: 'time' }), s)
  it('is typed in many ways', () => {
    for (const s of ['9:30', '09:30', '0930', '930', '9：30', ' 09.30 ']) expect(at(s)).toEqual({ value: '09:30' })
    expect(at('23:59:01')).toEqual({ value: '23:59:01' })
    expect(at('')).toEqual({ value: null })
  })
  it('ends the day at 24:00', () => {
    expect(at('24:00')).toEqual({ value: '24:00' })
    for (const s of ['24:01', '25:00', '9:75', '9', '下午3点']) expect(at(s)).toEqual({ fault: { key: 'form.time' } })
  })
})

describe('form', () => {
  it('goes there and back without loss', () => {
    expect(readForm(fields, draftOf(fields, values))).toEqual({ values: { ...values, risks: ['a', 'b'] }, faults: {} })
  })
  it('leaves the unknown out, and says what is needed', () => {
    const r = readForm(fields, draftOf(fields))
    expect(r.values).toEqual({})
    expect(Object.keys(r.faults)).toEqual(['name'])
  })
  it('"no" is an answer, empty is not', () => {
    expect(readOne(fields[5]!, 'false')).toEqual({ value: false })
    expect(readOne(fields[5]!, '')).toEqual({ value: null })
  })
  it.each([
    ['name', '五个字太长', 'form.tooLong'],
    ['size', '0', 'form.min'],
    ['size', '31', 'form.max'],
    ['size', '2.5', 'form.int'],
    ['income', '1.234', 'form.money'],
    ['share', 'x', 'form.rate'],
    ['born', '2021-02-29', 'form.date'],
  ])('%s refuses %s', (name, typed, key) => {
    const r = readOne(
      fields.find((x) => x.name === name)!,
      typed,
    )
    expect('fault' in r && r.fault.key).toBe(key)
  })
  it('counts characters as people do', () => expect(readOne(fields[0]!, '𠮷野家店')).toEqual({ value: '𠮷野家店' }))
  it('sends only what was touched: a masked number stays', () => {
    const before = draftOf(fields, { ...values, phone: '138****01' })
    expect(readChanges(fields, before, { ...before, size: '4' })).toEqual({ values: { size: 4 }, faults: {} })
  })
  it('an emptied answer becomes unknown, but not a required one', () => {
    const before = draftOf(fields, values)
    expect(readChanges(fields, before, { ...before, income: '' }).values).toEqual({ income: null })
    expect(Object.keys(readChanges(fields, before, { ...before, name: ' ' }).faults)).toEqual(['name'])
  })
  it('the order of ticks is no change', () => {
    const before = draftOf(fields, values)
    expect(readChanges(fields, before, { ...before, risks: ['a', 'b'] }).values).toEqual({})
  })
  it('finds the field a refusal is about', () => {
    expect(fieldAt(fields, 'fields.phone')).toBe('phone')
    expect(fieldAt(fields, 'size')).toBe('size')
    expect(fieldAt(fields, 'risks[2]')).toBe('risks')
    expect(fieldAt(fields, 'elsewhere')).toBeNull()
    expect(fieldAt(fields, null)).toBeNull()
  })
  it('offers texts and ticks of the last time, no amounts', () => {
    expect(offerFrom(fields, values)).toEqual({ draft: { name: '张某', risks: ['b', 'a'] }, count: 2 })
    expect(offerFrom(fields, undefined).count).toBe(0)
  })

  it('fills in what one answer says of another', () => {
    const own = [
      f('code', 'text'),
      f('born', 'date', { filled_from: 'date(code.substring(0, 4) + "-" + code.substring(4, 6) + "-01")' }),
      f('sex', 'choice', { filled_from: 'int(code.substring(6, 7)) % 2 == 1 ? "male" : "female"' }),
    ]
    expect(filledIn(own, { code: '1990053' }, '2026-01-01')).toEqual({ born: '1990-05-01', sex: 'male' })
    expect(filledIn(own, { code: '1990' }, '2026-01-01')).toEqual({})
    expect(filledIn(own, { code: '1990133' }, '2026-01-01')).toEqual({ sex: 'male' })
    expect(filledIn(own, {}, '2026-01-01')).toEqual({})
  })
})
