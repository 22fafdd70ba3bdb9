import { fenToYuan, money, percentToRate, rateToPercent, yuanToFen } from '@common/format/money'
import { describe, expect, it } from 'vitest'

describe('money', () => {
  it.each([
    ['0', 0],
    ['0.1', 10],
    ['0.01', 1],
    ['1234.5', 123450],
    ['1,234.50', 123450],
    ['１２３４', 123400],
    ['-3', -300],
    [' 20000 ', 2000000],
    ['0.29', 29],
    ['1.15', 115],
    ['4.35', 435],
    ['8.2', 820],
    ['90071992547409.91', 9007199254740991],
  ])('reads %s yuan exactly', (s, fen) => expect(yuanToFen(s)).toBe(fen))
  it.each(['', 'abc', '1.234', '1..2', '12,34', '1e5', '90071992547409.92', '999999999999999', '0x10', '.5', '5.'])(
    'refuses %s',
    (s) => expect(yuanToFen(s)).toBeNull(),
  )
  it('goes there and back for every fen of a hundred yuan and at the edges', () => {
    const odd: number[] = []
    for (let fen = -10_000; fen <= 10_000; fen++)
      if (yuanToFen(fenToYuan(fen)) !== fen || yuanToFen(money(fen)) !== fen) odd.push(fen)
    for (const fen of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 100000000000])
      if (yuanToFen(fenToYuan(fen)) !== fen) odd.push(fen)
    expect(odd).toEqual([])
  })
  it('groups thousands for reading', () => {
    expect(money(123456789)).toBe('1,234,567.89')
    expect(money(-5)).toBe('-0.05')
    expect(money(100000)).toBe('1,000.00')
  })
})

describe('rates', () => {
  it.each([
    ['65', '0.65'],
    ['80%', '0.8'],
    ['100', '1'],
    ['0', '0'],
    ['4.75', '0.0475'],
    ['0.5', '0.005'],
    ['150', '1.5'],
    ['-5', '-0.05'],
  ])('%s percent is %s', (s, r) => {
    expect(percentToRate(s)).toBe(r)
    expect(percentToRate(rateToPercent(r))).toBe(r)
  })
  it.each(['', 'x', '1/2'])('refuses %s', (s) => expect(percentToRate(s)).toBeNull())
})
