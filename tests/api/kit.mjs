// What the API and crash tests share: a place made fresh, a server on a free port, a client, and the served OpenAPI document
// to hold every answer to.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomBytes } from 'node:crypto'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
export const jishi = process.env.JISHI || join(root, 'build/jishi')
// One key file for all places that a run makes, gone with it.
const keyFile = join(tmpdir(), `jishi-test-${process.pid}.key`)
if (!process.env.JISHI_KEY_FILE) {
  process.env.JISHI_KEY_FILE = keyFile
  process.on('exit', () => rmSync(keyFile, { force: true }))
}
/** Where the program finds its data; a test may show it another place. */
export const home = { at: root }
export const village = '370871003208'
export const otherVillage = '370871001001'
const orchardPeople = [
  ['keeper', `keeper@${village}`],
  ['clerk', 'clerk@370871003'],
  ['head', 'head@370871'],
  ['far', 'clerk@370871001'],
  ['boss', 'admin@370871'],
]

export function uuid(ms = Date.now()) {
  const b = randomBytes(16)
  b.writeUIntBE(ms, 0, 6)
  b[6] = 0x70 | (b[6] & 15)
  b[8] = 0x80 | (b[8] & 63)
  const h = b.toString('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}

export function today(offset = 0) {
  return new Date(Date.now() + 8 * 3600e3 + offset * 86400e3).toISOString().slice(0, 10)
}

export function run(...args) {
  const r = spawnSync(jishi, args, {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'zh_CN.UTF-8', JISHI_HOME: home.at },
  })
  return { code: r.status, out: r.stdout, err: r.stderr }
}

// An officer who signs in with "apple-pear-1"; what came of it, for tests that expect a refusal.
export function addUser(place, login, ...posts) {
  const given = posts.flatMap((p) => ['--post', p])
  return spawnSync(jishi, ['user', 'add', place, login, '--lasting', '--name', `${login}某`, ...given], {
    input: 'apple-pear-1\n',
    encoding: 'utf8',
    env: { ...process.env, LANG: 'zh_CN.UTF-8', JISHI_HOME: home.at },
  })
}

// A place: a folder, or a schema of the PostgreSQL named by JISHI_TEST_PG when `driver` is "pg". `people`: login and posts of each.
export function makePlace(driver = 'sqlite', { packs = ['tests/packs/orchard'], people = orchardPeople } = {}) {
  const place =
    driver === 'pg'
      ? `${process.env.JISHI_TEST_PG}?schema=api_${randomBytes(6).toString('hex')}`
      : mkdtempSync(join(tmpdir(), 'jishi-api-'))
  const given = packs.flatMap((p) => ['--pack', join(root, p)])
  const made = run('init', place, '--county', '370871', '--name', '济宁高新区', ...given)
  if (made.code !== 0) throw new Error(`init: ${made.err}`)
  for (const [login, ...posts] of people) {
    const r = addUser(place, login, ...posts)
    if (r.status !== 0) throw new Error(`user: ${r.stderr}`)
  }
  return place
}

// A place that is served: `as` signs in; `end` stops it, replays the journal, drops the place, and gives how many tests failed.
export async function openPlace(driver, how) {
  const place = makePlace(driver, how)
  const server = await startServer(place)
  const contract = await contractOf(server)
  return {
    place,
    server,
    contract,
    as: (login, password) => new Client(server, contract).signIn(login, password),
    async end(title) {
      if (server.child.exitCode === null) await stopServer(server)
      const failed = await runTests(title, {
        'a replay of the journal gives the same tables': async () => {
          const r = run('rebuild', place, '--check')
          if (r.code !== 0) throw new Error(r.out + r.err)
        },
      })
      dropPlace(place)
      return failed
    },
  }
}

export function dropPlace(place) {
  if (!place.startsWith('postgres')) rmSync(place, { recursive: true, force: true })
}

export function startServer(place, ...more) {
  return new Promise((resolve, reject) => {
    const open = more[0] === 'closed' ? [] : ['--open', 'contract', '--open', 'metrics']
    const args = [...open, ...more.filter((x) => x !== 'closed')]
    const child = spawn(jishi, ['serve', place, '--port', '0', '--log-level', 'info', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LANG: 'zh_CN.UTF-8', JISHI_HOME: home.at },
    })
    const server = {
      child,
      url: '',
      err: '',
      // 'close' and not 'exit': then all it said has been read.
      exited: new Promise((done) => child.once('close', (code, signal) => done({ code, signal }))),
    }
    let out = ''
    child.stderr.on('data', (d) => (server.err += d))
    child.stdout.on('data', (d) => {
      out += d
      const m = /(https?:\/\/[\d.]+:\d+)/.exec(out)
      if (m && !server.url) {
        server.url = m[1]
        resolve(server)
      }
    })
    child.once('exit', (code) => server.url || reject(new Error(`serve ended with ${code}: ${server.err}`)))
  })
}

// Asks until the answer is right; the caller's own limit is that of the whole run.
export async function until(ask) {
  for (;;) {
    const got = await ask()
    if (got) return got
    await new Promise((r) => setImmediate(r))
  }
}

export async function stopServer(server) {
  server.child.kill('SIGTERM')
  return server.exited
}

// ---- the OpenAPI document as a judge ----

const formats = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?\+08:00$/,
}

export class Contract {
  constructor(document) {
    this.document = document
  }
  resolve(s) {
    return s.$ref
      ? s.$ref
          .slice(2)
          .split('/')
          .reduce((at, k) => at[k], this.document)
      : s
  }
  faults(schema, v, at = '') {
    const s = this.resolve(schema)
    const out = []
    const types = s.type === undefined ? null : [].concat(s.type)
    const is = {
      object: (x) => x !== null && typeof x === 'object' && !Array.isArray(x),
      array: Array.isArray,
      string: (x) => typeof x === 'string',
      integer: Number.isInteger,
      boolean: (x) => typeof x === 'boolean',
      null: (x) => x === null,
      number: (x) => typeof x === 'number',
    }
    if (types && !types.some((t) => is[t](v)))
      return [`${at || '/'} should be ${types}, is ${JSON.stringify(v)?.slice(0, 60)}`]
    if (s.enum && !s.enum.includes(v)) out.push(`${at} is not one of ${s.enum}`)
    if (s.const !== undefined && s.const !== v) out.push(`${at} is not ${s.const}`)
    if (s.format && typeof v === 'string' && !formats[s.format].test(v))
      out.push(`${at} is no ${s.format}: ${v.slice(0, 60)}`)
    for (const part of s.allOf || []) out.push(...this.faults(part, v, at))
    if (s.anyOf) {
      const tries = s.anyOf.map((part) => this.faults(part, v, at))
      if (tries.every((t) => t.length)) out.push(...tries.sort((a, b) => a.length - b.length).at(0))
    }
    if (is.object(v)) {
      for (const k of s.required || []) if (!(k in v)) out.push(`${at}/${k} is missing`)
      for (const [k, x] of Object.entries(v)) {
        const more = s.properties?.[k] ?? s.additionalProperties
        if (more) out.push(...this.faults(more, x, `${at}/${k}`))
        else if (s.properties) out.push(`${at}/${k} is not described`) // an answer holds what its shape names, and nothing else
      }
    }
    if (Array.isArray(v) && s.items) v.forEach((x, i) => out.push(...this.faults(s.items, x, `${at}/${i}`)))
    return out
  }
  operation(method, path) {
    for (const [pattern, methods] of Object.entries(this.document.paths)) {
      const re = new RegExp(`^${pattern.replace(/\{[^}]+\}/g, '[^/]+')}$`)
      if (re.test(path) && methods[method.toLowerCase()])
        return { name: `${method} ${pattern}`, ...methods[method.toLowerCase()] }
    }
    return null
  }
  check(method, path, sent, status, type, body) {
    const op = this.operation(method, path)
    if (!op) return [`${method} ${path} is not described`]
    const answer = status >= 400 ? op.responses.default : op.responses['2XX']
    const content = answer.content?.[type.split(';')[0]] || (type.startsWith('image/') && answer.content?.['image/*'])
    if (!content) return [`${method} ${path}: ${type} is not described`]
    const faults = content.schema ? this.faults(content.schema, body) : []
    // What was taken must be what the document says is taken.
    const takes = op.requestBody?.content['application/json']?.schema
    if (status < 300 && takes)
      faults.push(...this.faults(takes, JSON.parse(JSON.stringify(sent))).map((f) => `sent: ${f}`))
    if (status < 300) Contract.held.add(op.name)
    return faults.map((f) => `${method} ${path}: ${f}`)
  }
  // Operations whose good answers were held to the document, and all there are.
  static held = new Set()
  static all = new Set()
}

// ---- a client ----

export class Client {
  constructor(server, contract) {
    this.server = server
    this.contract = contract
    this.token = ''
  }
  async raw(method, path, body, headers = {}) {
    const bytes = typeof body === 'string' || body instanceof Uint8Array
    const isJson = body !== undefined && !(bytes && /\/(imports|files|templates)\b/.test(path))
    const r = await fetch(this.server.url + path, {
      method,
      body:
        body === undefined
          ? undefined
          : body instanceof Uint8Array || typeof body === 'string'
            ? body
            : JSON.stringify(body),
      headers: {
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
        ...(isJson ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
    })
    const type = r.headers.get('content-type') || ''
    const text = await r.text()
    const json = type.includes('json') ? JSON.parse(text) : text
    return { status: r.status, type, json, etag: r.headers.get('etag'), headers: r.headers }
  }
  // Every answer is held to the contract.
  async call(method, path, body, headers = {}) {
    const r = await this.raw(method, path, body, headers)
    if (this.contract) {
      const faults = this.contract.check(method, path.split('?')[0], body, r.status, r.type, r.json)
      if (faults.length) throw new Error(`not as /openapi.json says: ${faults.slice(0, 3).join('; ')}`)
    }
    return r
  }
  async signIn(login, password = 'apple-pear-1') {
    const r = await this.call('POST', '/api/v1/session', { login, password })
    if (r.status !== 200) throw new Error(`sign-in of ${login}: ${r.status} ${JSON.stringify(r.json)}`)
    this.token = r.json.token
    return this
  }
}

/** The number of the newest entry, as the counters tell it. */
export async function seqOf(client) {
  return Number(/^jishi_journal_entries (\d+)$/m.exec((await client.raw('GET', '/metrics')).json)[1])
}

/** Signs in with the password that another gave, and changes it, as he must. */
export async function settle(client, login, first, own = `${first}-of-his-own`) {
  await client.signIn(login, first)
  const r = await client.call('POST', '/api/v1/session/password', { old: first, new: own })
  if (r.status !== 200) throw new Error(`first password of ${login}: ${JSON.stringify(r.json)}`)
  return client
}

export async function contractOf(server) {
  const r = await fetch(`${server.url}/openapi.json`)
  const document = await r.json()
  for (const [pattern, methods] of Object.entries(document.paths))
    for (const m of Object.keys(methods)) Contract.all.add(`${m.toUpperCase()} ${pattern}`)
  return new Contract(document)
}

// ---- running tests: PASS and FAIL lines, for ./test to count ----

export async function runTests(title, tests) {
  let failed = 0
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test()
      console.log(`PASS ${title}: ${name}`)
    } catch (e) {
      failed++
      console.log(
        `FAIL ${title}: ${name}\n    ${String(e.stack || e)
          .split('\n')
          .slice(0, 14)
          .join('\n    ')}`,
      )
    }
  }
  return failed
}
