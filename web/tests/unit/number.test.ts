import { decimals, readDecimal, tellNumber, withUnit } from '@common/format/number'
import { valueInWords } from '@common/packs/parameters'
import { readOne } from '@common/forms/model'
import { inWords } from '@common/packs/book'
import type { Field } from '@common/api/types'
import { describe, expect, it } from 'vitest'

const title = { zh: '水位', en: 'level' }
const level = { name: 'level', title, type: 'number', unit: '米', decimals: 2 } as Field
const w = { yes: '是', no: '否', unknown: '未知', yuan: '元', and: '、', notSet: '未设定' }

describe('numbers with units', () => {
  it('stand before their unit as a person writes it', () => {
    expect(withUnit('58.5', 'µg/m³')).toBe('58.5 µg/m³')
    expect(withUnit('85.2', '米')).toBe('85.2米')
    expect(withUnit('-3', '℃')).toBe('-3℃')
    expect(withUnit('3', undefined)).toBe('3')
  })
  it('are never told in percent, whatever they are', () => {
    expect(tellNumber({ type: 'number', unit: 'µg/m³' }, '150', '元')).toBe('150 µg/m³')
    expect(valueInWords({ type: 'number', unit: 'µg/m³' }, '150', w)).toBe('150 µg/m³')
    expect(valueInWords({ type: 'number' }, null, w)).toBe('未设定')
    expect(inWords(level, '85.2', 'zh', w)).toBe('85.20米')
    expect(tellNumber({ type: 'rate' }, '0.65', '元')).toBe('65%')
    expect(tellNumber({ type: 'rate', decimals: 1 }, '0.6666', '元')).toBe('66.7%')
    expect(tellNumber({ type: 'int', unit: '次' }, 3, '元')).toBe('3次')
    expect(tellNumber({ type: 'money' }, 123450, '元')).toBe('1,234.50元')
  })
  it('are rounded half away from zero, digit by digit', () => {
    const told: [string, number, string][] = [
      ['58.55', 1, '58.6'],
      ['-58.55', 1, '-58.6'],
      ['0.04', 1, '0.0'],
      ['-0.04', 1, '0.0'],
      ['9.995', 2, '10.00'],
      ['7', 0, '7'],
      ['7.5', 0, '8'],
      ['0.05', 1, '0.1'],
    ]
    for (const [s, d, said] of told) expect(decimals(s, d)).toBe(said)
  })
  it('are read as people type them', () => {
    expect(readDecimal('1,150.50')).toBe('1150.5')
    expect(readDecimal('８１．４')).toBe('81.4')
    expect(readDecimal('-0.0')).toBe('0')
    for (const s of ['81,4', 'much', '', '1.123456789']) expect(readDecimal(s)).toBeNull()
    expect(readOne(level, '85.2米')).toEqual({ value: '85.2' })
    expect(readOne(level, '81,4')).toEqual({ fault: { key: 'form.number' } })
    expect(readOne(level, '85.123')).toEqual({ fault: { key: 'form.decimals', params: { n: 2 } } })
  })
})
