import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const read = (p: string) => readFileSync(fileURLToPath(new URL(`../../${p}`, import.meta.url)), 'utf8')
interface Lock {
  packages: Record<
    string,
    { version?: string; integrity?: string; link?: boolean; optionalDependencies?: Record<string, string> }
  >
}

describe.each(['package-lock.json', 'toolchain/package-lock.json'])('%s', (name) => {
  const text = read(name)
  const lock = JSON.parse(text) as Lock
  it('names no registry', () => expect(text).not.toMatch(/"resolved"/))
  it('seals every package', () =>
    expect(
      Object.entries(lock.packages)
        .filter(([k, p]) => k && !p.link && !p.integrity)
        .map(([k]) => k),
    ).toEqual([]))
  it('has an entry for every optional package', () => {
    const missing = Object.entries(lock.packages).flatMap(([at, p]) =>
      Object.keys(p.optionalDependencies ?? {})
        .filter((n) => !lock.packages[`${at}/node_modules/${n}`] && !lock.packages[`node_modules/${n}`])
        .map((n) => `${at}: ${n}`),
    )
    expect(missing).toEqual([])
  })
})

it('versions are exact', () => {
  const p = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
  expect(
    Object.entries({ ...p.dependencies, ...p.devDependencies }).filter(([, v]) => !/^\d+\.\d+\.\d+$/.test(v)),
  ).toEqual([])
})
