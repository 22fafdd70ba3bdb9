import type { EventKind, Field, Label, ParameterContent, Value } from '@common/api/types'
import { money as digits, rateToPercent } from '@common/format/money'
import { tellNumber, type Told } from '@common/format/number'
import { inWords, tr as pick } from '@common/packs/book'
import { valueInWords } from '@common/packs/parameters'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '../stores/session'
import { officerName } from './officers'

/** Words for a page: messages, labels of packs, values, names of things. */
export function useWords() {
  const { t, locale } = useI18n()
  const session = useSession()
  const book = computed(() => session.book!)
  const words = computed(() => ({
    yes: t('word.yes'),
    no: t('word.no'),
    unknown: t('word.unknown'),
    yuan: t('word.yuan'),
    and: t('word.and'),
  }))
  const tr = (l: Label | string | null | undefined): string => pick(l, locale.value)
  return {
    t,
    locale,
    book,
    tr,
    show: (f: Field, v: Value | undefined): string =>
      (f.format === 'officer' || f.format === 'officers') && typeof v === 'string' && v
        ? v.split(' ').map(officerName).join(words.value.and)
        : f.format === 'zone' && typeof v === 'string'
          ? (session.areas.find((a) => a.code === v)?.name ?? v)
          : f.format === 'files' && typeof v === 'string'
            ? t('word.files', { n: v.split(' ').filter(Boolean).length })
            : inWords(f, v, locale.value, words.value),
    showParameter: (of: Told, v: ParameterContent): string =>
      valueInWords(of, v, { ...words.value, notSet: t('whatif.notSet') }),
    /** A figure: a share without declared decimals with two at most. */
    showNumber: (of: Told, v: number | string | null): string => {
      if (v === null) return '—'
      if (of.type !== 'rate' || of.decimals !== undefined) return tellNumber(of, v, t('word.yuan'))
      return `${Number(Number(rateToPercent(String(v))).toFixed(2))}%`
    },
    yuan: (fen: number): string => digits(fen) + t('word.yuan'),
    /** "Record a visit"; but a title that says "record" itself is not told to twice. */
    recordTitle: (e: EventKind): string => {
      const what = tr(e.title)
      return what.includes(t('file.recordNow')) ? what : t('act.recordOf', { what })
    },
    kindTitle: (name: string): string => tr(book.value.kinds.get(name)?.title) || name,
  }
}
