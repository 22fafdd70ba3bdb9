import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import commonEn from '../../common/i18n/en'
import commonZh from '../../common/i18n/zh'
import en from '../../office/src/i18n/en'
import zh from '../../office/src/i18n/zh'

type Tree = { [k: string]: string | Tree }
const flat = (t: Tree, at = ''): Map<string, string> =>
  new Map(
    Object.entries(t).flatMap(([k, v]) =>
      typeof v === 'string' ? [[`${at}${k}`, v] as const] : [...flat(v, `${at}${k}.`)],
    ),
  )
const params = (s: string) => [...new Set([...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()

const Z = flat(zh as Tree)
const E = flat(en as Tree)
const office = fileURLToPath(new URL('../../office/src', import.meta.url))
const files = (readdirSync(office, { recursive: true }) as string[]).filter(
  (f) => /\.(vue|ts)$/.test(f) && !f.includes('i18n'),
)

describe('words', () => {
  it('both languages have the same keys', () => expect([...E.keys()].sort()).toEqual([...Z.keys()].sort()))
  it('with the same places to fill', () =>
    expect([...Z].filter(([k, v]) => params(v).join() !== params(E.get(k) ?? '').join())).toEqual([]))
  it('lie in their dictionaries by the alphabet', () => {
    const unsorted = (t: Tree, at: string): string[] => {
      const keys = Object.keys(t)
      const inside = keys.flatMap((k) => (typeof t[k] === 'string' ? [] : unsorted(t[k] as Tree, `${at}${k}.`)))
      return keys.join() === [...keys].sort().join() ? inside : [at, ...inside]
    }
    const own = (t: Tree, common: Tree) => Object.fromEntries(Object.entries(t).filter(([k]) => !(k in common)))
    expect([commonZh, commonEn, own(zh, commonZh), own(en, commonEn)].flatMap((t) => unsorted(t as Tree, '.'))).toEqual(
      [],
    )
  })
  it('none is empty', () => expect([...Z, ...E].filter(([, v]) => !v.trim())).toEqual([]))
  it('every key a page names exists', () => {
    const missing = files.flatMap((f) =>
      [...readFileSync(`${office}/${f}`, 'utf8').matchAll(/\bt\('([a-z][\w.]*)'/gi)]
        .map((m) => m[1]!)
        .filter((k) => !Z.has(k))
        .map((k) => `${f}: ${k}`),
    )
    expect(missing).toEqual([])
  })
  it('no page carries Chinese of its own, save the name of the language', () => {
    const found = files.filter((f) =>
      /[\u4e00-\u9fff]/.test(readFileSync(`${office}/${f}`, 'utf8').replace(/>\s*中文\s*</g, '')),
    )
    expect(found).toEqual([])
  })
})
