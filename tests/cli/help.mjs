// Help, wrong usage, languages, the manual page and the completion: all from one table.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, root, runTests, withFolder } from './kit.mjs'

const commands = call(['help', '--lang', 'en'])
  .out.split('\n')
  .filter((line) => /^ {2}[a-z-]+( [a-z-]+)? {2,}/.test(line))
  .map((line) => line.trim().split(/ {2,}/)[0])
const options = [
  ...readFileSync(join(root, 'src/cli/options.def'), 'utf8').matchAll(/^OPTION\([A-Z_]+, "([a-z-]+)"/gm),
].map((m) => m[1])

export const help = () =>
  runTests('cli help', {
    'help, -h, --help and no word are the same': () => {
      const whole = call(['help'])
      assert.equal(whole.code, 0)
      for (const words of [[], ['-h'], ['--help']]) assert.equal(call(words).out, whole.out)
      assert.ok(commands.length > 15)
    },
    'every command has its help in three ways, and nothing is done': () =>
      withFolder((cwd) => {
        for (const command of commands) {
          const words = command.split(' '),
            told = call(['help', ...words], { cwd })
          assert.equal(told.code, 0, command)
          assert.match(told.out, new RegExp(`jishi ${command}`))
          assert.equal(call([...words, '--help'], { cwd }).out, told.out, command)
          assert.equal(call([...words, '-h'], { cwd }).out, told.out, command)
        }
        assert.deepEqual(readdirSync(cwd), [])
      }),
    'every option stands in the help of a command, in both languages': () => {
      for (const lang of ['zh', 'en']) {
        const all = commands.map((c) => call(['help', ...c.split(' '), '--lang', lang]).out).join('\n')
        for (const option of options) assert.ok(all.includes(`--${option}`), `${option} ${lang}`)
      }
      assert.ok(options.includes('areas') && options.includes('recipe') && options.includes('tls-cert'))
    },
    'the default port stands in the help': () => assert.match(call(['serve', '-h']).out, /8371/),
    'the version, for people and programs': () => {
      assert.match(call(['--version']).out, /^jishi \d+\.\d+\.\d+\n$/)
      assert.equal(call(['version']).out, call(['--version']).out)
      assert.equal(JSON.parse(call(['version', '--json']).out).name, 'jishi')
    },
    'LANG decides the language, --lang before it, and Chinese is what else is spoken': () => {
      assert.match(call(['help']).out, /用法/)
      assert.match(call(['help'], { lang: 'C.UTF-8' }).out, /用法/)
      assert.match(call(['help'], { lang: 'en_US.UTF-8' }).out, /^Usage/)
      assert.match(call(['help', '--lang', 'zh'], { lang: 'en_US.UTF-8' }).out, /用法/)
      assert.match(call(['--lang=en', 'help']).out, /^Usage/)
      assert.match(call(['--lang', 'en', 'verify', '/nowhere/at/all']).err, /jishi init/)
      assert.equal(call(['--lang', 'fr', 'help']).code, 2)
    },
    'a wrong command names the nearest': () => {
      const r = call(['vrify', 'x'])
      assert.equal(r.code, 2)
      assert.match(r.err.split('\n')[2], /verify/)
      assert.equal(r.out, '')
    },
    'a group alone names what it can do': () => {
      assert.match(call(['user']).err, /user add/)
      assert.match(call(['user', '--help']).out, /user passwd/)
      assert.equal(call(['user', 'wrong']).code, 2)
    },
    'a wrong option names the nearest of that command': () => {
      const r = call(['serve', 'x', '--prt', '1'])
      assert.equal(r.code, 2)
      assert.match(r.err.split('\n')[2], /--port/)
      assert.doesNotMatch(r.err, /--layout/)
    },
    'what is missing or too much is told with the usage': () => {
      for (const [words, told] of [
        [['verify'], /位置/],
        [['verify', 'a', 'b'], /“b”/],
        [['init', 'x'], /--county/],
        [['serve', 'x', '--port'], /缺少取值/],
        [['serve', 'x', '--port', '99999'], /0 到 65535/],
      ]) {
        const r = call(words)
        assert.equal(r.code, 2, words.join(' '))
        assert.match(r.err, told)
      }
    },
    'with --json an error is an object, too': () => {
      const r = call(['verify', '/nowhere/at/all', '--json'])
      assert.equal(r.code, 1)
      assert.equal(JSON.parse(r.err).where, '/nowhere/at/all')
    },
    'the manual page has every command and no line that roff would take for its own': () => {
      for (const lang of ['zh', 'en']) {
        const page = call(['help', '--man', '--lang', lang]).out
        for (const c of commands) assert.ok(page.includes(`.SS jishi ${c.replaceAll('-', '\\-')}`), c)
        for (const line of page.split('\n')) assert.match(line, /^(\.(TH|SH|SS|PP|TP|B)( |$)|[^.']|$)/)
      }
    },
    'the completion knows commands, second words and options': () =>
      withFolder((cwd) => {
        const ask = (...words) => {
          const script = `${call(['help', '--completion', 'bash']).out}
COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _jishi; echo "\${COMPREPLY[@]}"`
          const r = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' })
          assert.equal(r.stderr.replace(/.*complete: command not found\n/, ''), '')
          return r.stdout.trim().split(' ')
        }
        assert.deepEqual(ask('jishi', 'ver'), ['verify', 'version'])
        assert.ok(ask('jishi', 'user', '').includes('passwd'))
        assert.deepEqual(ask('jishi', 'serve', 'x', '--po'), ['--port'])
        assert.equal(call(['help', '--completion', 'fish']).code, 2)
        assert.ok(!existsSync(join(cwd, '-h')))
      }),
  })
