#!/usr/bin/env node
// API tests against the real server; `PASS name` / `FAIL name` lines. JISHI names the program, JISHI_TEST_PG a PostgreSQL
// to run on, too. Each suite is a process, as many at once as there are processors.
//
//   run.mjs [SUITE…]               all, or those named
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { contract } from './contract.mjs'
import { Contract } from './kit.mjs'

// The longest first. A suite stands in the file of its name and is its one function.
const onBothDrivers = [
  'acceptance',
  'acceptance-air',
  'owned',
  'rights',
  'programs',
  'loop',
  'areas',
  'packs',
  'calendar',
  'officers',
  'sessions',
  'codes',
  'mergers',
  'forget',
  'samples',
  'imports',
  'comparisons',
  'summaries',
  'tables',
  'prints',
  'templates',
  'whatif',
  'units',
  'explain',
  'sealed',
]
const onSqlite = ['bad_input', 'bad_files', 'bodies', 'background', 'rosters', 'connections', 'attacks']

async function child(suite, driver) {
  const failed = await Object.values(await import(`./${suite}.mjs`))[0](driver)
  for (const operation of Contract.held) console.log(`HELD ${operation}`)
  process.exit(failed ? 1 : 0)
}

/** Runs one suite, prints what it printed; whether it passed. What it held to the contract is kept for the sum. */
function suiteProcess(suite, driver) {
  return new Promise((done) => {
    const process_ = spawn(process.execPath, [fileURLToPath(import.meta.url), '--child', suite, driver], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    process_.stdout.setEncoding('utf8').on('data', (part) => (out += part))
    process_.on('close', (code, signal) => {
      const lines = out.split('\n')
      for (const line of lines) if (line.startsWith('HELD ')) Contract.held.add(line.slice(5))
      process.stdout.write(lines.filter((line) => !line.startsWith('HELD ')).join('\n'))
      if (code && !lines.some((line) => line.startsWith('FAIL ')))
        console.log(`FAIL ${suite} ${driver}: exit code ${code}`)
      if (signal) console.log(`FAIL ${suite} ${driver}: ended by ${signal}`)
      done(code === 0)
    })
  })
}

if (process.argv[2] === '--child') await child(process.argv[3], process.argv[4])

const named = process.argv.slice(2)
const isWanted = (suite) => !named.length || named.includes(suite)
const waiting = []
for (const suite of onBothDrivers.filter(isWanted)) {
  waiting.push([suite, 'sqlite'])
  if (process.env.JISHI_TEST_PG) waiting.push([suite, 'pg'])
  else console.log(`SKIP ${suite} on PostgreSQL: JISHI_TEST_PG names none`)
}
for (const suite of onSqlite.filter(isWanted)) waiting.push([suite, 'sqlite'])

let passed = true
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) passed = (await suiteProcess(...next)) && passed
}
await Promise.all(Array.from({ length: availableParallelism() }, work))
// The last: it looks at what all the others have called.
if (isWanted('contract')) passed = (await contract(!named.length)) === 0 && passed
process.exit(passed ? 0 : 1)
