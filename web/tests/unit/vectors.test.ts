// The same answer everywhere: what the engine said to every expression of the packs (tests/unit/cel_vectors.c,
// in the file $JISHI_VECTORS) is what the browser says.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ruleBook, type Fact } from '@common/rules'
import { parseDay } from '@common/rules/days'

interface Vector {
  expr: string
  today: number
  names: string[]
  facts: Record<string, unknown>
  says: unknown
}

const file = process.env.JISHI_VECTORS ?? ''
const calendarFile = new URL('../../../data/calendar.yaml', import.meta.url)

function calendar() {
  const text = readFileSync(calendarFile, 'utf8').replace(/#.*$/gm, '')
  const days = (key: string) =>
    new Set(
      [...text.matchAll(new RegExp(`^ *${key}: \\[([^\\]]*)\\]`, 'gm'))]
        .flatMap((m) => m[1]!.split(','))
        .map((s) => parseDay(s.trim()))
        .filter((d) => d !== undefined),
    )
  return { first: Number(/year: (\d+)/.exec(text)?.[1]), holidays: days('holidays'), workdays: days('workdays') }
}

// Numbers of the vectors are ints.
function fact(x: unknown): Fact {
  if (typeof x === 'number') return BigInt(x)
  if (Array.isArray(x)) return x.map(fact)
  if (x !== null && typeof x === 'object') return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, fact(v)]))
  return x as Fact
}

function plain(x: unknown): unknown {
  if (typeof x === 'bigint') return Number(x)
  if (x !== null && typeof x === 'object' && Symbol.iterator in x) {
    const items = [...(x as Iterable<unknown>)]
    return items.every((i) => Array.isArray(i)) && items.length
      ? Object.fromEntries(
          items.map((i) => {
            const [k, v] = i as [string, unknown]
            return [k, plain(v)]
          }),
        )
      : items.map(plain)
  }
  return x
}

const kindOf = (x: unknown) =>
  x !== null && typeof x === 'object' && 'unknown' in x
    ? 'unknown'
    : x !== null && typeof x === 'object' && 'error' in x
      ? 'error'
      : 'value'

describe.skipIf(!existsSync(file))('vectors', () => {
  const vectors = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Vector)
    : []
  const days = calendar()

  it('has all of them', () => {
    expect(vectors.length).toBeGreaterThan(500)
    for (const kind of ['value', 'unknown', 'error'])
      expect(vectors.filter((v) => kindOf(v.says) === kind).length).toBeGreaterThan(0)
  })

  const byExpression = new Map<string, Vector[]>()
  for (const v of vectors) byExpression.set(v.expr, [...(byExpression.get(v.expr) ?? []), v])
  it.each([...byExpression.keys()])('%s', (expr) => {
    for (const v of byExpression.get(expr)!) {
      const said = ruleBook(v.names, days)
        .compile(v.expr)
        .evaluate(Object.fromEntries(Object.entries(v.facts).map(([k, x]) => [k, fact(x)])), v.today)
      const told = JSON.stringify({ facts: v.facts, says: v.says, browser: said }, (_, x: unknown) =>
        typeof x === 'bigint' ? Number(x) : x,
      )
      const kind = kindOf(v.says)
      expect(kindOf(said), told).toBe(kind)
      if ('value' in said) expect(plain(said.value), told).toEqual(v.says)
    }
  })
})
