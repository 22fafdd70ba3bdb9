/* What the servers of the browser tests logged names nobody: no person of people.json, no ID number, no telephone. Prints PASS or FAIL.
 *   log.mjs FILE */
import { existsSync, readFileSync } from 'node:fs'

const people = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'))
const file = process.argv[2]
const log = existsSync(file) ? readFileSync(file, 'utf8') : ''
const names = [people.officer, ...people.owners, ...people.imported]
const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g // its digits name nobody
const wrong = log
  .split('\n')
  .filter(
    (line) => names.some((n) => line.includes(n)) || /\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)/.test(line.replace(id, '')),
  )

if (!log) console.log('FAIL log > the servers logged something')
else if (wrong.length) console.log(`FAIL log > names nobody\n     ${wrong.slice(0, 20).join('\n     ')}`)
else console.log('PASS log > names nobody')
process.exit(log && !wrong.length ? 0 : 1)
