// Days as the engine counts them: whole days since 1970-01-01, proleptic Gregorian, years 1 to 9999.
export const DAY_MIN = -719162
export const DAY_MAX = 2932896

/** Public holidays and make-up days, as days since 1970-01-01; before `first` (a year) nothing is known. */
export interface Calendar {
  first: number
  holidays: ReadonlySet<number>
  workdays: ReadonlySet<number>
}

interface Parts {
  year: number
  month: number
  day: number
}

const floorDivide = (a: number, b: number) => Math.floor(a / b)

// Date cannot be trusted with the years 0 to 99; this counts 400 years at a time, each beginning in March.
export function fromParts(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = floorDivide(y, 400)
  const ofEra = y - era * 400
  const ofYear = floorDivide(153 * (month + (month > 2 ? -3 : 9)) + 2, 5) + day - 1
  return era * 146097 + ofEra * 365 + floorDivide(ofEra, 4) - floorDivide(ofEra, 100) + ofYear - 719468
}

export function toParts(days: number): Parts {
  const since = days + 719468
  const era = floorDivide(since, 146097)
  const ofEra = since - era * 146097
  const y = floorDivide(ofEra - floorDivide(ofEra, 1460) + floorDivide(ofEra, 36524) - floorDivide(ofEra, 146096), 365)
  const ofYear = ofEra - (365 * y + floorDivide(y, 4) - floorDivide(y, 100))
  const m = floorDivide(5 * ofYear + 2, 153)
  const month = m < 10 ? m + 3 : m - 9
  return {
    year: y + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - floorDivide(153 * m + 2, 5) + 1,
  }
}

export function monthLength(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Exactly YYYY-MM-DD, and a day that exists. */
export function parseDay(text: string): number | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!m) return undefined
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined
  return fromParts(year, month, day)
}

/** The same day of the month, or its last where it does not exist; undefined outside the years. */
export function addMonths(days: number, months: number): number | undefined {
  const at = toParts(days)
  const count = at.year * 12 + at.month - 1 + months
  const [year, month] = [floorDivide(count, 12), (((count % 12) + 12) % 12) + 1]
  if (year < 1 || year > 9999) return undefined
  return fromParts(year, month, Math.min(at.day, monthLength(year, month)))
}

/** The most months that can be added to `from` without passing `to`. */
export function monthsBetween(from: number, to: number): number {
  const [a, b] = [toParts(from), toParts(to)]
  const months = (b.year - a.year) * 12 + b.month - a.month
  const reached = addMonths(from, months)
  return reached !== undefined && reached > to ? months - 1 : months
}

/** 1 Monday … 7 Sunday. */
export const weekday = (days: number) => ((((days + 3) % 7) + 7) % 7) + 1

export function works(calendar: Calendar, days: number): boolean {
  if (calendar.workdays.has(days)) return true
  return !calendar.holidays.has(days) && weekday(days) <= 5
}
