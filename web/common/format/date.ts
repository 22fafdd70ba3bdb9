/* Days are YYYY-MM-DD in the county's calendar; instants come with +08:00 and are shown as they are written. */

/** "2026-11-23T09:05:12+08:00" → "2026-11-23 09:05". The text is local already: no time zone of the reader's machine enters. */
export function minute(instant: string): string {
  const m = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(instant)
  return m ? `${m[1]} ${m[2]}` : instant
}

export function dayOf(instant: string): string {
  return instant.slice(0, 10)
}

/** 2026-11-23 → 2026年11月23日 */
export function longDay(day: string, locale: string): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!m || locale === 'en') return day
  return `${m[1]}年${Number(m[2])}月${Number(m[3])}日`
}

/** A time of day as people type it (9:30, 0930, 9：30) → "09:30", up to "24:00"; null: none. */
export function readTime(s: string): string | null {
  const m = /^(\d{1,2})[:：.]?([0-5]\d)(?:[:：]([0-5]\d))?$/.exec(s.trim())
  if (!m) return null
  const time = `${m[1]!.padStart(2, '0')}:${m[2]}${m[3] ? `:${m[3]}` : ''}`
  return time <= '24:00' ? time : null
}

export function isDay(s: string): boolean {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(s)
  if (!m) return false
  const d = new Date(Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3])))
  return d.toISOString().slice(0, 10) === s
}

/** This device's instant, written as the server writes one. */
export const nowInstant = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().replace('Z', '+08:00')
