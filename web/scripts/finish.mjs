/* After a build: a .gz twin beside every text file, for a server that sends files as they lie. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'

const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/
const WORTHWHILE_BYTES = 1024

function twins(folder) {
  let sum = 0
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) sum += twins(path)
    else if (TEXT.test(name)) {
      const text = readFileSync(path)
      if (text.length < WORTHWHILE_BYTES) continue
      const small = gzipSync(text, { level: constants.Z_BEST_COMPRESSION })
      writeFileSync(`${path}.gz`, small)
      sum += small.length
    }
  }
  return sum
}

for (const folder of process.argv.slice(2))
  console.log(`${folder}: ${Math.round(twins(folder) / 1024)} KiB gzipped in all`)
