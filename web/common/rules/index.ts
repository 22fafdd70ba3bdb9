// The rules of a pack in the browser, offline: the same expressions, the same answers as the engine's
// (held together by tests/vectors). Evaluated by @bufbuild/cel; what is Jishi's own is added here.
//
// An absent fact is not an error and not zero: it is unknown, and so is what depends on it, unless && || ?: or
// orElse decide without it.
import { celEnv, celError, celList, celMap, isCelError, parse, plan, type CelInput } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { clone, create } from '@bufbuild/protobuf'
import { ExprSchema, type Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { ownFunctions, UNKNOWN, type Moment } from './functions'
import type { Calendar } from './days'

export type { Calendar } from './days'

/** Facts by name: ints (also fen, days, rates) as bigint. A name or field that is not there is unknown. */
export type Fact = boolean | bigint | number | string | null | Fact[] | { [name: string]: Fact }

export type Answer = { value: unknown } | { unknown: string[] } | { error: string }

const ABSENT = '?absent'

/** "p.monitor.line" of the tree of names; undefined: something else. */
function dotted(e: Expr | undefined): string | undefined {
  if (e?.exprKind.case === 'identExpr') return e.exprKind.value.name
  if (e?.exprKind.case !== 'selectExpr' || e.exprKind.value.testOnly) return undefined
  const base = dotted(e.exprKind.value.operand)
  return base === undefined ? undefined : `${base}.${e.exprKind.value.field}`
}

const call = (id: bigint, name: string, args: Expr[]): Expr =>
  create(ExprSchema, { id, exprKind: { case: 'callExpr', value: { function: name, args } } })

/** Whether a name is there, as an expression. */
function isThere(target: Expr, names: ReadonlySet<string>): Expr {
  const name = dotted(target)
  if (name !== undefined && names.has(name))
    return call(target.id, '!_', [
      create(ExprSchema, { id: target.id, exprKind: { case: 'identExpr', value: { name: name + ABSENT } } }),
    ])
  if (target.exprKind.case !== 'selectExpr') throw new Error('orElse and known take a name only')
  const test = clone(ExprSchema, target)
  if (test.exprKind.case === 'selectExpr') test.exprKind.value.testOnly = true
  const record = dotted(target.exprKind.value.operand)
  if (record === undefined || !names.has(record)) return test
  // a record that is not there has no fields
  const there = create(ExprSchema, { id: target.id, exprKind: { case: 'identExpr', value: { name: record + ABSENT } } })
  return call(target.id, '_&&_', [call(target.id, '!_', [there]), test])
}

/** known(x) becomes has(x), x.orElse(y) becomes has(x) ? x : y: a function of the library never sees what is absent. */
function rewrite(e: Expr, names: ReadonlySet<string>): void {
  const k = e.exprKind
  const each = (list: readonly (Expr | undefined)[]) => list.forEach((x) => x && rewrite(x, names))
  if (k.case === 'selectExpr') each([k.value.operand])
  if (k.case === 'listExpr') each(k.value.elements)
  if (k.case === 'structExpr')
    k.value.entries.forEach((x) => each([x.value, x.keyKind.case === 'mapKey' ? x.keyKind.value : undefined]))
  if (k.case === 'comprehensionExpr')
    each([k.value.iterRange, k.value.accuInit, k.value.loopCondition, k.value.loopStep, k.value.result])
  if (k.case !== 'callExpr') return
  each([k.value.target, ...k.value.args])
  if (k.value.function === 'known' && k.value.args.length === 1) {
    e.exprKind = isThere(k.value.args[0]!, names).exprKind
    return
  }
  if (k.value.function !== 'orElse' || !k.value.target || k.value.args.length !== 1) return
  const target = k.value.target
  e.exprKind = call(e.id, '_?_:_', [isThere(target, names), target, k.value.args[0]!]).exprKind
}

function input(fact: Fact): CelInput {
  if (Array.isArray(fact)) return celList(fact.map(input))
  if (fact !== null && typeof fact === 'object')
    return celMap(new Map(Object.entries(fact).map(([name, x]) => [name, input(x)])))
  return fact
}

/** Everything that an error was made of. */
function messages(e: unknown, into: string[] = []): string[] {
  if (Array.isArray(e)) e.forEach((x) => messages(x, into))
  else if (e instanceof Error) {
    into.push(e.message)
    messages(e.cause, into)
  }
  return into
}

function answer(result: unknown): Answer {
  if (!isCelError(result)) return { value: result }
  const told = messages(result)
  const unknown = told.flatMap((m) => {
    if (m.startsWith(UNKNOWN)) return [m.slice(UNKNOWN.length)]
    // records are open: a field that is not there is an absent fact
    const field = /(?:no such (?:key|field|attribute)|(?:field|key) not found)\W*(\w*)/.exec(m)
    return field ? [field[1] ?? ''] : []
  })
  return unknown.length ? { unknown: [...new Set(unknown)] } : { error: told[0] ?? '' }
}

export interface Rule {
  /** `today`: days since 1970-01-01. */
  evaluate(facts: { [name: string]: Fact }, today: number): Answer
}

/** Compiles expressions over declared names ("income", "p.monitor.line"); throws what cannot be parsed. */
export function ruleBook(names: readonly string[], calendar?: Calendar) {
  const moment: Moment = { today: 0, calendar }
  const env = celEnv({ funcs: [...strings, ...ownFunctions(moment)] })
  const declared = new Set(names)
  return {
    compile(source: string): Rule {
      const parsed = parse(source)
      if (parsed.expr) rewrite(parsed.expr, declared)
      const run = plan(env, parsed)
      return {
        evaluate(facts, today) {
          moment.today = today
          const context: Record<string, CelInput> = {}
          for (const name of declared) {
            const fact = facts[name]
            const known = fact !== undefined
            context[name] = known ? input(fact) : (celError(UNKNOWN + name) as unknown as CelInput)
            context[name + ABSENT] = !known
          }
          return answer(run(context))
        },
      }
    },
  }
}
