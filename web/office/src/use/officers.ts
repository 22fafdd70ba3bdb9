import { api } from '@common/api/client'
import { reactive } from 'vue'

/* Pages show names, never logins: what a login is called, asked for once. */
const names = reactive(new Map<string, string>())

/** The name of whoever signs in so; the login itself until it is told. */
export function officerName(login: string): string {
  const known = names.get(login)
  if (known !== undefined) return known
  names.set(login, login)
  void api
    .officers(login)
    .then((r) => {
      const of = r.items.find((o) => o.login === login)
      if (of) names.set(login, of.name)
    })
    .catch(() => null)
  return login
}
