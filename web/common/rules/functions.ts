// The functions that the engine's language has beside CEL's own, for @bufbuild/cel: the same results and the same
// refusals as src/cel/functions_own.c and functions_math.c. Money (fen), days, rates and numbers (× 10^8) are ints;
// a product of decimals comes from the engine as share(a, b).
import {
  CelScalar,
  celFunc,
  celMethod,
  isCelList,
  isCelMap,
  listType,
  type CelFunc,
  type CelValue,
} from '@bufbuild/cel'
import { addMonths, type Calendar, DAY_MAX, DAY_MIN, monthsBetween, parseDay, toParts, weekday, works } from './days'

const { INT, DOUBLE, STRING, DYN, BOOL, BYTES } = CelScalar
const RATE_ONE = 100000000n
const LIST = listType(DYN)

/** What changes from one evaluation to the next. */
export interface Moment {
  today: number
  calendar: Calendar | undefined
}

const refuse = (why: string): never => {
  throw new Error(why)
}

function int64(n: bigint): bigint {
  return BigInt.asIntN(64, n) === n ? n : refuse('The result is out of the range of numbers.')
}

const magnitude = (n: bigint) => (n < 0n ? -n : n)

/** Rounded half away from zero. */
function divideHalfUp(above: bigint, below: bigint): bigint {
  if (below === 0n) refuse('Division by zero.')
  const negative = above < 0n !== below < 0n
  const [a, b] = [magnitude(above), magnitude(below)]
  const whole = (2n * a + b) / (2n * b)
  return int64(negative ? -whole : whole)
}

function decimal(text: string, decimals: number): bigint | undefined {
  const m = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!m || (m[3] ?? '').length > decimals) return undefined
  const n = BigInt(m[2] + (m[3] ?? '').padEnd(decimals, '0'))
  return m[1] ? -n : n
}

function yuan(text: string): bigint {
  const fen = decimal(/^-?\d{1,3}(,\d{3})+(\.|$)/.test(text) ? text.replaceAll(',', '') : text, 2)
  return fen === undefined ? refuse('An amount is in yuan with at most two decimals.') : int64(fen)
}

function rate(text: string): bigint {
  const percent = text.endsWith('%')
  const n = decimal(percent ? text.slice(0, -1) : text, percent ? 6 : 8)
  return n === undefined ? refuse('A rate has at most 8 decimals.') : int64(n)
}

function number(text: string): bigint {
  const n = decimal(/^-?\d{1,3}(,\d{3})+(\.|$)/.test(text) ? text.replaceAll(',', '') : text, 8)
  return n === undefined ? refuse('A number has at most 8 decimals.') : int64(n)
}

/** Half away from zero, to so many decimals. */
function round(x: bigint, decimals: bigint): bigint {
  if (decimals < 0n || decimals > 8n) return refuse('Decimals are from 0 to 8.')
  const unit = RATE_ONE / 10n ** decimals
  return int64(divideHalfUp(x, unit) * unit)
}

// ---- days ----

function day(n: bigint): number {
  if (n < BigInt(DAY_MIN) || n > BigInt(DAY_MAX)) refuse('The date is outside the years 1 to 9999.')
  return Number(n)
}

const asDay = (n: number | undefined): bigint =>
  n === undefined || n < DAY_MIN || n > DAY_MAX ? refuse('The date is outside the years 1 to 9999.') : BigInt(n)

/** A message that begins so tells of an absent fact; its name follows. */
export const UNKNOWN = 'unknown: '

const needNotice = (calendar: Calendar, d: number): unknown =>
  toParts(d).year < calendar.first ? refuse(UNKNOWN + '(calendar)') : d

function addWorkdays(moment: Moment, from: bigint, count: bigint): bigint {
  const calendar = moment.calendar ?? refuse('There is no working-day calendar here.')
  if (count < 0n) refuse('The number of working days must not be negative.')
  let d = day(from)
  needNotice(calendar, d)
  for (let left = count; left > 0n;) {
    if (++d > DAY_MAX) refuse('The date is outside the years 1 to 9999.')
    if (works(calendar, d)) left--
  }
  return BigInt(d)
}

function workdaysBetween(moment: Moment, from: bigint, to: bigint): bigint {
  const calendar = moment.calendar ?? refuse('There is no working-day calendar here.')
  const [a, b] = [day(from), day(to)]
  needNotice(calendar, Math.min(a, b))
  let n = 0
  for (let d = Math.min(a, b) + 1; d <= Math.max(a, b); d++) if (works(calendar, d)) n++
  return BigInt(b < a ? -n : n)
}

// ---- lists ----

type Amount = bigint | number

function amounts(list: CelValue): Amount[] {
  if (!isCelList(list)) return refuse('A list is needed.')
  return [...list].map((x) =>
    typeof x === 'bigint' || typeof x === 'number' ? x : refuse('A list of numbers is needed.'),
  )
}

function extreme(items: Amount[], sign: number): Amount {
  if (items.length === 0) refuse('The list is empty.')
  return items.reduce((best, x) => {
    if (typeof x !== typeof best) refuse('The numbers are of different types.')
    return (sign > 0 ? x > best : x < best) ? x : best
  })
}

function mean(items: Amount[]): bigint {
  if (items.length === 0) refuse('The list is empty.')
  const total = sum(items)
  return typeof total === 'bigint' ? divideHalfUp(total, BigInt(items.length)) : refuse('A list of numbers is needed.')
}

function sum(items: Amount[]): Amount {
  if (items.length === 0) return 0n
  return items.reduce((total, x) => {
    if (typeof x === 'bigint' && typeof total === 'bigint') return int64(total + x)
    if (typeof x === 'number' && typeof total === 'number') return total + x
    return refuse('The numbers are of different types.')
  })
}

// ---- scales ----

interface Bracket {
  threshold: bigint
  rate?: bigint
  amount?: bigint
  index?: bigint
}

function brackets(scale: CelValue, what: 'rate' | 'amount' | 'index'): Bracket[] {
  if (!isCelList(scale)) return refuse('A scale is needed.')
  return [...scale].map((item) => {
    if (!isCelMap(item)) return refuse('A scale is needed.')
    const [threshold, value] = [item.get('threshold'), item.get(what)]
    if (typeof threshold !== 'bigint' || typeof value !== 'bigint') return refuse(`This scale has no ${what}.`)
    return { threshold, [what]: value }
  })
}

function marginalRate(scale: CelValue, base: bigint): bigint {
  let total = 0n
  const all = brackets(scale, 'rate')
  all.forEach((b, i) => {
    if (base <= b.threshold) return
    const next = all[i + 1]?.threshold
    total += ((next !== undefined && next < base ? next : base) - b.threshold) * b.rate!
  })
  return divideHalfUp(total, RATE_ONE)
}

function marginalAmount(scale: CelValue, base: bigint): bigint {
  return brackets(scale, 'amount').reduce((sum, b) => (base > b.threshold ? int64(sum + b.amount!) : sum), 0n)
}

function singleAmount(scale: CelValue, base: bigint): bigint {
  return brackets(scale, 'amount').reduce((found, b) => (base >= b.threshold ? b.amount! : found), 0n)
}

function interpolateUp(scale: CelValue, x: bigint): bigint {
  const all = brackets(scale, 'index')
  const at = all.findIndex((b) => x <= b.threshold)
  if (all.length === 0) return refuse('This scale has no index.')
  if (at < 0) return all[all.length - 1]!.index!
  const [to, from] = [all[at]!, all[at - 1]]
  if (!from || x === to.threshold) return to.index!
  const above = (to.index! - from.index!) * (x - from.threshold)
  const width = to.threshold - from.threshold
  return from.index! + above / width + (above > 0n && above % width !== 0n ? 1n : 0n)
}

function roundEven(x: bigint, decimals: bigint): bigint {
  if (decimals < 0n || decimals > 8n) return refuse('Decimals are from 0 to 8.')
  const unit = RATE_ONE / 10n ** decimals
  let whole = x / unit
  const twice = 2n * magnitude(x % unit)
  if (twice > unit || (twice === unit && whole % 2n !== 0n)) whole += x < 0n ? -1n : 1n
  return int64(whole * unit)
}

// ---- all of them ----

const NEEDED_MAX = 16

export function ownFunctions(moment: Moment): CelFunc[] {
  const ofDay = (name: string, part: (d: number) => number) => celFunc(name, [INT], INT, (n) => BigInt(part(day(n))))
  const ofDays = (name: string, between: (a: number, b: number) => number) =>
    celFunc(name, [INT, INT], INT, (a, b) => BigInt(between(day(a), day(b))))
  const picked = (name: string, sign: number) => [
    celFunc(name, [LIST], DYN, (list) => extreme(amounts(list), sign)),
    celFunc(name, [INT, INT], INT, (a, b) => extreme([a, b], sign) as bigint),
    celFunc(name, [DOUBLE, DOUBLE], DOUBLE, (a, b) => extreme([a, b], sign) as number),
  ]
  return [
    celFunc('yuan', [INT], INT, (n) => int64(n * 100n)),
    celFunc('yuan', [STRING], INT, yuan),
    celFunc('rate', [STRING], INT, rate),
    celFunc('number', [INT], INT, (n) => int64(n * RATE_ONE)),
    celFunc('number', [STRING], INT, number),
    celFunc('share', [INT, INT], INT, (fen, r) => divideHalfUp(fen * r, RATE_ONE)),
    celFunc('share', [INT, INT, INT, INT], INT, (fen, r, num, den) => divideHalfUp(fen * r * num, den * RATE_ONE)),
    celFunc('divide', [INT, INT], INT, divideHalfUp),
    celFunc('ratio', [INT, INT], INT, (a, b) => divideHalfUp(a * RATE_ONE, b)),
    celFunc('per', [INT, INT], INT, (a, b) => divideHalfUp(a * RATE_ONE, b)),
    celFunc('date', [STRING], INT, (s) => asDay(parseDay(s))),
    celFunc('today', [], INT, () => asDay(moment.today)),
    ofDay('year', (d) => toParts(d).year),
    ofDay('month', (d) => toParts(d).month),
    ofDay('day', (d) => toParts(d).day),
    ofDay('weekday', weekday),
    celFunc('addDays', [INT, INT], INT, (d, n) => asDay(Number(d + n))),
    celFunc('addMonths', [INT, INT], INT, (d, n) =>
      n > 120000n || n < -120000n ? refuse('Too many months.') : asDay(addMonths(day(d), Number(n))),
    ),
    celFunc('addWorkdays', [INT, INT], INT, (d, n) => addWorkdays(moment, d, n)),
    celFunc('workdaysBetween', [INT, INT], INT, (a, b) => workdaysBetween(moment, a, b)),
    ofDays('daysBetween', (a, b) => b - a),
    ofDays('monthsBetween', monthsBetween),
    ofDays('yearsBetween', (a, b) => Math.floor(monthsBetween(a, b) / 12)),
    ...picked('min', -1),
    ...picked('max', 1),
    celFunc('sum', [LIST], DYN, (list) => sum(amounts(list))),
    celFunc('mean', [LIST], DYN, (list) => mean(amounts(list))),
    celFunc('marginalRate', [LIST, INT], INT, marginalRate),
    celFunc('marginalAmount', [LIST, INT], INT, marginalAmount),
    celFunc('singleAmount', [LIST, INT], INT, singleAmount),
    celFunc('interpolateUp', [LIST, INT], INT, interpolateUp),
    celFunc('round', [INT, INT], INT, round),
    celFunc('roundEven', [INT, INT], INT, roundEven),
    celFunc('math.abs', [INT], INT, (n) => int64(magnitude(n))),
    celFunc('math.abs', [DOUBLE], DOUBLE, Math.abs),
    celFunc('math.sign', [INT], INT, (n) => (n > 0n ? 1n : n < 0n ? -1n : 0n)),
    celFunc('math.sign', [DOUBLE], DOUBLE, Math.sign),
    celFunc('math.ceil', [DOUBLE], DOUBLE, Math.ceil),
    celFunc('math.floor', [DOUBLE], DOUBLE, Math.floor),
    celFunc('math.trunc', [DOUBLE], DOUBLE, Math.trunc),
    celFunc('math.round', [DOUBLE], DOUBLE, (x) => Math.sign(x) * Math.round(Math.abs(x))),
    celFunc('math.isNaN', [DOUBLE], BOOL, Number.isNaN),
    celFunc('math.isInf', [DOUBLE], BOOL, (x) => Math.abs(x) === Infinity),
    celFunc('math.isFinite', [DOUBLE], BOOL, Number.isFinite),
    ...['math.greatest', 'math.least'].flatMap((name, i) => [
      celFunc(name, [LIST], DYN, (list) => extreme(amounts(list), i ? -1 : 1)),
      celFunc(name, [INT, INT], INT, (a, b) => extreme([a, b], i ? -1 : 1) as bigint),
      celFunc(name, [DOUBLE, DOUBLE], DOUBLE, (a, b) => extreme([a, b], i ? -1 : 1) as number),
    ]),
    celFunc('base64.encode', [BYTES], STRING, (b) => btoa(String.fromCharCode(...b))),
    celFunc('base64.decode', [STRING], BYTES, (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0))),
    // strict: what is absent or wrong among the needed has been the answer already
    ...Array.from({ length: NEEDED_MAX }, (_, n) => celFunc('needing', Array(n + 2).fill(DYN), DYN, (x) => x)),
    // never called: index.ts puts a question or a choice in its place, because functions do not see what is absent
    celFunc('known', [DYN], BOOL, () => true),
    celMethod('orElse', DYN, [DYN], DYN, function () {
      return this
    }),
  ]
}
