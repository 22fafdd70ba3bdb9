// eval, and what is printed for people and for programs.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { call, root, runTests } from './kit.mjs'

export const values = () =>
  runTests('cli values', {
    'money is told with its unit': () => {
      assert.equal(call(['eval', 'yuan(3) * 2']).out, '6.00 元（600 分）\n')
      assert.equal(call(['eval', 'addWorkdays(date("2026-03-02"), 5)']).out, '"2026-03-09"\n')
      assert.equal(call(['eval', 'yuan(3) * 2', '--lang', 'en']).out, '6.00 yuan (600 fen)\n')
      assert.deepEqual(JSON.parse(call(['eval', 'yuan(3) * 2', '--json']).out), { type: 'money', value: 600 })
    },
    'a decimal is told as it is, a share in percent': () => {
      assert.equal(call(['eval', 'number("81.4") * number("0.5")']).out, '40.7\n')
      assert.equal(call(['eval', 'ratio(number(3), number(4))']).out, '75%\n')
      assert.deepEqual(JSON.parse(call(['eval', 'number(3)', '--json']).out), { type: 'number', value: '3' })
      assert.match(call(['eval', 'number(3) / 2']).err, /divide\(x, n\)/)
    },
    'what begins with a dash goes behind two': () => {
      assert.equal(call(['eval', '--', '-5 + 2']).out, '-3\n')
      const r = call(['eval', '-5'])
      assert.equal(r.code, 2)
      assert.match(r.err, /“--”之后/)
    },
    'packs tell programs what they hold, and each fault': () => {
      const r = call(['pack', 'check', join(root, 'packs/air'), '--json'])
      assert.equal(JSON.parse(r.out).name, 'air')
      const bad = call(['pack', 'check', '/nowhere/at/all', '--json'])
      assert.equal(bad.code, 1)
      for (const line of bad.err.trim().split('\n')) assert.ok(JSON.parse(line).detail)
    },
  })
