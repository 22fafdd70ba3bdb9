import type { Fetched } from '@common/api/client'

/** Hands a fetched file to the browser, which saves it. */
export function saveFile(f: Fetched): void {
  const url = URL.createObjectURL(f.blob)
  const a = document.createElement('a')
  a.href = url
  a.download = f.name
  document.body.append(a)
  a.click()
  a.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
