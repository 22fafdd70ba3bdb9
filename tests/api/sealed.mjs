// What lies on the disk: no number and no telephone of anybody, in rows, journal, log, backup, dump; and it is found all the same.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  contractOf,
  dropPlace,
  makePlace,
  root,
  run,
  runTests,
  startServer,
  stopServer,
  uuid,
  village,
} from './kit.mjs'

const number = '110101195203070018'
const phone = '13900006187'
const rosterPhone = '13900008471'
const secrets = [number, phone, rosterPhone]

const filesBelow = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })

function holdsNone(bytes, where) {
  for (const s of secrets) assert.equal(bytes.includes(s), false, `${s} can be read in ${where}`)
}

function dumpOf(place) {
  const bin = ['17', '16', '15']
    .map((v) => `/usr/lib/postgresql/${v}/bin/pg_dump`)
    .find((p) => spawnSync(p, ['-V']).status === 0)
  const url = new URL(place)
  const schema = url.searchParams.get('schema')
  url.search = ''
  const r = spawnSync(bin, ['-n', schema, url.href], { maxBuffer: 1 << 28 })
  assert.equal(r.status, 0, String(r.stderr))
  assert.ok(r.stdout.includes('subject_garden'))
  return r.stdout
}

export async function sealed(driver = 'sqlite') {
  const place = makePlace(driver)
  const server = await startServer(place)
  const contract = await contractOf(server)
  const clerk = await new Client(server, contract).signIn('clerk')
  const id = uuid()
  const at = `/api/v1/subjects/garden/${id}`
  const failed = await runTests(`sealed, ${driver}`, {
    'a repeat is recognised, though what was said lies sealed': async () => {
      const body = { area: village, fields: { code: 'S1', owner: '郑某某', id_number: number, phone } }
      for (const status of [201, 200]) {
        const r = await clerk.call('PUT', at, body)
        assert.equal(r.status, status, JSON.stringify(r.json))
      }
    },
    'a roster waits': async () => {
      const roster = Buffer.from(`\uFEFF街道,村,园号,园主,树牌,品种\r\n接庄街道,口头村,S2,${rosterPhone},s-2,苹果\r\n`)
      const r = await clerk.call('POST', '/api/v1/imports?layout=roster&name=a.csv', roster)
      assert.equal(r.status, 201, JSON.stringify(r.json))
    },
    'nobody reads a number or a telephone on the disk': async () => {
      if (driver === 'pg') {
        holdsNone(dumpOf(place), 'the dump')
        return
      }
      assert.ok(readdirSync(place).includes('jishi.db-wal'), 'the server runs: what it wrote is in the log')
      for (const path of filesBelow(place)) holdsNone(readFileSync(path), path)
    },
    'nor in a backup without a passphrase': async () => {
      const to = mkdtempSync(join(tmpdir(), 'jishi-sealed-'))
      const made = run('backup', place, to)
      assert.equal(made.code, 0, made.out + made.err)
      const files = filesBelow(to)
      assert.ok(files.length > 1)
      for (const path of files) holdsNone(readFileSync(path), path)
      rmSync(to, { recursive: true })
    },
    'a new key while it serves: what was there is read, what is new is written, the older key is needed no more':
      async () => {
        const older = readFileSync(process.env.JISHI_KEY_FILE, 'utf8')
        const wrappedBy = () => {
          const to = mkdtempSync(join(tmpdir(), 'jishi-keys-'))
          assert.equal(run('export', place, join(to, 'all')).code, 0)
          const numbers = readFileSync(join(to, 'all'), 'utf8').matchAll(/"wrapped":"(.{10})/g)
          rmSync(to, { recursive: true })
          return new Set([...numbers].map((m) => m[1]))
        }
        const before = wrappedBy()
        assert.equal(before.size, 1)
        const r = run('key', 'rotate', place)
        assert.equal(r.code, 0, r.err)
        assert.match(r.out, /2 把数据密钥/)
        assert.equal((await clerk.call('GET', at)).status, 200)
        const body = { area: village, fields: { code: 'S3', owner: '郑某某', phone } }
        assert.equal((await clerk.call('PUT', `/api/v1/subjects/garden/${uuid()}`, body)).status, 201)
        const after = wrappedBy()
        assert.equal(after.size, 1)
        assert.notDeepEqual(after, before)
        // Of its own, as other suites run by the same file.
        const own = join(mkdtempSync(join(tmpdir(), 'jishi-keys-')), 'key')
        copyFileSync(process.env.JISHI_KEY_FILE, own)
        assert.equal(run('key', 'drop', place, '--key-file', own).code, 0)
        assert.equal(readFileSync(own, 'utf8').match(/^key /gm).length, 1)
        assert.equal(run('rebuild', place, '--check', '--key-file', own).code, 0)
        writeFileSync(own, older)
        assert.match(run('rebuild', place, '--check', '--key-file', own).err, /不是这里的/)
        rmSync(join(own, '..'), { recursive: true })
      },
    'the journal replays to the same rows': () => {
      const r = run('rebuild', place, '--check')
      assert.equal(r.code, 0, r.out + r.err)
    },
    'without its key file nothing is opened, and that is said; the chain is checked without it': () => {
      const missing = join(tmpdir(), `jishi-none-${process.pid}.key`)
      const r = run('rebuild', place, '--check', '--key-file', missing)
      assert.equal(r.code, 1)
      assert.match(r.err, /找不到密钥文件/)
      assert.equal(run('verify', place, '--key-file', missing).code, 0)
    },
  })
  await stopServer(server)
  dropPlace(place)
  return driver === 'sqlite' ? failed + (await demoIsSealed()) : failed
}

const isIdNumber = (s) => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return '10X98765432'[weights.reduce((sum, w, i) => sum + w * s[i], 0) % 11] === s[17]
}

// An invented district as it lies on the disk while it serves, and whatever is made of it.
async function demoIsSealed() {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-sealed-'))
  const place = join(folder, 'county')
  const made = run('demo', place, '--size', '12', '--pack', join(root, 'packs/antipoverty'))
  if (made.code !== 0) throw new Error(`demo: ${made.err}`)
  const temporary = join(folder, 'temporary')
  mkdirSync(temporary)
  mkdirSync(join(folder, 'backup'))
  const own = process.env.TMPDIR
  process.env.TMPDIR = temporary
  const server = await startServer(place)
  const officer = await new Client(server, await contractOf(server)).signIn('qu1', 'jishi-2026')
  const said = { numbers: new Set(), phones: new Set(), ill: 0 }
  const failed = await runTests('sealed, a demo', {
    'its people have numbers, telephones and illnesses': async () => {
      for (const kind of ['person', 'household', 'helper']) {
        const list = await officer.call('GET', `/api/v1/subjects/${kind}?limit=100`)
        assert.equal(list.status, 200, JSON.stringify(list.json))
        for (const { id } of list.json.items) {
          const r = await officer.call('GET', `/api/v1/subjects/${kind}/${id}?clear=1&reason=check`)
          assert.equal(r.status, 200, JSON.stringify(r.json))
          const { id_number, phone, health } = r.json.fields
          if (id_number) said.numbers.add(id_number)
          if (phone) said.phones.add(phone)
          if (health && String(health) !== 'healthy') said.ill++
        }
      }
      assert.ok(said.numbers.size > 12 && said.phones.size > 12 && said.ill > 0, JSON.stringify(said))
      for (const number of said.numbers) assert.ok(isIdNumber(number), number)
    },
    'none of them can be read in folder, log, temporary files, backup or export': async () => {
      assert.ok(readdirSync(place).includes('jishi.db-wal'))
      for (const words of [
        ['backup', place, join(folder, 'backup')],
        ['export', place, join(folder, 'export')],
      ]) {
        const r = run(...words)
        assert.equal(r.code, 0, r.err)
      }
      const files = filesBelow(folder).filter((path) => path !== process.env.JISHI_KEY_FILE)
      assert.ok(files.length > 5)
      // Those that the pack itself shows, and tries in its tests.
      const examples = filesBelow(join(root, 'packs/antipoverty'))
        .map((path) => readFileSync(path, 'utf8'))
        .join()
      for (const path of files) {
        const bytes = readFileSync(path).toString('latin1')
        for (const word of [...said.numbers, ...said.phones])
          assert.ok(!bytes.includes(word), `${word} can be read in ${path}`)
        for (const [word] of bytes.matchAll(/[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d{4}[\dX]/g))
          assert.ok(!isIdNumber(word) || examples.includes(word), `${word} can be read in ${path}`)
        assert.ok(!/"(health|diagnosis|disability_class|disability_grade)\\?":\\?["\[\d]/.test(bytes), path)
      }
    },
    'nor an illness in any entry but the packs themselves': () => {
      const lines = readFileSync(join(folder, 'export'), 'utf8').split('\n')
      const packs = (line) => /^\{"pack_source"|"verb":"pack"/.test(line)
      const illness = /高血压|糖尿病|冠心病|骨关节病|慢性病|重病|大病|major|chronic/
      assert.ok(lines.filter(packs).some((line) => illness.test(line)))
      assert.equal(
        lines.find((line) => !packs(line) && illness.test(line)),
        undefined,
      )
    },
  })
  await stopServer(server)
  if (own === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = own
  rmSync(folder, { recursive: true })
  return failed
}
