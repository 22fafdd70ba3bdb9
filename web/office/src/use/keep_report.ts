import { api } from '@common/api/client'
import { asProblem } from '@common/api/problem'
import type { ReportNew } from '@common/api/types'
import { uuid7 } from '@common/uuid'
import { useRouter } from 'vue-router'
import { useWords } from './words'

/** Keeps a table as it is reported, under a name that is asked for, and goes to it. */
export function useKeepReport() {
  const { t, locale } = useWords()
  const router = useRouter()
  return async (what: ReportNew, title: string): Promise<void> => {
    try {
      const said = await ElMessageBox.prompt(t('report.keepHelp'), t('report.keep'), {
        inputValue: title,
        inputPattern: /\S/,
        inputErrorMessage: t('report.needTitle'),
        confirmButtonText: t('report.keep'),
        cancelButtonText: t('act.cancel'),
      }).catch(() => null)
      if (!said) return
      const r = await api.keepReport(uuid7(), { ...what, title: said.value.trim() })
      void router.push(`/reports/${r.id}`)
    } catch (e) {
      ElMessage.error(asProblem(e).say(locale.value))
    }
  }
}
