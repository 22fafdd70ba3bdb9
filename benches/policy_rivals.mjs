// Drives `./bench policy`: bench_policy (Jishi's columns, loops by hand, SQLite, PostgreSQL) as a child, DuckDB and two
// JavaScript evaluators of the Common Expression Language here. Everything is compared first and timed afterwards.
//   node policy_rivals.mjs BENCH-POLICY PACK-FOLDER WORK-FOLDER [POSTGRES-URL]
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(new URL('rivals/package.json', import.meta.url))
const { DuckDBInstance } = require('@duckdb/node-api')
const cel = require('@bufbuild/cel')
const { Environment } = await import(require.resolve('@marcbachmann/cel-js'))

const [program, packFolder, work, postgres] = process.argv.slice(2)
const number = (name, otherwise) => Number(process.env[name] || otherwise)
const sizes = (process.env.BENCH_POLICY_SIZES || '100000 1000000 10000000').split(/\s+/).map(Number)
const rounds = number('BENCH_ROUNDS', 3)
const seconds = number('BENCH_SECONDS', 2)
const rowsMax = number('BENCH_POLICY_ROWS_MAX', 1000000) // no row store beyond that many households
const budgetSize = sizes.includes(1000000) ? 1000000 : sizes.at(-1)
const say = (...lines) => console.log(lines.join('\n'))

// ---- the child ----
const child = spawn(program, [packFolder], { stdio: ['pipe', 'pipe', 'inherit'] })
const waiting = []
let gone = false
createInterface({ input: child.stdout }).on('line', line => waiting[0]?.(line))
child.on('exit', () => { gone = true; waiting[0]?.('error bench_policy has ended') })
function ask(command, whole = false) {
  return new Promise((done, failed) => {
    const lines = []
    if (gone) return failed(new Error('bench_policy has ended'))
    waiting.push(line => {
      if (line.startsWith('error')) { waiting.shift(); return failed(new Error(line)) }
      if (whole && line !== '.') return lines.push(line)
      waiting.shift()
      done(whole ? lines : line)
    })
    child.stdin.write(command + '\n')
  })
}
const numbers = async command => (await ask(command)).split(' ').map(Number)

// ---- quiet ----
let noisy = false
const ticks = () => readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number)
async function quiet() {
  for (let i = 0; i < 60; i++) {
    const a = ticks()
    await new Promise(r => setTimeout(r, 1000))
    const b = ticks().map((x, k) => x - a[k])
    if (b[3] / b.reduce((x, y) => x + y) > 0.9) return
  }
  noisy = true
}
const median = list => {
  const s = [...list].sort((a, b) => a - b)
  return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2
}

// ---- DuckDB ----
let duck
async function duckMake() {
  duck?.connection.closeSync()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`SET memory_limit = '8GB'; SET temp_directory = '${work}/duckdb'`) // while it sorts what it is filled with
  for (const statement of (await ask('sql create', true)).join('\n').split('\n;\n'))
    if (statement.trim()) await connection.run(statement)
  const asks = [(await ask('sql household', true)).join('\n'), (await ask('sql person', true)).join('\n')]
  const used = await connection.runAndReadAll('SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()')
  duck = { connection, asks, bytes: Number(used.getRows()[0][0]) }
}
async function duckRun(threads) {
  await duck.connection.run(`SET threads TO ${threads}`)
  const begun = process.hrtime.bigint()
  for (const sql of duck.asks) await duck.connection.run(sql)
  return Number(process.hrtime.bigint() - begun) / 1e9
}
// Rule × village × (matched, unknown, money, unpriced), as bench_policy has them.
async function duckSame(rules, villages) {
  const all = new BigInt64Array((Math.max(...rules.map(r => r.id)) + 1 > 20 ? 64 : 20) * villages * 4)
  for (const person of [0, 1]) {
    const rows = (await duck.connection.runAndReadAll(duck.asks[person])).getRows()
    for (const row of rows) {
      let k = 1
      for (const r of rules) {
        if (r.person !== person) continue
        const at = (r.id * villages + Number(row[0])) * 4
        for (let i = 0; i < (r.costs ? 4 : 2); i++) all[at + i] = BigInt(row[k++])
      }
    }
  }
  writeFileSync(`${work}/duckdb.counts`, Buffer.from(all.buffer))
  await ask(`same_file ${work}/duckdb.counts duckdb`)
}

// ---- screening ----
const names = {
  stream: 'streaming the touched columns', loops: 'C by hand, the same rules', screen: 'Jishi', what_if: 'Jishi, what-if',
  duckdb: 'DuckDB', sqlite: 'SQLite, in memory', postgres: 'PostgreSQL',
}
const failures = []
function budget(what, met) {
  say(`Budget (${what}): ${met ? 'met' : 'missed'}.`)
  if (!met) failures.push(what)
}

// A case is run until 0.3 s have passed, at least three times (long ones once), and its median counts for the round.
async function timeCase({ what, threads }) {
  const took = []
  let sum = 0
  while (took.length === 0 || (sum < 0.3 && took.length < 200) || (took.length < 3 && sum < 10)) {
    const t = what === 'duckdb' ? await duckRun(threads) : Number(await ask(`run ${what} ${threads}`))
    took.push(t)
    sum += t
  }
  return median(took)
}

async function screening(size, rules) {
  const [, bytes, touched, persons, villages] = await numbers(`make ${size}`)
  const rows = size <= rowsMax
  const memory = { screen: bytes }
  await duckMake()
  memory.duckdb = duck.bytes
  const compared = []
  for (const [what, threads] of [['screen', 1], ['screen', 2], ['what_if', 1]]) {
    await ask(`same ${what} ${threads}`)
    compared.push(what)
  }
  await duckSame(rules, villages)
  if (rows) {
    memory.sqlite = (await numbers('sqlite'))[1]
    await ask('same sqlite 1')
    if (postgres) {
      memory.postgres = (await numbers(`postgres ${postgres}`))[1]
      await ask('same postgres 1')
    }
  }
  const cases = []
  for (const what of ['stream', 'loops', 'screen', 'what_if', 'duckdb'])
    for (const threads of [1, 2]) cases.push({ what, threads, took: [] })
  if (rows) cases.push({ what: 'sqlite', threads: 1, took: [] })
  if (rows && postgres) for (const threads of [1, 2]) cases.push({ what: 'postgres', threads, took: [] })
  for (let r = 0; r < rounds; r++) {
    await quiet()
    for (const c of cases) c.took.push(await timeCase(c))
  }
  const of = (what, threads) => median(cases.find(c => c.what === what && c.threads === threads).took)
  say('', `${size.toLocaleString('en')} households with ${persons.toLocaleString('en')} persons in ${villages} villages, ` +
    `${rules.length} rules; the touched columns have ${(touched / 1e6).toFixed(1)} MB. ` +
    'Every engine counted the same, rule by rule and village by village.', '')
  say('what                            threads        ms  ÷ stream  Jishi is  bytes a household')
  for (const c of cases) {
    const t = median(c.took)
    const ours = of('screen', c.threads)
    say(names[c.what].padEnd(32) + String(c.threads).padStart(7) + (t * 1e3).toFixed(2).padStart(10) +
      (t / of('stream', c.threads)).toFixed(2).padStart(10) +
      (['duckdb', 'sqlite', 'postgres'].includes(c.what) ? `${(t / ours).toFixed(1)} ×` : '').padStart(10) +
      (memory[c.what] && c.threads === 1 ? (memory[c.what] / size).toFixed(0) : '').padStart(10))
  }
  if (size === budgetSize) {
    say('')
    budget('one thread, at most 2 × the streaming pass', of('screen', 1) <= 2 * of('stream', 1))
    for (const t of [1, 2]) budget(`${t} thread(s), at least 4 × DuckDB`, of('duckdb', t) >= 4 * of('screen', t))
    budget('what-if at most 1.5 × a screening', of('what_if', 1) <= 1.5 * of('screen', 1))
  }
  duck.connection.closeSync()
  duck = undefined
  await ask('drop')
}

// ---- one household after one write ----
const half = (above, below) => {
  const negative = (above < 0n) !== (below < 0n)
  const [a, b] = [above < 0n ? -above : above, below < 0n ? -below : below]
  const q = (2n * a + b) / (2n * b)
  return negative ? -q : q
}
const functions = {
  divide: half,
  share: (money, rate) => half(money * rate, 100000000n),
  yuan: n => n * 100n,
  orElse: (x, _y) => x, // everything is known here
}
const whole = v => (typeof v === 'number' ? BigInt(v) : v)
const nested = flat => {
  const out = {}
  for (const [name, v] of Object.entries(flat)) {
    const path = name.split('.')
    let at = out
    for (const part of path.slice(0, -1)) at = at[part] ??= {}
    at[path.at(-1)] = whole(v)
  }
  return out
}

// An evaluator: compile(source, of) → (context) → value; check too, where it can; context(parameters, own names) → what it
// takes; declare(of, name, value): what a name holds.
function bufbuild() {
  const { INT, STRING, BOOL } = cel.CelScalar
  const env = cel.celEnv({ funcs: [
    cel.celFunc('divide', [INT, INT], INT, functions.divide),
    cel.celFunc('share', [INT, INT], INT, functions.share),
    cel.celFunc('yuan', [INT], INT, functions.yuan),
    cel.celMethod('orElse', STRING, [STRING], STRING, function () { return this }),
    cel.celMethod('orElse', BOOL, [BOOL], BOOL, function () { return this }),
  ] })
  return {
    name: '@bufbuild/cel',
    compile: source => cel.plan(env, cel.parse(source)), // it has no checker to call
    declare() {},
    // dotted names are looked up whole first, which is the quickest way
    context: (parameters, own) => ({ ...Object.fromEntries(Object.entries(parameters).map(([k, v]) => [k, whole(v)])), ...own }),
    list: items => cel.celList(items.map(x => cel.celMap(new Map(Object.entries(x))))),
  }
}
function marcbachmann(parameters) {
  const kinds = {}
  const env = of => kinds[of] ??= new Environment()
    .registerConstant('p', 'map', nested(parameters).p) // quicker than as a variable
    .registerFunction('divide(int, int): int', functions.divide)
    .registerFunction('share(int, int): int', functions.share)
    .registerFunction('yuan(int): int', functions.yuan)
    .registerFunction('string.orElse(string): string', functions.orElse)
    .registerFunction('bool.orElse(bool): bool', functions.orElse)
  const types = { bigint: 'int', string: 'string', boolean: 'bool', object: 'map' }
  return {
    name: '@marcbachmann/cel-js',
    compile(source, of) {
      const run = env(of).parse(source)
      const { valid, error } = run.check()
      if (!valid) throw error
      return run
    },
    declare(of, name, v) {
      if (!env(of).hasVariable(name)) env(of).registerVariable(name, Array.isArray(v) ? 'list<map>' : types[typeof v])
    },
    context: (_parameters, own) => ({ ...own }),
    list: items => items,
  }
}

function prepared(engine, told) {
  const households = told.households.map(({ who }) => {
    const own = who.map(x => Object.fromEntries(Object.entries(x).map(([k, v]) => [k, whole(v)])))
    own[0].persons = engine.list(own.slice(1))
    return own.map(x => engine.context(told.parameters, x))
  })
  const example = { household: households[0][0], person: households[0][1] }
  for (const of in example) for (const name in example[of]) engine.declare(of, name, example[of][name])
  const variables = { household: [], person: [] }
  const rules = { household: [], person: [] }
  for (const v of told.variables) {
    const run = engine.compile(v.source, v.of)
    const first = run(example[v.of])
    engine.declare(v.of, v.name, first)
    example[v.of][v.name] = first
    variables[v.of].push({ name: v.name, run })
  }
  for (const r of told.rules) rules[r.of].push({ run: engine.compile(r.source, r.of) })
  return { households, evaluate(contexts) {
    const said = []
    for (let i = 0; i < contexts.length; i++) {
      const context = contexts[i]
      const of = i ? 'person' : 'household'
      for (const v of variables[of]) context[v.name] = v.run(context)
      for (const r of rules[of]) said.push(r.run(context))
    }
    return said
  } }
}

async function single() {
  await ask(`single ${work}/single.json`)
  const told = JSON.parse(readFileSync(`${work}/single.json`, 'utf8'))
  const engines = [bufbuild(), marcbachmann(told.parameters)].map(e => ({ ...e, ...prepared(e, told) }))
  for (const e of engines)
    told.households.forEach((h, i) => {
      const said = e.evaluate(e.households[i]).map(v => (v === true ? 1 : v === false ? 0 : 2))
      const at = said.findIndex((v, k) => v !== h.said[k])
      if (at >= 0 || said.length !== h.said.length)
        throw new Error(`${e.name}, household ${i}, answer ${at}: ${said[at]}, Jishi says ${h.said[at]}`)
    })
  const took = { Jishi: { evaluate: [], compile: [] } }
  for (const e of engines) took[e.name] = { evaluate: [], compile: [] }
  const sources = [...told.variables, ...told.rules]
  const timed = (n, once) => {
    const begun = process.hrtime.bigint()
    let done = 0
    let passed = 0
    for (; passed < seconds * 1e9; passed = Number(process.hrtime.bigint() - begun)) done += once()
    return passed / done / n
  }
  for (let r = 0; r < rounds; r++) {
    await quiet()
    took.Jishi.evaluate.push(Number(await ask(`single_run ${seconds}`)))
    took.Jishi.compile.push((await numbers(`compile_run ${seconds}`))[0])
    for (const e of engines) {
      let n = 0
      took[e.name].evaluate.push(timed(1, () => {
        for (const contexts of e.households) {
          contexts[0].wage = BigInt(n++ % 40000) * 100n
          e.evaluate(contexts)
        }
        return e.households.length
      }))
      took[e.name].compile.push(timed(sources.length, () => { for (const s of sources) e.compile(s.source, s.of); return 1 }))
    }
  }
  const rules = told.households.reduce((n, h) => n + h.said.length, 0) / told.households.length
  say('', `One household after one write: ${rules.toFixed(1)} rules about it and its members on average, everything known, ` +
    'records made ready beforehand; the same answers from all.', '')
  say('what                     µs a household  Jishi is  µs to compile an expression  Jishi is')
  const ours = [median(took.Jishi.evaluate), median(took.Jishi.compile)]
  let least = Infinity
  for (const [name, t] of Object.entries(took)) {
    const [evaluate, compile] = [median(t.evaluate), median(t.compile)]
    const rival = name !== 'Jishi'
    if (rival) least = Math.min(least, evaluate / ours[0])
    say(name.padEnd(24) + (evaluate / 1e3).toFixed(2).padStart(15) + (rival ? `${(evaluate / ours[0]).toFixed(1)} ×` : '').padStart(10) +
      (compile / 1e3).toFixed(2).padStart(29) + (rival ? `${(compile / ours[1]).toFixed(1)} ×` : '').padStart(10))
  }
  say('')
  budget('at least 20 × the JavaScript evaluators', least >= 20)
}

try {
  const rules = (await ask('rules', true)).map(line => {
    const [id, name, person, costs] = line.split(' ')
    return { id: Number(id), name, person: Number(person), costs: costs === '1' }
  })
  const left = await ask('left_out')
  say(`Rules of the pack screened and counted by every engine: ${rules.length}.` + (left ? ` Not written down here, so left out: ${left}.` : ''))
  for (const size of sizes) await screening(size, rules)
  await single()
} catch (e) {
  say(`Not measured: ${e.message}`)
  failures.push('failed')
}
child.stdin.end()
if (noisy) say('The machine was never quiet: read the ratios, not the numbers.')
process.exitCode = failures.length ? 1 : 0
