// What the tests of the command line share: the program called with words, standard input and a language.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
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

export function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-cli-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
