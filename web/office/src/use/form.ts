import { asProblem, type Problem } from '@common/api/problem'
import type { Field } from '@common/api/types'
import { fieldAt, type Draft, type Fault, type Read } from '@common/forms/model'
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

/** A form's state: what is typed, what is wrong with it here, what the server said and where. */
export function useForm(fields: () => Field[]) {
  const { locale, t } = useI18n()
  const draft = ref<Draft>({})
  const faults = ref<Record<string, Fault>>({})
  const problem = shallowRef<Problem | null>(null)
  const hint = ref('')
  const sending = ref(false)

  const at = computed(() => fieldAt(fields(), problem.value?.where ?? null))
  const said = computed<Record<string, string>>(() =>
    at.value ? { [at.value]: problem.value!.say(locale.value) } : {},
  )

  function start(d: Draft): void {
    draft.value = d
    faults.value = {}
    problem.value = null
    hint.value = ''
  }
  /** Checks, sends, and tells whether it went through. */
  async function send(
    read: Read,
    go: (values: Read['values']) => Promise<void>,
    extra: Record<string, Fault> = {},
  ): Promise<boolean> {
    faults.value = { ...read.faults, ...extra }
    problem.value = null
    hint.value = Object.keys(faults.value).length ? t('form.fix') : ''
    if (hint.value || sending.value) return false
    sending.value = true
    try {
      await go(read.values)
      return true
    } catch (e) {
      problem.value = asProblem(e)
      return false
    } finally {
      sending.value = false
    }
  }
  return { draft, faults, problem, said, hint, sending, start, send }
}
