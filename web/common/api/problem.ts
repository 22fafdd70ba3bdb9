/* What the server says when it refuses (RFC 9457), and what we say when it cannot be reached. */

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly where: string | null = null,
  ) {
    super(en)
  }

  say(locale: string): string {
    return locale === 'en' ? this.en : this.zh
  }
}

const byStatus: Record<number, [string, string]> = {
  401: ['请先登录。', 'Please sign in.'],
  403: ['您的岗位不能办这件事，请找有权限的同事办理。', 'Your post may not do this; ask a colleague who may.'],
  404: ['没有找到，或者不在您的管辖范围内。', 'Not found, or outside your areas.'],
  409: ['这条记录和已有的不一致，请刷新后再办。', 'This differs from what is stored; reload and try again.'],
  412: ['别人刚刚改过这份资料，请刷新看看再改。', 'Someone changed this meanwhile; reload and look again.'],
  413: ['文件太大，请分开几份再传。', 'The file is too large; send it in parts.'],
  429: ['操作太快，请稍等一会儿再试。', 'Too many tries; wait a moment.'],
}
const otherwise: [string, string] = [
  '服务器暂时办不了，请稍后再试；还不行请联系管理员。',
  'The server could not do this now; try again later or ask the administrator.',
]

export function problemOf(status: number, body: unknown): Problem {
  const b = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>
  const fallback = byStatus[status] ?? otherwise
  const words = (key: string, i: 0 | 1) => (typeof b[key] === 'string' && b[key] ? (b[key] as string) : fallback[i])
  return new Problem(
    status,
    typeof b.code === 'string' ? b.code : 'http',
    words('zh', 0),
    words('en', 1),
    typeof b.where === 'string' && b.where ? b.where : null,
  )
}

export function unreachable(): Problem {
  return new Problem(
    0,
    'network',
    '连不上服务器，请检查网络后再试；您填的内容还在。',
    'The server cannot be reached; check the network and try again. What you filled in is still here.',
  )
}

export function asProblem(e: unknown): Problem {
  if (e instanceof Problem) return e
  console.error(e)
  return new Problem(0, 'inside', '页面出了点问题，请刷新后再试。', 'Something went wrong on the page; reload it.')
}
