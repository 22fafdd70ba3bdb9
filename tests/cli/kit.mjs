// What the tests of the command line share: the program called with words, standard input and a language.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jishi, root } from '../api/kit.mjs'

export { root, runTests } from '../api/kit.mjs'

const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(LC_|LANG)/.test(name)))

// options: {input, lang, env, cwd}
export function call(words, options = {}) {
  const r = spawnSync(jishi, words, {
    encoding: 'utf8',
    input: options.input ?? '',
    cwd: options.cwd,
    env: { ...plain, JISHI_HOME: root, ...(options.lang ? { LANG: options.lang } : {}), ...options.env },
  })
  return { code: r.status, out: r.stdout, err: r.stderr }
}

// What the tests change beside the program, as somebody with the disk would.
export function sql(place, text) {
  const [url, schema] = place.split('?schema=')
  const r = schema
    ? spawnSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-qc', `SET search_path = ${schema}`, '-qtAc', text])
    : spawnSync('sqlite3', [join(place, 'jishi.db'), text])
  if (r.status !== 0) throw new Error(String(r.stderr))
  return String(r.stdout).trim()
}

export async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-cli-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A place where nothing is yet: a folder below one that is not there either, or a schema.
export function withPlace(driver, use) {
  return withFolder((folder) =>
    use(
      driver === 'pg'
        ? `${process.env.JISHI_TEST_PG}?schema=cli_${randomBytes(6).toString('hex')}`
        : join(folder, 'below', 'data'),
    ),
  )
}

// Whether anything of the place was made: its folder (or the one above), its schema.
export function isThere(place) {
  if (!place.startsWith('postgres')) return existsSync(join(place, '..'))
  const [url, schema] = place.split('?schema=')
  const r = spawnSync('psql', [url, '-tAc', `SELECT count(*) FROM pg_namespace WHERE nspname = '${schema}'`], {
    encoding: 'utf8',
  })
  if (r.status !== 0) throw new Error(`psql: ${r.stderr}`)
  return r.stdout.trim() === '1'
}
