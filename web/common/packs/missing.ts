/* Where a fact that a rule misses is filled in: names as the engine says them, "size", "persons[2].health" or "claim.self_paid". */
import type { EventKind, Subject, SubjectFile } from '../api/types'
import { fieldOf, type Book } from './book'

export type Place = { subject: Subject; field: string } | { event: EventKind }

/** `about` is who the rule looked at: the file's subject or one of its children. */
export function whereMissing(book: Book, file: SubjectFile, name: string, about?: string): Place | null {
  const subject = file.children.find((c) => c.id === about) ?? file.subject
  const own = book.kinds.get(subject.kind)
  if (fieldOf(own, name)) return { subject, field: name }
  const child = /^([a-z][a-z0-9_]*)\[(\d+)\]\.([a-z][a-z0-9_]*)$/.exec(name)
  if (child) {
    const kind = [...book.kinds.values()].find((k) => k.plural === child[1])
    const one = file.children.filter((c) => c.kind === kind?.name)[Number(child[2])]
    return one && fieldOf(kind, child[3]!) ? { subject: one, field: child[3]! } : null
  }
  const dotted = /^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$/.exec(name)
  const event = dotted ? book.events.get(dotted[1]!) : undefined
  if (event) return { event }
  const of = dotted && [subject, file.subject].find((s) => s.kind === dotted[1])
  if (of && fieldOf(book.kinds.get(of.kind), dotted![2]!)) return { subject: of, field: dotted![2]! }
  const variable = file.variables.find((v) => v.name === name)
  const first = variable?.missing.find((m) => m.name !== name)
  return first ? whereMissing(book, file, first.name, about) : null
}
