import type { Fetched } from '@common/api/client'

/** Shows a fetched file in a tab of its own; where the browser opens none, it is saved. */
export function showFile(f: Fetched): void {
  const url = URL.createObjectURL(f.blob)
  if (!window.open(url, '_blank')) saveFile(f)
  setTimeout(() => URL.revokeObjectURL(url), 600_000)
}

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
