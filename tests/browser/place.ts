/* The servers to drive: the real program ($JISHI) over a scratch county with the orchard pack of /tests/packs or over an invented
 * district of a shipped pack, or the mock of web/dev.
 * A scene says what the tests that need to know the programme may expect there. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import people from './people.json'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Scene {
  /** An event that opens a finding and opens a case: its name, what is typed where, what is said. */
  event: { name: string; typed: Record<string, string>; found: string; opened: string }
  /** A step whose guard refuses: the state it starts from, its title, what is typed where, what is said. */
  guard: { state: string; step: string; field: string; typed: string; message: string }
  measure: { title: string; typed: Record<string, string>; amount: string }
  /** A roster with three rows, of which some are bad; part of what is said about them. */
  roster: { rows: string; fault: string }
}

export interface Place {
  url: string
  login: string
  password: string
  /** null: someone else's server, of which nothing is known. */
  scene: Scene | null
  stop: () => void
}

const mockScene: Scene = {
  event: {
    name: 'medical_claim',
    typed: { self_paid: '26,000.50' },
    found: '近12个月自付医疗费26,000.50元',
    opened: '防返贫监测帮扶',
  },
  guard: {
    state: 'clue',
    step: '入户核实',
    field: 'people',
    typed: '1',
    message: '入户核实须两人以上。',
  },
  measure: { title: '最低生活保障', typed: { covered: '2', counted: '250.5' }, amount: '999.50元' },
  roster: {
    rows: '户编号,姓名,身份证号,家庭年纯收入\n1,张样例,x,1\n2,李样例,x,1\n3,王样例,x,约三万\n',
    fault: '身份证号应为 18 位',
  },
}
const orchardScene: Scene = {
  event: {
    name: 'check',
    typed: { ill: '99', note: '叶子发黄' },
    found: '有99棵病树',
    opened: '照看',
  },
  guard: {
    state: 'found',
    step: '开始救治',
    field: 'people',
    typed: '1',
    message: '救治须两人以上。',
  },
  measure: { title: '喷药补助', typed: { trees: '1' }, amount: '元' },
  roster: {
    rows: '园号,园主,土质,年收入,树牌,品种,栽种日期,行政村\nN1,新来的,黏土,5000,X1,梨,2020/3/1,东庄村\nN2,也新来,沙土,7000,X2,梨,2020/3/1,西庄村\nN3,写错的,不知道,1,X3,梨,2020/3/1,西庄村\n',
    fault: '没有“不知道”这个选项',
  },
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const s = createServer()
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address() as AddressInfo
      s.close(() => done(port))
    })
  })
}

function firstWord(p: ChildProcess, what: string): Promise<void> {
  return new Promise((done, fail) => {
    p.stdout!.once('data', () => done())
    p.once('exit', () => fail(new Error(`${what} did not start`)))
  })
}

async function openMock(): Promise<Place> {
  const port = await freePort()
  const p = spawn(process.execPath, [`${root}web/dev/mock.mjs`, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await firstWord(p, 'the mock server')
  return {
    url: `http://127.0.0.1:${port}`,
    login: 'clerk',
    password: 'mock',
    scene: mockScene,
    stop: () => void p.kill(),
  }
}

/** Sixty invented gardens with a tree or two each; every ninth is unwell, every fourth poor. */
function roster(): string {
  const rows = ['园号,园主,土质,年收入,树牌,品种,栽种日期,虫害,行政村']
  for (let i = 0; i < 60; i++) {
    const owner = `${people.owners[i % 10]}${i >= 10 ? ['甲', '乙', '丙', '丁', '戊'][Math.floor(i / 10) - 1] : ''}`
    for (let k = 0; k <= i % 2; k++)
      rows.push(
        [
          `G${100 + i}`,
          owner,
          ['黏土', '沙土'][i % 2],
          i % 4 ? 20000 + i * 100 : 900,
          `T${100 + i}-${k}`,
          ['苹果', '梨', '桃'][i % 3],
          '2020/3/1',
          i % 9 ? '' : '蛾',
          ['东庄村', '西庄村'][i % 2],
        ].join(','),
      )
  }
  return `${rows.join('\n')}\n`
}

/** A folder as the project's, whose last holiday notice is that of the year. */
function homeWithNotices(at: string, last: number): string {
  mkdirSync(join(at, 'data'), { recursive: true })
  symlinkSync(`${root}data/areas`, join(at, 'data/areas'))
  for (const name of ['packs', 'web']) symlinkSync(`${root}${name}`, join(at, name))
  const notices = [last - 1, last].map((y) => ({ year: y, reference: `${y}年测试通知`, holidays: [`${y}-01-01`] }))
  writeFileSync(join(at, 'data/calendar.yaml'), `notices: ${JSON.stringify(notices)}\n`)
  return at
}

/** What a test may want otherwise. */
export interface Wishes {
  /** The last holiday notice is that of this year, and a third officer, `administrator`, administers the county. */
  lastNotice?: number
  /** An invented district of this shipped pack with so many units; its officers all have one password. */
  demo?: { pack: string; size: number; login: string }
  /** Other packs than the orchard, and the officer's posts in them; the second officer administers. No roster is taken in. */
  packs?: string[]
  roles?: string[]
  /** The officer's name. */
  officer?: string
}

interface Served {
  url: string
  stop: () => void
}

async function serve(program: string, at: string, env: NodeJS.ProcessEnv, over: () => void): Promise<Served> {
  const port = await freePort()
  mkdirSync(`${root}tests/out`, { recursive: true })
  const log = openSync(`${root}tests/out/server.log`, 'a') // looked through by log.mjs
  const p = spawn(program, ['serve', at, '--port', String(port), '--log-level', 'info', '--web', `${root}web/dist`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', log],
  })
  await firstWord(p, 'jishi serve')
  const stop = () => {
    p.once('exit', over)
    p.kill()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

async function openDemo(program: string, { pack, size, login }: NonNullable<Wishes['demo']>): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-browser-'))
  const at = join(folder, 'county')
  const made = spawnSync(
    program,
    ['demo', at, '--pack', `${root}packs/${pack}`, '--size', String(size), '--seed', '1'],
    {
      encoding: 'utf8',
      cwd: root,
      env: { ...process.env, LANG: 'zh_CN.UTF-8' },
    },
  )
  const password = new RegExp(`^登录名 ${login}  密码 (\\S+)`, 'm').exec(made.stdout ?? '')?.[1]
  if (made.status !== 0 || !password) throw new Error(`jishi demo: ${made.stdout}${made.stderr}`)
  const served = await serve(program, at, process.env, () => rmSync(folder, { recursive: true, force: true }))
  return { ...served, login, password, scene: null }
}

/** Decides on what the first has proposed; the same password. Only where the place is made here. */
export const secondOfficer = 'second'
/** Administers, and sees no record; where a place is wished with `lastNotice`. */
export const administrator = 'keeper-of-accounts'

async function openReal(program: string, wishes: Wishes): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'jishi-browser-'))
  const at = join(folder, 'county')
  const login = 'clerk'
  const password = 'a-long-enough-password'
  const env = { ...process.env }
  if (wishes.lastNotice) env.JISHI_HOME = homeWithNotices(join(folder, 'home'), wishes.lastNotice)
  const run = (args: string[], input = '') => {
    const r = spawnSync(program, args, { input, encoding: 'utf8', cwd: root, env })
    if (r.status !== 0) throw new Error(`jishi ${args.join(' ')}: ${r.stdout}${r.stderr}`)
  }
  writeFileSync(
    join(folder, 'areas.csv'),
    '370899000000,样例县\n370899001000,河湾街道\n370899001201,东庄村\n370899001202,西庄村\n',
  )
  run([
    'init',
    at,
    '--county',
    '370899',
    '--name',
    '样例县',
    '--areas',
    join(folder, 'areas.csv'),
    ...(wishes.packs ?? ['tests/packs/orchard']).flatMap((p) => ['--pack', `${root}${p}`]),
  ])
  const add = (who: string, name: string, ...roles: string[]) =>
    run(
      ['user', 'add', at, who, '--lasting', '--name', name, ...roles.flatMap((r) => ['--post', `${r}@370899`])],
      `${password}\n`,
    )
  const roles = wishes.roles ?? ['keeper', 'clerk', 'head']
  add(login, wishes.officer ?? people.officer, ...roles)
  add(secondOfficer, '第二位', wishes.packs ? 'admin' : 'head')
  if (wishes.lastNotice) add(administrator, '管理员', 'admin')
  const { url, stop } = await serve(program, at, env, () => rmSync(folder, { recursive: true, force: true }))
  const say = async (
    method: string,
    path: string,
    body: string | null,
    token: string,
  ): Promise<Record<string, unknown>> => {
    const r = await fetch(`${url}/api/v1${path}`, {
      method,
      body,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': path.startsWith('/imports') ? 'application/octet-stream' : 'application/json',
      },
    })
    const tree = (await r.json()) as Record<string, unknown>
    if (!r.ok) throw new Error(`${method} ${path}: ${JSON.stringify(tree)}`)
    return tree
  }
  if (wishes.packs) return { url, login, password, scene: null, stop }
  try {
    const { token } = (await say('POST', '/session', JSON.stringify({ login, password }), '')) as {
      token: string
    }
    const { id } = (await say('POST', '/imports?layout=roster&name=roster.csv', roster(), token)) as { id: string }
    await say('POST', `/imports/${id}/apply`, null, token)
  } catch (e) {
    stop()
    throw e
  }
  return { url, login, password, scene: orchardScene, stop }
}

export async function openPlace(wishes: Wishes = {}): Promise<Place> {
  const { JISHI_URL, JISHI_LOGIN, JISHI_PASSWORD, JISHI } = process.env
  if (JISHI_URL)
    return {
      url: JISHI_URL.replace(/\/$/, ''),
      login: JISHI_LOGIN ?? '',
      password: JISHI_PASSWORD ?? '',
      scene: null,
      stop: () => undefined,
    }
  if (!JISHI) return openMock()
  return wishes.demo ? openDemo(JISHI, wishes.demo) : openReal(JISHI, wishes)
}
