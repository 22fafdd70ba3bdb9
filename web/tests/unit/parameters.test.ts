import type { Pack } from '@common/api/types'
import { boxText, fromWhole, knobsOf, rangeOf, readBox, toWhole } from '@common/packs/parameters'
import { describe, expect, it } from 'vitest'

const title = { zh: '线', en: 'line' }
const pack = {
  parameters: [
    {
      name: 'p.line',
      title,
      type: 'money',
      form: 'value',
      values: [
        { from: '2020-01-01', value: 500, reference: 'a' },
        { from: '2026-01-01', value: 800000, reference: 'b' },
        { from: '2027-01-01', value: 900000, reference: 'c' },
      ],
    },
    {
      name: 'p.share',
      title,
      type: 'rate',
      form: 'keyed',
      values: [
        { from: '2026-01-01', value: { one: '0.9' }, reference: null },
        { from: '2027-01-01', value: { one: '0.9', two: '0.8' }, reference: null },
      ],
    },
    { name: 'p.free', title, type: 'int', form: 'value', values: [] },
    { name: 'p.scale', title, type: 'money', form: 'scale', values: [] },
  ],
} as unknown as Pack

describe('parameters', () => {
  it('are what is in force on the day, with the document; a key each', () => {
    const k = knobsOf(pack, '2026-06-01')
    expect(k.map((x) => [x.name, x.now, x.reference])).toEqual([
      ['p.line', 800000, 'b'],
      ['p.share.one', '0.9', null],
      ['p.share.two', null, null],
      ['p.free', null, null],
    ])
    expect(knobsOf(pack, '2019-01-01')[0]!.now).toBeNull()
    expect(knobsOf({} as Pack, '2026-06-01')).toEqual([])
  })
  it('are read and written without losing a digit', () => {
    for (const r of ['0.65', '0.00000001', '1', '0.1', '12.5', '-0.05'])
      expect(fromWhole('rate', toWhole('rate', r)!)).toBe(r)
    expect(readBox('money', '8,000.5')).toBe(800050)
    expect(readBox('rate', '65')).toBe('0.65')
    expect(readBox('int', '3')).toBe(3)
    for (const u of ['money', 'rate', 'int'] as const) expect(readBox(u, 'much')).toBeNull()
    expect(boxText('money', 800000)).toBe('8000')
    expect(boxText('money', 800050)).toBe('8000.50')
    expect(boxText('rate', '0.65')).toBe('65')
    expect(readBox('number', '1,150.50')).toBe('1150.5')
    expect(boxText('number', '150')).toBe('150')
    expect(fromWhole('number', toWhole('number', '150.05')!)).toBe('150.05')
  })
  it('range around today, hold what is wished, and step evenly', () => {
    expect(rangeOf('money', 850000, null)).toEqual({ min: 425000, max: 1275000, step: 5000 })
    for (const [u, now, wish] of [
      ['money', null, 900000],
      ['int', 3, 40],
      ['rate', 65000000, 0],
      ['int', 0, null],
      ['money', -5000, null],
    ] as const) {
      const r = rangeOf(u, now, wish)
      expect(r.max).toBeGreaterThan(r.min)
      expect(r.min % r.step === 0 && r.max % r.step === 0).toBe(true)
      for (const v of [now, wish]) if (v !== null) expect(v >= r.min && v <= r.max).toBe(true)
    }
  })
})
