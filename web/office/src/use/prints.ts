import type { Packs, PrintKind } from '@common/api/types'

export type Form = PrintKind & { key: string }

/** The forms of all packs that fit, each with the name it is asked for by. */
export function formsOf(packs: Packs, fits: (p: PrintKind) => boolean): Form[] {
  return packs.packs.flatMap((p) => (p.prints ?? []).filter(fits).map((x) => ({ ...x, key: `${p.name}.${x.name}` })))
}
