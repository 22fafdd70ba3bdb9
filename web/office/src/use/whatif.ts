import { api } from '@common/api/client'
import { asProblem, type Problem } from '@common/api/problem'
import type { Pack, Question, RuleSum, Simulation, Tally } from '@common/api/types'
import { ref, shallowRef } from 'vue'

/** One question at a time; while it is under way only the newest other one is kept, so that an answer never comes late. */
export function useNewest() {
  const answer = shallowRef<Simulation | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const asking = ref(false)
  let next: Question | null = null
  async function ask(q: Question): Promise<void> {
    next = q
    if (asking.value) return
    asking.value = true
    while (next) {
      const mine: Question = next
      next = null
      try {
        answer.value = await api.simulate(mine)
        problem.value = null
      } catch (e) {
        if (!next) problem.value = asProblem(e)
      }
    }
    asking.value = false
  }
  return { answer, problem, asking, ask }
}

export function changes(s: RuleSum): boolean {
  const same = (a: Tally, b: Tally) =>
    a.matched === b.matched &&
    a.unknown === b.unknown &&
    a.failed === b.failed &&
    a.money === b.money &&
    a.unpriced === b.unpriced
  return s.enters > 0 || s.leaves > 0 || !same(s.now, s.then)
}

export interface Cost {
  per: string
  now: number
  then: number
  unpriced: number
  unknown: number
}

/** What all rules would cost together, by period. */
export function costs(s: Simulation): Cost[] {
  const out: Cost[] = []
  for (const per of ['month', 'year', 'once']) {
    const priced = s.rules.filter((r) => r.per === per && r.then.money !== null)
    if (!priced.length) continue
    const sum = (pick: (r: RuleSum) => number) => priced.reduce((n, r) => n + pick(r), 0)
    out.push({
      per,
      now: sum((r) => r.now.money ?? 0),
      then: sum((r) => r.then.money ?? 0),
      unpriced: sum((r) => r.then.unpriced),
      unknown: sum((r) => r.then.unknown),
    })
  }
  return out
}

/** The rule to look at until one is picked: it stays while it changes, else the one that changes most (in money before heads), else the first with anyone. */
export function ruleToShow(s: Simulation, last: string): string {
  const kept = s.rules.find((r) => r.name === last)
  if (kept && (changes(kept) || !s.rules.some(changes))) return last
  const weight = (r: RuleSum) => (r.then.money !== r.now.money ? 1e9 : 0) + r.enters + r.leaves
  const most = [...s.rules].sort((a, b) => weight(b) - weight(a))[0]
  if (most && changes(most)) return most.name
  return (s.rules.find(changes) ?? s.rules.find((r) => r.then.matched) ?? s.rules[0])?.name ?? ''
}

export const kindOfRule = (pack: Pack | undefined, name: string): string =>
  pack?.rules?.find((r) => r.name === name)?.of ?? ''
