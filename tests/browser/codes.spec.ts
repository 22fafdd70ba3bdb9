/* One-time codes: set up with what the page shows, asked for at the next sign-in, dropped by a recovery code. Of the orchard pack. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  axe,
  goto,
  login,
  misfits,
  none,
  password,
  PHONE,
  settled,
  shot,
  signIn,
  startWith,
  stop,
  tell,
  visit,
  type Visit,
} from './kit'
import { administrator } from './place'

beforeAll(() => startWith({ lastNotice: new Date().getFullYear() }))
afterAll(stop)

/** RFC 6238, as the telephone makes it. */
function codeOf(secret: string, step: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('')
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(step))
  const key = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)))
  const mac = createHmac('sha1', key).update(message).digest()
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1000000).padStart(6, '0')
}
const step = () => Math.floor(Date.now() / 30000)

async function look(v: Visit, name: string): Promise<void> {
  await settled(v)
  none([...(await misfits(v)), ...(await axe(v))])
  await shot(v, name)
}

describe.runIf(process.env.JISHI && !process.env.JISHI_URL)('one-time codes', () => {
  let secret = ''
  let used = 0
  let recovery = ''

  it('are set up on the account page', () =>
    visit(async (v) => {
      await goto(v, '/account')
      await v.page.getByRole('button', { name: '设置登录验证码' }).click()
      await v.page.getByRole('img', { name: '二维码' }).waitFor()
      secret = (await v.page.locator('code').innerText()).replaceAll(' ', '')
      await look(v, 'codes-begin')
      await v.page.fill('#codes-password', password())
      v.expected.add(422)
      await v.page.fill('#codes-code', codeOf(secret, step() + 1000))
      await v.page.getByRole('button', { name: '启用' }).click()
      await v.page.getByText('验证码不对').waitFor()
      used = step()
      await v.page.fill('#codes-code', codeOf(secret, used))
      await v.page.getByRole('button', { name: '启用' }).click()
      const list = v.page.getByRole('list', { name: '备用码' }).getByRole('listitem')
      await expect.poll(() => list.count()).toBe(10)
      recovery = await list.first().innerText()
      await look(v, 'codes-recovery')
      await v.page.getByRole('button', { name: '已经抄好' }).click()
      await v.page.getByText('还有 10 个备用码').waitFor()
    }))

  it('are asked for when signing in, and dropped with a recovery code', () =>
    visit(
      async (v) => {
        v.expected.add(401)
        await goto(v, '/login')
        await v.page.fill('#login', login())
        await v.page.fill('#password', password())
        await v.page.click('button[type=submit]')
        await v.page.locator('#code').waitFor()
        await look(v, 'codes-sign-in-phone')
        await v.page.fill('#code', codeOf(secret, used))
        await v.page.click('button[type=submit]')
        await v.page.getByText('已经用过').waitFor()
        await v.page.fill('#code', codeOf(secret, used + 1))
        await v.page.click('button[type=submit]')
        await v.page.waitForURL((u) => u.pathname === '/')
        await goto(v, '/account')
        await v.page.getByRole('button', { name: '停用登录验证码' }).click()
        await v.page.fill('#codes-password', password())
        await v.page.fill('#codes-code', recovery)
        await look(v, 'codes-drop-phone')
        await v.page.getByRole('button', { name: '停用登录验证码' }).click()
        await v.page.getByRole('button', { name: '设置登录验证码' }).waitFor()
      },
      { view: PHONE, signedOut: true },
    ))

  it('come before all else where the county demands them; the administrator drops them', () =>
    visit(
      async (v) => {
        await tell(v, 'PATCH', '/settings', { codes_required: 2 })
        await visit(
          async (his) => {
            his.expected.add(401)
            await goto(his, '/login')
            await his.page.fill('#login', login())
            await his.page.fill('#password', password())
            await his.page.click('button[type=submit]')
            await his.page.getByText('本县要求登录时填验证码').waitFor()
            const own = (await his.page.locator('code').innerText()).replaceAll(' ', '')
            await look(his, 'codes-must')
            await his.page.fill('#codes-password', password())
            await his.page.fill('#codes-code', codeOf(own, step()))
            await his.page.getByRole('button', { name: '启用' }).click()
            await his.page.getByRole('button', { name: '已经抄好' }).click()
            await his.page.waitForURL((u) => u.pathname === '/')
          },
          { signedOut: true },
        )
        await tell(v, 'PATCH', '/settings', { codes_required: 0 })
        await goto(v, '/accounts')
        const row = v.page.getByRole('table', { name: '账号' }).locator('tbody tr').filter({ hasText: login() })
        await row.getByRole('button', { name: '修改' }).click()
        await v.page.getByRole('button', { name: '撤下验证码' }).click()
        await v.page.getByRole('button', { name: '确定' }).click()
        await visit((his) => signIn(his), { signedOut: true })
      },
      { as: administrator },
    ))
})
