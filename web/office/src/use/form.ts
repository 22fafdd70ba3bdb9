import { asProblem, type Problem } from '@common/api/problem'
import type { Field } from '@common/api/types'
import type { Drafts } from '@common/device/drafts'
import { nowInstant } from '@common/format/date'
import { fieldAt, type Draft, type Fault, type Read } from '@common/forms/model'
import { uuid7 } from '@common/uuid'
import { computed, nextTick, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '../stores/session'

/** What makes a form's content outlive the page. */
export interface Keeping {
  /** Which form, about what. Null: not yet known, nothing is kept. */
  form: () => string | null
  title: () => string
  /** What is typed beside the fields. */
  rest?: Record<string, Ref<unknown>>
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? '') === JSON.stringify(b ?? '')

/** A form's state: what is typed, what is wrong with it here, what the server said and where; and, `keeping`, what was
 * typed before and not saved. */
export function useForm(fields: () => Field[], keeping?: Keeping) {
  const { locale, t } = useI18n()
  const session = useSession()
  const draft = ref<Draft>({})
  const faults = ref<Record<string, Fault>>({})
  const problem = shallowRef<Problem | null>(null)
  const hint = ref('')
  const sending = ref(false)
  /** Of the command that is sent. */
  const id = ref('')
  /** When what stands here was typed, if that was before the form was opened. */
  const resumed = ref('')
  /** What stands here and is not saved is on the device. */
  const pending = ref(false)
  /** It could not be kept: the device is full, or keeps nothing. */
  const unkept = ref(false)

  const at = computed(() => fieldAt(fields(), problem.value?.where ?? null))
  const said = computed<Record<string, string>>(() =>
    at.value ? { [at.value]: problem.value!.say(locale.value) } : {},
  )

  /* ---- what is typed outlives the page ---- */

  let began: Draft = {}
  let beganRest: Record<string, unknown> = {}
  let form: string | null = null // what is kept now; null: nothing, or its past is still looked for
  const restNow = () => Object.fromEntries(Object.entries(keeping?.rest ?? {}).map(([k, r]) => [k, r.value]))
  const changed = () => Object.fromEntries(Object.entries(draft.value).filter(([k, v]) => !same(v, began[k])))

  async function kept<T>(act: (drafts: Drafts) => Promise<T>): Promise<T | undefined> {
    try {
      const drafts = await session.drafts()
      return drafts ? await act(drafts) : undefined
    } catch {
      unkept.value = true
      return undefined
    }
  }
  async function find(): Promise<void> {
    const wanted = keeping?.form() ?? null
    if (!wanted) return
    const before = await kept((d) => d.of(wanted))
    await nextTick() // what the form fills in by itself belongs to its beginning
    if (keeping?.form() !== wanted) return
    if (before && same(draft.value, began)) {
      for (const [name, v] of Object.entries(before.rest)) if (keeping?.rest?.[name]) keeping.rest[name]!.value = v
      draft.value = { ...draft.value, ...before.fields }
      id.value = before.id
      resumed.value = before.at
      pending.value = true
    } else beganRest = restNow()
    form = wanted
  }
  async function keep(): Promise<void> {
    if (!form || sending.value) return
    const of = form
    const fieldsNow = changed()
    const rest = restNow()
    pending.value = !!Object.keys(fieldsNow).length || !same(rest, beganRest)
    if (!pending.value) return void (await kept((d) => d.drop(of)))
    const state = { form: of, id: id.value, fields: fieldsNow, rest }
    const page = location.pathname + location.search
    await kept((d) => d.keep({ ...state, at: nowInstant(), title: keeping!.title(), page }))
  }
  if (keeping) watch([draft, ...Object.values(keeping.rest ?? {})], () => void keep(), { deep: true, flush: 'post' })
  onScopeDispose(() => (form = null))
  /** Throws away what was typed before. */
  async function afresh(): Promise<void> {
    const of = form
    form = null
    if (of) await kept((d) => d.drop(of))
    for (const [name, v] of Object.entries(beganRest)) keeping!.rest![name]!.value = v
    start(began)
  }

  function start(d: Draft): void {
    began = { ...d }
    beganRest = restNow()
    draft.value = d
    faults.value = {}
    problem.value = null
    hint.value = ''
    id.value = uuid7()
    resumed.value = ''
    pending.value = unkept.value = false
    form = null
    void find()
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
      const of = form
      form = null
      pending.value = false
      if (of) await kept((d) => d.drop(of))
      return true
    } catch (e) {
      problem.value = asProblem(e)
      return false
    } finally {
      sending.value = false
    }
  }
  return { draft, faults, problem, said, hint, sending, id, resumed, pending, unkept, afresh, start, send }
}
