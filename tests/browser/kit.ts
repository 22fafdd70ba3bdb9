/* What every browser test needs: a server (given, or the mock), a browser, a signed-in page whose console must stay silent, axe, screenshots. */
import type { Question, Simulation } from '@common/api/types'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openPlace, type Place, type Scene, type Wishes } from './place'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { inject } from 'vitest'

const web = fileURLToPath(new URL('../../web/', import.meta.url))
const shots = fileURLToPath(new URL('../out/shots/', import.meta.url))
const axeSource = readFileSync(`${web}node_modules/axe-core/axe.min.js`, 'utf8')

/** Some tests need to know what happens; of someone else's server nothing is known. */
export const known = !process.env.JISHI_URL
export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

let place: Place
let base = ''
let browser: Browser | null = null
/** The cookies of one signing in of each officer, which all visits to a place share: each of its own would cost a second a test. */
const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

export const start = (): Promise<void> => startWith({})

export async function startWith(wishes: Wishes): Promise<void> {
  mkdirSync(shots, { recursive: true })
  place = await openPlace(wishes)
  base = place.url
  const path =
    process.env.CHROMIUM ??
    ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p))
  if (!path) throw new Error('no chromium found: install the package chromium, or name it in CHROMIUM')
  browser = await chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  })
}

export async function stop(): Promise<void> {
  sessions.clear()
  await browser?.close()
  place?.stop()
}

export const login = (): string => place.login
export const password = (): string => place.password
export const scene = (): Scene => place.scene!

/** Fails, naming all that is wrong. */
export function none(wrong: string[]): void {
  if (wrong.length) throw new Error(wrong.join('\n'))
}

export interface Visit {
  page: Page
  context: BrowserContext
  /** Lines of the console that are errors, and uncaught exceptions; a test ends by looking at them. */
  errors: string[]
  /** Statuses the test itself provokes: the browser logs each failed request. */
  expected: Set<number>
  /** The test cut the network: what the browser says of that is expected, too. */
  offline?: boolean
  close: () => Promise<void>
}

async function open(view = DESK, as?: string): Promise<Visit> {
  const context = await browser!.newContext({
    storageState: as ? sessions.get(as) : undefined,
    viewport: view,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(inject('wait'))
  const errors: string[] = []
  const expected = new Set<number>()
  const visit: Visit = { page, context, errors, expected, close: () => context.close() }
  page.on('console', (m) => {
    if (m.type() !== 'error' && m.type() !== 'warning') return
    if (visit.offline && m.text().includes('net::ERR_FAILED')) return
    const status = /status of (\d{3})/.exec(m.text())?.[1]
    if (status && expected.has(Number(status))) return
    errors.push(`${m.type()}: ${m.text()}${status ? ` ${new URL(m.location().url).pathname}` : ''}`)
  })
  page.on('pageerror', (e) => errors.push(`uncaught: ${e.message}`))
  page.on('request', (r) => {
    if (!r.url().startsWith(base) && !/^(data|blob):/.test(r.url())) errors.push(`foreign request: ${r.url()}`)
  })
  return visit
}

export async function signIn(v: Visit, to = '/', as = place.login): Promise<void> {
  v.expected.add(401)
  await v.page.goto(`${base}/login${to === '/' ? '' : `?to=${encodeURIComponent(to)}`}`)
  await v.page.fill('#login', as)
  await v.page.fill('#password', place.password)
  await v.page.click('button[type=submit]')
  await v.page.waitForURL((u) => u.pathname !== '/login')
  v.expected.delete(401)
}

/** Runs a test in its own context, signed in and at the first page unless told otherwise; console errors fail it. */
export async function visit(
  go: (v: Visit) => Promise<void>,
  how: { view?: typeof DESK; signedOut?: boolean; as?: string } = {},
): Promise<void> {
  const as = how.as ?? place.login
  const v = await open(how.view, how.signedOut ? undefined : as)
  try {
    if (!how.signedOut && sessions.has(as)) await v.page.goto(`${base}/`)
    else if (!how.signedOut) {
      await signIn(v, '/', as)
      sessions.set(as, await v.context.storageState())
    }
    await go(v)
    none(v.errors)
  } finally {
    await v.close()
  }
}

export async function goto(v: Visit, path: string): Promise<void> {
  await v.page.goto(base + path)
  await v.page.waitForSelector('h1')
  await settled(v)
}

/** No request under way (the live feed is for ever) and nothing still said to be loading. */
export async function settled(v: Visit): Promise<void> {
  await v.page.waitForFunction(
    () =>
      !document.body.innerText.includes('正在加载') && !document.querySelector('[aria-busy=true], .el-loading-mask'),
  )
  await v.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** The interface, with the page's own session. */
export async function ask<T>(v: Visit, path: string): Promise<T> {
  return (await v.page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path)) as T
}

/** Something is written through the interface; the answer. */
export async function tell<T>(v: Visit, method: string, path: string, body: object, version?: number): Promise<T> {
  const [status, tree] = await v.page.evaluate(
    async ([m, p, text, match]) => {
      const headers = { 'Content-Type': 'application/json', ...(match ? { 'If-Match': match } : {}) }
      const r = await fetch(`/api/v1${p}`, { method: m, headers, body: text })
      return [r.status, await r.json()]
    },
    [method, path, JSON.stringify(body), version === undefined ? '' : `"${version}"`] as const,
  )
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(tree)}`)
  return tree as T
}

/** A what-if question, and its answer. */
export async function simulate(v: Visit, question: Question): Promise<Simulation> {
  return (await v.page.evaluate(
    async (body) =>
      (
        await fetch('/api/v1/simulations', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
      ).json(),
    JSON.stringify(question),
  )) as Simulation
}

export async function axe(v: Visit): Promise<string[]> {
  await v.page.evaluate(axeSource)
  return (await v.page.evaluate(async () => {
    const run = (
      window as unknown as {
        axe: {
          run: (
            d: Document,
            o: object,
          ) => Promise<{
            violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[]
          }>
        }
      }
    ).axe
    const r = await run.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return r.violations.flatMap((x) =>
      x.nodes.slice(0, 4).map((n) => `${x.id}: ${n.target.join(' ')} — ${n.failureSummary.split('\n')[1]?.trim()}`),
    )
  })) as string[]
}

/** A picture for the documents: the window alone. */
export async function picture(v: Visit, name: string): Promise<void> {
  await v.page.screenshot({ path: `${process.env.JISHI_PICTURES}/${name}.png` })
}

export async function shot(v: Visit, name: string, whole = true): Promise<void> {
  await v.page.screenshot({ path: `${shots}${name}.png`, fullPage: whole })
}

/** What sticks out of the window sideways, and what is too small to touch. */
export async function misfits(v: Visit): Promise<string[]> {
  return await v.page.evaluate(() => {
    const out: string[] = []
    const wide = document.documentElement.scrollWidth - window.innerWidth
    if (wide > 1) out.push(`page is ${wide} px too wide`)
    for (const e of document.querySelectorAll<HTMLElement>('button, a, [role=tab], summary, .el-radio, .el-checkbox')) {
      const r = e.getBoundingClientRect()
      const inText = e.tagName === 'A' && !e.className && e.parentElement?.tagName === 'H2'
      if (
        !r.width ||
        !r.height ||
        inText ||
        e.closest('.hidden-label, .skip, .el-input__suffix, .el-tag, .el-drawer__header, .el-message-box__headerbtn') ||
        e.matches('.hidden-label, .skip')
      )
        continue
      if (r.height < 43.5)
        out.push(
          `${e.tagName.toLowerCase()} "${(e.innerText || e.getAttribute('aria-label') || '').slice(0, 20)}" is ${Math.round(r.height)} px high`,
        )
    }
    return [...new Set(out)]
  })
}
